"""Appointments, told with the names of those they are with."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clients.v1 import clients_pb2
from caseload.clinical.v1 import sessions_pb2
from caseload.notifications.v1 import reminders_pb2
from caseload.scheduling.v1 import appointments_pb2 as pb
from chassis.errors import Conflict
from gateway.api.appointments import schemas as shapes
from gateway.api.reminders.schemas import ReminderLog
from gateway.api.responses import nothing, page_reply, reply
from gateway.api.time_range import window
from gateway.mapping import render, to_proto
from gateway.openapi.document import noun
from gateway.request import SignedIn, Visit

router = noun("/appointments", "appointments")

AllowConflict = Annotated[bool, Query(description="Overbook deliberately; the audit trail says so.")]
# Where a name is not to be had: the caller may not read clients, or the client has been erased.
_NO_NAME = "?"


@router.post("", response_model=shapes.Appointment, status_code=201)
async def book_appointment(body: shapes.AppointmentCreate, at: SignedIn, *, allow_conflict: AllowConflict = False) -> Response:
    """A clash is refused with `appointment_conflict`, which lists every conflict."""
    request = to_proto(body, pb.BookAppointmentRequest, allow_conflict=allow_conflict)
    # The name first: once the appointment is booked, no other service's silence may call it a failure.
    names = await _summaries(at, [request.client_id])
    try:
        appointment = await at.services.appointments.BookAppointment(request, at.call)
    except Conflict as refusal:
        raise await _with_initials(at, refusal) from None
    return reply(render(appointment) | {"client": names.get(appointment.client_id)}, 201)


@router.get("", response_model=shapes.AppointmentPage)
async def list_appointments(query: Annotated[shapes.AppointmentQuery, Query()], at: SignedIn) -> Response:
    """Earliest first. start_date and end_date are moments (the end exclusive) or whole days in the workspace's time zone."""
    dates = await window(at, query.start_date, query.end_date)
    page = await at.services.appointments.ListAppointments(to_proto(query, pb.ListAppointmentsRequest, **dates), at.call)
    return page_reply(page, query, await _all_named(at, page.items))


@router.get("/conflicts", response_model=shapes.ConflictCheck)
async def check_conflicts(query: Annotated[shapes.ConflictQuery, Query()], at: SignedIn) -> Response:
    clashes = await at.services.appointments.CheckConflicts(to_proto(query, pb.CheckConflictsRequest), at.call)
    conflicts = await _conflicts(at, [render(clash) for clash in clashes.items])
    return reply({"has_conflict": bool(conflicts), "conflicting_appointments": conflicts})


@router.get("/{appointment_id}", response_model=shapes.Appointment)
async def get_appointment(appointment_id: UUID, at: SignedIn) -> Response:
    request = pb.GetAppointmentRequest(appointment_id=str(appointment_id))
    return reply(await _named(at, await at.services.appointments.GetAppointment(request, at.call)))


@router.put("/{appointment_id}", response_model=shapes.Appointment)
async def change_appointment(
    appointment_id: UUID, body: shapes.AppointmentUpdate, at: SignedIn, *, allow_conflict: AllowConflict = False
) -> Response:
    request = to_proto(body, pb.ChangeAppointmentRequest, appointment_id=appointment_id, allow_conflict=allow_conflict)
    try:
        appointment = await at.services.appointments.ChangeAppointment(request, at.call)
    except Conflict as refusal:
        raise await _with_initials(at, refusal) from None
    return reply(await _named(at, appointment))


@router.delete("/{appointment_id}", status_code=204)
async def delete_appointment(appointment_id: UUID, at: SignedIn, body: shapes.AppointmentDeletion | None = None) -> Response:
    deletion = body or shapes.AppointmentDeletion()
    if deletion.session_note_action == "delete":
        await _check_no_note(at, appointment_id)
    reason = deletion.reason or deletion.deletion_reason
    await at.services.appointments.DeleteAppointment(
        pb.DeleteAppointmentRequest(appointment_id=str(appointment_id), reason=reason), at.call
    )
    return nothing()


@router.get("/{appointment_id}/reminders", response_model=list[ReminderLog])
async def list_appointment_reminders(appointment_id: UUID, at: SignedIn) -> Response:
    # A stranger's appointment is a 404, not one without reminders.
    await at.services.appointments.GetSlot(pb.GetSlotRequest(appointment_id=str(appointment_id)), at.call)
    request = reminders_pb2.ListForAppointmentRequest(appointment_id=str(appointment_id))
    logs = await at.services.reminders.ListForAppointment(request, at.call)
    return reply([render(log) for log in logs.items])


async def _check_no_note(at: Visit, appointment_id: UUID) -> None:
    """Notes are kept: refuses to pretend that one was deleted along with its appointment."""
    request = sessions_pb2.ListSessionsRequest(page_size=1, appointment_id=str(appointment_id))
    if (await at.services.sessions.ListSessions(request, at.reading)).total:
        raise Conflict(
            "session_note_kept", "A note documents this appointment and cannot be deleted with it; send session_note_action=keep."
        )


async def _summaries(at: Visit, client_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The names behind the ids in one question; none for a caller who may not read clients."""
    wanted = sorted(set(client_ids))
    if not wanted or not at.may("clients:read"):
        return {}
    told = await at.services.clients.GetSummaries(clients_pb2.GetSummariesRequest(client_ids=wanted), at.reading)
    return {summary.id: render(summary) for summary in told.items}


async def _all_named(at: Visit, appointments: Sequence[pb.Appointment]) -> list[dict[str, Any]]:
    names = await _summaries(at, (appointment.client_id for appointment in appointments))
    return [render(appointment) | {"client": names.get(appointment.client_id)} for appointment in appointments]


async def _named(at: Visit, appointment: pb.Appointment) -> dict[str, Any]:
    return (await _all_named(at, [appointment]))[0]


async def _conflicts(at: Visit, clashes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    names = await _summaries(at, (clash["client_id"] for clash in clashes))
    return [
        {name: value for name, value in clash.items() if name != "client_id"} | {"client_initials": initials(names.get(clash["client_id"]))}
        for clash in clashes
    ]


async def _with_initials(at: Visit, refusal: Conflict) -> Conflict:
    """The refusal, with initials in place of client ids."""
    clashes = refusal.facts.get("conflicting_appointments")
    if clashes is None:
        return refusal
    facts = refusal.facts | {"conflicting_appointments": await _conflicts(at, clashes)}
    return Conflict(refusal.code, refusal.message, facts=facts)


def initials(summary: dict[str, Any] | None) -> str:
    if summary is None:
        return _NO_NAME
    letters = [name.strip()[:1].upper() for name in (summary["first_name"], summary["last_name"])]
    return "".join(letter + "." for letter in letters if letter) or _NO_NAME
