"""Files that jobs make, written by real workers into a real store: whole, sealed, had by whom it concerns, and gone in time."""

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from uuid_utils.compat import uuid7

from caseload.jobs.v1 import jobs_pb2 as pb
from caseload.jobs.v1.jobs_rpc import JobsStub
from caseload.options.v1 import options_pb2
from chassis.errors import Conflict, Forbidden, Gone, NotFound
from chassis.jobs.files import LARGEST_PIECE
from chassis.jobs.ordering import order
from chassis.jobs.running import JobKind
from chassis.jobs.store import JobStore
from chassis.jobs.sweep import remove_all
from chassis.jobs.worker import JobWorker
from chassis.rpc.client.attempts import InternalFault
from chassis.storage.base import new_key
from clients.__main__ import job_files, sweeper
from clients.tables import JOBS

STORE = JobStore(JOBS)
NEEDS = "clients:import"
PARTS = [b"Ada Lovelace\n" * 7, b"a" * LARGEST_PIECE + b"b" * LARGEST_PIECE + b"c", b"", b"Grace Hopper\n"]
WHOLE = b"".join(PARTS)


class World:
    """A workspace with a job that writes a part of its file in each step."""

    def __init__(self, environment):
        self.environment = environment
        self.runtime = environment.runtime("clients")
        self.files = self.runtime.once(job_files)
        self.sweeper = self.runtime.once(sweeper)
        self.folder = Path(urlsplit(self.runtime.settings.job_files_url).path)
        self.workspace_id = environment.workspace()
        self.user_id = uuid7()
        self.kind = f"test_{uuid7().hex}"
        self.jobs = JobsStub(environment.peer("clients"))
        # Awaited before each step, with its number.
        self.before = None

    def caller(self, user_id=None, **options):
        user = user_id or self.user_id
        return self.environment.caller(user_id=user, **{"workspace_id": self.workspace_id, "scopes": [NEEDS], **options})

    async def order(self):
        keys = await self.runtime.keys.of(self.workspace_id)
        async with self.runtime.background(self.workspace_id, on_behalf_of=self.user_id) as work:
            return str((await order(STORE, work, keys, self.kind, {}, total=len(PARTS)))["id"])

    async def write(self, job):
        writer = await self.files.writer(job, name="everything.bin", media_type="application/octet-stream")
        while job.done < len(PARTS):
            await writer.write(PARTS[job.done])
            await writer.flush()
            if self.before:
                await self.before(job.done)
            async with job.step() as work:
                job.done += 1
                await (writer.finish(work) if job.done == len(PARTS) else writer.keep(work))
        return {}

    @asynccontextmanager
    async def working(self):
        runtime = self.runtime
        kinds = [JobKind(self.kind, self.write, needs=NEEDS, resource=options_pb2.RESOURCE_CLIENT)]
        task = asyncio.create_task(
            JobWorker("test", runtime.database, runtime.keys, STORE, kinds, runtime.background, runtime.check_standing, interval=0.05).run()
        )
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def until(self, job_id, status):
        async with asyncio.timeout(30.0):
            while (job := await self.jobs.GetJob(pb.GetJobRequest(job_id=job_id), self.caller())).status != status:
                await asyncio.sleep(0.02)
        return job

    async def done(self):
        job_id = await self.order()
        async with self.working():
            return await self.until(job_id, pb.JOB_STATUS_DONE)

    async def open(self, job_id, **options):
        return await self.jobs.OpenJobResult(pb.OpenJobResultRequest(job_id=job_id), self.caller(**options))

    async def read(self, job_id, ticket, *, offset=0, **options):
        asked = pb.ReadJobResultRequest(job_id=job_id, offset=offset, ticket=ticket)
        return (await self.jobs.ReadJobResult(asked, self.caller(**options))).content

    async def whole(self, job_id):
        opened, content = await self.open(job_id), b""
        while piece := await self.read(job_id, opened.ticket, offset=len(content)):
            content += piece
        assert len(content) == opened.size
        return content

    def stored(self):
        folder = self.folder / str(self.workspace_id)
        return sorted(folder.iterdir()) if folder.exists() else []

    async def run(self, statement, *arguments):
        async with self.environment.superuser() as connection:
            return await connection.fetch(statement, *arguments)

    async def expire(self, job_id):
        await self.run("UPDATE clients.jobs SET file_expires_at = now() - interval '1 second' WHERE id = $1::text::uuid", job_id)


@pytest.fixture
def world(clients_environment):
    return World(clients_environment)


async def test_a_file_is_whole_whoever_went_on_with_it_and_nothing_in_the_store_can_be_read(world):
    reached = asyncio.Event()

    async def stand_still(number):
        if number == 1 and not reached.is_set():
            reached.set()
            await asyncio.sleep(3600)

    world.before = stand_still
    job_id = await world.order()
    async with world.working():
        async with asyncio.timeout(30.0):
            await reached.wait()
        half = await world.jobs.GetJob(pb.GetJobRequest(job_id=job_id), world.caller())
        assert not half.HasField("result_url")
        with pytest.raises(Conflict) as refused:
            await world.open(job_id)
        assert (refused.value.code, refused.value.facts) == ("job_without_file", {"status": "running"})
    # The first worker stored two pieces of a step that it did not keep.
    await world.run("UPDATE clients.due_jobs SET due_at = now() WHERE job_id = $1::text::uuid", job_id)
    async with world.working():
        job = await world.until(job_id, pb.JOB_STATUS_DONE)

    assert job.result_url == f"/api/v1/jobs/{job_id}/result"
    opened = await world.open(job_id)
    assert (opened.file_name, opened.media_type, opened.size) == ("everything.bin", "application/octet-stream", len(WHOLE))
    assert await world.whole(job_id) == WHOLE
    middle = LARGEST_PIECE + 5
    assert WHOLE[middle:].startswith(await world.read(job_id, opened.ticket, offset=middle))
    assert await world.read(job_id, opened.ticket, offset=len(WHOLE)) == b""
    assert await world.read(job_id, opened.ticket, offset=-1) == b""
    kept = await world.run("SELECT id FROM clients.job_file_pieces WHERE job_id = $1::text::uuid", job_id)
    assert len(world.stored()) == len(kept) + 3
    assert not any(b"Lovelace" in path.read_bytes() or b"aaaa" in path.read_bytes() for path in world.stored())

    assert await world.sweeper.remove_orphans(datetime.now(UTC)) == 0
    assert await world.sweeper.remove_orphans(datetime.now(UTC) + timedelta(days=2)) >= 3
    assert {path.name for path in world.stored()} == {str(row["id"]) for row in kept}
    assert await world.whole(job_id) == WHOLE


async def test_a_file_is_had_by_whoever_may_see_its_job_and_order_such_a_one(world):
    job_id = (await world.done()).id
    opened = await world.open(job_id)
    with pytest.raises(Forbidden) as refused:
        await world.open(job_id, scopes=["clients:read"])
    assert refused.value.code == "permission_denied"
    with pytest.raises(NotFound):
        await world.open(job_id, user_id=uuid7())
    with pytest.raises(NotFound):
        await world.open(job_id, workspace_id=world.environment.workspace())
    manager = {"user_id": uuid7(), "scopes": [NEEDS, "workspace:write"]}
    assert (await world.open(job_id, **manager)).size == len(WHOLE)
    # One's ticket is nobody else's, and of no other job.
    for ticket, options in ((opened.ticket, manager), (b"", {}), (opened.ticket[:-1] + b"!", {})):
        with pytest.raises(NotFound):
            await world.read(job_id, ticket, **options)
    with pytest.raises(Forbidden):
        await world.read(job_id, opened.ticket, scopes=["clients:read"])


async def test_what_was_exchanged_in_the_store_or_in_the_database_does_not_open(world):
    job_id = (await world.done()).id
    ticket = (await world.open(job_id)).ticket
    first, second, *_ = await world.run("SELECT id FROM clients.job_file_pieces WHERE job_id = $1::text::uuid ORDER BY start", job_id)
    store = world.runtime.job_blobs
    await store.put(new_key(world.workspace_id, first["id"]), await store.get(new_key(world.workspace_id, second["id"])), "")
    with pytest.raises(InternalFault):
        await world.read(job_id, ticket)
    await world.run("DELETE FROM clients.job_file_pieces WHERE id = $1", second["id"])
    with pytest.raises(InternalFault):
        await world.read(job_id, ticket, offset=len(PARTS[0]))
    other = (await world.done()).id
    await world.run(
        "UPDATE clients.jobs SET file_sealed = (SELECT file_sealed FROM clients.jobs WHERE id = $1::text::uuid) WHERE id = $2::text::uuid",
        job_id,
        other,
    )
    with pytest.raises(InternalFault):
        await world.open(other)


async def test_a_file_that_has_expired_is_gone_for_its_readers_at_once_and_from_the_store_with_the_next_sweep(world):
    job_id, kept = (await world.done()).id, (await world.done()).id
    ticket = (await world.open(job_id)).ticket
    await world.expire(job_id)
    assert not (await world.jobs.GetJob(pb.GetJobRequest(job_id=job_id), world.caller())).HasField("result_url")
    for attempt in (world.open(job_id), world.read(job_id, ticket)):
        with pytest.raises(Gone) as refused:
            await attempt
        assert refused.value.code == "job_file_expired"
    before = len(world.stored())
    assert await world.sweeper.remove_expired() >= 1
    assert len(world.stored()) == before / 2
    assert not await world.run("SELECT FROM clients.job_file_pieces WHERE job_id = $1::text::uuid", job_id)
    with pytest.raises(Gone):
        await world.open(job_id)
    assert await world.whole(kept) == WHOLE


async def test_half_of_a_file_goes_with_the_job_that_was_cancelled(world):
    job_id = await world.order()

    async def cancel(number):
        if number == 2:
            await world.jobs.CancelJob(pb.CancelJobRequest(job_id=job_id), world.caller())

    world.before = cancel
    async with world.working():
        await world.until(job_id, pb.JOB_STATUS_CANCELLED)
    with pytest.raises(Conflict):
        await world.open(job_id)
    assert world.stored()
    assert await world.sweeper.remove_expired() >= 1
    assert await world.sweeper.remove_orphans(datetime.now(UTC) + timedelta(days=2)) >= 0
    assert not world.stored()


async def test_an_erased_workspace_leaves_nothing_in_the_store_and_nothing_else_is_touched_there(world):
    await world.done()
    foreign = new_key(world.workspace_id, UUID(str(uuid7())))
    await world.runtime.job_blobs.put(foreign, b"an attachment in a store that was named by mistake", "")
    while await remove_all(world.runtime.job_blobs, world.workspace_id):
        pass
    await world.sweeper.remove_orphans(datetime.now(UTC) + timedelta(days=2))
    assert [path.name for path in world.stored()] == [foreign.partition("/")[2]]
    assert await remove_all(world.runtime.job_blobs, uuid4()) == 0
