"""The Appointments service: each method is one use case and one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from uuid_utils.compat import uuid7

from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import appointments_pb2 as pb
from caseload.scheduling.v1 import events_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsServicer
from chassis.care_teams.access import CareTeams
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, given, masked
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import booking, cancellations, history_rules, rules, store, time_rules
from scheduling.appointments.clients import ActiveClients
from scheduling.appointments.mapping import (
    APPOINTMENTS,
    busy_period_of,
    kept_agreement,
    new_row,
    places_of,
    seal,
    to_busy_time,
    to_change,
    to_columns,
    to_details,
    to_event,
    to_message,
)
from scheduling.appointments.practitioners import standing
from scheduling.appointments.rules import AppointmentDetails, ChangeEvent
from scheduling.busy_periods import workflow as busy_periods
from scheduling.busy_periods.mapping import to_clash
from scheduling.busy_periods.rules import BUSY_STATUSES, within
from scheduling.working_hours.rules import check_zone

_NO_APPOINTMENT = UUID(int=0)
# Whether the note is signed is not known here, and to delete a signed one takes what it takes to sign it.
_DELETES_NOTES = frozenset({"sessions:write", "sessions:sign"})


class Appointments(AppointmentsServicer[UnitOfWork]):
    """Methods ask other services and fetch the keys before their first statement, so that no transaction waits for them."""

    def __init__(self, keys: Keys, clients: ActiveClients, users: UsersStub, care_teams: CareTeams) -> None:
        self._keys = keys
        self._care_teams = care_teams
        self._clients = clients
        self._users = users

    async def BookAppointment(self, request: pb.BookAppointmentRequest, work: UnitOfWork) -> pb.Appointment:
        details = _new_details(request, caller=work.user_id)
        rules.check_client(is_active=await self._clients.is_active(details.client_id, work, request.client_voucher))
        rules.check_practitioner(**(await standing(self._users, details.practitioner_id, work))._asdict())
        keys = await self._keys.of(work.workspace_id)

        terms = await booking.terms(work, details.service_id, details.location_id)
        busy, details = time_rules.busy_period(details, terms.buffers), replace(details, payment_price=terms.price)
        appointment = to_columns(details, busy, appointment_id=uuid7())
        appointment |= {"created_by": work.user_id, "created_at": work.now, "updated_at": work.now}

        def sealed_with(overbooking: dict[str, Any]) -> bytes:
            return seal(details, keys, new_row(appointment | overbooking), work)

        periods = time_rules.busy_periods(details, busy, is_room=terms.is_room)
        booked = await booking.book(
            work, appointment, periods, sealed_with, allow_conflict=request.allow_conflict, hold_id=given(request)["hold_id"]
        )

        if booked["overbooked"]:
            _note_reason(details, work)
        work.emit(to_event(events_pb2.AppointmentBooked, booked, by=work.caller.user_id))
        return to_message(booked, keys)

    async def GetAppointment(self, request: pb.GetAppointmentRequest, work: UnitOfWork) -> pb.Appointment:
        keys = await self._keys.of(work.workspace_id)
        (shown,) = await self._shown([await work.db.one(store.get, id=request.appointment_id)], keys, work)
        return shown

    async def ListAppointments(self, request: pb.ListAppointmentsRequest, work: UnitOfWork) -> pb.AppointmentPage:
        window, wanted = page(request), given(request)
        if request.cancellation_asked:
            appointments = store.asked_list_latest_first if request.latest_first else store.asked_list
        else:
            appointments = store.appointment_list_latest_first if request.latest_first else store.appointment_list
        filters = {name: wanted[name] for name in appointments.filters}
        keys = await self._keys.of(work.workspace_id)
        rows, total = await appointments.read_page(work.db, filters, window, since=wanted["start_date"], until=wanted["end_date"])
        found = pb.AppointmentPage(items=await self._shown(rows, keys, work), total=total)
        if request.with_series and (recurring := {row["series_id"] for row in rows} - {None}):
            found.series.items.extend(fill(pb.SeriesRule(), row) for row in await work.db.all(store.series_rules, ids=sorted(recurring)))
        return found

    async def ChangeAppointment(self, request: pb.ChangeAppointmentRequest, work: UnitOfWork) -> pb.Appointment:
        changes = rules.check_changes(masked(request, rules.EDITABLE_FIELDS))
        if "time_zone" in changes:
            check_zone(changes["time_zone"])
        client_active = await self._clients.is_active(changes["client_id"], work) if "client_id" in changes else True
        practitioner = await standing(self._users, changes["practitioner_id"], work) if "practitioner_id" in changes else None
        keys = await self._keys.of(work.workspace_id)

        row = await booking.lock(work, request.appointment_id)
        rules.check_fresh(request.expected_version if request.HasField("expected_version") else None, row["version"])
        appointment = to_message(row, keys)
        before = to_details(row, appointment)
        after = rules.apply_changes(before, changes, now=work.now)
        after = rules.without_idle_reason(after, overbooked=row["overbooked"] or request.allow_conflict)
        if after == before:
            return appointment
        rules.check_completed(before, after, now=work.now)
        rules.check_times_of_completed(before, after, changes)
        # An appointment keeps its client and its practitioner, even if they are no longer active.
        rules.check_client(is_active=client_active or after.client_id == before.client_id)
        if practitioner is not None and after.practitioner_id != before.practitioner_id:
            rules.check_practitioner(**practitioner._asdict())

        terms = await booking.terms(
            work, after.service_id, after.location_id, kept_service=before.service_id, kept_location=before.location_id
        )
        if after.service_id != before.service_id:
            terms_before = await booking.service_terms(work, before.service_id, kept=before.service_id)
            after = rules.priced(before, after, changes, terms, terms_before)
        busy_before = busy_period_of(row)
        busy_after = time_rules.busy_period(after, terms.buffers) if time_rules.changes_busy_period(before, after) else busy_before
        columns = to_columns(after, busy_after, appointment_id=row["id"]) | kept_agreement(row, after)
        columns |= {"edited_at": work.now, **_answers(row, before, after), **_cancellation(row, after, work)}
        counted = {"version": row["version"] + 1, "edit_count": row["edit_count"] + 1, "updated_at": work.now}

        def sealed_with(overbooking: dict[str, Any]) -> bytes:
            return seal(after, keys, {**row, **columns, **counted, **overbooking}, work)

        if time_rules.takes_other_time(before, busy_before, after, busy_after):
            periods = time_rules.busy_periods(after, busy_after, is_room=terms.is_room)
            changed = await booking.move(work, row, columns, periods, sealed_with, allow_conflict=request.allow_conflict)
        else:
            kept = {name: row[name] for name in booking.OVERBOOKING_COLUMNS}
            changed = await work.db.one(store.change, **columns, **kept, sealed=sealed_with(kept))

        after = rules.without_idle_reason(after, overbooked=changed["overbooked"])
        await booking.record_change(work, changed, before, after)
        if after.overbooking_reason != before.overbooking_reason:
            _note_reason(after, work)
        if after.payment_status != before.payment_status:
            work.note(payment_before=before.payment_status, payment=after.payment_status)
        match rules.change_event(before, after):
            case ChangeEvent.MOVED:
                former = rules.former_practitioner(before, after)
                work.emit(to_event(events_pb2.AppointmentMoved, changed, by=work.caller.user_id, former_practitioner_id=former))
            case ChangeEvent.CLOSED:
                work.emit(to_event(events_pb2.AppointmentClosed, changed, by=work.caller.user_id))
        return to_message(changed, keys)

    async def DeclineCancellation(self, request: pb.DeclineCancellationRequest, work: UnitOfWork) -> pb.Appointment:
        return await cancellations.decline(request, await self._keys.of(work.workspace_id), work)

    async def DeleteAppointment(self, request: pb.DeleteAppointmentRequest, work: UnitOfWork) -> pb.DeleteAppointmentResponse:
        rules.check_texts(reason=request.reason)
        if request.note_action == pb.NOTE_ACTION_DELETE:
            note_reason = request.note_reason if request.HasField("note_reason") else None
            rules.check_note_deletion(request.reason, note_reason, is_permitted=work.caller.scopes >= _DELETES_NOTES)
        keys = await self._keys.of(work.workspace_id)
        row = await booking.lock(work, request.appointment_id)
        deletion = {"deleted_by": work.user_id, "deleted_at": work.now}
        deleted = {**row, **deletion, "version": row["version"] + 1, "updated_at": work.now}
        sealed: dict[str, Message] = {"sealed": to_message(row, keys)}
        if request.HasField("reason") or request.HasField("note_reason"):
            sealed["deletion_reason"] = request
        await busy_periods.release(work, row["id"], places_of(row))
        await work.db.run(
            store.mark_deleted,
            id=row["id"],
            **{"deletion_reason": None, **APPOINTMENTS.seal_row(sealed, keys, deleted, work)},
            **deletion,
        )
        work.emit(
            to_event(events_pb2.AppointmentClosed, {**row, "status": "cancelled", "version": row["version"] + 1}, by=work.caller.user_id)
        )
        work.emit(
            events_pb2.AppointmentDeleted(appointment_id=str(row["id"]), note_action=request.note_action, deleted_by=str(work.user_id))
        )
        return pb.DeleteAppointmentResponse()

    async def GetDeletion(self, request: pb.GetDeletionRequest, work: UnitOfWork) -> pb.Deletion:
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.get_deleted, id=request.appointment_id)
        if row["deletion_reason"] is None:
            return pb.Deletion()
        given = APPOINTMENTS.open(row, keys, into=pb.DeleteAppointmentRequest(), column="deletion_reason")
        return pb.Deletion(note_reason=given.note_reason if given.HasField("note_reason") else given.reason)

    async def CheckConflicts(self, request: pb.CheckConflictsRequest, work: UnitOfWork) -> pb.ClashList:
        wanted = given(request)
        start, end = rules.check_slot(wanted["scheduled_start"], wanted["scheduled_end"])
        # Raises NotFound for an unknown practitioner, whose calendar would look free.
        if request.HasField("practitioner_id"):
            await standing(self._users, UUID(request.practitioner_id), work)
        moved_id = UUID(request.exclude_appointment_id) if request.HasField("exclude_appointment_id") else _NO_APPOINTMENT
        moved = await work.db.maybe(store.get, id=moved_id) if moved_id is not _NO_APPOINTMENT else None
        before: Mapping[str, Any] = moved or {"practitioner_id": work.user_id, "service_id": None, "location_id": None}
        practitioner_id, service_id, location_id = (
            UUID(wanted[name]) if request.HasField(name) else before[name] for name in ("practitioner_id", "service_id", "location_id")
        )
        if practitioner_id == work.user_id:
            # Asks nobody, and refuses an API key, whose calendar would look free, as booking does.
            await standing(self._users, practitioner_id, work)
        # The same time as a booking or a move would need.
        terms = await booking.terms(work, service_id, location_id, kept_service=before["service_id"], kept_location=before["location_id"])
        busy = start - terms.buffers.before, end + terms.buffers.after
        places = places_of(moved) if moved is not None and moved["status"] in BUSY_STATUSES else []
        periods = time_rules.refusing_periods(practitioner_id, location_id if terms.is_room else None, busy)
        asked = [period for period in periods if not within(period, places)]
        conflicts = {row["id"]: row for row in (await busy_periods.conflicts(work, moved_id, asked) if asked else [])}
        return pb.ClashList(items=[to_clash(conflict) for conflict in conflicts.values()])

    async def GetFigures(self, request: pb.GetFiguresRequest, work: UnitOfWork) -> pb.FiguresList:
        named = history_rules.check_client_ids(request.client_ids)
        # Of those whose record the caller may not open there are no figures.
        hidden = (await self._care_teams.of(work, named)).hidden
        client_ids = [client_id for client_id in named if client_id not in hidden]
        # Whole seconds: only calls with the same parameters share a statement.
        found = await work.find(store.client_summaries, client_ids, key="client_id", now=work.now.replace(microsecond=0))
        return pb.FiguresList(items=[fill(pb.Figures(), found[client_id]) for client_id in client_ids])

    async def CloseUnbooked(self, request: pb.CloseUnbookedRequest, work: UnitOfWork) -> pb.CloseUnbookedResponse:
        client_ids = sorted(history_rules.check_client_ids(request.client_ids))
        await work.db.many(store.lock_client, [{"client_id": client_id} for client_id in client_ids])
        # After the locks: nobody books one of them until the end of this transaction.
        found = await work.db.all(store.client_summaries, ids=client_ids, now=work.now)
        booked = {row["client_id"] for row in found if row["appointment_count"]}
        closing = [{"client_id": client_id, "until": work.now + rules.CLOSED_FOR} for client_id in client_ids if client_id not in booked]
        await work.db.many(store.close_client, closing)
        return pb.CloseUnbookedResponse(client_ids=map(str, booked))

    async def ListHistory(self, request: pb.ListHistoryRequest, work: UnitOfWork) -> pb.History:
        wanted = given(request)
        limit = history_rules.check_timeline_limit(request.limit)
        cursor = history_rules.check_cursor(wanted["before"], wanted["before_id"])
        statement = store.timeline_events_before if cursor else store.timeline_events
        events = await work.db.all(statement, client_id=request.client_id, limit=limit, **cursor)
        counter = await work.db.one(store.client_counter, client_id=request.client_id)
        return pb.History(items=[fill(pb.HistoryEntry(), event) for event in events], total=counter["appointment_count"])

    async def ListStatusChanges(self, request: pb.ListStatusChangesRequest, work: UnitOfWork) -> pb.StatusChangeList:
        # Raises NotFound for an unknown appointment.
        client_id = (await work.db.one(store.slot, id=request.appointment_id))["client_id"]
        is_hidden = client_id in (await self._care_teams.of(work, {client_id})).hidden
        changes = await work.db.all(store.changes_of, appointment_id=request.appointment_id)
        return pb.StatusChangeList(items=[to_change(change, busy_time_only=is_hidden) for change in changes])

    async def GetSlot(self, request: pb.GetSlotRequest, work: UnitOfWork) -> pb.Slot:
        return fill(pb.Slot(), await work.db.one(store.slot, id=request.appointment_id))

    async def ListAgenda(self, request: pb.ListAgendaRequest, work: UnitOfWork) -> pb.Agenda:
        period = {"since": to_datetime(request.since), "until": to_datetime(request.until)}
        found = await work.db.all(store.agenda, practitioner_id=request.practitioner_id, **period)
        return pb.Agenda(items=[fill(pb.AgendaEntry(), row) for row in found])

    async def _shown(self, rows: Sequence[Record], keys: WorkspaceKeys, work: UnitOfWork) -> list[pb.Appointment]:
        hidden = (await self._care_teams.of(work, {row["client_id"] for row in rows})).hidden
        return [to_busy_time(row) if row["client_id"] in hidden else to_message(row, keys) for row in rows]


def _new_details(request: pb.BookAppointmentRequest, *, caller: UUID) -> AppointmentDetails:
    """The details of a booking. The practitioner is the caller if the request names none."""
    wanted = given(request)
    start, end = rules.check_slot(wanted["scheduled_start"], wanted["scheduled_end"])
    texts = {name: wanted[name] for name in ("notes", "location_details", "overbooking_reason")}
    rules.check_texts(**texts)
    if wanted["time_zone"] is not None:
        check_zone(wanted["time_zone"])
    practitioner_id, location_id, service_id = (
        UUID(value) if (value := wanted[name]) else None for name in ("practitioner_id", "location_id", "service_id")
    )
    return AppointmentDetails(
        client_id=UUID(request.client_id),
        practitioner_id=practitioner_id or caller,
        scheduled_start=start,
        scheduled_end=end,
        location_type=enum_text(pb.LocationType, request.location_type),
        location_id=location_id,
        service_id=service_id,
        time_zone=wanted["time_zone"],
        **texts,
    )


def _note_reason(details: AppointmentDetails, work: UnitOfWork) -> None:
    """Whether somebody said why they overbook. What they said is sealed with the appointment."""
    work.note(overbooking_reason="none" if details.overbooking_reason is None else "given")


def _answers(row: Record, before: AppointmentDetails, after: AppointmentDetails) -> dict[str, datetime | None]:
    """When the client confirmed the appointment, or asked to cancel it, unless it is at another time now, or another client's.

    Whether it was closed by what was asked for or otherwise, nobody has to see to it any more.
    """
    is_kept = (before.client_id, before.scheduled_start) == (after.client_id, after.scheduled_start)
    confirmed, asked = row["confirmed_at"], row["cancellation_asked_at"]
    return {
        "confirmed_at": confirmed if is_kept else None,
        "cancellation_asked_at": asked if is_kept and after.status == "scheduled" else None,
    }


def _cancellation(row: Record, after: AppointmentDetails, work: UnitOfWork) -> dict[str, Any]:
    """Who cancelled the appointment and when. Both are None unless its status is cancelled."""
    if after.status != "cancelled":
        return {"cancelled_by": None, "cancelled_at": None}
    return {"cancelled_by": row["cancelled_by"] or work.user_id, "cancelled_at": row["cancelled_at"] or work.now}
