"""The locations of appointments."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.scheduling.v1 import locations_pb2
from gateway.api.locations import schemas as shapes
from gateway.api.responses import nothing, page_reply, reply
from gateway.mapping import to_proto
from gateway.openapi.document import noun
from gateway.request import SignedIn

router = noun("/locations", "locations")


@router.post("", response_model=shapes.Location, status_code=201)
async def create_location(body: shapes.LocationCreate, at: SignedIn) -> Response:
    return reply(await at.services.locations.CreateLocation(to_proto(body, locations_pb2.CreateLocationRequest), at.call), 201)


@router.get("", response_model=shapes.LocationPage)
async def list_locations(query: Annotated[shapes.LocationQuery, Query()], at: SignedIn) -> Response:
    return page_reply(await at.services.locations.ListLocations(to_proto(query, locations_pb2.ListLocationsRequest), at.call), query)


@router.get("/{location_id}", response_model=shapes.Location)
async def get_location(location_id: UUID, at: SignedIn) -> Response:
    return reply(await at.services.locations.GetLocation(locations_pb2.GetLocationRequest(location_id=str(location_id)), at.call))


@router.put("/{location_id}", response_model=shapes.Location)
async def update_location(location_id: UUID, body: shapes.LocationUpdate, at: SignedIn) -> Response:
    request = to_proto(body, locations_pb2.UpdateLocationRequest, location_id=location_id)
    return reply(await at.services.locations.UpdateLocation(request, at.call))


@router.delete("/{location_id}", status_code=204)
async def delete_location(location_id: UUID, at: SignedIn) -> Response:
    """No longer offered; kept for the appointments that name it."""
    await at.services.locations.DeleteLocation(locations_pb2.DeleteLocationRequest(location_id=str(location_id)), at.call)
    return nothing()
