"""Clients from a file, beside a bare COPY of the same rows: `python -m bench.imports`, with `ROWS` (100000) and `ROUNDS` (3).

Each round sends a CSV file to the clients service and waits for its job. Then the rows that came of it are copied, sealed and keyed as they are,
into empty tables with the same columns, indexes and checks: what PostgreSQL needs for them at the least. Needs nothing that runs.
"""

import asyncio
import os
import time
from io import BytesIO
from statistics import median
from typing import Any
from uuid import UUID

from bench.scratch import on_a_new_server
from caseload.clients.v1 import imports_pb2 as pb
from caseload.clients.v1.imports_rpc import ClientImportsStub
from caseload.jobs.v1 import jobs_pb2
from caseload.jobs.v1.jobs_rpc import JobsStub
from chassis.testing.environment import Environment, pieces, start_environment
from clients.__main__ import SERVICE

ROWS, ROUNDS = int(os.environ.get("ROWS", "100000")), int(os.environ.get("ROUNDS", "3"))
GOAL = 0.40
_TABLES = ("clients", "terms", "match_keys")


def file(rows: int) -> bytes:
    lines = [
        f"Given{n % 800},Family{n % 19_997},P-{n},given{n}@example.org,+49 30 {n:07},{1930 + n % 80}-{n % 12 + 1:02}-{n % 28 + 1:02},knee"
        for n in range(rows)
    ]
    return "\n".join(["first_name,last_name,external_id,email,phone,date_of_birth,tags", *lines]).encode()


async def imported(environment: Environment, workspace_id: UUID, content: bytes) -> float:
    """Seconds until the job is done."""
    call = environment.caller(workspace_id=workspace_id)
    began = time.perf_counter()
    request = pb.ImportClientsRequest(format=pb.IMPORT_FORMAT_CSV)
    reply = await environment.stub(ClientImportsStub).ImportClients(request, pieces(content), call.within(300))
    created = reply.created
    if reply.HasField("job"):
        jobs, job = JobsStub(environment.peer("clients")), reply.job
        while not job.HasField("finished_at"):
            await asyncio.sleep(0.05)
            job = await jobs.GetJob(jobs_pb2.GetJobRequest(job_id=job.id), call.within(60))
        assert job.status == jobs_pb2.JOB_STATUS_DONE, job
        created = dict(job.result)["created"]
    took = time.perf_counter() - began
    assert created == ROWS, created
    return took


async def copied(environment: Environment, workspace_id: UUID) -> float:
    """Seconds that COPY takes for the same rows, in one transaction."""
    async with environment.superuser() as db:
        rows: dict[str, bytes] = {}
        for table in _TABLES:
            await db.execute(f"CREATE TABLE clients.bare_{table} (LIKE clients.{table} INCLUDING ALL)")
            content = BytesIO()
            await db.copy_from_query(
                f"SELECT * FROM clients.{table} WHERE workspace_id = $1", workspace_id, output=content, format="binary"
            )
            rows[table] = content.getvalue()
        began = time.perf_counter()
        async with db.transaction():
            for table, content in rows.items():
                await db.copy_to_table(f"bare_{table}", schema_name="clients", source=BytesIO(content), format="binary")
        took = time.perf_counter() - began
        assert await db.fetchval("SELECT count(*) FROM clients.bare_clients") == ROWS
        for table in _TABLES:
            await db.execute(f"DROP TABLE clients.bare_{table}")
    return took


async def run(dsn: str) -> None:
    # Nobody else is asked: nothing is exported, merged or erased.
    peers = {"scheduling": "unix:none", "clinical": "unix:none"}
    settings: dict[str, Any] = {"peers": peers}
    content, ratios = file(ROWS), []
    async with start_environment(dsn, SERVICE, settings=settings, relay=False) as environment:
        for number in range(ROUNDS):
            workspace_id = environment.workspace()
            took = await imported(environment, workspace_id, content)
            bare = await copied(environment, workspace_id)
            ratios.append(bare / took)
            print(
                f"round {number + 1}: {ROWS} rows imported in {took:.1f} s ({ROWS / took:.0f} a second), copied in {bare:.1f} s: {ratios[-1]:.2f}"
            )
    print(f"{median(ratios):.2f} of a bare COPY ({min(ratios):.2f} to {max(ratios):.2f}); goal {GOAL}")


if __name__ == "__main__":
    on_a_new_server(run)
