"""The people of a workspace."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.identity.v1 import users_pb2 as pb
from gateway.api.responses import page_reply, reply
from gateway.api.users import schemas as shapes
from gateway.mapping import to_proto
from gateway.openapi.document import noun
from gateway.request import SignedIn

router = noun("/users", "users")


@router.get("", response_model=shapes.UserPage)
async def list_users(query: Annotated[shapes.UserQuery, Query()], at: SignedIn) -> Response:
    return page_reply(await at.services.users.ListUsers(to_proto(query, pb.ListUsersRequest), at.call), query)


@router.get("/{user_id}", response_model=shapes.User)
async def get_user(user_id: UUID, at: SignedIn) -> Response:
    return reply(await at.services.users.GetUser(pb.GetUserRequest(user_id=str(user_id)), at.call))


@router.put("/{user_id}", response_model=shapes.User)
async def update_user(user_id: UUID, body: shapes.UserUpdate, at: SignedIn) -> Response:
    return reply(await at.services.users.UpdateUser(to_proto(body, pb.UpdateUserRequest, user_id=user_id), at.call))


@router.put("/{user_id}/role", response_model=shapes.User)
async def change_role(user_id: UUID, body: shapes.RoleChange, at: SignedIn) -> Response:
    return reply(await at.services.users.ChangeRole(to_proto(body, pb.ChangeRoleRequest, user_id=user_id), at.call))


@router.post("/{user_id}/deactivate", response_model=shapes.User)
async def deactivate_user(user_id: UUID, at: SignedIn) -> Response:
    return reply(await at.services.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(user_id)), at.call))


@router.post("/{user_id}/activate", response_model=shapes.User)
async def activate_user(user_id: UUID, at: SignedIn) -> Response:
    return reply(await at.services.users.ActivateUser(pb.ActivateUserRequest(user_id=str(user_id)), at.call))
