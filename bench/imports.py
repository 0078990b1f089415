"""Clients from a file, beside a COPY of the same rows: `python -m bench.imports`, with `ROWS` (20000) and `ROUNDS` (3). Needs nothing that runs.

Each round sends a CSV file to the clients service, as the gateway does, and has the service's worker import it. Then the administrator brings the same clients along with COPY, in one transaction:

- the very rows, sealed and keyed as they are, into the tables that they were taken out of, with everything that these tables check;
- the same without the foreign keys, the least that any way of loading takes;
- once more from the file on: read, sealed and made findable by the service's own code, but without checks, audit lines, events and progress.

Tells how long each takes, and how much of the processors: of this process, of PostgreSQL's.
"""

import asyncio
import csv
import io
import os
import resource
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import UUID

import psutil
from uuid_utils.compat import uuid7

from bench.clients import People, copy
from bench.processes import processor_seconds
from bench.scratch import on_a_new_server
from bench.unwitnessed import Unwitnessed
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1 import imports_pb2 as pb
from caseload.clients.v1.imports_rpc import ClientImportsStub
from chassis.jobs.store import JobStore
from chassis.jobs.worker import JobWorker
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import Environment, pieces, start_environment
from clients.__main__ import SERVICE
from clients.clients import mapping
from clients.imports.workflow import job_kinds
from clients.tables import JOBS

ROWS, ROUNDS = int(os.environ.get("ROWS", "20000")), int(os.environ.get("ROUNDS", "3"))
GOAL = 0.40
_FIELDS = ("first_name", "last_name", "phone", "date_of_birth", "external_id", "medical_history", "tags")
_COPIED = ("clients", "terms", "match_keys", "imported_clients")
_ROWS_AT_ONCE = 5_000
_JOBS = JobStore(JOBS)


@dataclass(slots=True)
class Took:
    """Seconds: of the clock, and of the processors for this process and for PostgreSQL's."""

    clock: float = 0.0
    here: float = 0.0
    postgres: float = 0.0

    def __str__(self) -> str:
        return f"{self.clock:.2f} s; processor time for a client: {self.here / ROWS * 1e6:.0f} µs here, {self.postgres / ROWS * 1e6:.0f} of PostgreSQL"


@contextmanager
def timed(server: int) -> Iterator[Took]:
    took = Took()
    here, there, began = time.process_time(), processor_seconds([server]), time.perf_counter()
    yield took
    took.clock, took.here = time.perf_counter() - began, time.process_time() - here
    took.postgres = processor_seconds([server]) - there


def file_of_clients() -> bytes:
    people, lines = People(), io.StringIO()
    writer = csv.writer(lines, delimiter=";")
    writer.writerow(_FIELDS)
    for number in range(ROWS):
        client = people.client(number, UUID(int=0))
        writer.writerow([*(getattr(client, name) for name in _FIELDS[:-1]), ",".join(client.tags)])
    return lines.getvalue().encode()


def held() -> float:
    """The most memory that this process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _anybody(_workspace_id: UUID, _orderer_id: UUID, _scope: str) -> None:
    """Nobody is asked whether it may go on."""


async def imported(environment: Environment, workspace_id: UUID, content: bytes) -> float:
    """Returns when the job is done: MiB held after a twentieth of the rows."""
    runtime = environment.runtime("clients")
    nobody: Any = None
    worker = JobWorker(
        "bench", runtime.database, runtime.keys, _JOBS, job_kinds(nobody, nobody), runtime.background, _anybody, interval=0.1
    )
    call = environment.caller(workspace_id=workspace_id, user_id=uuid7(), scopes=["clients:import", "clients:phi"]).within(600)
    reply = await environment.stub(ClientImportsStub).ImportClients(
        pb.ImportClientsRequest(format=pb.IMPORT_FORMAT_CSV), pieces(content), call
    )
    working, after_some = asyncio.create_task(worker.run()), 0.0
    try:
        while True:
            await asyncio.sleep(0.05)
            async with runtime.background(workspace_id) as work:
                row = await work.db.one(_JOBS.get, id=reply.job.id)
            if not after_some and row["done"] >= ROWS / 20:
                after_some = held()
            if row["finished_at"] is not None:
                break
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    if (row["status"], row["done"]) != ("done", ROWS):
        raise RuntimeError(f"{row['status']} after {row['done']} rows: {row['error'] or row['result']}")
    return after_some


async def copied_out(environment: Environment, workspace_id: UUID) -> dict[str, bytes]:
    """The rows of the import, by table, taken out of their tables."""
    rows: dict[str, bytes] = {}
    async with environment.superuser() as db:
        for table in _COPIED:
            content = io.BytesIO()
            query = f"SELECT * FROM clients.{table} WHERE workspace_id = $1"
            await db.copy_from_query(query, workspace_id, output=content, format="binary")
            rows[table] = content.getvalue()
    await removed(environment, workspace_id)
    return rows


async def removed(environment: Environment, workspace_id: UUID) -> None:
    async with environment.superuser() as db:
        await db.execute("SET session_replication_role = replica")
        for table in _COPIED:
            await db.execute(f"DELETE FROM clients.{table} WHERE workspace_id = $1", workspace_id)
        for table in _COPIED:
            await db.execute(f"VACUUM ANALYZE clients.{table}")


async def copied(environment: Environment, rows: dict[str, bytes], *, checked: bool) -> None:
    """COPYs the rows into their tables."""
    async with environment.superuser() as db, db.transaction():
        if not checked:
            await db.execute("SET LOCAL session_replication_role = replica")
        for table, content in rows.items():
            await db.copy_to_table(table, schema_name="clients", source=io.BytesIO(content), format="binary")


async def sealed_and_copied(environment: Environment, workspace_id: UUID, content: bytes) -> None:
    """Reads the file, seals its clients and COPYs them, in one process and one transaction."""
    keys = await environment.runtime("clients").keys.of(workspace_id)
    lines = csv.DictReader(io.StringIO(content.decode()), delimiter=";")
    made = rows(lines, workspace_id, keys)
    async with environment.superuser() as db, db.transaction():
        await db.execute("SET LOCAL session_replication_role = replica")
        while batch := [row for _, row in zip(range(_ROWS_AT_ONCE), made, strict=False)]:
            await copy(db, workspace_id, batch)


def rows(lines: Iterable[dict[str, str]], workspace_id: UUID, keys: Any) -> Iterator[dict[str, Any]]:
    now = to_timestamp(datetime.now(UTC))
    for revision, line in enumerate(lines, 1):
        client = clients_pb2.Client(id=str(uuid7()), workspace_id=str(workspace_id), version=1, is_active=True)
        mapping.set_fields(client, {**line, "tags": line["tags"].split(",")})
        client.created_at.CopyFrom(now)
        client.updated_at.CopyFrom(now)
        columns = mapping.to_columns(client, keys, Unwitnessed())
        yield {"workspace_id": workspace_id, "revision": revision, **columns}


async def run(dsn: str) -> None:
    content = file_of_clients()
    ratios: list[tuple[float, float, float]] = []
    async with start_environment(dsn, replace(SERVICE, loops=lambda _runtime: ()), relay=False) as environment:
        async with environment.superuser() as db:
            server = psutil.Process(await db.fetchval("SELECT pg_backend_pid()")).ppid()
        for number in range(1, ROUNDS + 1):
            first, second = environment.workspace(), environment.workspace()
            with timed(server) as importing:
                after_some = await imported(environment, first, content)
            at_end = held()
            taken = await copied_out(environment, first)
            with timed(server) as bare:
                await copied(environment, taken, checked=True)
            await removed(environment, first)
            with timed(server) as least:
                await copied(environment, taken, checked=False)
            with timed(server) as sealed:
                await sealed_and_copied(environment, second, content)
            ratios.append((bare.clock / importing.clock, least.clock / importing.clock, sealed.clock / importing.clock))
            print(f"round {number}: {ROWS} clients, {len(content) / 2**20:.1f} MiB: {ROWS / importing.clock:.0f} a second")
            for name, took in (("import", importing), ("COPY", bare), ("COPY without foreign keys", least), ("sealed and COPY", sealed)):
                print(f"  {name}: {took}")
            print(f"  {after_some:.1f} MiB after a twentieth, {at_end:.1f} MiB at the end", flush=True)
    for name, of in zip(("COPY", "COPY without foreign keys", "sealed and COPY"), zip(*ratios, strict=True), strict=True):
        print(f"{median(of):.2f} of {name} ({min(of):.2f} to {max(of):.2f}); goal {GOAL}")


if __name__ == "__main__":
    on_a_new_server(run)
