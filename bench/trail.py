"""What the trail costs: `python -m bench.trail`. Needs nothing that runs.

Records events by the way that services take (outbox, relay, reaction, chain), some at a time so that so many arrive in a second, and tells how many
bytes a plain event takes, and a list read of fifty, all tables and indexes counted, as they are recorded and after their month was made narrow; how fast events are recorded and how long each waits for the
chain; and, with a long trail loaded by COPY, how long pages and totals of every pair of filters take.

Settings: RATE events a second (3,000) for SECONDS (15), EVENTS of the long trail (1,000,000), SAMPLES of each question (5), LISTS that are read (400).
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from audit.__main__ import SERVICE
from audit.narrowing.worker import month_narrower
from audit.trail import listing, store, vocabulary
from bench.audit_exports import EVENTS, load
from bench.processes import processor_seconds as processor_seconds_of
from caseload.audit.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.local.postgres import LocalPostgres
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import Environment, start_environment

RATE = int(os.environ.get("RATE", "3000"))
SECONDS = int(os.environ.get("SECONDS", "15"))
SAMPLES = int(os.environ.get("SAMPLES", "5"))
# In a second the events arrive in so many batches.
_BATCHES = 20
# Of twenty pages of fifty clients.
_LISTS = int(os.environ.get("LISTS", "400"))
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
# What lasts of a recorded event. Waiting events and outboxes are transient.
_TABLES = "^(audit_events|touched|seals|chain_nodes|kept_)"
_OLD_MONTHS = [datetime(2020, month, 1, tzinfo=UTC) for month in (1, 2)]


def plain(workspace_id: UUID, number: int, **but: Any) -> events_pb2.AuditRecorded:
    fields: dict[str, Any] = {
        "id": str(uuid7()),
        "workspace_id": str(workspace_id),
        "user_id": str(UUID(int=number % 50)),
        "event_type": "get_client",
        "resource": options_pb2.RESOURCE_CLIENT,
        "action": options_pb2.ACTION_READ,
        "resource_id": str(UUID(int=number % 20_000)),
        "outcome": events_pb2.OUTCOME_SUCCESS,
        "ip_address": "192.0.2.7",
        "user_agent": _AGENT,
        "session_id": str(UUID(int=number % 500)),
        "request_id": str(uuid4()),
    } | but
    return events_pb2.AuditRecorded(**fields)


async def ingest(
    environment: Environment, workspace_id: UUID, batches: Sequence[int], pause: float, month: datetime | None = None, **but: Any
) -> list[float]:
    """Records so many events in each batch. Those of a `month` are a second apart. Returns for how many seconds each waited until it was in the chain."""
    sent: list[tuple[int, float]] = []
    waited: list[float] = []
    number, before = 0, await length(environment, workspace_id)

    async def watch() -> None:
        done = 0
        while done < len(batches):
            chained = await length(environment, workspace_id) - before
            now = time.perf_counter()
            while done < len(sent) and sent[done][0] <= chained:
                waited.extend([now - sent[done][1]] * batches[done])
                done += 1
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    began = time.perf_counter()
    for place, count in enumerate(batches):
        async with environment.runtime("audit").background(workspace_id) as work:
            for _ in range(count):
                number += 1
                moment = work.now if month is None else month + timedelta(seconds=number)
                work.emit(plain(workspace_id, number, occurred_at=to_timestamp(moment), **but))
        sent.append((number, time.perf_counter()))
        await asyncio.sleep(max(0.0, began + (place + 1) * pause - time.perf_counter()))
    offered = time.perf_counter() - began
    await watching
    print(
        f"  {number} events in {offered:.1f} s: {number / offered:.0f} a second, all in the chain after {time.perf_counter() - began:.1f} s"
    )
    return waited


async def length(environment: Environment, workspace_id: UUID) -> int:
    async with environment.runtime("audit").background(workspace_id) as work:
        found = await work.db.maybe(store.checkpoint)
    return 0 if found is None else int(found["sequence"])


async def size(environment: Environment) -> dict[str, int]:
    """Bytes of each table, indexes included."""
    async with environment.superuser() as db:
        await db.execute("VACUUM ANALYZE")
        # What moved entries have left is used again by those of the next month.
        await db.execute("REINDEX TABLE audit.seals")
        rows = await db.fetch(
            "SELECT regexp_replace(relname, '_(\\d.*|default)$', '') AS name, sum(pg_table_size(oid))::bigint AS heap, sum(pg_indexes_size(oid))::bigint AS indexes"
            f" FROM pg_class WHERE relnamespace = 'audit'::regnamespace AND relkind = 'r' AND relname ~ '{_TABLES}' GROUP BY 1"
        )
    return {f"{row['name']} {part}": row[part] for row in rows for part in ("heap", "indexes")}


async def narrowed(environment: Environment, month: datetime) -> float:
    """Waits until the month is verified and covered, and makes it narrow. Returns how many seconds the making took."""
    narrower = month_narrower(environment.runtime("audit"))
    while True:
        began = time.perf_counter()
        if month.date() in await narrower.narrow_all():
            return time.perf_counter() - began
        await asyncio.sleep(1.0)


def grown(before: dict[str, int], after: dict[str, int], count: int) -> str:
    parts = {name: (after[name] - before.get(name, 0)) / count for name in sorted(after)}
    return f"{sum(parts.values()):.0f} bytes each ({', '.join(f'{name} {value:.0f}' for name, value in parts.items() if value >= 1)})"


def processor_seconds(postgres: LocalPostgres) -> tuple[float, float]:
    """Those of this process so far, and those of PostgreSQL's processes."""
    return sum(os.times()[:2]), processor_seconds_of([postgres.pid or 0])


def percentile(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


async def questions(environment: Environment, workspace_id: UUID) -> None:
    """Pages and totals of every filter and every pair of them, of a long trail."""
    async with environment.superuser() as db:
        await db.execute("SET session_replication_role = replica")
        await db.execute(
            "INSERT INTO audit.touched SELECT workspace_id, resource_id, created_at, id FROM audit.audit_events WHERE workspace_id = $1",
            workspace_id,
        )
        await db.execute("VACUUM ANALYZE audit.audit_events, audit.touched, audit.seals")
        ends = await db.fetchrow(
            "SELECT min(created_at) AS first, max(created_at) AS last FROM audit.audit_events WHERE workspace_id = $1", workspace_id
        )
    values: dict[str, dict[str, Any]] = {
        "user_id": {"user_id": UUID(int=7)},
        "resource_type": {"resource_type": "Client"},
        "resource_id": {"resource_id": UUID(int=77)},
        "action": {"action": "UPDATE"},
        "outcome": {"outcome": "failure"},
        "phi_only": {"excluded_types": vocabulary.TYPES_WITHOUT_PHI},
        "a day": {
            "start": ends["first"] + (ends["last"] - ends["first"]) / 2,
            "end": ends["first"] + (ends["last"] - ends["first"]) * 0.55,
        },
    }
    slow: list[str] = []
    pages: list[float] = []
    totals: list[float] = []
    for names in (c for many in range(3) for c in combinations(values, many)):
        filters = {key: value for name in names for key, value in values[name].items()}
        shape = frozenset(filters)
        count = listing.count_events(shape) if shape else listing.count_all_events
        number, took = await asked(environment, workspace_id, count, filters)
        totals.append(took)
        total = number[0]["total"] if shape else number[0][0]
        for place, offset in {"first": 0, "middle": total // 2 // 50 * 50, "last": max(0, (total - 1) // 50 * 50)}.items():
            _, took = await asked(environment, workspace_id, listing.list_events(shape), {**filters, "limit": 50, "offset": offset})
            pages.append(took)
            if took > 0.05:
                slow.append(f"{'+'.join(names) or 'all'} {place} page {took * 1000:.0f} ms")
        if totals[-1] > 0.05:
            slow.append(f"{'+'.join(names) or 'all'} total {totals[-1] * 1000:.0f} ms")
    for name, found in (("pages", pages), ("totals", totals)):
        print(
            f"  {name}: p50 {statistics.median(found) * 1000:.1f} ms, p95 {percentile(found, 0.95) * 1000:.1f} ms, longest {max(found) * 1000:.1f} ms"
        )
    print(f"  above 50 ms: {len(slow)} of {len(pages) + len(totals)}" + "".join(f"\n    {each}" for each in slow))


async def asked(environment: Environment, workspace_id: UUID, stmt: Any, params: dict[str, Any]) -> tuple[Any, float]:
    """What is found, and the median of some times."""
    took, rows = [], []
    for _ in range(SAMPLES):
        async with environment.runtime("audit").background(workspace_id) as work:
            await work.db.execute(listing.look_up_each)
            began = time.perf_counter()
            rows = await work.db.all(stmt, **params)
            took.append(time.perf_counter() - began)
    return rows, statistics.median(took)


async def main() -> None:
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        postgres = await asyncio.to_thread(LocalPostgres(Path(folder), fast=True).start)
        try:
            settings = {"verification_seconds": 1.0, "tree_head_seconds": 1.0, "checkpoint_seconds": 1.0}
            async with start_environment(postgres.dsn, SERVICE, settings=settings) as environment:
                async with environment.superuser() as db:
                    for month in _OLD_MONTHS:
                        await db.execute("SELECT audit.make_partitions($1, 1)", month.date())
                workspace_id = environment.workspace()
                print(f"Plain events, {RATE} offered in a second, by one process which is the sender, the relay and audit")
                before, spent = await size(environment), processor_seconds(postgres)
                batches = [RATE // _BATCHES] * (SECONDS * _BATCHES)
                waited = await ingest(environment, workspace_id, batches, 1 / _BATCHES, month=_OLD_MONTHS[0])
                own, database = (now - then for now, then in zip(processor_seconds(postgres), spent, strict=True))
                print(f"  until in the chain: p50 {percentile(waited, 0.5):.2f} s, p99 {percentile(waited, 0.99):.2f} s")
                each = 1000 / len(waited)
                print(f"  processor time of an event: {own * each:.2f} ms of this process, {database * each:.2f} ms of PostgreSQL's")
                print(f"  {grown(before, await size(environment), len(waited))}")
                took = await narrowed(environment, _OLD_MONTHS[0])
                print(f"  narrow, {len(waited) / took:.0f} a second: {grown(before, after := await size(environment), len(waited))}")
                print("Lists of fifty")
                ids = [[str(uuid4()) for _ in range(50)] for _ in range(20)]
                for some in ids:
                    await ingest(
                        environment, workspace_id, [_LISTS // len(ids)], 0.0, month=_OLD_MONTHS[1], resource_id=None, resource_ids=some
                    )
                print(f"  {grown(after, await size(environment), _LISTS)}")
                await narrowed(environment, _OLD_MONTHS[1])
                print(f"  narrow: {grown(after, await size(environment), _LISTS)}")
                print(f"Questions to a trail of {EVENTS} events")
                long = environment.workspace()
                await load(environment, long)
                await questions(environment, long)
        finally:
            await asyncio.to_thread(postgres.stop)
    print(f"load average {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    asyncio.run(main())
