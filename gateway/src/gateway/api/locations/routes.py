"""The locations of appointments."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.scheduling.v1 import locations_pb2
from gateway.api.locations import schemas
from gateway.api.responses import json_response, no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/locations", "locations")


@router.post("", response_model=schemas.Location, status_code=201)
async def create_location(body: schemas.LocationCreate, request: SignedInRequest) -> Response:
    return json_response(
        await request.stubs.locations.CreateLocation(to_proto(body, locations_pb2.CreateLocationRequest), request.context), 201
    )


@router.get("", response_model=schemas.LocationPage)
async def list_locations(query: Annotated[schemas.LocationQuery, Query()], request: SignedInRequest) -> Response:
    return page_response(
        await request.stubs.locations.ListLocations(to_proto(query, locations_pb2.ListLocationsRequest), request.context), query
    )


@router.get("/{location_id}", response_model=schemas.Location)
async def get_location(location_id: UUID, request: SignedInRequest) -> Response:
    return json_response(
        await request.stubs.locations.GetLocation(locations_pb2.GetLocationRequest(location_id=str(location_id)), request.context)
    )


@router.put("/{location_id}", response_model=schemas.Location)
async def update_location(location_id: UUID, body: schemas.LocationUpdate, request: SignedInRequest) -> Response:
    message = to_proto(body, locations_pb2.UpdateLocationRequest, location_id=location_id)
    return json_response(await request.stubs.locations.UpdateLocation(message, request.context))


@router.delete("/{location_id}", status_code=204)
async def delete_location(location_id: UUID, request: SignedInRequest) -> Response:
    """No longer offered; kept for the appointments that name it."""
    await request.stubs.locations.DeleteLocation(locations_pb2.DeleteLocationRequest(location_id=str(location_id)), request.context)
    return no_content()
