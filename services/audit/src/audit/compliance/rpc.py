"""The Compliance service: one report of a time."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from audit.compliance import rules, store
from audit.compliance.rules import Accesses, Hours, Tally
from audit.retention.period import years_kept
from audit.trail import vocabulary
from audit.trail.checkpoints import CheckpointPublisher
from audit.trail.listing import look_up_each
from audit.trail.verification import Verification, verify_recent
from caseload.audit.v1 import compliance_pb2 as pb
from caseload.audit.v1.compliance_rpc import ComplianceServicer
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.context import Caller
from chassis.db.transaction import Record, Transaction
from chassis.encryption.key_store import Keys
from chassis.errors import NotFound
from chassis.protobuf.enums import enum_text
from chassis.protobuf.timestamps import to_datetime, to_timestamp
from chassis.rpc.client.peers import Peer
from chassis.work.unit_of_work import UnitOfWork

# Identity is asked for so many roles at a time.
_AT_ONCE = 16
_Roles = Mapping[UUID | None, str | None]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the database says of the time."""

    tallies: list[Record]
    failures: list[Record]
    named: list[Record]
    clients: list[Record]
    years: int
    oldest: datetime | None
    days: list[Record]
    past: list[Record]
    past_days: int


class Compliance(ComplianceServicer[UnitOfWork]):
    """Counts in one transaction and asks for roles after it, so that it does not wait for them."""

    def __init__(self, keys: Keys, publisher: CheckpointPublisher, peers: Mapping[str, Peer], *, unsigned_until: datetime | None) -> None:
        self._keys = keys
        self._publisher = publisher
        self._peers = peers
        self._unsigned_until = unsigned_until

    @cached_property
    def _users(self) -> UsersStub:
        return UsersStub(self._peers["identity"])

    async def ReportCompliance(self, request: pb.ReportComplianceRequest, work: UnitOfWork) -> pb.ComplianceReport:
        start, end = to_datetime(request.start_date), to_datetime(request.end_date)
        rules.check_range(start, end)
        rules.check_zone(request.time_zone)
        office = rules.hours(request.office_hours.start, request.office_hours.end, request.office_hours.weekdays)
        published, keys = await self._publisher.published(work.workspace_id), await self._keys.of(work.workspace_id)
        async with work.beside(work.workspace_id) as tx:
            found = await _count(tx, {"start": start, "end": end}, request.time_zone, office)
        async with work.beside(work.workspace_id) as tx:
            chain = await verify_recent(tx, published, keys, unsigned_until=self._unsigned_until)
        users = {row["user_id"] for row in (*found.tallies, *found.failures)} - {None}
        roles = await self._roles(users, work)
        return _report(request, found, chain, roles)

    async def _roles(self, users: Iterable[UUID], work: UnitOfWork) -> dict[UUID | None, str | None]:
        """The role that each has today; None of who is no user here, such as an API key."""
        ours = replace(
            work.context, caller=Caller(workspace_id=work.workspace_id, service=work.database.schema), token="", idempotency_key=None
        )
        free = asyncio.Semaphore(_AT_ONCE)

        async def role(user_id: UUID) -> str | None:
            async with free:
                try:
                    user = await self._users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=str(user_id)), ours)
                except NotFound:
                    return None
            return enum_text(users_pb2.Role, user.role)

        asked = sorted(users)
        found: dict[UUID | None, str | None] = {}
        found.update(zip(asked, await asyncio.gather(*map(role, asked)), strict=True))
        return found


async def _count(tx: Transaction, within: Mapping[str, Any], zone: str, office: Hours) -> _Found:
    await tx.execute(look_up_each)
    rules.check_number((await tx.one(store.size, **within, limit=rules.MOST_EVENTS + 1))["events"])
    oldest = await tx.maybe(store.oldest)
    of_days = {"zone": zone, **asdict(office), "excluded_types": vocabulary.TYPES_WITHOUT_PHI}
    past_days = await _past_days(tx, within["start"])
    past = {"start": within["start"] - timedelta(days=past_days), "end": within["start"]}
    return _Found(
        await tx.all(store.tallies, **within, zone=zone, **asdict(office)),
        await tx.all(store.failures, **within),
        await tx.all(store.named, **within, event_types=[*rules.PERMISSION_CHANGES, rules.BROKEN, rules.REVIEWED]),
        await tx.all(store.clients, **within, limit=rules.MOST_CLIENTS),
        await years_kept(tx),
        None if oldest is None else oldest["created_at"],
        await tx.all(store.days, **within, **of_days),
        await tx.all(store.days, **past, **of_days) if past_days else [],
        past_days,
    )


async def _past_days(tx: Transaction, start: datetime) -> int:
    """How many days of the past are not too many to be counted; none where even the fewest are."""
    for days in rules.PASTS:
        found = await tx.one(store.size, start=start - timedelta(days=days), end=start, limit=rules.MOST_EVENTS + 1)
        if found["events"] <= rules.MOST_EVENTS:
            return days
    return 0


def _report(request: pb.ReportComplianceRequest, found: _Found, chain: Verification, roles: _Roles) -> pb.ComplianceReport:
    without_phi = vocabulary.TYPES_WITHOUT_PHI
    of_users = rules.accesses(found.tallies, without_phi)
    late = rules.after_hours(found.tallies, without_phi)
    denials, sign_ins, exports, changes, glass = Tally(), Tally(), Tally(), Tally(), Tally()
    verdicts: dict[str, int] = {"justified": 0, "unjustified": 0}
    for row in found.failures:
        if rules.is_failed_sign_in(row):
            sign_ins.add(row, row["code"])
        elif rules.is_denial(row):
            denials.add(row, row["code"])
    for row in found.named:
        if row["action"] == "EXPORT":
            exports.add(row, row["event_type"])
        if row["event_type"] in rules.PERMISSION_CHANGES:
            changes.add(row, row["event_type"])
        elif row["event_type"] == rules.BROKEN:
            glass.add(row)
        elif row["event_type"] == rules.REVIEWED and row["review"] in verdicts:
            verdicts[row["review"]] += row["number"]
    return pb.ComplianceReport(
        start_date=request.start_date,
        end_date=request.end_date,
        time_zone=request.time_zone,
        events=sum(row["number"] for row in found.tallies),
        access=pb.Access(
            events=sum(done.events for done in of_users.values()),
            by_user=[_user_access(user_id, done, roles) for user_id, done in list(of_users.items())[: rules.MOST_USERS]],
            by_role=[pb.RoleAccess(role=role, users=users, **_numbers(done)) for role, users, done in rules.by_role(of_users, roles)],
            by_client=[pb.ClientAccess(client_id=str(row["client_id"]), events=row["events"], users=row["users"]) for row in found.clients],
        ),
        denials=_refused(denials, roles),
        failed_sign_ins=_refused(sign_ins, roles),
        after_hours=pb.AfterHours(office_hours=request.office_hours, events=late.events, by_user=_users(late, roles)),
        break_glass=pb.BreakGlassUse(
            uses=glass.events, by_user=_users(glass, roles), justified=verdicts["justified"], unjustified=verdicts["unjustified"]
        ),
        exports=_counted(exports, roles),
        permission_changes=_counted(changes, roles),
        chain=pb.ChainState(
            intact=chain.first_break is None, events=chain.entries, head=chain.newest_hash.hex(), first_break=chain.first_break
        ),
        retention=pb.RetentionState(years=found.years, oldest_event_at=None if found.oldest is None else to_timestamp(found.oldest)),
        unusual=pb.Unusual(
            past_days=found.past_days,
            percentile=rules.PERCENTILE,
            bulk_access=_unusual(rules.unusual(found.past, found.days, "number", rules.LEAST_BULK), roles),
            after_hours=_unusual(rules.unusual(found.past, found.days, "after_hours", rules.LEAST_AFTER_HOURS), roles),
        ),
    )


def _unusual(found: rules.UnusualDays, roles: _Roles) -> pb.UnusualDays:
    days = [pb.UnusualDay(user_id=str(user_id), role=roles.get(user_id), day=day, events=number) for user_id, day, number in found.days]
    return pb.UnusualDays(threshold=found.threshold, is_learnt=found.is_learnt, days_seen=found.days_seen, days=days)


def _user_access(user_id: UUID | None, done: Accesses, roles: _Roles) -> pb.UserAccess:
    return pb.UserAccess(user_id=None if user_id is None else str(user_id), role=roles.get(user_id), **_numbers(done))


def _numbers(done: Accesses) -> dict[str, Any]:
    return asdict(done)


def _users(tally: Tally, roles: _Roles) -> list[pb.UserCount]:
    return [
        pb.UserCount(user_id=None if user_id is None else str(user_id), role=roles.get(user_id), events=number)
        for user_id, number in tally.users()
    ]


def _refused(tally: Tally, roles: _Roles) -> pb.Refused:
    by_code = [pb.CodeCount(code=code, events=number) for code, number in tally.names()]
    return pb.Refused(events=tally.events, by_code=by_code, by_user=_users(tally, roles))


def _counted(tally: Tally, roles: _Roles) -> pb.Counted:
    by_type = [pb.TypeCount(event_type=event_type, events=number) for event_type, number in tally.names()]
    return pb.Counted(events=tally.events, by_type=by_type, by_user=_users(tally, roles))
