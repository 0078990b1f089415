"""The AppointmentSeries service: each method is one use case and one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import series_pb2 as pb
from caseload.scheduling.v1.series_rpc import AppointmentSeriesServicer
from chassis.encryption.key_store import Keys
from chassis.errors import Fault, Invalid
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import given, masked
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import booking as appointment_booking
from scheduling.appointments import rules as appointments
from scheduling.appointments.clients import ActiveClients
from scheduling.appointments.practitioners import Standing, standing
from scheduling.busy_periods import workflow as busy_periods
from scheduling.series import booking, changes, deletion, outlook, recurrence, rules, store
from scheduling.series.booking import Template
from scheduling.series.mapping import details_of, to_message
from scheduling.series.recurrence import Planned
from scheduling.working_hours.rules import check_zone

_NOT_STORED = UUID(int=0)


class AppointmentSeries(AppointmentSeriesServicer[UnitOfWork]):
    """Methods ask other services and fetch the keys before their first statement, so that no transaction waits for them."""

    def __init__(self, keys: Keys, clients: ActiveClients, users: UsersStub) -> None:
        self._keys = keys
        self._clients = clients
        self._users = users

    async def PreviewSeries(self, request: pb.PreviewSeriesRequest, work: UnitOfWork) -> pb.Series:
        rule, planned, zone = _planned(request)
        template = await _with_terms(await self._template(request, planned, work), planned, work)
        occurrences, found = await outlook.judge(work, booking.candidates(template, planned), zone)
        return await to_message(rule | {"id": _NOT_STORED}, occurrences, found, version=0)

    async def CreateSeries(self, request: pb.CreateSeriesRequest, work: UnitOfWork) -> pb.Series:
        rule, planned, zone = _planned(request)
        template = await self._template(request, planned, work)
        keys = await self._keys.of(work.workspace_id)

        template = await _with_terms(template, planned, work)
        candidates = booking.candidates(template, planned)
        await busy_periods.lock_to_move(work, [period for candidate in candidates for period in candidate.periods])
        occurrences, found = await outlook.judge(work, candidates, zone)
        outlook.check(occurrences, found, skip=request.on_conflict == pb.ON_CONFLICT_SKIP)

        series_id = uuid7()
        await work.db.run(store.add, series_id=series_id, **rule, created_by=work.user_id, now=work.now)
        booked = await booking.book(work, keys, template, series_id, occurrences)
        await booking.write_places(work, series_id, booking.places_of(booked))
        work.note(series_id=str(series_id), left_out=str(sum(each.appointment_id is None for each in booked)))
        return await to_message(rule | {"id": series_id}, booked, found, version=1)

    async def ChangeSeries(self, request: pb.ChangeSeriesRequest, work: UnitOfWork) -> pb.Series:
        scope, appointment_id = _scope(request)
        wanted = changes.check_changes(masked(request, (*rules.DETAILS, *rules.OF_THE_RULE)))
        if "practitioner_id" in wanted:
            appointments.check_practitioner(**(await standing(self._users, wanted["practitioner_id"], work))._asdict())
        people = await self._people(UUID(request.series_id), wanted, work)
        keys = await self._keys.of(work.workspace_id)
        expected = request.expected_version if request.HasField("expected_version") else None
        return await changes.change(work, keys, UUID(request.series_id), scope, appointment_id, wanted, people, expected=expected)

    async def DeleteSeries(self, request: pb.DeleteSeriesRequest, work: UnitOfWork) -> pb.DeleteSeriesResponse:
        scope, appointment_id = _scope(request)
        keys = await self._keys.of(work.workspace_id)
        expected = request.expected_version if request.HasField("expected_version") else None
        deleted = await deletion.delete(work, keys, UUID(request.series_id), scope, appointment_id, expected=expected)
        return pb.DeleteSeriesResponse(deleted_ids=map(str, deleted))

    async def _template(
        self, request: pb.CreateSeriesRequest | pb.PreviewSeriesRequest, planned: list[Planned], work: UnitOfWork
    ) -> Template:
        """What the occurrences have in common. Raises Invalid or NotFound for people who are inactive or unknown."""
        length = rules.check_duration(request.duration_minutes)
        start = planned[0].start
        details = details_of(request, start, start + length, caller=work.user_id)
        appointments.check_client(is_active=await self._clients.is_active(details.client_id, work))
        appointments.check_practitioner(**(await standing(self._users, details.practitioner_id, work))._asdict())
        return Template(details, appointments.Terms(), length)

    async def _people(self, series_id: UUID, wanted: Mapping[str, Any], work: UnitOfWork) -> tuple[bool, Standing]:
        """Whether the client is active, and the practitioner's standing, where a change of the rule may book further occurrences."""
        fit = Standing(is_active=True, treats=True)
        if not wanted.keys() & set(rules.OF_THE_RULE):
            return True, fit
        people = (await work.find(store.people, [series_id], key="series_id")).get(series_id)
        if people is None:
            return True, fit
        client_active = await self._clients.is_active(people["client_id"], work)
        if "practitioner_id" in wanted:
            return client_active, fit
        return client_active, await standing(self._users, people["practitioner_id"], work)


def _planned(request: pb.CreateSeriesRequest | pb.PreviewSeriesRequest) -> tuple[dict[str, Any], list[Planned], ZoneInfo]:
    """The columns of the series, its times and its zone."""
    first_start = given(request)["first_start"]
    if first_start is None:
        raise Invalid("series_start_invalid", "A series has a start.", faults=[Fault("/first_start", "is required")])
    zone = check_zone(request.time_zone)
    rule = recurrence.parse(request.rrule)
    columns = {
        "rrule": str(rule),
        "first_start": first_start,
        "duration_minutes": request.duration_minutes,
        "time_zone": request.time_zone,
    }
    return columns, recurrence.expand(rule, first_start, zone), zone


async def _with_terms(template: Template, planned: list[Planned], work: UnitOfWork) -> Template:
    """The template with what its service and location say. Raises Invalid if the occurrences would overlap."""
    terms = await appointment_booking.terms(work, template.details.service_id, template.details.location_id)
    rules.check_apart((each.start for each in planned if each.exists), terms.buffers.before + template.length + terms.buffers.after)
    return replace(template, terms=terms, details=replace(template.details, payment_price=terms.price))


def _scope(request: pb.ChangeSeriesRequest | pb.DeleteSeriesRequest) -> tuple[str, UUID | None]:
    """The scope, and the occurrence that it begins with."""
    appointment_id = UUID(request.appointment_id) if request.HasField("appointment_id") else None
    return enum_text(pb.SeriesScope, request.scope), appointment_id
