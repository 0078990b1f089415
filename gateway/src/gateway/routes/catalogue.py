"""What a practice offers and where it treats."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.scheduling.v1 import locations_pb2, services_pb2
from gateway.mapping import to_proto
from gateway.models import scheduling as shapes
from gateway.openapi import noun
from gateway.replies import nothing, page_reply, reply
from gateway.visit import SignedIn

services = noun("/services", "services")
locations = noun("/locations", "locations")


@services.post("", response_model=shapes.Service, status_code=201)
async def create_service(body: shapes.ServiceCreate, at: SignedIn) -> Response:
    return reply(await at.services.catalogue.CreateService(to_proto(body, services_pb2.CreateServiceRequest), at.call), 201)


@services.get("", response_model=shapes.ServicePage)
async def list_services(query: Annotated[shapes.ServiceQuery, Query()], at: SignedIn) -> Response:
    return page_reply(await at.services.catalogue.ListServices(to_proto(query, services_pb2.ListServicesRequest), at.call), query)


@services.get("/{service_id}", response_model=shapes.Service)
async def get_service(service_id: UUID, at: SignedIn) -> Response:
    return reply(await at.services.catalogue.GetService(services_pb2.GetServiceRequest(service_id=str(service_id)), at.call))


@services.put("/{service_id}", response_model=shapes.Service)
async def update_service(service_id: UUID, body: shapes.ServiceUpdate, at: SignedIn) -> Response:
    request = to_proto(body, services_pb2.UpdateServiceRequest, service_id=service_id)
    return reply(await at.services.catalogue.UpdateService(request, at.call))


@services.delete("/{service_id}", status_code=204)
async def delete_service(service_id: UUID, at: SignedIn) -> Response:
    """No longer offered; kept for the appointments that name it."""
    await at.services.catalogue.DeleteService(services_pb2.DeleteServiceRequest(service_id=str(service_id)), at.call)
    return nothing()


@locations.post("", response_model=shapes.Location, status_code=201)
async def create_location(body: shapes.LocationCreate, at: SignedIn) -> Response:
    return reply(await at.services.locations.CreateLocation(to_proto(body, locations_pb2.CreateLocationRequest), at.call), 201)


@locations.get("", response_model=shapes.LocationPage)
async def list_locations(query: Annotated[shapes.LocationQuery, Query()], at: SignedIn) -> Response:
    return page_reply(await at.services.locations.ListLocations(to_proto(query, locations_pb2.ListLocationsRequest), at.call), query)


@locations.get("/{location_id}", response_model=shapes.Location)
async def get_location(location_id: UUID, at: SignedIn) -> Response:
    return reply(await at.services.locations.GetLocation(locations_pb2.GetLocationRequest(location_id=str(location_id)), at.call))


@locations.put("/{location_id}", response_model=shapes.Location)
async def update_location(location_id: UUID, body: shapes.LocationUpdate, at: SignedIn) -> Response:
    request = to_proto(body, locations_pb2.UpdateLocationRequest, location_id=location_id)
    return reply(await at.services.locations.UpdateLocation(request, at.call))


@locations.delete("/{location_id}", status_code=204)
async def delete_location(location_id: UUID, at: SignedIn) -> Response:
    """No longer offered; kept for the appointments that name it."""
    await at.services.locations.DeleteLocation(locations_pb2.DeleteLocationRequest(location_id=str(location_id)), at.call)
    return nothing()
