"""The people of a workspace."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.identity.v1 import api_keys_pb2, second_factors_pb2
from caseload.identity.v1 import users_pb2 as pb
from caseload.scheduling.v1 import appointments_pb2
from chassis.protobuf.timestamps import to_timestamp
from gateway.api.appointments.routes import named_appointments
from gateway.api.responses import json_response, no_content, page_response
from gateway.api.users import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.request import GatewayRequest
from gateway.routing.nouns import RECENT_SIGN_IN, noun_router

router = noun_router("/users", "users")

_MOST_APPOINTMENTS = 100


@router.post("", response_model=schemas.User, status_code=201, openapi_extra=RECENT_SIGN_IN)
async def create_user(body: schemas.UserCreate, request: SignedInRequest) -> Response:
    """Adds a user, who is mailed an invitation."""
    return json_response(await request.stubs.users.CreateUser(to_proto(body, pb.CreateUserRequest), request.context), 201)


@router.get("", response_model=schemas.UserPage)
async def list_users(query: Annotated[schemas.UserQuery, Query()], request: SignedInRequest) -> Response:
    return page_response(await request.stubs.users.ListUsers(to_proto(query, pb.ListUsersRequest), request.context), query)


@router.get("/{user_id}", response_model=schemas.User)
async def get_user(user_id: UUID, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.users.GetUser(pb.GetUserRequest(user_id=str(user_id)), request.context))


@router.put("/{user_id}", response_model=schemas.User)
async def update_user(user_id: UUID, body: schemas.UserUpdate, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.users.UpdateUser(to_proto(body, pb.UpdateUserRequest, user_id=user_id), request.context))


@router.put("/{user_id}/role", response_model=schemas.User, openapi_extra=RECENT_SIGN_IN)
async def change_role(user_id: UUID, body: schemas.RoleChange, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.users.ChangeRole(to_proto(body, pb.ChangeRoleRequest, user_id=user_id), request.context))


@router.post("/{user_id}/deactivate", response_model=schemas.DeactivatedUser)
async def deactivate_user(user_id: UUID, request: SignedInRequest) -> Response:
    """The user is signed out everywhere.

    Appointments that are still to come stay as they are, and are listed: somebody else has to take them. So are API keys that the user made:
    programs go on with them, and whoever has copied one does too.
    """
    user = await request.stubs.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(user_id)), request.context)
    return json_response(render(user) | await _future_appointments(user_id, request) | await _api_keys(user_id, request))


@router.post("/{user_id}/activate", response_model=schemas.User)
async def activate_user(user_id: UUID, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.users.ActivateUser(pb.ActivateUserRequest(user_id=str(user_id)), request.context))


@router.post("/{user_id}/unlock", response_model=schemas.User)
async def unlock_user(user_id: UUID, request: SignedInRequest) -> Response:
    """Lets the user try to sign in at once, however many attempts have failed."""
    return json_response(await request.stubs.users.UnlockUser(pb.UnlockUserRequest(user_id=str(user_id)), request.context))


@router.delete("/{user_id}/second-factor", status_code=204)
async def remove_second_factor(user_id: UUID, query: Annotated[schemas.RemovalQuery, Query()], request: SignedInRequest) -> Response:
    """For somebody who has lost the device and the backup codes: removes the authenticator and all passkeys. The user is told by mail, and signed out."""
    message = to_proto(query, second_factors_pb2.RemoveSecondFactorRequest, user_id=user_id)
    await request.stubs.second_factors.RemoveSecondFactor(message, request.context)
    return no_content()


async def _future_appointments(practitioner_id: UUID, request: GatewayRequest) -> dict[str, Any]:
    # Read when nobody can book any more. If it fails, deactivating once more answers with them.
    if not request.has_scope("appointments:read"):
        return {"future_appointments": None, "future_appointment_count": None}
    message = appointments_pb2.ListAppointmentsRequest(
        page_size=_MOST_APPOINTMENTS,
        practitioner_id=str(practitioner_id),
        status=appointments_pb2.APPOINTMENT_STATUS_SCHEDULED,
        start_date=to_timestamp(datetime.now(UTC)),
    )
    page = await request.stubs.appointments.ListAppointments(message, request.context)
    return {"future_appointments": await named_appointments(request, page.items), "future_appointment_count": page.total}


async def _api_keys(user_id: UUID, request: GatewayRequest) -> dict[str, Any]:
    if not request.has_scope("workspace:write"):
        return {"api_keys": None}
    keys = (await request.stubs.api_keys.ListApiKeys(api_keys_pb2.ListApiKeysRequest(), request.context)).items
    return {"api_keys": [render(key) for key in keys if key.created_by == str(user_id)]}
