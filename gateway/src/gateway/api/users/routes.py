"""The people of a workspace."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.identity.v1 import users_pb2 as pb
from gateway.api.responses import json_response, page_response
from gateway.api.users import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/users", "users")


@router.get("", response_model=schemas.UserPage)
async def list_users(query: Annotated[schemas.UserQuery, Query()], request: SignedInRequest) -> Response:
    return page_response(await request.stubs.users.ListUsers(to_proto(query, pb.ListUsersRequest), request.context), query)


@router.get("/{user_id}", response_model=schemas.User)
async def get_user(user_id: UUID, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.users.GetUser(pb.GetUserRequest(user_id=str(user_id)), request.context))


@router.put("/{user_id}", response_model=schemas.User)
async def update_user(user_id: UUID, body: schemas.UserUpdate, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.users.UpdateUser(to_proto(body, pb.UpdateUserRequest, user_id=user_id), request.context))


@router.put("/{user_id}/role", response_model=schemas.User)
async def change_role(user_id: UUID, body: schemas.RoleChange, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.users.ChangeRole(to_proto(body, pb.ChangeRoleRequest, user_id=user_id), request.context))


@router.post("/{user_id}/deactivate", response_model=schemas.User)
async def deactivate_user(user_id: UUID, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(user_id)), request.context))


@router.post("/{user_id}/activate", response_model=schemas.User)
async def activate_user(user_id: UUID, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.users.ActivateUser(pb.ActivateUserRequest(user_id=str(user_id)), request.context))
