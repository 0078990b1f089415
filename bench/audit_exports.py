"""The export of a long trail: `python -m bench.audit_exports`, with `EVENTS` for another number than a million. Needs nothing that runs.

Loads a chain with COPY, as audit would have written it, and has the service's worker export it as JSON lines. Tells how long that takes, and how much
more memory the process holds after the whole than after the first steps.
"""

import asyncio
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from audit.__main__ import SERVICE, job_files, signer
from audit.exports.workflow import KIND, job_kind
from audit.tables import JOBS
from audit.trail.chain import GENESIS, entry_hash
from audit.trail.rules import retention_until
from chassis.jobs.ordering import order
from chassis.jobs.store import JobStore
from chassis.jobs.worker import JobWorker
from chassis.local.postgres import LocalPostgres
from chassis.testing.environment import Environment, start_environment

EVENTS = int(os.environ.get("EVENTS", "1000000"))
_JOBS = JobStore(JOBS)
_AT_ONCE = 20_000
_BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)
_ENTRY = ("workspace_id", "sequence", "event_id", "event_created_at", "previous_hash", "hash")


def events(workspace_id: UUID) -> Iterator[dict[str, Any]]:
    for number in range(EVENTS):
        created_at = _BEGAN + timedelta(seconds=number)
        yield {
            "workspace_id": workspace_id, "id": uuid7(), "created_at": created_at, "user_id": UUID(int=number % 50),
            "event_type": "get_client", "resource_type": "Client", "resource_id": UUID(int=number % 20_000), "action": "READ",
            "outcome": "success", "ip_address": "192.0.2.7", "user_agent": "Mozilla/5.0 (X11; Linux x86_64)", "session_id": UUID(int=number % 500),
            "metadata": {"request_id": str(uuid7()), "service": "clients"}, "retention_until": retention_until(created_at, 7),
        }  # fmt: skip


async def load(environment: Environment, workspace_id: UUID) -> None:
    made, previous, sequence = events(workspace_id), GENESIS, 0
    async with environment.superuser() as db:
        await db.set_type_codec("jsonb", schema="pg_catalog", encoder=_jsonb, decoder=bytes, format="binary")
        await db.execute("SET session_replication_role = replica")
        while batch := [event for _, event in zip(range(_AT_ONCE), made, strict=False)]:
            chained = []
            for event in batch:
                sequence += 1
                digest = entry_hash(previous, sequence, event)
                chained.append((workspace_id, sequence, event["id"], event["created_at"], previous, digest))
                previous = digest
            rows = [tuple(event.values()) for event in batch]
            await db.copy_records_to_table("audit_events", schema_name="audit", columns=list(batch[0]), records=rows)
            await db.copy_records_to_table("seals", schema_name="audit", columns=_ENTRY, records=chained)
        await db.execute(
            "INSERT INTO audit.chain_heads (workspace_id, sequence, hash) VALUES ($1, $2, $3)", workspace_id, sequence, previous
        )


def _jsonb(value: Any) -> bytes:
    """Of version 1, as COPY sends it."""
    return b"\x01" + orjson.dumps(value)


def held() -> float:
    """The most memory that this process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _anybody(_workspace_id: UUID, _orderer_id: UUID, _scope: str) -> None:
    """Nobody is asked whether it may go on."""


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        postgres = await asyncio.to_thread(LocalPostgres(Path(folder), fast=True).start)
        try:
            async with start_environment(postgres.dsn, replace(SERVICE, loops=lambda _runtime: ())) as environment:
                await measure(environment)
        finally:
            await asyncio.to_thread(postgres.stop)


async def measure(environment: Environment) -> None:
    runtime, workspace_id = environment.runtime("audit"), environment.workspace()
    await load(environment, workspace_id)
    kinds = [job_kind(_JOBS, runtime.once(job_files), runtime.once(signer))]
    worker = JobWorker("bench", runtime.database, runtime.keys, _JOBS, kinds, runtime.background, _anybody, interval=0.1)
    keys = await runtime.keys.of(workspace_id)
    async with runtime.background(workspace_id, on_behalf_of=uuid7()) as work:
        parameters = {"format": "jsonl", "ordered_at": work.now.isoformat()}
        job_id = (await order(_JOBS, work, keys, KIND, parameters))["id"]
    began, after_some = time.perf_counter(), 0.0
    working = asyncio.create_task(worker.run())
    while True:
        await asyncio.sleep(0.1)
        async with runtime.background(workspace_id) as work:
            row = await work.db.one(_JOBS.get, id=job_id)
        if not after_some and row["done"] >= EVENTS / 20:
            after_some = held()
        if row["finished_at"] is not None:
            break
    took = time.perf_counter() - began
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    print(
        f"{EVENTS} events: {row['status']} in {took:.1f} s, {EVENTS / took:.0f} a second; {after_some:.1f} MiB after a twentieth, {held():.1f} MiB at the end"
    )


if __name__ == "__main__":
    asyncio.run(main())
