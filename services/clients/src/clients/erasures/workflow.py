"""Erases a client: here at once, everywhere else by events, with a job that sees it through."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from caseload.clients.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.jobs.ordering import order
from chassis.jobs.running import JobKind, RunningJob, Waits
from chassis.jobs.store import JobStore
from chassis.work.unit_of_work import UnitOfWork
from clients.erasures import rules, store

KIND = "erase_client"


async def begin(jobs: JobStore, work: UnitOfWork, keys: WorkspaceKeys, client_id: UUID) -> UUID:
    """Writes down who has to erase the client, and announces it; returns the id of the job. In the transaction that deletes the client here."""
    job = await order(jobs, work, keys, KIND, {"client_id": str(client_id)}, total=len(rules.SERVICES))
    await work.db.run(store.begin, client_id=client_id, services=list(rules.SERVICES), job_id=job["id"])
    work.emit(events_pb2.ClientErased(client_id=str(client_id), job_id=str(job["id"])))
    job_id: UUID = job["id"]
    return job_id


async def see_through(job: RunningJob) -> Mapping[str, Any]:
    """Done when every service has finished. Whoever has not is told again, however long it was down."""
    client_id: str = job.parameters["client_id"]
    async with job.step() as work:
        rows = await work.db.all(store.progress, client_id=client_id)
        begun_at = datetime.fromisoformat(job.state.get("begun_at", work.now.isoformat()))
        told_at, times_told = datetime.fromisoformat(job.state.get("told_at", begun_at.isoformat())), job.state.get("times_told", 1)
        job.done = sum(1 for row in rows if row["finished_at"] is not None)
        is_over = job.done == len(rows)
        if not is_over and rules.is_told_again(told_at, work.now):
            work.emit(events_pb2.ClientErased(client_id=client_id, job_id=str(job.id)))
            told_at, times_told = work.now, times_told + 1
        outcome = rules.outcome(client_id, rows, times_told)
        job.state = {"begun_at": begun_at.isoformat(), "told_at": told_at.isoformat(), "times_told": times_told, "outcome": outcome}
        pause = rules.pause(begun_at, work.now)
    if not is_over:
        raise Waits(pause)
    return outcome


# Nobody's standing is asked: the client is gone, and what is left of them must not stay because somebody has left.
JOB_KIND = JobKind(KIND, see_through, needs=None, resource=options_pb2.RESOURCE_CLIENT)
