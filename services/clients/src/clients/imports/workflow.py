"""Imports the clients of a file: at once, or step by step as a job."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any, Protocol, TypeVar
from uuid import UUID

from caseload.clients.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.cancellation import finish_despite_cancellation
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Conflict, Fault
from chassis.jobs.running import JobKind, RunningJob
from chassis.paging import BEGINNING
from chassis.rpc.client.legal_holds import LegalHolds
from chassis.storage.spool import Spool
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import mapping
from clients.clients.rules import CLINICAL_FIELDS, says_something
from clients.clients.store import forget_answers
from clients.clients.workflow import check_external_ids
from clients.imports import rules, store
from clients.imports.batches import Batch, columns, prepare
from clients.imports.reading import ClientFile, Row

T = TypeVar("T")
_THREAD = ThreadPoolExecutor(1, thread_name_prefix="import")
KIND = "import_clients"
UNDO_KIND = "undo_import"
# What a step hands to the database is encoded on the event loop: of twice as many that takes over 10 ms.
_IN_A_STEP = 250


class Elsewhere(Protocol):
    """Which of these clients another service has something of."""

    async def find(self, client_ids: Sequence[UUID], work: UnitOfWork) -> frozenset[UUID]: ...
    async def close(self, client_ids: Sequence[UUID], work: UnitOfWork) -> frozenset[UUID]:
        """Has the others stay without anything, too, until the work's transaction is over."""
        ...


@dataclass(slots=True)
class Outcome:
    """What became of the rows so far."""

    created: int = 0
    skipped: int = 0
    failed: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def fail(self, row: int, faults: Iterable[Fault]) -> None:
        self.failed += 1
        for fault in faults:
            if len(self.errors) < rules.MOST_ERRORS:
                self.errors.append({"row": row, "pointer": fault.pointer, "detail": fault.detail})

    def as_json(self) -> dict[str, Any]:
        return {"created": self.created, "skipped": self.skipped, "failed": self.failed, "errors": self.errors}


class ClientImport:
    """One file on its way in. `seen` are the external ids, as indexes, that a dry run has met and written nowhere."""

    def __init__(self, outcome: Outcome, *, job_id: UUID, dry_run: bool) -> None:
        self._job_id = job_id
        self.outcome = outcome
        self._dry_run = dry_run
        self._seen: set[bytes] = set()

    async def prepare(self, rows: Sequence[Row], keys: WorkspaceKeys) -> Batch:
        # What keeps a processor busy is no business of the loop's.
        return await in_thread(partial(prepare, rows, keys, datetime.now(UTC), sealed=not self._dry_run))

    async def take(self, batch: Batch, work: UnitOfWork, *, meanwhile: Callable[[], object] = lambda: None) -> list[str]:
        """Creates the clients of these rows in one transaction; the ids of those that were created.

        `meanwhile` is called when the database is about to be busy. What kept a processor busy before would have the statements that come first
        wait for the interpreter, and the database for them.
        """
        for row, faults in batch.faults:
            self.outcome.fail(row, faults)
        indexes = [index for each in batch.clients for index in each.tokens]
        known = await work.db.all(store.taken_external_ids, indexes=indexes) if indexes else []
        taken = self._seen | {row["external_id_index"] for row in known}
        fresh = []
        for each in batch.clients:
            if not taken.isdisjoint(each.tokens):
                self.outcome.skipped += 1
                continue
            taken.update(each.tokens)
            fresh.append(each)
        self.outcome.created += len(fresh)
        if self._dry_run:
            self._seen = taken
            return []
        if fresh:
            values = batch.columns if len(fresh) == len(batch.clients) else columns(fresh)
            meanwhile()
            await work.db.run(store.create_many, now=batch.moment, number=len(fresh), job_id=self._job_id, **values)
            await check_external_ids([each.client for each in fresh], batch.keys, work)
        for each in fresh:
            for told in each.witnessed:
                work.witness(*told)
            work.emit(events_pb2.ClientCreated(client_id=each.client.id, version=each.client.version))
        return [each.client.id for each in fresh]


async def in_thread(work: Callable[[], T]) -> T:
    """Runs in the one thread of imports, so that however many there are, others' calls have the processors. It goes on to its end although its caller
    is cancelled: the file that it reads is closed after it.
    """
    return await finish_despite_cancellation(asyncio.get_running_loop().run_in_executor(_THREAD, work))


async def open_file(content: Spool, *, is_json: bool, mapping: Mapping[str, str], encoding: str) -> ClientFile:
    return await in_thread(partial(ClientFile, content, is_json=is_json, mapping=mapping, encoding=encoding))


async def look_through(file: ClientFile) -> tuple[int, list[str]]:
    """How many clients the file has, and which of the clinical fields it fills. Raises Invalid for one that cannot be read to its end."""

    def look() -> tuple[int, list[str]]:
        number, filled = 0, dict.fromkeys(CLINICAL_FIELDS, False)
        for row in file.rows():
            number += 1
            for name, is_filled in filled.items():
                filled[name] = is_filled or says_something(row.values.get(name))
        return number, [name for name, is_filled in filled.items() if is_filled]

    return await in_thread(look)


async def take_next(rows: Iterator[Row], number: int = _IN_A_STEP) -> list[Row]:
    return await in_thread(lambda: list(islice(rows, number)))


async def _skip(rows: Iterator[Row], number: int) -> None:
    await in_thread(lambda: deque(islice(rows, number), maxlen=0))


async def import_as_job(job: RunningJob) -> Mapping[str, Any]:
    """Goes on after the last row whose step was kept. A dry run keeps nothing, and begins anew.

    While the database writes the rows of one step, those of the next are made ready.
    """
    dry_run: bool = job.parameters["dry_run"]
    goes_on = job.state if not dry_run else {}
    job.gives_way = not dry_run
    content = Spool()
    try:
        async for piece in job.input():
            await content.append(piece)
        await content.complete()
        asked = job.parameters
        file = await open_file(content, is_json=asked["is_json"], mapping=asked["mapping"], encoding=asked.get("encoding", ""))
        rows = file.rows()
        taken = goes_on.get("rows", 0)
        await _skip(rows, taken)
        importing = ClientImport(Outcome(**goes_on.get("outcome", {})), job_id=job.id, dry_run=dry_run)

        ahead = _Ahead(job, importing, rows)
        try:
            while (batch := await ahead.next()).rows:
                taken += len(batch.rows)
                await _step(job, importing, batch, taken, ahead)
        finally:
            await ahead.stop()
        # The names of an object's members may be anything, so they are kept nowhere.
        ignored = [] if job.parameters["is_json"] else list(file.ignored)
        return importing.outcome.as_json() | {"dry_run": dry_run, "ignored_columns": ignored, "encoding": file.encoding}
    finally:
        content.close()


class _Ahead:
    """The batches of a file, one after the other."""

    def __init__(self, job: RunningJob, importing: ClientImport, rows: Iterator[Row]) -> None:
        self._job = job
        self._importing = importing
        self._rows = rows
        self._preparing: asyncio.Task[Batch] | None = None

    def begin(self) -> asyncio.Task[Batch]:
        """Begins to make the next batch ready, unless it has begun."""
        if self._preparing is None:
            self._preparing = asyncio.create_task(self._prepare())
        return self._preparing

    async def next(self) -> Batch:
        """The next batch; one without rows at the end."""
        batch = await self.begin()
        self._preparing = None
        return batch

    async def stop(self) -> None:
        """Returns when nobody reads the file any more."""
        if self._preparing is not None:
            self._preparing.cancel()
            await asyncio.gather(self._preparing, return_exceptions=True)

    async def _prepare(self) -> Batch:
        return await self._importing.prepare(await take_next(self._rows), self._job.keys)


async def _step(job: RunningJob, importing: ClientImport, batch: Batch, taken: int, ahead: _Ahead) -> None:
    before = importing.outcome.as_json()
    before["errors"] = list(before["errors"])
    while True:
        try:
            async with job.step() as work:
                if batch.keys is not job.keys:
                    # The workspace may have got others since.
                    batch = await importing.prepare(batch.rows, job.keys)
                created = await importing.take(batch, work, meanwhile=ahead.begin)
                record_effect(work, KIND, options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_CREATE, created, job=job.id)
                job.done = taken
                job.state = {"rows": taken, "outcome": importing.outcome.as_json()}
            return
        except Conflict as refusal:
            if refusal.code != "external_id_taken":
                raise
            # Somebody has just given the id of one of these to another client: looked at again, that row is left out.
            importing.outcome = Outcome(**before)
            before = before | {"errors": list(before["errors"])}


async def undo(job: RunningJob, elsewhere: Elsewhere, holds: LegalHolds) -> Mapping[str, Any]:
    """Erases the clients of an import. First looks at all of them, so that as a rule all go or none does.

    Refuses with `import_in_use` when one was changed, or when another service has something of it. One of which that becomes true while others are
    being erased stays, and so does one that a legal hold keeps: while there is one, it refuses with `under_legal_hold` before anything is erased. While a client is being erased nobody books it or writes about it: nothing goes with it.
    """
    import_id = UUID(job.parameters["import"])
    if not job.state.get("erasing"):
        await _check_unused(job, import_id, elsewhere, holds)
    kept = job.state.get("kept", 0)
    while True:
        after = UUID(job.state["after"]) if "after" in job.state else BEGINNING
        async with job.step() as work:
            found = await work.db.all(store.next_imported, job_id=import_id, after=after, limit=_IN_A_STEP)
            if not found:
                return {"erased": job.done - kept, "kept": kept}
            used = await elsewhere.close([row["id"] for row in found], work)
            locked = await work.db.all(store.lock_unchanged, ids=[row["id"] for row in found if row["id"] not in used])
            held = await holds.held([row["id"] for row in locked], work)
            unused = [row["id"] for row in locked if row["id"] not in held]
            erased = await work.db.all(store.erase_unchanged, ids=unused)
            kept += len(found) - len(erased)
            if erased:
                await _bury(erased, job.keys, work)
                record_effect(
                    work, UNDO_KIND, options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_DELETE, [row["id"] for row in erased], job=job.id
                )
            job.done += len(found)
            job.state = {"erasing": True, "after": str(found[-1]["id"]), "kept": kept}


async def _check_unused(job: RunningJob, import_id: UUID, elsewhere: Elsewhere, holds: LegalHolds) -> None:
    after, number, kept = BEGINNING, 0, 0
    while True:
        async with job.step() as work:
            found = await work.db.all(store.next_imported, job_id=import_id, after=after, limit=_IN_A_STEP)
            used = await elsewhere.find([row["id"] for row in found], work) if found else frozenset()
            kept += len(await holds.held([row["id"] for row in found], work)) if found else 0
        if not found:
            break
        after = found[-1]["id"]
        number += sum(1 for row in found if row["is_changed"] or row["id"] in used)
    rules.check_unused(number)
    rules.check_not_held(kept)


async def _bury(erased: Sequence[Record], keys: WorkspaceKeys, work: UnitOfWork) -> None:
    """What follows from deleting the rows of clients."""
    ids = [row["id"] for row in erased]
    for row in erased:
        mapping.CLIENTS.gone(row, keys, work)
        work.emit(events_pb2.ClientErased(client_id=str(row["id"])))
    await work.db.run(store.add_tombstones, ids=ids, number=len(ids))
    await work.db.run(forget_answers, ids=ids)


def job_kinds(elsewhere: Elsewhere, holds: LegalHolds) -> list[JobKind]:
    return [
        JobKind(KIND, import_as_job, needs="clients:import", resource=options_pb2.RESOURCE_CLIENT),
        JobKind(UNDO_KIND, partial(undo, elsewhere=elsewhere, holds=holds), needs="clients:erase", resource=options_pb2.RESOURCE_CLIENT),
    ]
