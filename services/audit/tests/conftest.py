"""The real audit service, with helpers that record events in it and wait until they are in the chain."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from uuid_utils.compat import uuid7

from audit.__main__ import SERVICE, head_log
from audit.closed_runs import runs
from audit.trail import verification
from audit.trail.background_verification import BackgroundVerification
from audit.trail.checkpoints import CheckpointPublisher
from audit.trail.sequencer import sequencer
from caseload.audit.v1 import events_pb2
from caseload.audit.v1 import trail_pb2 as pb
from caseload.audit.v1.trail_rpc import TrailStub
from caseload.options.v1 import options_pb2
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import Environment, start_environment

# Three days ago, so that the audit events of the test's own calls fall on another day.
NINE = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=3)


def event(**but: Any) -> events_pb2.AuditRecorded:
    """A valid audit event, except for the fields that the test sets. None leaves a field out."""
    fields = {
        "id": str(uuid7()),
        "user_id": str(uuid4()),
        "event_type": "get_client",
        "resource": options_pb2.RESOURCE_CLIENT,
        "action": options_pb2.ACTION_READ,
        "resource_id": str(uuid4()),
        "outcome": events_pb2.OUTCOME_SUCCESS,
        "ip_address": "192.0.2.7",
        "user_agent": "curl/8",
        "session_id": str(uuid4()),
        "request_id": "r-1",
        "occurred_at": to_timestamp(NINE),
    } | but
    return events_pb2.AuditRecorded(**{name: value for name, value in fields.items() if value is not None})


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Waits until the condition holds. Raises TimeoutError after ten seconds."""
    async with asyncio.timeout(10):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.02)


@dataclass
class Practice:
    """One workspace, its trail, and a caller who may read it."""

    environment: Environment
    workspace_id: UUID
    trail: TrailStub
    auditor: Any
    nine: datetime = NINE

    event = staticmethod(event)
    until = staticmethod(until)

    async def record(self, *events: events_pb2.AuditRecorded, wait: bool = True) -> None:
        """Delivers the events in this order, as those of any service. Waits until they are in the chain, unless `wait` is False."""
        for each in events:
            each.workspace_id = str(self.workspace_id)
            async with self.environment.runtime("audit").background(self.workspace_id) as call:
                call.emit(each)
            await self.environment.settle()
        if wait:
            await self.in_chain()

    async def record_some(self, count: int) -> list[events_pb2.AuditRecorded]:
        events = [event(occurred_at=to_timestamp(NINE + timedelta(minutes=n))) for n in range(count)]
        await self.record(*events)
        return events

    async def in_chain(self) -> None:
        """Waits until every recorded event of this workspace is in the chain."""
        await self.environment.settle()
        async with self.environment.superuser() as connection:

            async def nothing_waits() -> bool:
                waiting = await connection.fetchval("SELECT count(*) FROM audit.unsealed WHERE workspace_id = $1", self.workspace_id)
                return not waiting

            await until(nothing_waits)

    async def chain(self, count: int) -> list[events_pb2.AuditRecorded]:
        """Records so many events and appends them itself, where no sequencer runs."""
        events = [event() for _ in range(count)]
        await self.record(*events, wait=False)
        while await sequencer(self.environment.runtime("audit")).append_batch(self.workspace_id):
            pass
        return events

    async def list(self, **request: Any) -> pb.AuditEventPage:
        """A page of the events that the test recorded. Those of the auditor's own calls are newer and left out."""
        request.setdefault("end_date", to_timestamp(NINE + timedelta(days=1)))
        return await self.trail.ListAuditEvents(pb.ListAuditEventsRequest(**request), self.auditor)

    async def verify(self) -> pb.Verification:
        return await self.trail.VerifyTrail(pb.VerifyTrailRequest(), self.auditor)

    @asynccontextmanager
    async def tampering(self) -> AsyncIterator[Any]:
        """A superuser's connection with the triggers disabled. Its transaction commits when the block ends."""
        async with self.environment.superuser() as connection:
            await connection.execute("SET session_replication_role = replica")
            async with connection.transaction():
                yield connection


class OldPractice(Practice):
    """One in whose service only the test appends, verifies and signs, with months that are long over."""

    async def chained(self, *events):
        await self.record(*events, wait=False)
        while await sequencer(self.environment.runtime("audit")).append_batch(self.workspace_id):
            pass

    async def a_month(self, month, events=5, **but):
        """Events of the month, with later ones between and behind them."""
        async with self.environment.superuser() as connection:
            await connection.execute("SELECT audit.make_partitions($1, 1)", month)
        noon = datetime(month.year, month.month, 3, 12, tzinfo=UTC)
        old = [self.event(occurred_at=to_timestamp(noon + timedelta(hours=n)), **but) for n in range(events)]
        await self.chained(*old[:4], self.event(), *old[4:], self.event(), self.event())
        return old

    async def a_pass(self):
        runtime = self.environment.runtime("audit")
        publisher = CheckpointPublisher(runtime.database, runtime.keys, runtime.blobs, every=0)
        background = BackgroundVerification(runtime.database, runtime.keys, publisher, runtime.background, every=0)
        before = await self.row_of("verifications")
        for _ in range(100):
            async with self.environment.superuser() as connection:
                await connection.execute("UPDATE audit.verifications SET due_at = '2000-01-01' WHERE workspace_id = $1", self.workspace_id)
            await background.step()
            now = await self.row_of("verifications")
            if now["passed_at"] != before["passed_at"] or now["first_break"] is not None:
                return now["first_break"]
        raise AssertionError("the pass has no end")

    async def passes_until_nothing_is_found(self):
        """What was found, and is mended, is told until a whole pass has found nothing."""
        for _ in range(20):
            if await self.a_pass() is None:
                return
        raise AssertionError("what is mended is still told")

    async def witnessed(self):
        """Verified in the background, and covered by a tree head that is stored."""
        assert await self.a_pass() is None
        log = head_log(self.environment.runtime("audit"))
        while await log.sign_grown():
            pass

    async def kill_transactions(self) -> None:
        """Ends the service's connections that are in the middle of a transaction, as a killed process would. There is one at least."""
        async with self.environment.superuser() as connection:
            killed = await connection.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE state = 'idle in transaction' AND usename = 'audit_app'"
                " AND query NOT ILIKE '%advisory_lock%'"
            )
        assert killed

    async def row_of(self, table):
        async with self.environment.superuser() as connection:
            return await connection.fetchrow(f"SELECT * FROM audit.{table} WHERE workspace_id = $1", self.workspace_id)

    async def is_there(self, month):
        async with self.environment.superuser() as connection:
            return await connection.fetchval(f"SELECT to_regclass('audit.audit_events_{month:%Y_%m}') IS NOT NULL")

    async def place_hold(self, **subject):
        async with self.environment.superuser() as connection:
            hold_id = uuid7()
            await connection.execute(
                "INSERT INTO audit.legal_holds (workspace_id, id, version, client_id, user_id, sealed, created_by, created_at)"
                " VALUES ($1, $2, 1, $3, $4, '', $1, now())",
                self.workspace_id,
                hold_id,
                subject.get("client_id"),
                subject.get("user_id"),
            )
        return hold_id

    async def release(self, hold_id):
        async with self.environment.superuser() as connection:
            await connection.execute("UPDATE audit.legal_holds SET released_at = now(), released_by = $1 WHERE id = $1", hold_id)

    def beside(self):
        """Another workspace of the same installation."""
        return replace(self, workspace_id=(other := self.environment.workspace()), auditor=self.environment.caller(workspace_id=other))


_months = iter(date(2005 + n // 12, 1 + n % 12, 1) for n in range(120))


@pytest.fixture(scope="session")
async def audit_environment(postgres):
    async with start_environment(postgres, SERVICE) as h:
        yield h


@pytest.fixture(scope="session")
async def still(postgres):
    """An audit service in which only the test appends, verifies and signs."""
    async with start_environment(postgres, replace(SERVICE, loops=lambda runtime: ())) as environment:
        yield environment


@pytest.fixture
def practice(audit_environment):
    workspace_id = audit_environment.workspace()
    return Practice(audit_environment, workspace_id, audit_environment.stub(TrailStub), audit_environment.caller(workspace_id=workspace_id))


@pytest.fixture
def month():
    """One that no other test has anything in, and which is over for long."""
    return next(_months)


@pytest.fixture
def later_month(month):
    """One after it."""
    return next(_months)


@pytest.fixture
def old_practice(still, practice, monkeypatch):
    monkeypatch.setattr(verification, "SEGMENT", 4)
    monkeypatch.setattr(runs, "LONGEST", 3)
    caller = still.caller(workspace_id=practice.workspace_id)
    return OldPractice(still, practice.workspace_id, still.stub(TrailStub), caller)
