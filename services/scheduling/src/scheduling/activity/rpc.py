"""The ActivityReports service: what was done in a time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import activity_pb2 as pb
from caseload.scheduling.v1.activity_rpc import ActivityReportsServicer
from chassis.bounded_threads import BoundedThreads
from chassis.context import Caller
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.protobuf.enums import enum_text
from chassis.work.unit_of_work import UnitOfWork
from scheduling.activity import rules, store
from scheduling.activity.rules import Days
from scheduling.busy_periods.rules import BUSY_STATUSES
from scheduling.working_hours import store as working_hours
from scheduling.working_hours.mapping import to_message, to_week
from scheduling.working_hours.rules import Week, check_zone, working_time

_DAY = timedelta(days=1)
# Of identity, which takes no more.
_ASKED_AT_ONCE = 500
_COUNTED = ("scheduled", "completed", "cancelled", "no_show")


class ActivityReports(ActivityReportsServicer[UnitOfWork]):
    """Methods ask other services and fetch the keys before their first statement, so that no transaction waits for them."""

    def __init__(self, keys: Keys, users: UsersStub) -> None:
        self._keys = keys
        self._users = users
        self._reckoning = BoundedThreads(
            "activity", threads=1, queue=8, code="reports_busy", message="Too many reports are being made; try again."
        )

    async def GetActivity(self, request: pb.GetActivityRequest, work: UnitOfWork) -> pb.Activity:
        days = rules.check_days(request.start_date, request.end_date)
        practitioner_id = UUID(request.practitioner_id) if request.HasField("practitioner_id") else None
        rules.check_may_see(practitioner_id, work.user_id, work.caller.scopes)
        groups = rules.periods(days, enum_text(pb.ActivityGroup, request.group_by) or "day")
        bounds = rules.bounds(groups, check_zone(request.time_zone))
        weeks = await self._weeks(practitioner_id, days, request.time_zone, work)
        available = await self._reckoning.run(lambda: _available(weeks, bounds))

        filters = {} if practitioner_id is None else {"practitioner_id": practitioner_id}
        found = await work.db.all(store.activity(filters), **filters, bounds=bounds, since=bounds[0], until=bounds[-1])
        periods = [_period(group, [row for row in found if row["period"] == n], available[n - 1]) for n, group in enumerate(groups, 1)]
        return pb.Activity(periods=periods, total=_period(days, found, sum(available)))

    async def _weeks(self, practitioner_id: UUID | None, days: Days, zone: str, work: UnitOfWork) -> list[Week]:
        """The weeks of the practitioners who treat here now. Raises NotFound for one who is not known here."""
        keys = await self._keys.of(work.workspace_id)
        if practitioner_id is not None:
            await self._users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=str(practitioner_id)), work.context)
        async with work.beside(work.workspace_id) as tx:
            around = {"first": days.first - 2 * _DAY, "last": days.last + 2 * _DAY}
            holidays = {row["date"] for row in await tx.all(working_hours.holidays_between, **around)}
            if practitioner_id is None:
                rows = await tx.all(store.working_hours_of_all)
            else:
                row = await tx.maybe(working_hours.get, practitioner_id=practitioner_id)
                rows = [] if row is None else [row]
        if practitioner_id is None:
            treating = await self._treating([row["practitioner_id"] for row in rows], work)
            rows = [row for row in rows if row["practitioner_id"] in treating]
        return [to_week(to_message(row, keys, practitioner_id=str(row["practitioner_id"]), workspace_zone=zone), holidays) for row in rows]

    async def _treating(self, user_ids: Sequence[UUID], work: UnitOfWork) -> set[UUID]:
        """Those of them who treat here now."""
        # On this service's own behalf: nobody is told who they are.
        ours = replace(work.context, token="", caller=Caller(workspace_id=work.workspace_id, service=work.database.schema))
        found: list[users_pb2.Practitioner] = []
        for first in range(0, len(user_ids), _ASKED_AT_ONCE):
            message = users_pb2.ListPractitionersRequest(user_ids=map(str, user_ids[first : first + _ASKED_AT_ONCE]))
            found.extend((await self._users.ListPractitioners(message, ours)).items)
        return {UUID(practitioner.id) for practitioner in found if practitioner.is_active and practitioner.treats}


def _available(weeks: Sequence[Week], bounds: Sequence[datetime]) -> list[float]:
    """The hours that all of them work, by period."""
    each = [rules.hours_between(working_time(week, bounds[0], bounds[-1]), bounds) for week in weeks]
    return [sum(hours) for hours in zip(*each, strict=True)] or [0.0] * (len(bounds) - 1)


def _period(days: Days, rows: Sequence[Record], available: float) -> pb.ActivityPeriod:
    numbers: dict[str, Any] = {status: sum(row["number"] for row in rows if row["status"] == status) for status in _COUNTED}
    fees: dict[str, Any] = rules.fees((row["status"], row["payment_status"], row["fees"]) for row in rows)
    hours = float(sum(row["seconds"] for row in rows if row["status"] in BUSY_STATUSES)) / 3600
    return pb.ActivityPeriod(
        start_date=days.first.isoformat(),
        end_date=days.last.isoformat(),
        booked=sum(numbers.values()),
        **numbers,
        hours=round(hours, 4),
        available_hours=round(available, 4),
        utilisation=rules.utilisation(hours, available),
        **fees,
    )
