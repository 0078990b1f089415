"""A client's story: appointments and notes, merged newest first and told page by page."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query
from starlette.responses import Response

from caseload.clients.v1 import clients_pb2
from caseload.clinical.v1 import sessions_pb2 as clinical
from caseload.scheduling.v1 import appointments_pb2 as scheduling
from chassis.errors import Fault, Forbidden, Invalid
from chassis.protobuf.timestamps import stamp
from gateway.mapping import moment
from gateway.models import clients as shapes
from gateway.openapi import noun
from gateway.replies import reply
from gateway.visit import SignedIn, Visit

router = noun("/clients", "clients")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOWEST_ID = str(UUID(int=0))
_HIGHEST_ID = str(UUID(int=2**128 - 1))
_APPOINTMENTS, _SESSIONS = 0, 1

_APPOINTMENT_KINDS = {
    scheduling.APPOINTMENT_STATUS_SCHEDULED: ("appointment_scheduled", "Appointment scheduled"),
    scheduling.APPOINTMENT_STATUS_COMPLETED: ("appointment_completed", "Appointment completed"),
    scheduling.APPOINTMENT_STATUS_CANCELLED: ("appointment_cancelled", "Appointment cancelled"),
    scheduling.APPOINTMENT_STATUS_NO_SHOW: ("appointment_no_show", "Appointment missed"),
}
_PLACES = {
    scheduling.LOCATION_TYPE_CLINIC: "At the clinic",
    scheduling.LOCATION_TYPE_HOME: "At home",
    scheduling.LOCATION_TYPE_ONLINE: "Online",
}
_SESSION_KINDS = {
    clinical.HISTORY_KIND_SESSION: ("session", "Session note"),
    clinical.HISTORY_KIND_SESSION_FINALIZED: ("session_finalized", "Session note finalized"),
    clinical.HISTORY_KIND_SESSION_AMENDED: ("session_amended", "Session note amended"),
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an event stands in the story: by time, then by source, then by id."""

    at: datetime
    source: int
    id: str

    def before(self, source: int) -> tuple[datetime, str]:
        """From where to go on in one source: what stands at the same time has been told of a higher source, not of a lower one."""
        if source == self.source:
            return self.at, self.id
        return self.at, _LOWEST_ID if source > self.source else _HIGHEST_ID


Event = tuple[Place, dict[str, Any]]
Told = tuple[list[Event], int]


@router.get("/{client_id}/timeline", response_model=shapes.Timeline)
async def get_timeline(client_id: UUID, query: Annotated[shapes.TimelineQuery, Query()], at: SignedIn) -> Response:
    """Newest first. Who may not read notes sees the appointments, and the other way round."""
    since = read_cursor(query.cursor) if query.cursor else None
    sources: list[Awaitable[Told]] = []
    if at.may("appointments:read"):
        sources.append(_appointments(at, client_id, since, query.limit))
    if at.may("sessions:read"):
        sources.append(_sessions(at, client_id, since, query.limit))
    if not sources:
        raise Forbidden("forbidden", "Your role does not allow this.")
    known = at.services.clients.CheckClient(clients_pb2.CheckClientRequest(client_id=str(client_id)), at.call)
    # A stranger is refused by clients, whatever the others say of somebody they have never heard of.
    _, told = await asyncio.gather(known, asyncio.gather(*sources))

    merged = sorted((event for events, _ in told for event in events), key=lambda event: event[0], reverse=True)
    shown = merged[: query.limit]
    more = len(merged) > len(shown) or any(len(events) == query.limit for events, _ in told)
    return reply(
        {
            "client_id": str(client_id),
            "events": [event for _, event in shown],
            "total_events": sum(total for _, total in told),
            "next_cursor": write_cursor(shown[-1][0]) if more and shown else None,
        }
    )


async def _appointments(at: Visit, client_id: UUID, since: Place | None, limit: int) -> Told:
    request = scheduling.ListHistoryRequest(client_id=str(client_id), limit=limit)
    if since is not None:
        when, request.before_id = since.before(_APPOINTMENTS)
        request.before.CopyFrom(stamp(when))
    history = await at.services.appointments.ListHistory(request, at.call)
    events = []
    for entry in history.items:
        kind, title = _APPOINTMENT_KINDS[entry.status]
        when = moment(entry.at)
        place = Place(when, _APPOINTMENTS, entry.appointment_id)
        events.append((place, _event(kind, when, title, _PLACES.get(entry.location_type), appointment_id=entry.appointment_id)))
    return events, history.total


async def _sessions(at: Visit, client_id: UUID, since: Place | None, limit: int) -> Told:
    request = clinical.ListHistoryRequest(client_id=str(client_id), limit=limit)
    if since is not None:
        when, request.before_id = since.before(_SESSIONS)
        request.before.CopyFrom(stamp(when))
    history = await at.services.sessions.ListHistory(request, at.call)
    events = []
    for entry in history.items:
        kind, title = _SESSION_KINDS[entry.kind]
        when = moment(entry.at)
        appointment_id = entry.appointment_id if entry.HasField("appointment_id") else None
        place = Place(when, _SESSIONS, entry.id)
        events.append((place, _event(kind, when, title, None, appointment_id=appointment_id, session_id=entry.session_id)))
    return events, history.total


def _event(kind: str, when: datetime, title: str, description: str | None, **ids: str | None) -> dict[str, Any]:
    named = dict.fromkeys(("appointment_id", "session_id", "plan_id", "milestone_id")) | ids
    return {"event_type": kind, "event_date": when, "title": title, "description": description, **named}


def write_cursor(place: Place) -> str:
    microseconds = (place.at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(orjson.dumps([microseconds, place.source, place.id])).decode().rstrip("=")


def read_cursor(cursor: str) -> Place:
    """Where the page before ended; Invalid for anything this page did not write."""
    try:
        microseconds, source, entry_id = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        place = Place(_EPOCH + timedelta(microseconds=int(microseconds)), int(source), str(UUID(entry_id)))
        if place.source not in {_APPOINTMENTS, _SESSIONS}:
            raise ValueError(source)
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError):
        raise Invalid("invalid_cursor", "This cursor is none of ours.", faults=(Fault("/cursor", "Should be a next_cursor."),)) from None
    return place
