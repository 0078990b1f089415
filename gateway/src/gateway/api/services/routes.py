"""The services that a practice offers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.scheduling.v1 import services_pb2
from gateway.api.responses import json_response, no_content, page_response
from gateway.api.services import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/services", "services")


@router.post("", response_model=schemas.Service, status_code=201)
async def create_service(body: schemas.ServiceCreate, request: SignedInRequest) -> Response:
    return json_response(
        await request.stubs.services.CreateService(to_proto(body, services_pb2.CreateServiceRequest), request.context), 201
    )


@router.get("", response_model=schemas.ServicePage)
async def list_services(query: Annotated[schemas.ServiceQuery, Query()], request: SignedInRequest) -> Response:
    return page_response(
        await request.stubs.services.ListServices(to_proto(query, services_pb2.ListServicesRequest), request.context), query
    )


@router.get("/{service_id}", response_model=schemas.Service)
async def get_service(service_id: UUID, request: SignedInRequest) -> Response:
    return json_response(
        await request.stubs.services.GetService(services_pb2.GetServiceRequest(service_id=str(service_id)), request.context)
    )


@router.put("/{service_id}", response_model=schemas.Service)
async def update_service(service_id: UUID, body: schemas.ServiceUpdate, request: SignedInRequest) -> Response:
    message = to_proto(body, services_pb2.UpdateServiceRequest, service_id=service_id)
    return json_response(await request.stubs.services.UpdateService(message, request.context))


@router.delete("/{service_id}", status_code=204)
async def delete_service(service_id: UUID, request: SignedInRequest) -> Response:
    """No longer offered; kept for the appointments that name it."""
    await request.stubs.services.DeleteService(services_pb2.DeleteServiceRequest(service_id=str(service_id)), request.context)
    return no_content()
