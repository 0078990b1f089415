"""The Jobs service, as every service with jobs answers it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from caseload.jobs.v1 import jobs_pb2 as pb
from caseload.jobs.v1.jobs_rpc import JobsServicer
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.jobs import rules
from chassis.jobs.files import FileHead, JobFiles
from chassis.jobs.store import JobStore
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork

# Where the gateway answers with a job's file.
_RESULT_PATH = "/api/v1/jobs/{}/result"


class Jobs(JobsServicer[UnitOfWork]):
    """Whoever manages the workspace sees everybody's jobs; others' are not there for anybody else."""

    def __init__(self, store: JobStore, keys: Keys, files: JobFiles) -> None:
        self._store = store
        self._keys = keys
        self._files = files

    async def ListJobs(self, request: pb.ListJobsRequest, work: UnitOfWork) -> pb.JobPage:
        window = page(request)
        filters: dict[str, Any] = {} if rules.sees_all(work.caller.scopes) else {"created_by": work.user_id}
        if request.HasField("kind"):
            filters["kind"] = request.kind
        if request.HasField("status"):
            filters["status"] = enum_text(pb.JobStatus, request.status)
        rows = await work.db.all(self._store.page(filters), limit=window.limit, offset=window.offset, **filters)
        total = await work.db.one(self._store.count(filters), **filters)
        return pb.JobPage(items=[to_message(row, work.now) for row in rows], total=total["total"])

    async def GetJob(self, request: pb.GetJobRequest, work: UnitOfWork) -> pb.Job:
        return to_message(visible(await work.db.maybe(self._store.get, id=request.job_id), work), work.now)

    async def CancelJob(self, request: pb.CancelJobRequest, work: UnitOfWork) -> pb.Job:
        job = visible(await work.db.maybe(self._store.get, id=request.job_id), work)
        work.note(job=str(job["id"]), kind=job["kind"])
        rules.check_may_be_cancelled(is_decided=job["kind"] in self._store.decided)
        cancelled = await work.db.maybe(self._store.cancel, id=job["id"], now=work.now)
        if cancelled is None:
            # It ended a moment ago, or long before.
            job = await work.db.one(self._store.get, id=job["id"])
            rules.check_can_be_cancelled(job["status"])
            return to_message(job, work.now)
        if cancelled["status"] == "cancelled":
            await work.db.run(self._store.no_longer_due, id=job["id"])
            await work.db.run(self._store.remove_inputs, id=job["id"])
        return to_message(cancelled, work.now)

    async def OpenJobResult(self, request: pb.OpenJobResultRequest, work: UnitOfWork) -> pb.JobResult:
        keys = await self._keys.of(work.workspace_id)
        job, head = await self._file_of(request.job_id, keys, work)
        work.note(job=str(job["id"]), kind=job["kind"])
        ticket = rules.ticket(keys.mac, work.user_id, job["id"], work.now.timestamp())
        return pb.JobResult(file_name=head.name, media_type=head.media_type, size=head.size or 0, ticket=ticket)

    async def ReadJobResult(self, request: pb.ReadJobResultRequest, work: UnitOfWork) -> pb.JobResultPiece:
        keys = await self._keys.of(work.workspace_id)
        rules.check_ticket(request.ticket, keys.mac, work.user_id, UUID(request.job_id), work.now.timestamp())
        job, head = await self._file_of(request.job_id, keys, work)
        return pb.JobResultPiece(content=await self._files.read(work.db, job, head, request.offset))

    async def _file_of(self, job_id: str, keys: WorkspaceKeys, work: UnitOfWork) -> tuple[Record, FileHead]:
        """The job, and what is known of its file, for a caller who may have it."""
        job = visible(await work.db.maybe(self._store.get, id=job_id), work)
        rules.check_file(job["status"], job["file_expires_at"], is_kept=job["file_sealed"] is not None, now=work.now)
        head = FileHead.opened(job, keys)
        rules.check_reader(work.caller.scopes, needs=head.needs, is_anothers=head.is_personal and job["created_by"] != work.user_id)
        return job, head


def to_message(row: Mapping[str, Any], now: datetime) -> pb.Job:
    so_far = json.loads(row["state"]).get("outcome") if row["state"] else None
    job = fill(pb.Job(), {**row, "result": json.loads(row["result"]) if row["result"] else so_far})
    if rules.has_file(row["status"], row["file_expires_at"], now=now):
        job.result_url = _RESULT_PATH.format(job.id)
    return job


def visible(row: Record | None, work: UnitOfWork) -> Record:
    """NotFound for somebody else's job as for one that does not exist."""
    if row is None or not rules.may_see(row["created_by"], work.user_id, work.caller.scopes):
        raise nothing_here()
    return row
