"""Does the jobs of a service. Any number of workers may run, in any number of processes: each job is one worker's at a time."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.cancellation import finish_despite_cancellation
from chassis.db.database import Database
from chassis.encryption.key_store import Keys
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Refusal, Unavailable
from chassis.jobs import rules
from chassis.jobs.rules import Ended, Suspended
from chassis.jobs.running import Cancelled, Interrupted, JobKind, MakeWork, RunningJob, Waits
from chassis.jobs.standing import CheckStanding
from chassis.jobs.store import JobStore
from chassis.observability.redaction import cause, place
from chassis.work.audit import audit_line
from chassis.work.poller import Poller

_log = logging.getLogger(__name__)
_SECONDS_TO_CLAIM = 5.0
# A worker whose process ended is missed after this long; one that lives renews its lease three times as often.
_LEASE = timedelta(seconds=30)
_AT_ONCE = 2
_SECONDS_TO_STOP = 5.0


@dataclass(frozen=True, slots=True)
class _Due:
    workspace_id: UUID
    job_id: UUID


class JobWorker:
    """Claims what is due and does it, two jobs at a time, so that a long one does not keep a short one waiting; nor do two that give way."""

    def __init__(
        self,
        name: str,
        database: Database,
        keys: Keys,
        store: JobStore,
        kinds: Iterable[JobKind],
        make_work: MakeWork,
        check_standing: CheckStanding,
        *,
        lease: timedelta = _LEASE,
        interval: float = 1.0,
    ) -> None:
        self._database = database
        self._keys = keys
        self._store = store
        self._kinds = {kind.name: kind for kind in kinds}
        self._make_work = make_work
        self._check_standing = check_standing
        self._lease = lease
        self._running: set[RunningJob] = set()
        self._poller = Poller(
            f"{name}-jobs",
            self._claim,
            self._handle,
            log_fields=lambda due: {"job": str(due.job_id), "workspace_id": str(due.workspace_id)},
            concurrency=_AT_ONCE,
            interval=interval,
            grace=_SECONDS_TO_STOP,
        )

    def wake(self) -> None:
        """Makes the worker look for work at once."""
        self._poller.wake()

    async def run(self) -> None:
        """Works until cancelled. What is running then ends with its current step, and is due for others at once."""
        running = asyncio.ensure_future(self._poller.run())
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            for job in self._running:
                job.interrupted = True
            running.cancel()
            with suppress(asyncio.CancelledError):
                await finish_despite_cancellation(running)
            raise

    async def _claim(self, limit: int) -> Sequence[_Due]:
        async with self._database.transaction(None, seconds=_SECONDS_TO_CLAIM) as tx:
            rows = await tx.all(self._store.claim, kinds=list(self._kinds), limit=limit, lease=self._lease)
        return [_Due(row["workspace_id"], row["job_id"]) for row in rows]

    async def _handle(self, due: _Due) -> None:
        job = await self._begin(due)
        if job is None:
            return
        self._running.add(job)
        try:
            async with self._kept_from_others(due):
                await self._do(job, due)
        finally:
            self._running.discard(job)

    async def _begin(self, due: _Due) -> RunningJob | None:
        """Makes the job this worker's own, and counts that. None where there is nothing to do."""
        async with self._database.transaction(due.workspace_id, seconds=_SECONDS_TO_CLAIM) as tx:
            row = await tx.maybe(self._store.begin, id=due.job_id)
            if row is None:
                await tx.run(self._store.no_longer_due, workspace_id=due.workspace_id, id=due.job_id)
                return None
        kind = self._kinds[row["kind"]]
        return RunningJob(row, kind, self._store, self._make_work, self._check_standing, self._keys.of, self._others_wait)

    async def _others_wait(self) -> bool:
        async with self._database.transaction(None, seconds=_SECONDS_TO_CLAIM) as tx:
            return await tx.maybe(self._store.waiting, kinds=list(self._kinds)) is not None

    async def _do(self, job: RunningJob, due: _Due) -> None:
        if rules.is_given_up(job.failures):
            await self._finish(job, "failed", code="job_failed", result=job.outcome)
            return
        try:
            # After the beginning was counted: a workspace whose keys cannot be had is not tried for ever.
            keys = await self._keys.of(job.workspace_id)
            if not await self._open(job, keys):
                return
            await job.check_standing()
            result = await job.kind.run(job)
            await self._finish(job, "done", result=result)
        except Cancelled:
            await self._finish(job, "cancelled", result=job.outcome)
        except Interrupted:
            await self._again(job, due, after=0.0, has_failed=False)
        except Suspended:
            await self._again(job, due, after=rules.SECONDS_WHILE_SUSPENDED, has_failed=False)
        except Waits as waiting:
            await self._again(job, due, after=waiting.seconds, has_failed=False)
        except Ended:
            return
        except Refusal as refusal:
            if isinstance(refusal, Unavailable):
                _log.warning("a job waits for what is away", extra={"job": str(job.id), "kind": job.kind.name, "error": cause(refusal)})
                await self._again(job, due, after=rules.SECONDS_WHILE_AWAY, has_failed=False)
            else:
                await self._finish(job, "failed", code=refusal.code, result=refusal.facts or job.outcome)
        except Exception as error:  # noqa: BLE001 - whatever failed, the job is tried again
            _log.error("a job failed", extra={"job": str(job.id), "kind": job.kind.name, "error": cause(error), "at": place(error)})
            await self._again(job, due, after=rules.pause_after(max(job.failures, 1)))

    async def _open(self, job: RunningJob, keys: WorkspaceKeys) -> bool:
        """Reads what was ordered. Ends the job if it is not as it was ordered."""
        try:
            job.open(keys)
        except SealBroken:
            _log.error("a job is not as it was ordered", extra={"job": str(job.id), "kind": job.kind.name})
            await self._finish(job, "failed", code="job_not_as_ordered")
            return False
        return True

    async def _again(self, job: RunningJob, due: _Due, *, after: float, has_failed: bool = True) -> None:
        """Leaves the job to whoever is free after so many seconds."""
        async with self._database.transaction(due.workspace_id, seconds=_SECONDS_TO_CLAIM) as tx:
            if not has_failed:
                await tx.run(self._store.interrupt, id=job.id, attempt=job.attempt)
            await tx.run(self._store.set_due, workspace_id=due.workspace_id, id=due.job_id, delay=timedelta(seconds=after))

    async def _finish(self, job: RunningJob, status: str, *, result: Mapping[str, Any] | None = None, code: str | None = None) -> None:
        """Ends the job, if it is still this worker's."""
        async with self._make_work(job.workspace_id, on_behalf_of=job.created_by) as work:
            told = None if result is None else json.dumps(result)
            row = await work.db.maybe(
                self._store.finish, id=job.id, attempt=job.attempt, status=status, result=told, error=code, now=work.now
            )
            if row is not None:
                facts = {"job": str(job.id), "status": status, "done": str(row["done"])} | ({"error": code} if code else {})
                # Of no one resource: what the steps did to which has lines of its own.
                work.emit(audit_line(work, job.kind.name, job.kind.resource, options_pb2.ACTION_UPDATE, [], facts=facts))

    @asynccontextmanager
    async def _kept_from_others(self, due: _Due) -> AsyncIterator[None]:
        """Renews the lease for as long as the block takes."""
        renewing = asyncio.create_task(self._renew(due))
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing

    async def _renew(self, due: _Due) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                async with self._database.transaction(due.workspace_id, seconds=_SECONDS_TO_CLAIM) as tx:
                    await tx.run(self._store.set_due, workspace_id=due.workspace_id, id=due.job_id, delay=self._lease)
            except Exception as error:  # noqa: BLE001 - whoever takes the job meanwhile has a newer attempt, and this one's next step is refused
                _log.warning("a job's lease could not be renewed", extra={"job": str(due.job_id), "error": cause(error)})
