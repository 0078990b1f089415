"""The departments of a workspace."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.identity.v1 import departments_pb2 as pb
from gateway.api.departments import schemas
from gateway.api.responses import json_response, no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/departments", "departments")


@router.post("", response_model=schemas.Department, status_code=201)
async def create_department(body: schemas.DepartmentCreate, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.departments.CreateDepartment(to_proto(body, pb.CreateDepartmentRequest), request.context), 201)


@router.get("", response_model=schemas.DepartmentPage)
async def list_departments(query: Annotated[schemas.DepartmentQuery, Query()], request: SignedInRequest) -> Response:
    """By name."""
    return page_response(
        await request.stubs.departments.ListDepartments(to_proto(query, pb.ListDepartmentsRequest), request.context), query
    )


@router.put("/{department_id}", response_model=schemas.Department)
async def update_department(department_id: UUID, body: schemas.DepartmentUpdate, request: SignedInRequest) -> Response:
    message = to_proto(body, pb.UpdateDepartmentRequest, department_id=department_id)
    return json_response(await request.stubs.departments.UpdateDepartment(message, request.context))


@router.delete("/{department_id}", status_code=204)
async def delete_department(department_id: UUID, request: SignedInRequest) -> Response:
    """Refused with `department_in_use` while users belong to it; set is_active to false to offer it no longer."""
    await request.stubs.departments.DeleteDepartment(pb.DeleteDepartmentRequest(department_id=str(department_id)), request.context)
    return no_content()
