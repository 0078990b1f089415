"""A trail that runs: the audit service for real, and ways to leave lines in it and to wait for their seals."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from uuid_utils.compat import uuid7

from audit.__main__ import SERVICE
from caseload.audit.v1 import events_pb2
from caseload.audit.v1 import trail_pb2 as pb
from caseload.audit.v1.trail_rpc import TrailStub
from caseload.options.v1 import options_pb2
from chassis.protobuf.timestamps import stamp
from chassis.testing.environment import House, house

# Long enough ago that nothing a test does by itself falls into the same day.
NINE = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=3)


def line(**but: Any) -> events_pb2.AuditRecorded:
    """A line nobody could object to, but for what the test is about."""
    said = {
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
        "occurred_at": stamp(NINE),
    } | but
    return events_pb2.AuditRecorded(**{name: value for name, value in said.items() if value is not None})


async def until(comes_true: Callable[[], Awaitable[bool]]) -> None:
    """Returns when it has come true; TimeoutError when it does not."""
    async with asyncio.timeout(10):
        while True:
            if await comes_true():
                return
            await asyncio.sleep(0.02)


@dataclass
class Practice:
    """One workspace, its trail, and somebody who may read it."""

    house: House
    workspace_id: UUID
    trail: TrailStub
    auditor: Any
    nine: datetime = NINE

    line = staticmethod(line)
    until = staticmethod(until)

    async def leave(self, *lines: events_pb2.AuditRecorded, sealed: bool = True) -> None:
        """The lines arrive as any service's do, in this order, and (unless told otherwise) are sealed."""
        for said in lines:
            said.workspace_id = str(self.workspace_id)
            async with self.house.runtime("audit").background(self.workspace_id) as call:
                call.emit(said)
            await self.house.settle()
        if sealed:
            await self.sealed()

    async def leave_some(self, count: int) -> list[events_pb2.AuditRecorded]:
        lines = [line(occurred_at=stamp(NINE + timedelta(minutes=n))) for n in range(count)]
        await self.leave(*lines)
        return lines

    async def sealed(self) -> None:
        """Waits until nothing of this workspace waits for its seal."""
        await self.house.settle()
        async with self.house.superuser() as connection:

            async def nothing_waits() -> bool:
                waiting = await connection.fetchval("SELECT count(*) FROM audit.unsealed WHERE workspace_id = $1", self.workspace_id)
                return not waiting

            await until(nothing_waits)

    async def list(self, **asked: Any) -> pb.AuditEventPage:
        """What the auditor sees of the lines the test left, which are all older than his own looking."""
        asked.setdefault("end_date", stamp(NINE + timedelta(days=1)))
        return await self.trail.ListAuditEvents(pb.ListAuditEventsRequest(**asked), self.auditor)

    async def verify(self) -> pb.Verification:
        return await self.trail.VerifyTrail(pb.VerifyTrailRequest(), self.auditor)

    @asynccontextmanager
    async def tampering(self) -> AsyncIterator[Any]:
        """A superuser who has switched the triggers off, and whose work is over before anybody looks."""
        async with self.house.superuser() as connection:
            await connection.execute("SET session_replication_role = replica")
            async with connection.transaction():
                yield connection


@pytest.fixture(scope="session")
async def audit_house(postgres):
    async with house(postgres, SERVICE) as h:
        yield h


@pytest.fixture
def practice(audit_house):
    workspace_id = audit_house.workspace()
    return Practice(audit_house, workspace_id, audit_house.stub(TrailStub), audit_house.caller(workspace_id=workspace_id))
