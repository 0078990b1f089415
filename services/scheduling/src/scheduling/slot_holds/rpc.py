"""The Holds service: each method is one use case and one transaction."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import holds_pb2 as pb
from caseload.scheduling.v1.holds_rpc import HoldsServicer
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record
from chassis.protobuf.fields import given
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import booking, time_rules
from scheduling.appointments import rules as appointments
from scheduling.appointments.practitioners import standing
from scheduling.busy_periods import workflow as busy_periods
from scheduling.busy_periods.rules import BusyPeriod, columns
from scheduling.slot_holds import rules, store


class Holds(HoldsServicer[UnitOfWork]):
    def __init__(self, users: UsersStub) -> None:
        self._users = users

    async def HoldSlot(self, request: pb.HoldSlotRequest, work: UnitOfWork) -> pb.Hold:
        start = rules.check_start(given(request)["start"], now=work.now)
        practitioner_id = UUID(request.practitioner_id) if request.HasField("practitioner_id") else work.user_id
        appointments.check_practitioner(**(await standing(self._users, practitioner_id, work))._asdict())
        terms = await booking.service_terms(work, UUID(request.service_id), kept=None)
        start, end = appointments.check_slot(start, start + timedelta(minutes=terms.duration_minutes))
        periods = time_rules.refusing_periods(practitioner_id, None, (start - terms.buffers.before, end + terms.buffers.after))

        expired = {row["resource_id"] for row in await work.db.all(store.with_expired, held_by=work.user_id, now=work.now)}
        # The holder's calendar too, so that of many who ask at once for one user nobody exceeds the number.
        await busy_periods.lock_for_hold(work, periods, giving_back=expired)
        if expired:
            await work.db.run(store.forget_expired, resource_ids=list(expired), held_by=work.user_id, now=work.now)
        rules.check_number((await work.db.one(store.count, held_by=work.user_id, now=work.now))["number"])
        hold_id, expires_at = uuid7(), work.now + rules.HELD_FOR

        async def write(taken: Sequence[BusyPeriod]) -> Record | None:
            return await work.db.maybe(store.hold, **columns(taken), owner_id=hold_id, expires_at=expires_at, held_by=work.user_id)

        await busy_periods.take(work, hold_id, periods, write, allow_conflict=False)
        return pb.Hold(hold_id=str(hold_id), expires_at=to_timestamp(expires_at))

    async def ReleaseHold(self, request: pb.ReleaseHoldRequest, work: UnitOfWork) -> pb.ReleaseHoldResponse:
        if not await busy_periods.release_hold(work, request.hold_id):
            raise nothing_here()
        return pb.ReleaseHoldResponse()
