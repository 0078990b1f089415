"""A file of clients, imported: `python -m bench.imports`, with `ROWS` for another number than 100,000. Needs nothing that runs.

Sends the file to the clients service, as the gateway does, and has the service's worker import it. Then the administrator brings the same clients along with COPY, twice: the very rows, copied out and
in again (the least that any way of loading takes), and once more from the file on, read, sealed and made findable by the service's own code, but without checks, audit lines, events and progress.
Tells how long each takes, and how much more memory the process holds after the whole import than after the first steps.
"""

import asyncio
import csv
import io
import os
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from bench.clients import People
from bench.unwitnessed import Unwitnessed
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1 import imports_pb2 as pb
from caseload.clients.v1.imports_rpc import ClientImportsStub
from chassis.jobs.store import JobStore
from chassis.jobs.worker import JobWorker
from chassis.local.postgres import LocalPostgres
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import Environment, pieces, start_environment
from clients.__main__ import SERVICE
from clients.clients import mapping
from clients.imports.workflow import job_kinds
from clients.tables import JOBS

ROWS = int(os.environ.get("ROWS", "100000"))
_FIELDS = ("first_name", "last_name", "phone", "date_of_birth", "external_id", "medical_history", "tags")
_COPIED = ("clients", "terms", "match_keys", "imported_clients")
_ROWS_AT_ONCE = 5_000
_JOBS = JobStore(JOBS)


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


async def imported(environment: Environment, workspace_id: UUID, content: bytes) -> tuple[float, float, float]:
    """Seconds from sending the file to the last row; and MiB held after a twentieth of them and at the end."""
    runtime = environment.runtime("clients")
    nobody: Any = None
    worker = JobWorker(
        "bench", runtime.database, runtime.keys, _JOBS, job_kinds(nobody, nobody), runtime.background, _anybody, interval=0.1
    )
    began, after_some = time.perf_counter(), 0.0
    call = environment.caller(workspace_id=workspace_id, user_id=uuid7(), scopes=["clients:import", "clients:phi"]).within(600)
    reply = await environment.stub(ClientImportsStub).ImportClients(
        pb.ImportClientsRequest(format=pb.IMPORT_FORMAT_CSV), pieces(content), call
    )
    working = asyncio.create_task(worker.run())
    while True:
        await asyncio.sleep(0.1)
        async with runtime.background(workspace_id) as work:
            row = await work.db.one(_JOBS.get, id=reply.job.id)
        if not after_some and row["done"] >= ROWS / 20:
            after_some = held()
        if row["finished_at"] is not None:
            break
    took = time.perf_counter() - began
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    if (row["status"], row["done"]) != ("done", ROWS):
        raise RuntimeError(f"{row['status']} after {row['done']} rows: {row['error'] or row['result']}")
    return took, after_some, held()


async def copied(environment: Environment, workspace_id: UUID, folder: Path) -> float:
    """Seconds to COPY the rows of the import into the tables that they were taken out of."""
    async with environment.superuser() as db:
        for table in _COPIED:
            query = f"SELECT * FROM clients.{table} WHERE workspace_id = $1"
            await db.copy_from_query(query, workspace_id, output=folder / table, format="binary")
        await db.execute("SET session_replication_role = replica")
        for table in _COPIED:
            await db.execute(f"DELETE FROM clients.{table} WHERE workspace_id = $1", workspace_id)
        began = time.perf_counter()
        async with db.transaction():
            for table in _COPIED:
                await db.copy_to_table(table, schema_name="clients", source=folder / table, format="binary")
        return time.perf_counter() - began


async def sealed_and_copied(environment: Environment, workspace_id: UUID, content: bytes) -> float:
    """Seconds to read the file, seal its clients and COPY them, in one process and one transaction."""
    keys = await environment.runtime("clients").keys.of(workspace_id)
    began = time.perf_counter()
    lines = csv.DictReader(io.StringIO(content.decode()), delimiter=";")
    made = rows(lines, workspace_id, keys)
    async with environment.superuser() as db, db.transaction():
        await db.execute("SET LOCAL session_replication_role = replica")
        while batch := [row for _, row in zip(range(_ROWS_AT_ONCE), made, strict=False)]:
            terms = [(workspace_id, row["id"], token) for row in batch for token in set(row.pop("index_tokens"))]
            matched = [
                (workspace_id, row["id"], kind, token, version)
                for row in batch
                for kind, token, version in zip(row.pop("match_kinds"), row.pop("match_tokens"), row.pop("match_versions"), strict=True)
            ]
            columns, keyed = list(batch[0]), ["workspace_id", "client_id", "kind", "token", "index_version"]
            records = [tuple(row[name] for name in columns) for row in batch]
            await db.copy_records_to_table("clients", schema_name="clients", columns=columns, records=records)
            await db.copy_records_to_table("terms", schema_name="clients", columns=["workspace_id", "client_id", "term"], records=terms)
            await db.copy_records_to_table("match_keys", schema_name="clients", columns=keyed, records=matched)
    return time.perf_counter() - began


def rows(lines: Iterable[dict[str, str]], workspace_id: UUID, keys: Any) -> Iterator[dict[str, Any]]:
    now = to_timestamp(datetime.now(UTC))
    for revision, line in enumerate(lines, 1):
        client = clients_pb2.Client(id=str(uuid7()), workspace_id=str(workspace_id), version=1, is_active=True)
        mapping.set_fields(client, {**line, "tags": line["tags"].split(",")})
        client.created_at.CopyFrom(now)
        client.updated_at.CopyFrom(now)
        columns = mapping.to_columns(client, keys, Unwitnessed())
        yield {"workspace_id": workspace_id, "revision": revision, **columns, "id": UUID(columns["id"])}


@asynccontextmanager
async def built(folder: Path) -> AsyncIterator[Environment]:
    postgres = await asyncio.to_thread(LocalPostgres(folder / "postgres", fast=True).start)
    try:
        async with start_environment(postgres.dsn, replace(SERVICE, loops=lambda _runtime: ())) as environment:
            yield environment
    finally:
        await asyncio.to_thread(postgres.stop)


async def main() -> None:
    content = file_of_clients()
    with tempfile.TemporaryDirectory() as name:
        async with built(Path(name)) as environment:
            first, second = environment.workspace(), environment.workspace()
            took, after_some, at_end = await imported(environment, first, content)
            bare = await copied(environment, first, Path(name))
            sealed = await sealed_and_copied(environment, second, content)
    print(f"{ROWS} clients, {len(content) / 2**20:.1f} MiB: imported in {took:.1f} s, {ROWS / took:.0f} a second")
    print(f"COPY of the very rows: {bare:.1f} s, the import is {bare / took:.2f} of it")
    print(f"COPY of the same clients, read and sealed: {sealed:.1f} s, the import is {sealed / took:.2f} of it")
    print(f"{after_some:.1f} MiB after a twentieth, {at_end:.1f} MiB at the end")


if __name__ == "__main__":
    asyncio.run(main())
