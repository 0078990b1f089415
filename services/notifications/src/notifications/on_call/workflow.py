"""Finds who is on call: identity tells who works here and when, our own overrides who stands in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.context import RequestContext
from chassis.db.transaction import Transaction
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import given
from notifications.on_call import store
from notifications.on_call.rules import Override, Worker


@dataclass(frozen=True, slots=True)
class Staff:
    """Who may be told of an alert, as identity knows them at this moment."""

    workers: tuple[Worker, ...]
    zone: ZoneInfo


def on_behalf_of_service(context: RequestContext, workspace_id: UUID) -> RequestContext:
    """The same request as this service's own call: who works when is told to services alone."""
    return RequestContext(
        request_id=context.request_id, deadline=context.deadline, workspace_id=workspace_id, traceparent=context.traceparent
    )


async def staff(
    users: UsersStub, context: RequestContext, *, roles: Collection[str] = (), with_shifts: bool = True, user_ids: Collection[Any] = ()
) -> Staff:
    """The active users of these roles, those who work in shifts, and those of these ids. `context` is a service's own."""
    numbers = [f"ROLE_{role.upper()}" for role in sorted(roles)]
    request = users_pb2.ListStaffRequest(roles=numbers, with_shifts=with_shifts, user_ids=sorted(map(str, user_ids)))
    found = await users.ListStaff(request, context)
    return Staff(tuple(map(_worker, found.members)), ZoneInfo(found.time_zone))


async def overrides(db: Transaction, at: datetime) -> list[Override]:
    return [
        Override(**{name: row[name] for name in ("user_id", "department_id", "replaces_user_id", "starts_at", "ends_at")})
        for row in await db.all(store.in_force, at=at)
    ]


def _worker(member: users_pb2.StaffMember) -> Worker:
    values = given(member)
    department = values["department_id"]
    return Worker(
        id=UUID(member.id),
        role=enum_text(users_pb2.Role, member.role),
        department_id=None if department is None else UUID(department),
        shifts=values["shift_schedule"],
        oversees=member.oversees_alerts,
    )
