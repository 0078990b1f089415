"""The real audit service, with helpers that record events in it and wait until they are in the chain."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from uuid_utils.compat import uuid7

from audit.__main__ import SERVICE
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
