"""A client's timeline: appointments, notes and plans of care, merged newest first, page by page."""

import asyncio
from collections.abc import Awaitable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import orjson

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import plans_pb2 as plans
from caseload.clinical.v1 import sessions_pb2 as clinical
from caseload.clinical.v1.plans_rpc import PlansStub
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.scheduling.v1 import appointments_pb2 as scheduling
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis import base64url
from chassis.context import RequestContext
from chassis.errors import Fault, Forbidden, Invalid
from chassis.protobuf.rendering import to_datetime
from chassis.protobuf.timestamps import to_timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOWEST_ID = str(UUID(int=0))
_HIGHEST_ID = str(UUID(int=2**128 - 1))
_APPOINTMENTS, _SESSIONS, _PLANS = 0, 1, 2

_APPOINTMENT_KINDS = {
    scheduling.APPOINTMENT_STATUS_SCHEDULED: ("appointment_scheduled", "Appointment scheduled"),
    scheduling.APPOINTMENT_STATUS_COMPLETED: ("appointment_completed", "Appointment completed"),
    scheduling.APPOINTMENT_STATUS_CANCELLED: ("appointment_cancelled", "Appointment cancelled"),
    scheduling.APPOINTMENT_STATUS_NO_SHOW: ("appointment_no_show", "Appointment missed"),
}
_LOCATION_NAMES = {
    scheduling.LOCATION_TYPE_CLINIC: "At the clinic",
    scheduling.LOCATION_TYPE_HOME: "At home",
    scheduling.LOCATION_TYPE_ONLINE: "Online",
}
_SESSION_KINDS = {
    clinical.HISTORY_KIND_SESSION: ("session", "Session note"),
    clinical.HISTORY_KIND_SESSION_FINALIZED: ("session_finalized", "Session note finalized"),
    clinical.HISTORY_KIND_SESSION_AMENDED: ("session_amended", "Session note amended"),
}
_PLAN_KINDS = {
    plans.PLAN_EVENT_KIND_PLAN_CREATED: ("plan_created", "Plan of care created"),
    plans.PLAN_EVENT_KIND_PLAN_UPDATED: ("plan_updated", "Plan of care updated"),
    plans.PLAN_EVENT_KIND_PLAN_COMPLETED: ("plan_completed", "Plan of care completed"),
    plans.PLAN_EVENT_KIND_PLAN_DISCONTINUED: ("plan_discontinued", "Plan of care discontinued"),
    plans.PLAN_EVENT_KIND_MILESTONE_ACHIEVED: ("milestone_achieved", "Milestone achieved"),
}


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """The position of an event: ordered by time, then by source, then by id."""

    at: datetime
    source: int
    id: str

    def before(self, source: int) -> tuple[datetime, str]:
        """The position in one source that the next page comes after.

        Of the events at the same time, those of a higher source are on an earlier page and those of a lower one are not.
        """
        if source == self.source:
            return self.at, self.id
        return self.at, _LOWEST_ID if source > self.source else _HIGHEST_ID


Event = tuple[Position, dict[str, Any]]
SourcePage = tuple[list[Event], int]


class Stubs(Protocol):
    """Of the services whose events these are."""

    @property
    def clients(self) -> ClientsStub: ...
    @property
    def appointments(self) -> AppointmentsStub: ...
    @property
    def sessions(self) -> SessionsStub: ...
    @property
    def plans(self) -> PlansStub: ...


async def read_timeline(
    stubs: Stubs, context: RequestContext, scopes: Collection[str], client_id: UUID, *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """A page: of appointments, notes and plans of care those that the scopes allow to read. Forbidden if they allow none."""
    after = read_cursor(cursor) if cursor else None
    sources: list[Awaitable[SourcePage]] = []
    if "appointments:read" in scopes:
        sources.append(_appointments(stubs, context, client_id, after, limit))
    if "sessions:read" in scopes:
        sources.append(_sessions(stubs, context, client_id, after, limit))
    if "plans:read" in scopes:
        sources.append(_plans(stubs, context, client_id, after, limit))
    if not sources:
        raise Forbidden("permission_denied", "Your role does not allow this.")
    exists = stubs.clients.CheckClient(clients_pb2.CheckClientRequest(client_id=str(client_id)), context)
    # The clients service raises NotFound for an unknown client; the others would reply with an empty list.
    _, pages = await asyncio.gather(exists, asyncio.gather(*sources))

    merged = sorted((event for events, _ in pages for event in events), key=lambda event: event[0], reverse=True)
    shown = merged[:limit]
    more = len(merged) > len(shown) or any(len(events) == limit for events, _ in pages)
    return {
        "client_id": str(client_id),
        "events": [event for _, event in shown],
        "total_events": sum(total for _, total in pages),
        "next_cursor": write_cursor(shown[-1][0]) if more and shown else None,
    }


async def _appointments(stubs: Stubs, context: RequestContext, client_id: UUID, after: Position | None, limit: int) -> SourcePage:
    message = scheduling.ListHistoryRequest(client_id=str(client_id), limit=limit, **_before(after, _APPOINTMENTS))
    reply = await stubs.appointments.ListHistory(message, context)
    events = []
    for entry in reply.items:
        kind, title = _APPOINTMENT_KINDS[entry.status]
        when = to_datetime(entry.at)
        position = Position(when, _APPOINTMENTS, entry.appointment_id)
        events.append((position, _event(kind, when, title, _LOCATION_NAMES.get(entry.location_type), appointment_id=entry.appointment_id)))
    return events, reply.total


async def _sessions(stubs: Stubs, context: RequestContext, client_id: UUID, after: Position | None, limit: int) -> SourcePage:
    message = clinical.ListHistoryRequest(client_id=str(client_id), limit=limit, **_before(after, _SESSIONS))
    reply = await stubs.sessions.ListHistory(message, context)
    events = []
    for entry in reply.items:
        kind, title = _SESSION_KINDS[entry.kind]
        when = to_datetime(entry.at)
        appointment_id = entry.appointment_id if entry.HasField("appointment_id") else None
        position = Position(when, _SESSIONS, entry.id)
        events.append((position, _event(kind, when, title, None, appointment_id=appointment_id, session_id=entry.session_id)))
    return events, reply.total


async def _plans(stubs: Stubs, context: RequestContext, client_id: UUID, after: Position | None, limit: int) -> SourcePage:
    message = plans.ListPlanEventsRequest(client_id=str(client_id), limit=limit, **_before(after, _PLANS))
    reply = await stubs.plans.ListPlanEvents(message, context)
    events = []
    for entry in reply.items:
        kind, title = _PLAN_KINDS[entry.kind]
        when = to_datetime(entry.at)
        milestone_id = entry.milestone_id if entry.HasField("milestone_id") else None
        position = Position(when, _PLANS, entry.id)
        events.append((position, _event(kind, when, title, None, plan_id=entry.plan_id, milestone_id=milestone_id)))
    return events, reply.total


def _before(after: Position | None, source: int) -> dict[str, Any]:
    """The fields of a request that goes on after a position; none for the first page."""
    if after is None:
        return {}
    when, entry_id = after.before(source)
    return {"before": to_timestamp(when), "before_id": entry_id}


def _event(kind: str, when: datetime, title: str, description: str | None, **ids: str | None) -> dict[str, Any]:
    named = dict.fromkeys(("appointment_id", "session_id", "plan_id", "milestone_id")) | ids
    return {"event_type": kind, "event_date": when, "title": title, "description": description, **named}


def write_cursor(position: Position) -> str:
    microseconds = (position.at - _EPOCH) // timedelta(microseconds=1)
    return base64url.encode(orjson.dumps([microseconds, position.source, position.id]))


def read_cursor(cursor: str) -> Position:
    """The position that `write_cursor` was given. Raises Invalid for any other text."""
    try:
        microseconds, source, entry_id = orjson.loads(base64url.decode(cursor))
        position = Position(_EPOCH + timedelta(microseconds=int(microseconds)), int(source), str(UUID(entry_id)))
        if position.source not in {_APPOINTMENTS, _SESSIONS, _PLANS}:
            raise ValueError(source)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise Invalid("invalid_cursor", "This cursor is none of ours.", faults=(Fault("/cursor", "Should be a next_cursor."),)) from None
    return position
