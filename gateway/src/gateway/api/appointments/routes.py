"""Appointments, each with the name of its client."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clients.v1 import clients_pb2
from caseload.clinical.v1 import sessions_pb2
from caseload.notifications.v1 import reminders_pb2
from caseload.scheduling.v1 import appointments_pb2 as pb
from caseload.scheduling.v1 import payments_pb2
from chassis.errors import Conflict, Refusal
from gateway.api.appointments import schemas
from gateway.api.if_match import IfMatch, expected_version
from gateway.api.payments.schemas import PaymentLink
from gateway.api.reminders.schemas import ReminderLog
from gateway.api.responses import json_response, no_content, page_response
from gateway.api.time_range import time_range
from gateway.api.workspace_facts import workspace_facts
from gateway.auth.dependencies import SignedInRequest
from gateway.compat.completed_status import translate
from gateway.mapping import render, to_proto
from gateway.request import GatewayRequest
from gateway.routing.nouns import noun_router

router = noun_router("/appointments", "appointments")

AllowConflict = Annotated[bool, Query(description="Overbook deliberately; the audit trail says so.")]
# Initials of a client whom the caller may not read, or who has been erased.
_NO_INITIALS = "?"
# In one call.
_MOST_NAMES = 500
_NOTE_ACTIONS = {None: pb.NOTE_ACTION_UNSPECIFIED, "keep": pb.NOTE_ACTION_KEEP, "delete": pb.NOTE_ACTION_DELETE}
_log = logging.getLogger(__name__)


@router.post("", response_model=schemas.Appointment, status_code=201)
async def book_appointment(body: schemas.AppointmentCreate, request: SignedInRequest, *, allow_conflict: AllowConflict = False) -> Response:
    """A conflict is refused with `appointment_conflict`, which lists all conflicting appointments."""
    zone = body.time_zone or (await workspace_facts(request)).time_zone.key
    message = to_proto(body, pb.BookAppointmentRequest, allow_conflict=allow_conflict, time_zone=zone)
    # The name first: if the clients service fails, the request fails before the appointment is booked.
    found = await _read_summaries(request, [message.client_id], with_vouchers=True)
    names = {summary.id: render(summary) for summary in found.items}
    # Scheduling need not ask clients then.
    message.client_voucher = next(iter(found.vouchers), b"")
    try:
        appointment = await request.stubs.appointments.BookAppointment(message, request.context)
    except Conflict as refusal:
        raise await refusal_with_initials(request, refusal) from None
    return json_response(_rendered(request, appointment, names), 201)


@router.get("", response_model=schemas.AppointmentPage)
async def list_appointments(query: Annotated[schemas.AppointmentQuery, Query()], request: SignedInRequest) -> Response:
    """Latest start first. start_date and end_date are moments (the end exclusive) or whole days in the workspace's time zone."""
    dates = await time_range(request, query.start_date, query.end_date)
    message = to_proto(query, pb.ListAppointmentsRequest, latest_first=query.sort is None, **dates)
    page = await request.stubs.appointments.ListAppointments(message, request.context)
    return page_response(page, query, await named_appointments(request, page.items))


@router.get("/conflicts", response_model=schemas.ConflictCheck, responses={404: {}})
async def check_conflicts(query: Annotated[schemas.ConflictQuery, Query()], request: SignedInRequest) -> Response:
    reply = await request.stubs.appointments.CheckConflicts(to_proto(query, pb.CheckConflictsRequest), request.context)
    conflicts = await with_initials(request, [render(conflict) for conflict in reply.items])
    return json_response({"has_conflict": bool(conflicts), "conflicting_appointments": conflicts})


@router.get("/{appointment_id}", response_model=schemas.Appointment)
async def get_appointment(appointment_id: UUID, request: SignedInRequest) -> Response:
    message = pb.GetAppointmentRequest(appointment_id=str(appointment_id))
    return await _with_etag(request, await request.stubs.appointments.GetAppointment(message, request.context))


@router.put("/{appointment_id}", response_model=schemas.Appointment)
async def change_appointment(
    appointment_id: UUID,
    body: schemas.AppointmentUpdate,
    request: SignedInRequest,
    *,
    allow_conflict: AllowConflict = False,
    if_match: IfMatch = None,
) -> Response:
    """With If-Match an appointment that has changed since is 412. A completed one that a note documents stays with its client."""
    expected = expected_version(if_match)
    if "client_id" in body.model_fields_set and request.has_scope("appointments:write"):
        await _check_stays_with_client(request, appointment_id, str(body.client_id))
    message = to_proto(
        body, pb.ChangeAppointmentRequest, appointment_id=appointment_id, allow_conflict=allow_conflict, expected_version=expected
    )
    try:
        appointment = await request.stubs.appointments.ChangeAppointment(message, request.context)
    except Conflict as refusal:
        raise await refusal_with_initials(request, refusal) from None
    return await _with_etag(request, appointment)


@router.post("/{appointment_id}/decline-cancellation", response_model=schemas.Appointment, responses={409: {}})
async def decline_cancellation(
    appointment_id: UUID, request: SignedInRequest, body: schemas.CancellationDecline | None = None, *, if_match: IfMatch = None
) -> Response:
    """The appointment stays although its client has asked to cancel it, say because both have spoken. The client may ask again.

    To accept is to cancel the appointment. 409 `cancellation_not_asked` where nobody waits for an answer, or no longer does.
    """
    expected = expected_version(if_match)
    declined = body or schemas.CancellationDecline()
    message = to_proto(declined, pb.DeclineCancellationRequest, appointment_id=appointment_id, expected_version=expected)
    return await _with_etag(request, await request.stubs.appointments.DeclineCancellation(message, request.context))


@router.delete("/{appointment_id}", status_code=204)
async def delete_appointment(appointment_id: UUID, request: SignedInRequest, body: schemas.AppointmentDeletion | None = None) -> Response:
    """Without session_note_action an appointment that has a note is not deleted: `session_note_exists`.

    `delete` deletes the note as `DELETE /sessions/{session_id}` does: a signed one for who wrote or signed it and for owners and administrators.
    """
    deletion = body or schemas.AppointmentDeletion()
    # Scheduling refuses somebody who may not delete appointments, and audits the denial.
    if deletion.session_note_action is None and request.has_scope("appointments:write"):
        await request.stubs.sessions.CheckNoNote(sessions_pb2.CheckNoNoteRequest(appointment_id=str(appointment_id)), request.context)
    if deletion.session_note_action == "delete" and all(map(request.has_scope, ("appointments:write", "sessions:write", "sessions:sign"))):
        # Before the appointment is gone: clinical knows who signed the note.
        check = sessions_pb2.CheckNoteDeletionRequest(appointment_id=str(appointment_id))
        await request.stubs.sessions.CheckNoteDeletion(check, request.context)
    # This one call decides about both. Its event tells clinical what becomes of the note.
    await request.stubs.appointments.DeleteAppointment(
        pb.DeleteAppointmentRequest(
            appointment_id=str(appointment_id),
            reason=deletion.reason or deletion.deletion_reason,
            note_action=_NOTE_ACTIONS[deletion.session_note_action],
            note_reason=deletion.deletion_reason,
        ),
        request.context,
    )
    await _release_note(request, str(appointment_id), deletion)
    return no_content()


@router.get("/{appointment_id}/history", response_model=list[schemas.AppointmentChange])
async def list_appointment_changes(appointment_id: UUID, request: SignedInRequest) -> Response:
    """Who changed what, newest first."""
    message = pb.ListStatusChangesRequest(appointment_id=str(appointment_id))
    changes = [render(change) for change in (await request.stubs.appointments.ListStatusChanges(message, request.context)).items]
    return json_response(
        [
            {name: change[name] for name in ("version", "changed_at", "changed_by")} | {"changes": _changes(change, request)}
            for change in changes
        ]
    )


@router.get("/{appointment_id}/reminders", response_model=list[ReminderLog])
async def list_appointment_reminders(appointment_id: UUID, request: SignedInRequest) -> Response:
    # So that an unknown appointment is a 404, not an empty list.
    await request.stubs.appointments.GetSlot(pb.GetSlotRequest(appointment_id=str(appointment_id)), request.context)
    message = reminders_pb2.ListForAppointmentRequest(appointment_id=str(appointment_id))
    logs = await request.stubs.reminders.ListForAppointment(message, request.context)
    return json_response([render(log) for log in logs.items])


@router.post("/{appointment_id}/send-payment-request", response_model=schemas.Appointment)
async def send_payment_request(appointment_id: UUID, request: SignedInRequest) -> Response:
    """Has the client mailed how to pay: `payment_status` becomes payment_sent."""
    if request.has_scope("appointments:write"):
        await _check_can_be_mailed(request, appointment_id)
    message = payments_pb2.RequestPaymentRequest(appointment_id=str(appointment_id))
    return json_response(await _named(request, await request.stubs.payments.RequestPayment(message, request.context)))


@router.get("/{appointment_id}/payment-link", response_model=PaymentLink, responses={409: {}})
async def get_payment_link(appointment_id: UUID, request: SignedInRequest) -> Response:
    """For showing or copying; it is the link that a payment request is mailed with."""
    message = payments_pb2.GetPaymentLinkRequest(appointment_id=str(appointment_id))
    return json_response(render(await request.stubs.payments.GetPaymentLink(message, request.context)))


def _changes(change: dict[str, Any], request: GatewayRequest) -> dict[str, Any]:
    """What a change changed, by member."""
    fields = {field["name"]: {name: field[name] for name in ("before", "after")} for field in change["fields"]}
    if change["status_before"] != change["status_after"]:
        fields["status"] = {name: translate(change[f"status_{name}"], request) for name in ("before", "after")}
    return fields


async def _check_stays_with_client(request: GatewayRequest, appointment_id: UUID, client_id: str) -> None:
    """Raises Conflict if a completed appointment that has a note is to be another client's."""
    slot = await request.stubs.appointments.GetSlot(pb.GetSlotRequest(appointment_id=str(appointment_id)), request.context)
    if slot.status == pb.APPOINTMENT_STATUS_COMPLETED and slot.client_id != client_id:
        await request.stubs.sessions.CheckNoNote(sessions_pb2.CheckNoNoteRequest(appointment_id=str(appointment_id)), request.context)


async def _check_can_be_mailed(request: GatewayRequest, appointment_id: UUID) -> None:
    """Raises Conflict for a client without an e-mail address, so that nobody waits for a payment that was not asked for."""
    slot = await request.stubs.appointments.GetSlot(pb.GetSlotRequest(appointment_id=str(appointment_id)), request.context)
    if not request.has_scope("clients:read"):
        return
    client = await request.stubs.clients.GetClient(clients_pb2.GetClientRequest(client_id=slot.client_id), request.context)
    if not client.email or not client.is_active:
        raise Conflict("client_without_email", "This client is inactive, or has no e-mail address.")


async def _release_note(request: GatewayRequest, appointment_id: str, deletion: schemas.AppointmentDeletion) -> None:
    """Deletes or keeps the note at once, so that the caller's next request sees it."""
    notes = request.stubs.sessions
    # The key has answered for the whole request by now.
    context = replace(request.context, idempotency_key=None)
    try:
        match deletion.session_note_action:
            case "delete":
                reason = deletion.deletion_reason or deletion.reason
                await notes.DeleteNote(sessions_pb2.DeleteNoteRequest(appointment_id=appointment_id, reason=reason), context)
            case "keep":
                await notes.DetachNote(sessions_pb2.DetachNoteRequest(appointment_id=appointment_id), context)
    except Refusal as refusal:
        # The appointment is deleted, and clinical does the same as soon as it takes the event.
        _log.info("a note is released by its event", extra={"code": refusal.code})


async def _summaries(request: GatewayRequest, client_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The clients' names by id; none if the caller may not read clients."""
    ids = sorted(set(client_ids))
    parts = [await _read_summaries(request, ids[start : start + _MOST_NAMES]) for start in range(0, len(ids), _MOST_NAMES)]
    return {summary.id: render(summary) for part in parts for summary in part.items}


async def _read_summaries(request: GatewayRequest, client_ids: Iterable[str], *, with_vouchers: bool = False) -> clients_pb2.SummaryList:
    ids = sorted(set(client_ids))
    if not ids or not request.has_scope("clients:read"):
        return clients_pb2.SummaryList()
    message = clients_pb2.GetSummariesRequest(client_ids=ids, with_vouchers=with_vouchers)
    return await request.stubs.clients.GetSummaries(message, request.context)


async def named_appointments(request: GatewayRequest, appointments: Sequence[pb.Appointment]) -> list[dict[str, Any]]:
    """The appointments as they are answered, each with the name of its client."""
    names = await _summaries(request, (appointment.client_id for appointment in appointments))
    return [_rendered(request, appointment, names) for appointment in appointments]


def _rendered(request: GatewayRequest, appointment: pb.Appointment, names: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    rendered = render(appointment)
    return rendered | {"client": names.get(appointment.client_id), "status": translate(rendered["status"], request)}


async def _with_etag(request: GatewayRequest, appointment: pb.Appointment) -> Response:
    return json_response(await _named(request, appointment), headers={"ETag": f'"{appointment.version}"'})


async def _named(request: GatewayRequest, appointment: pb.Appointment) -> dict[str, Any]:
    return (await named_appointments(request, [appointment]))[0]


async def with_initials(request: GatewayRequest, conflicts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The conflicts as they are answered: with initials in place of client ids."""
    # A hold and time off have no client, and their kind is their status.
    names = await _summaries(request, (conflict["client_id"] for conflict in conflicts if conflict["client_id"]))
    return [
        {name: conflict[name] for name in ("id", "scheduled_start", "scheduled_end")}
        | {"client_initials": initials(names.get(conflict["client_id"])), "location_type": conflict["location_type"] or ""}
        | {"status": conflict.get("kind") or translate(conflict["status"], request)}
        for conflict in conflicts
    ]


async def refusal_with_initials(request: GatewayRequest, refusal: Conflict) -> Conflict:
    """The refusal with initials in place of client ids."""
    conflicts = refusal.facts.get("conflicting_appointments")
    if conflicts is None:
        return refusal
    facts = refusal.facts | {"conflicting_appointments": await with_initials(request, conflicts)}
    return Conflict(refusal.code, refusal.message, facts=facts)


def initials(summary: dict[str, Any] | None) -> str:
    if summary is None:
        return _NO_INITIALS
    letters = [name.strip()[:1].upper() for name in (summary["first_name"], summary["last_name"])]
    return "".join(letter + "." for letter in letters if letter) or _NO_INITIALS
