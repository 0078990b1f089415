"""Long work, done by real workers on a real database: each step once, whoever dies, stops or is too slow."""

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from caseload.jobs.v1 import jobs_pb2 as pb
from caseload.jobs.v1.jobs_rpc import JobsStub
from caseload.options.v1 import options_pb2
from chassis.errors import Conflict, Invalid, NotFound, Unavailable
from chassis.jobs.ordering import order
from chassis.jobs.running import JobKind
from chassis.jobs.store import JobStore
from chassis.jobs.worker import JobWorker
from chassis.storage.spool import Spool
from clients.tables import JOBS

STORE = JobStore(JOBS)
_LONGEST_WAIT = 30.0


async def happened(event):
    async with asyncio.timeout(_LONGEST_WAIT):
        await event.wait()


class World:
    """A workspace with jobs of a kind of its own, which `work` does."""

    def __init__(self, environment):
        self.environment = environment
        self.runtime = environment.runtime("clients")
        self.workspace_id = environment.workspace()
        self.user_id = uuid7()
        self.kind = f"test_{uuid7().hex}"
        self.jobs = JobsStub(environment.peer("clients"))

    @property
    def call(self):
        return self.caller(self.user_id)

    def caller(self, user_id, **options):
        return self.environment.caller(workspace_id=self.workspace_id, user_id=user_id, **{"scopes": ["clients:read"], **options})

    async def order(self, to_read=None, **parameters):
        keys = await self.runtime.keys.of(self.workspace_id)
        async with self.runtime.background(self.workspace_id, on_behalf_of=self.user_id) as work:
            return str((await order(STORE, work, keys, self.kind, parameters, total=10, to_read=to_read))["id"])

    async def get(self, job_id):
        return await self.jobs.GetJob(pb.GetJobRequest(job_id=job_id), self.call)

    async def cancel(self, job_id, call=None):
        return await self.jobs.CancelJob(pb.CancelJobRequest(job_id=job_id), call or self.call)

    async def until(self, job_id, *statuses):
        async with asyncio.timeout(_LONGEST_WAIT):
            while (job := await self.get(job_id)).status not in statuses:
                await asyncio.sleep(0.02)
        return job

    def worker(self, run, *, lease=30.0):
        kinds = [JobKind(self.kind, run, needs="clients:import", resource=options_pb2.RESOURCE_CLIENT)]
        return JobWorker(
            "test",
            self.runtime.database,
            self.runtime.keys,
            STORE,
            kinds,
            self.runtime.background,
            self.runtime.check_standing,
            lease=timedelta(seconds=lease),
            interval=0.05,
        )

    @asynccontextmanager
    async def working(self, run, **options):
        task = asyncio.create_task(self.worker(run, **options).run())
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def world(clients_environment):
    return World(clients_environment)


class Steps:
    """Does ten steps and writes down each; `before` is awaited before every step."""

    def __init__(self, before=None):
        self.kept = []
        self.before = before

    async def __call__(self, job):
        while job.done < 10:
            number = job.done + 1
            if self.before:
                await self.before(number)
            async with job.step() as work:
                job.done = number
                job.state = {"last": number}
                await work.db.execute("SELECT 1")
            self.kept.append(number)
        return {"steps": job.state["last"]}


async def test_a_job_is_done_step_by_step_and_says_how_far_it_is(world):
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def at_the_fifth(number):
        if number == 5:
            reached.set()
            await go_on.wait()

    steps = Steps(at_the_fifth)
    job_id = await world.order()
    waiting = await world.get(job_id)
    assert (waiting.status, waiting.done, waiting.total) == (pb.JOB_STATUS_PENDING, 0, 10)
    async with world.working(steps):
        await happened(reached)
        running = await world.get(job_id)
        assert (running.status, running.done) == (pb.JOB_STATUS_RUNNING, 4)
        go_on.set()
        done = await world.until(job_id, pb.JOB_STATUS_DONE)
    assert (done.done, dict(done.result), steps.kept) == (10, {"steps": 10}, list(range(1, 11)))
    assert done.created_by == str(world.user_id)
    assert done.HasField("started_at")
    assert done.HasField("finished_at")


async def test_two_workers_never_have_one_job(world):
    both = Steps(lambda _: asyncio.sleep(0.01))
    jobs = [await world.order() for _ in range(4)]
    async with world.working(both), world.working(both):
        for job_id in jobs:
            await world.until(job_id, pb.JOB_STATUS_DONE)
    assert sorted(both.kept) == sorted(list(range(1, 11)) * 4)


async def test_whoever_comes_back_after_its_lease_keeps_nothing(world):
    """The first worker stands still in the middle of a job, as a process does that is stopped, and wakes up when another has it."""
    stands, wake = asyncio.Event(), asyncio.Event()

    async def stand_still(number):
        if number == 4:
            stands.set()
            await wake.wait()

    slow, quick = Steps(stand_still), Steps()
    job_id = await world.order()
    first = world.worker(slow)
    # A process that stands still renews nothing, and takes nothing else.
    first._renew = lambda _due: asyncio.sleep(3600)
    first._poller._concurrency = 1
    task = asyncio.create_task(first.run())
    await happened(stands)
    async with world.environment.superuser() as connection:
        await connection.execute("UPDATE clients.due_jobs SET due_at = now() WHERE job_id = $1", job_id)
    async with world.working(quick):
        await world.until(job_id, pb.JOB_STATUS_DONE)
    wake.set()
    await asyncio.sleep(0.1)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert (slow.kept, quick.kept) == ([1, 2, 3], [4, 5, 6, 7, 8, 9, 10])
    assert (await world.get(job_id)).status == pb.JOB_STATUS_DONE


async def test_however_long_some_jobs_of_one_workspace_take_another_ones_has_its_turn(world, monkeypatch):
    """Two take all places of the worker, and end only when the third is done."""
    monkeypatch.setattr("chassis.jobs.running.SECONDS_OF_A_TURN", 0.0)
    over, kept = asyncio.Event(), []

    async def long_or_short(job):
        job.gives_way = True
        while not (over.is_set() or job.parameters["short"]):
            async with job.step():
                job.done += 1
                kept.append((job.id, job.done))
            await asyncio.sleep(0.01)
        return {}

    other = World(world.environment)
    other.kind = world.kind
    long = [await world.order(short=False) for _ in range(2)]
    async with world.working(long_or_short):
        for job_id in long:
            await world.until(job_id, pb.JOB_STATUS_RUNNING)
        await other.until(await other.order(short=True), pb.JOB_STATUS_DONE)
        over.set()
        done = [await world.until(job_id, pb.JOB_STATUS_DONE) for job_id in long]
    for job in done:
        steps = [number for job_id, number in kept if str(job_id) == job.id]
        assert steps == list(range(1, job.done + 1)), "each step once, whenever it gave way"


async def test_a_worker_that_is_stopped_leaves_the_rest_to_another_at_once(world):
    reached = asyncio.Event()

    async def slowly(number):
        if number == 3:
            reached.set()
        await asyncio.sleep(0.01)

    first, second = Steps(slowly), Steps()
    job_id = await world.order()
    async with world.working(first):
        await happened(reached)
    async with world.working(second):
        await world.until(job_id, pb.JOB_STATUS_DONE)
    assert first.kept + second.kept == list(range(1, 11))


async def test_what_fails_is_tried_again_where_it_ended_and_for_as_long_as_something_is_away(world, monkeypatch):
    monkeypatch.setattr("chassis.jobs.rules.pause_after", lambda _failures: 0.0)
    monkeypatch.setattr("chassis.jobs.rules.SECONDS_WHILE_AWAY", 0.0)
    failing = {3: [ValueError("x"), *(Unavailable("away") for _ in range(8))]}

    async def fail(number):
        if failing.get(number):
            raise failing[number].pop()

    steps = Steps(fail)
    job_id = await world.order()
    async with world.working(steps):
        await world.until(job_id, pb.JOB_STATUS_DONE)
    assert steps.kept == list(range(1, 11))


async def test_what_always_fails_is_given_up_and_a_refusal_ends_it_at_once(world, monkeypatch):
    monkeypatch.setattr("chassis.jobs.rules.pause_after", lambda _failures: 0.0)
    tried = []

    async def fail(job):
        tried.append(job.parameters["refuse"])
        if job.parameters["refuse"]:
            raise Invalid("not_like_that", facts={"clients": 3})
        raise ValueError("somebody's name")

    refused, failed = await world.order(refuse=True), await world.order(refuse=False)
    async with world.working(fail):
        first = await world.until(refused, pb.JOB_STATUS_FAILED)
        second = await world.until(failed, pb.JOB_STATUS_FAILED)
    assert dict(first.result) == {"clients": 3}
    assert (first.error, second.error, tried.count(True), tried.count(False)) == ("not_like_that", "job_failed", 1, 5)


async def test_what_waits_is_cancelled_at_once_and_what_runs_after_its_step(world):
    waiting = await world.order()
    assert (await world.cancel(waiting)).status == pb.JOB_STATUS_CANCELLED
    assert (await world.cancel(waiting)).status == pb.JOB_STATUS_CANCELLED
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def at_the_third(number):
        if number == 3:
            reached.set()
            await go_on.wait()

    steps = Steps(at_the_third)
    running = await world.order()
    async with world.working(steps):
        await happened(reached)
        assert (await world.cancel(running)).status == pb.JOB_STATUS_RUNNING
        go_on.set()
        cancelled = await world.until(running, pb.JOB_STATUS_CANCELLED)
    assert (cancelled.done, steps.kept) == (2, [1, 2])


async def test_what_is_over_cannot_be_cancelled(world):
    job_id = await world.order()
    async with world.working(Steps()):
        await world.until(job_id, pb.JOB_STATUS_DONE)
    with pytest.raises(Conflict) as refused:
        await world.cancel(job_id)
    assert (refused.value.code, refused.value.facts) == ("job_over", {"status": "done"})


async def test_others_jobs_are_not_there_but_for_who_manages_the_workspace(world):
    job_id = await world.order()
    colleague, manager, stranger = (
        world.caller(uuid7()),
        world.caller(uuid7(), scopes=["workspace:write"]),
        world.environment.caller(scopes=["workspace:write"]),
    )
    for nobody in (colleague, stranger):
        for ask in (world.jobs.GetJob(pb.GetJobRequest(job_id=job_id), nobody), world.cancel(job_id, nobody)):
            with pytest.raises(NotFound):
                await ask
        assert not (await world.jobs.ListJobs(pb.ListJobsRequest(kind=world.kind), nobody)).items
    for one in (world.call, manager):
        found = await world.jobs.ListJobs(pb.ListJobsRequest(kind=world.kind, status=pb.JOB_STATUS_PENDING), one)
        assert ([job.id for job in found.items], found.total) == ([job_id], 1)


async def test_nobody_without_the_keys_orders_or_changes_work(world):
    job_id = await world.order(whose="mine")
    async with world.environment.superuser() as connection:
        await connection.execute("""UPDATE clients.jobs SET parameters = '{"whose": "theirs"}' WHERE id = $1""", job_id)
    steps = Steps()
    async with world.working(steps):
        failed = await world.until(job_id, pb.JOB_STATUS_FAILED)
    assert (failed.error, steps.kept) == ("job_not_as_ordered", [])


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, 2_000_000])
async def test_what_a_job_is_to_read_is_sealed_whole_and_gone_with_its_end(world, size):
    content = Spool()
    await content.append(b"Ada Lovelace " * (size // 13 + 1))
    await content.complete()
    read = []

    async def run(job):
        read.append(b"".join([piece async for piece in job.input()]))
        return {}

    job_id = await world.order(to_read=content)
    async with world.environment.superuser() as connection:
        kept = await connection.fetch("SELECT sealed FROM clients.job_inputs WHERE job_id = $1", job_id)
        assert kept
        assert not any(b"Lovelace" in row["sealed"] for row in kept)
        async with world.working(run):
            await world.until(job_id, pb.JOB_STATUS_DONE)
        assert read == [b"Ada Lovelace " * (size // 13 + 1)]
        assert not await connection.fetch("SELECT 1 FROM clients.job_inputs WHERE job_id = $1", job_id)
        assert not await connection.fetch("SELECT 1 FROM clients.due_jobs WHERE job_id = $1", job_id)


async def test_a_kind_that_nobody_here_knows_waits_for_somebody_who_does(world):
    job_id = await world.order()
    other = World(world.environment)
    async with other.working(Steps()):
        await asyncio.sleep(0.2)
    assert (await world.get(job_id)).status == pb.JOB_STATUS_PENDING
    async with world.working(Steps()):
        await world.until(job_id, pb.JOB_STATUS_DONE)


async def test_a_job_whose_keys_cannot_be_had_is_given_up_like_any_other_that_fails(world, monkeypatch):
    monkeypatch.setattr("chassis.jobs.rules.pause_after", lambda _failures: 0.0)
    steps, job_id = Steps(), await world.order()
    kept = world.runtime.keys

    class Broken:
        async def of(self, _workspace_id):
            raise ValueError("not a key")

    monkeypatch.setitem(world.runtime.__dict__, "keys", Broken())
    async with world.working(steps):
        monkeypatch.setitem(world.runtime.__dict__, "keys", kept)
        failed = await world.until(job_id, pb.JOB_STATUS_FAILED)
    assert (failed.error, failed.done, steps.kept) == ("job_failed", 0, [])
