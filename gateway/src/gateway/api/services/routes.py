"""The services that a practice offers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.scheduling.v1 import services_pb2
from gateway.api.responses import nothing, page_reply, reply
from gateway.api.services import schemas as shapes
from gateway.mapping import to_proto
from gateway.openapi.document import noun
from gateway.request import SignedIn

router = noun("/services", "services")


@router.post("", response_model=shapes.Service, status_code=201)
async def create_service(body: shapes.ServiceCreate, at: SignedIn) -> Response:
    return reply(await at.services.catalogue.CreateService(to_proto(body, services_pb2.CreateServiceRequest), at.call), 201)


@router.get("", response_model=shapes.ServicePage)
async def list_services(query: Annotated[shapes.ServiceQuery, Query()], at: SignedIn) -> Response:
    return page_reply(await at.services.catalogue.ListServices(to_proto(query, services_pb2.ListServicesRequest), at.call), query)


@router.get("/{service_id}", response_model=shapes.Service)
async def get_service(service_id: UUID, at: SignedIn) -> Response:
    return reply(await at.services.catalogue.GetService(services_pb2.GetServiceRequest(service_id=str(service_id)), at.call))


@router.put("/{service_id}", response_model=shapes.Service)
async def update_service(service_id: UUID, body: shapes.ServiceUpdate, at: SignedIn) -> Response:
    request = to_proto(body, services_pb2.UpdateServiceRequest, service_id=service_id)
    return reply(await at.services.catalogue.UpdateService(request, at.call))


@router.delete("/{service_id}", status_code=204)
async def delete_service(service_id: UUID, at: SignedIn) -> Response:
    """No longer offered; kept for the appointments that name it."""
    await at.services.catalogue.DeleteService(services_pb2.DeleteServiceRequest(service_id=str(service_id)), at.call)
    return nothing()
