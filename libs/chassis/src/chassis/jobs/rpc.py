"""The Jobs service, as every service with jobs answers it."""

import json
from collections.abc import Mapping
from typing import Any

from caseload.jobs.v1 import jobs_pb2 as pb
from caseload.jobs.v1.jobs_rpc import JobsServicer
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record
from chassis.jobs import rules
from chassis.jobs.store import JobStore
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork


class Jobs(JobsServicer[UnitOfWork]):
    """Whoever manages the workspace sees everybody's jobs; others' are not there for anybody else."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    async def ListJobs(self, request: pb.ListJobsRequest, work: UnitOfWork) -> pb.JobPage:
        window = page(request)
        filters: dict[str, Any] = {} if rules.sees_all(work.caller.scopes) else {"created_by": work.user_id}
        if request.HasField("kind"):
            filters["kind"] = request.kind
        if request.HasField("status"):
            filters["status"] = enum_text(pb.JobStatus, request.status)
        rows = await work.db.all(self._store.page(filters), limit=window.limit, offset=window.offset, **filters)
        total = await work.db.one(self._store.count(filters), **filters)
        return pb.JobPage(items=map(to_message, rows), total=total["total"])

    async def GetJob(self, request: pb.GetJobRequest, work: UnitOfWork) -> pb.Job:
        return to_message(visible(await work.db.maybe(self._store.get, id=request.job_id), work))

    async def CancelJob(self, request: pb.CancelJobRequest, work: UnitOfWork) -> pb.Job:
        job = visible(await work.db.maybe(self._store.get, id=request.job_id), work)
        work.note(job=str(job["id"]), kind=job["kind"])
        rules.check_may_be_cancelled(is_decided=job["kind"] in self._store.decided)
        cancelled = await work.db.maybe(self._store.cancel, id=job["id"], now=work.now)
        if cancelled is None:
            # It ended a moment ago, or long before.
            job = await work.db.one(self._store.get, id=job["id"])
            rules.check_can_be_cancelled(job["status"])
            return to_message(job)
        if cancelled["status"] == "cancelled":
            await work.db.run(self._store.no_longer_due, id=job["id"])
            await work.db.run(self._store.remove_inputs, id=job["id"])
        return to_message(cancelled)


def to_message(row: Mapping[str, Any]) -> pb.Job:
    so_far = json.loads(row["state"]).get("outcome") if row["state"] else None
    return fill(pb.Job(), {**row, "result": json.loads(row["result"]) if row["result"] else so_far})


def visible(row: Record | None, work: UnitOfWork) -> Record:
    """NotFound for somebody else's job as for one that does not exist."""
    if row is None or not rules.may_see(row["created_by"], work.user_id, work.caller.scopes):
        raise nothing_here()
    return row
