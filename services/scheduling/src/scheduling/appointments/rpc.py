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
from chassis.call import Call
from chassis.rows import enum_text, fill, given, masked, page, when
from chassis.sealing import Keys
from scheduling.appointments import booking, rules, store
from scheduling.appointments.mapping import columns, event, held_by, opened, terms_of
from scheduling.appointments.rules import News, Terms

_NO_APPOINTMENT = UUID(int=0)


class Appointments(AppointmentsServicer[Call]):
    """Other services and keys are asked before the first statement, so that no transaction waits for them."""

    def __init__(self, keys: Keys, clients: ClientsStub, users: UsersStub) -> None:
        self._keys = keys
        self._clients = clients
        self._users = users

    async def BookAppointment(self, request: pb.BookAppointmentRequest, call: Call) -> pb.Appointment:
        terms = _agreed(request, by=call.user_id)
        rules.check_client(is_active=await self._is_treated(terms.client_id, call))
        rules.check_practitioner(is_active=await self._is_working(terms.practitioner_id, call))
        keys = await self._keys.of(call.workspace_id)

        held = rules.during(terms, await booking.buffers(call, terms))
        appointment = columns(terms, held, keys, appointment_id=uuid7(), version=1)
        written = {"created_by": call.user_id, "created_at": call.now, "updated_at": call.now}
        booked = await booking.book(call, appointment | written, allow_conflict=request.allow_conflict)

        call.emit(event(events_pb2.AppointmentBooked, booked))
        return opened(booked, keys)

    async def GetAppointment(self, request: pb.GetAppointmentRequest, call: Call) -> pb.Appointment:
        keys = await self._keys.of(call.workspace_id)
        return opened(await call.db.one(store.get, id=request.appointment_id), keys)

    async def ListAppointments(self, request: pb.ListAppointmentsRequest, call: Call) -> pb.AppointmentPage:
        window, wanted = page(request), given(request)
        filters = {name: wanted[name] for name in store.agenda.filters}
        keys = await self._keys.of(call.workspace_id)
        found, total = await store.agenda.read_page(call.db, filters, window, since=wanted["start_date"], until=wanted["end_date"])
        return pb.AppointmentPage(items=[opened(row, keys) for row in found], total=total)

    async def ChangeAppointment(self, request: pb.ChangeAppointmentRequest, call: Call) -> pb.Appointment:
        wanted = rules.check_wanted(masked(request, rules.CHANGEABLE))
        is_treated = await self._is_treated(wanted["client_id"], call) if "client_id" in wanted else True
        is_working = await self._is_working(wanted["practitioner_id"], call) if "practitioner_id" in wanted else True
        keys = await self._keys.of(call.workspace_id)

        row = await call.db.one(store.get_to_change, id=request.appointment_id)
        appointment = opened(row, keys)
        before = terms_of(row, appointment)
        after = rules.changed(before, wanted)
        if after == before:
            return appointment
        # Who was agreed on may stay, whatever has become of them since.
        rules.check_client(is_active=is_treated or after.client_id == before.client_id)
        rules.check_practitioner(is_active=is_working or after.practitioner_id == before.practitioner_id)

        buffers = await booking.buffers(call, after, before)
        held = rules.during(after, buffers) if rules.replanned(before, after) else held_by(row)
        written = columns(after, held, keys, appointment_id=row["id"], version=row["version"] + 1)
        written |= {"edited_at": call.now, **_cancellation(row, after, call)}
        if rules.takes_time(before, held_by(row), after, held):
            changed = await booking.move(call, written, allow_conflict=request.allow_conflict)
        else:
            changed = await call.db.one(store.change, **written, **{name: row[name] for name in booking.OVERBOOKING})

        match rules.news(before, after):
            case News.MOVED:
                call.emit(event(events_pb2.AppointmentMoved, changed))
            case News.CLOSED:
                call.emit(event(events_pb2.AppointmentClosed, changed))
        return opened(changed, keys)

    async def DeleteAppointment(self, request: pb.DeleteAppointmentRequest, call: Call) -> pb.DeleteAppointmentResponse:
        rules.check_texts(reason=request.reason)
        keys = await self._keys.of(call.workspace_id)
        row = await call.db.one(store.get_to_change, id=request.appointment_id)
        place = {"table": "appointments", "row": row["id"], "revision": row["version"] + 1}
        await call.db.run(
            store.remove,
            id=row["id"],
            sealed=keys.seal(opened(row, keys), **place),
            deletion_reason=keys.seal(request, **place, column="deletion_reason") if request.HasField("reason") else None,
            deleted_by=call.user_id,
            deleted_at=call.now,
        )
        call.emit(event(events_pb2.AppointmentClosed, {**row, "status": "cancelled", "version": row["version"] + 1}))
        return pb.DeleteAppointmentResponse()

    async def CheckConflicts(self, request: pb.CheckConflictsRequest, call: Call) -> pb.ClashList:
        start, end = rules.check_slot(_moment(request, "scheduled_start"), _moment(request, "scheduled_end"))
        practitioner_id = UUID(request.practitioner_id) if request.HasField("practitioner_id") else call.user_id
        await self._is_working(practitioner_id, call)  # refuses a stranger, whose calendar would look free
        clashes = await call.db.all(
            store.clashes,
            id=request.exclude_appointment_id if request.HasField("exclude_appointment_id") else _NO_APPOINTMENT,
            practitioner_id=practitioner_id,
            during=Range(start, end),
        )
        return pb.ClashList(items=[fill(pb.Clash(), clash) for clash in clashes])

    async def GetFigures(self, request: pb.GetFiguresRequest, call: Call) -> pb.FiguresList:
        client_ids = rules.check_clients(request.client_ids)
        found = await call.find(store.figures, client_ids, key="client_id", now=call.now)
        return pb.FiguresList(items=[fill(pb.Figures(), found[client_id]) for client_id in client_ids])

    async def ListHistory(self, request: pb.ListHistoryRequest, call: Call) -> pb.History:
        limit = rules.history_limit(request.limit)
        place = rules.check_place(_moment(request, "before"), request.before_id if request.HasField("before_id") else None)
        told = await call.db.all(store.history_before if place else store.history, client_id=request.client_id, limit=limit, **place)
        kept = await call.db.maybe(store.count_of_client, client_id=request.client_id)
        return pb.History(items=[fill(pb.HistoryEntry(), row) for row in told], total=kept["appointment_count"] if kept else 0)

    async def GetSlot(self, request: pb.GetSlotRequest, call: Call) -> pb.Slot:
        return fill(pb.Slot(), await call.db.one(store.slot, id=request.appointment_id))

    async def _is_treated(self, client_id: UUID, call: Call) -> bool:
        """Whether the client is in treatment here; NotFound for a stranger."""
        return (await self._clients.CheckClient(clients_pb2.CheckClientRequest(client_id=str(client_id)), call)).is_active

    async def _is_working(self, practitioner_id: UUID, call: Call) -> bool:
        """Whether the practitioner works here, as the caller plainly does; NotFound for a stranger."""
        if practitioner_id == call.caller.user_id:
            return True
        return (await self._users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=str(practitioner_id)), call)).is_active


def _agreed(request: pb.BookAppointmentRequest, *, by: UUID) -> Terms:
    start, end = rules.check_slot(_moment(request, "scheduled_start"), _moment(request, "scheduled_end"))

    wanted = given(request)
    rules.check_texts(notes=wanted["notes"], location_details=wanted["location_details"])
    practitioner_id, location_id, service_id = (
        UUID(value) if (value := wanted[name]) else None for name in ("practitioner_id", "location_id", "service_id")
    )
    return Terms(
        client_id=UUID(request.client_id),
        practitioner_id=practitioner_id or by,
        scheduled_start=start,
        scheduled_end=end,
        location_type=enum_text(pb.LocationType, request.location_type),
        location_id=location_id,
        service_id=service_id,
        notes=wanted["notes"],
        location_details=wanted["location_details"],
    )


def _cancellation(row: Any, after: Terms, call: Call) -> dict[str, Any]:
    """Who called it off and when, as long as it is called off."""
    if after.status != "cancelled":
        return {"cancelled_by": None, "cancelled_at": None}
    return {"cancelled_by": row["cancelled_by"] or call.user_id, "cancelled_at": row["cancelled_at"] or call.now}


def _moment(request: Any, name: str) -> datetime | None:
    return when(getattr(request, name)) if request.HasField(name) else None
