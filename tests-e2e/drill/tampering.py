"""Tampers with many trails of a running audit service at the same moment, and measures how long it takes until each break is told."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from attack.tamperings import KINDS, Trail, rows_of
from uuid_utils.compat import uuid7

from audit.__main__ import SERVICE
from caseload.audit.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import start_environment

EVENTS_OF_EACH = 6
_SECONDS_TO_PREPARE = 300.0
_AT_ONCE = 50


@dataclass(slots=True)
class Tampered:
    """How many trails were tampered with, by kind; which were not told of within the time; trails that were left alone and are told of; and the longest time in seconds."""

    tried: Counter = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    false_alarms: int = 0
    longest: float = 0.0


async def tamper(postgres, *, number, seed, seconds):
    """Tampers with so many trails, one kind after the other. Beside them are a tenth as many that nobody tampers with."""
    lot, found = Random(seed), Tampered()
    settings = {"verification_seconds": 1.0, "checkpoint_seconds": 0.2}
    async with start_environment(postgres, SERVICE, settings=settings) as environment:
        kinds = {environment.workspace(): name for _, name in zip(range(number), _in_turn(), strict=False)}
        untouched = [environment.workspace() for _ in range(max(1, number // 10))]
        await _fill(environment, [*kinds, *untouched])
        async with environment.superuser() as connection:
            await connection.execute("SET session_replication_role = replica")
            changed = {}
            for workspace_id, name in kinds.items():
                rows = await rows_of(connection, workspace_id)
                assert len(rows) == EVENTS_OF_EACH
                async with connection.transaction():
                    await KINDS[name](Trail(workspace_id, rows, connection, environment.runtime("audit").blobs, lot))
                changed[workspace_id] = time.monotonic()
                found.tried[name] += 1
            left = dict(kinds)
            while left and time.monotonic() - max(changed[each] for each in left) < seconds:
                for row in await connection.fetch("SELECT workspace_id FROM audit.verifications WHERE first_break IS NOT NULL"):
                    workspace_id = UUID(bytes=row["workspace_id"].bytes)
                    if name := left.pop(workspace_id, None):
                        took = time.monotonic() - changed[workspace_id]
                        found.longest = max(found.longest, took)
                        if took > seconds:
                            found.missed.append(name)
                await asyncio.sleep(0.1)
            found.missed = sorted([*found.missed, *left.values()])
            found.false_alarms = await connection.fetchval(
                "SELECT count(*) FROM audit.verifications WHERE first_break IS NOT NULL AND workspace_id = ANY($1::uuid[])", untouched
            )
    return found


def _in_turn():
    while True:
        yield from KINDS


async def _fill(environment, workspaces):
    """A few events in each, in chains that were verified once and have a published checkpoint."""
    for first in range(0, len(workspaces), _AT_ONCE):
        await asyncio.gather(*(_record(environment, workspace_id) for workspace_id in workspaces[first : first + _AT_ONCE]))
    async with asyncio.timeout(_SECONDS_TO_PREPARE), environment.superuser() as connection:
        ready = 0
        while ready < len(workspaces):
            await asyncio.sleep(0.2)
            ready = await connection.fetchval(
                "SELECT count(*) FROM audit.verifications v JOIN audit.chain_heads h USING (workspace_id)"
                " WHERE v.passed_at IS NOT NULL AND h.sequence = $1 AND h.published_sequence = $1",
                EVENTS_OF_EACH,
            )


async def _record(environment, workspace_id):
    async with environment.runtime("audit").background(workspace_id) as work:
        for number in range(EVENTS_OF_EACH):
            work.emit(
                events_pb2.AuditRecorded(
                    id=str(uuid7()),
                    workspace_id=str(workspace_id),
                    user_id=str(uuid7()),
                    event_type="get_client",
                    resource=options_pb2.RESOURCE_CLIENT,
                    action=options_pb2.ACTION_READ,
                    resource_id=str(uuid7()),
                    outcome=events_pb2.OUTCOME_SUCCESS,
                    ip_address="192.0.2.7",
                    user_agent="curl/8",
                    session_id=str(uuid7()),
                    request_id=f"r-{number}",
                    occurred_at=to_timestamp(work.now),
                )
            )
