"""The Appointments service: each method is one use case and one transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Range
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import appointments_pb2 as pb
from caseload.scheduling.v1 import events_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsServicer
from chassis.db.paging import page
from chassis.encryption.key_store import Keys
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, masked
from chassis.protobuf.timestamps import when
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import calendar, rules, store
from scheduling.appointments.record import columns, event, held_by, opened, terms_of
from scheduling.appointments.rules import News, Terms

_NO_APPOINTMENT = UUID(int=0)


class Appointments(AppointmentsServicer[UnitOfWork]):
    """Other services and keys are asked before the first statement, so that no transaction waits for them."""

    def __init__(self, keys: Keys, clients: ClientsStub, users: UsersStub) -> None:
        self._keys = keys
        self._clients = clients
        self._users = users

    async def BookAppointment(self, request: pb.BookAppointmentRequest, work: UnitOfWork) -> pb.Appointment:
        terms = _agreed(request, by=work.user_id)
        rules.check_client(is_active=await self._is_treated(terms.client_id, work))
        rules.check_practitioner(is_active=await self._is_working(terms.practitioner_id, work))
        keys = await self._keys.of(work.workspace_id)

        held = rules.during(terms, await calendar.buffers(work, terms))
        appointment = columns(terms, held, keys, appointment_id=uuid7(), version=1)
        written = {"created_by": work.user_id, "created_at": work.now, "updated_at": work.now}
        booked = await calendar.book(work, appointment | written, allow_conflict=request.allow_conflict)

        work.emit(event(events_pb2.AppointmentBooked, booked))
        return opened(booked, keys)

    async def GetAppointment(self, request: pb.GetAppointmentRequest, work: UnitOfWork) -> pb.Appointment:
        keys = await self._keys.of(work.workspace_id)
        return opened(await work.db.one(store.get, id=request.appointment_id), keys)

    async def ListAppointments(self, request: pb.ListAppointmentsRequest, work: UnitOfWork) -> pb.AppointmentPage:
        asked = page(request)
        filters: dict[str, Any] = {n: getattr(request, n) for n in ("client_id", "practitioner_id") if request.HasField(n)}
        if request.HasField("status"):
            filters["status"] = enum_text(pb.AppointmentStatus, request.status)
        since, until = _moment(request, "start_date"), _moment(request, "end_date")
        keys = await self._keys.of(work.workspace_id)
        found, total = await store.agenda.turn_to(work.db, filters, asked, since=since, until=until)
        return pb.AppointmentPage(items=[opened(row, keys) for row in found], total=total)

    async def ChangeAppointment(self, request: pb.ChangeAppointmentRequest, work: UnitOfWork) -> pb.Appointment:
        wanted = rules.check_wanted(masked(request, rules.CHANGEABLE))
        is_treated = await self._is_treated(wanted["client_id"], work) if "client_id" in wanted else True
        is_working = await self._is_working(wanted["practitioner_id"], work) if "practitioner_id" in wanted else True
        keys = await self._keys.of(work.workspace_id)

        row = await work.db.one(store.get_to_change, id=request.appointment_id)
        appointment = opened(row, keys)
        before = terms_of(row, appointment)
        after = rules.changed(before, wanted)
        if after == before:
            return appointment
        # Who was agreed on may stay, whatever has become of them since.
        rules.check_client(is_active=is_treated or after.client_id == before.client_id)
        rules.check_practitioner(is_active=is_working or after.practitioner_id == before.practitioner_id)

        buffers = await calendar.buffers(work, after, before)
        held = rules.during(after, buffers) if rules.replanned(before, after) else held_by(row)
        written = columns(after, held, keys, appointment_id=row["id"], version=row["version"] + 1)
        written |= {"edited_at": work.now, **_cancellation(row, after, work)}
        if rules.takes_time(before, held_by(row), after, held):
            changed = await calendar.move(work, written, allow_conflict=request.allow_conflict)
        else:
            changed = await work.db.one(store.change, **written, **{name: row[name] for name in calendar.OVERBOOKING})

        match rules.news(before, after):
            case News.MOVED:
                work.emit(event(events_pb2.AppointmentMoved, changed))
            case News.CLOSED:
                work.emit(event(events_pb2.AppointmentClosed, changed))
        return opened(changed, keys)

    async def DeleteAppointment(self, request: pb.DeleteAppointmentRequest, work: UnitOfWork) -> pb.DeleteAppointmentResponse:
        rules.check_texts(reason=request.reason)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.get_to_change, id=request.appointment_id)
        place = {"table": "appointments", "row": row["id"], "revision": row["version"] + 1}
        await work.db.run(
            store.remove,
            id=row["id"],
            sealed=keys.seal(opened(row, keys), **place),
            deletion_reason=keys.seal(request, **place, column="deletion_reason") if request.HasField("reason") else None,
            deleted_by=work.user_id,
            deleted_at=work.now,
        )
        work.emit(event(events_pb2.AppointmentClosed, {**row, "status": "cancelled", "version": row["version"] + 1}))
        return pb.DeleteAppointmentResponse()

    async def CheckConflicts(self, request: pb.CheckConflictsRequest, work: UnitOfWork) -> pb.ClashList:
        start, end = rules.check_slot(_moment(request, "scheduled_start"), _moment(request, "scheduled_end"))
        practitioner_id = UUID(request.practitioner_id) if request.HasField("practitioner_id") else work.user_id
        await self._is_working(practitioner_id, work)  # refuses a stranger, whose calendar would look free
        clashes = await work.db.all(
            store.clashes,
            id=request.exclude_appointment_id if request.HasField("exclude_appointment_id") else _NO_APPOINTMENT,
            practitioner_id=practitioner_id,
            during=Range(start, end),
        )
        return pb.ClashList(items=[fill(pb.Clash(), clash) for clash in clashes])

    async def GetFigures(self, request: pb.GetFiguresRequest, work: UnitOfWork) -> pb.FiguresList:
        client_ids = rules.check_clients(request.client_ids)
        found = await work.find(store.figures, client_ids, key="client_id", now=work.now)
        return pb.FiguresList(items=[fill(pb.Figures(), found[client_id]) for client_id in client_ids])

    async def ListHistory(self, request: pb.ListHistoryRequest, work: UnitOfWork) -> pb.History:
        limit = rules.history_limit(request.limit)
        place = rules.check_place(_moment(request, "before"), request.before_id if request.HasField("before_id") else None)
        told = await work.db.all(store.history_before if place else store.history, client_id=request.client_id, limit=limit, **place)
        kept = await work.db.maybe(store.count_of_client, client_id=request.client_id)
        return pb.History(items=[fill(pb.HistoryEntry(), row) for row in told], total=kept["appointment_count"] if kept else 0)

    async def GetSlot(self, request: pb.GetSlotRequest, work: UnitOfWork) -> pb.Slot:
        return fill(pb.Slot(), await work.db.one(store.slot, id=request.appointment_id))

    async def _is_treated(self, client_id: UUID, work: UnitOfWork) -> bool:
        """Whether the client is in treatment here; NotFound for a stranger."""
        return (await self._clients.CheckClient(clients_pb2.CheckClientRequest(client_id=str(client_id)), work.context)).is_active

    async def _is_working(self, practitioner_id: UUID, work: UnitOfWork) -> bool:
        """Whether the practitioner works here, as the caller plainly does; NotFound for a stranger."""
        if practitioner_id == work.caller.user_id:
            return True
        return (await self._users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=str(practitioner_id)), work.context)).is_active


def _agreed(request: pb.BookAppointmentRequest, *, by: UUID) -> Terms:
    start, end = rules.check_slot(_moment(request, "scheduled_start"), _moment(request, "scheduled_end"))

    def given(name: str) -> Any:
        return getattr(request, name) if request.HasField(name) else None

    rules.check_texts(notes=given("notes"), location_details=given("location_details"))
    practitioner_id, location_id, service_id = (
        UUID(value) if (value := given(name)) else None for name in ("practitioner_id", "location_id", "service_id")
    )
    return Terms(
        client_id=UUID(request.client_id),
        practitioner_id=practitioner_id or by,
        scheduled_start=start,
        scheduled_end=end,
        location_type=enum_text(pb.LocationType, request.location_type),
        location_id=location_id,
        service_id=service_id,
        notes=given("notes"),
        location_details=given("location_details"),
    )


def _cancellation(row: Any, after: Terms, work: UnitOfWork) -> dict[str, Any]:
    """Who called it off and when, as long as it is called off."""
    if after.status != "cancelled":
        return {"cancelled_by": None, "cancelled_at": None}
    return {"cancelled_by": row["cancelled_by"] or work.user_id, "cancelled_at": row["cancelled_at"] or work.now}


def _moment(request: Any, name: str) -> datetime | None:
    return when(getattr(request, name)) if request.HasField(name) else None
