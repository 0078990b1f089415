"""The FreeSlots service: when practitioners are free."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import slots_pb2 as pb
from caseload.scheduling.v1.slots_rpc import FreeSlotsServicer
from chassis.encryption.key_store import Keys
from chassis.protobuf.fields import given
from chassis.turns import in_turns
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments.rules import check_offered
from scheduling.busy_periods.store import busy_within
from scheduling.slots import rules, store
from scheduling.working_hours import store as working_hours
from scheduling.working_hours.mapping import to_message, to_week
from scheduling.working_hours.rules import check_practitioner, working_time

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


class FreeSlots(FreeSlotsServicer[UnitOfWork]):
    """Methods ask other services and fetch the keys before their first statement, so that no transaction waits for them."""

    def __init__(self, keys: Keys, users: UsersStub) -> None:
        self._keys = keys
        self._users = users

    async def ListFreeSlots(self, request: pb.ListFreeSlotsRequest, work: UnitOfWork) -> pb.FreeSlotList:
        wanted = given(request)
        since, until = rules.check_range(wanted["since"], wanted["until"])
        duration = rules.check_duration(wanted["duration_minutes"])
        practitioner_id = wanted["practitioner_id"] or str(work.user_id)
        practitioner, keys = await asyncio.gather(
            self._users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=practitioner_id), work.context),
            self._keys.of(work.workspace_id),
        )
        check_practitioner(is_active=practitioner.is_active, treats=practitioner.treats)

        terms = await self._terms(wanted["service_id"], duration, work)
        row = await work.db.maybe(working_hours.get, practitioner_id=practitioner_id)
        hours = to_message(row, keys, practitioner_id=practitioner_id, workspace_zone=request.time_zone)
        zone = ZoneInfo(hours.time_zone)
        first, last = since.astimezone(zone).date() - _DAY, (until + terms.duration).astimezone(zone).date() + _DAY
        holidays = {holiday["date"] for holiday in await work.db.all(working_hours.holidays_between, first=first, last=last)}
        busy = await work.db.all(
            busy_within,
            resource_id=practitioner_id,
            since=since - terms.before,
            until=until + terms.duration + terms.after,
            now=work.now,
        )

        # A slot may end after `until`.
        worked = working_time(to_week(hours, holidays), since, until + terms.duration)
        starts = rules.free_slots(
            worked,
            [(period["starts_at"], period["ends_at"]) for period in busy],
            terms,
            zone=zone,
            step=hours.slot_step_minutes,
            since=max(since, work.now + timedelta(minutes=hours.notice_minutes)),
            until=until,
        )
        if request.as_numbers:
            seconds = await in_turns(int(start.timestamp()) for start in starts)
            return pb.FreeSlotList(practitioner_id=practitioner_id, starts=seconds, duration_minutes=terms.duration // _MINUTE)
        made = (pb.FreeSlot(practitioner_id=practitioner_id, start=start, end=start + terms.duration) for start in starts)
        return pb.FreeSlotList(items=await in_turns(made))

    async def _terms(self, service_id: str | None, duration: timedelta | None, work: UnitOfWork) -> rules.Terms:
        """What a booking would take. Raises NotFound or Invalid for a service that is not offered."""
        if service_id is None:
            return rules.Terms(duration or rules.DEFAULT_DURATION)
        service = check_offered("service", await work.db.maybe(store.service, id=service_id))
        own, before, after = (
            timedelta(minutes=service[name]) for name in ("default_duration_minutes", "buffer_before_minutes", "buffer_after_minutes")
        )
        return rules.Terms(duration or own, before, after)
