"""One sequencer works at a time. If two work, no chain forks."""

import asyncio
import contextlib
import time
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from audit.__main__ import SERVICE
from audit.trail.checkpoints import checkpoint_publisher
from audit.trail.sequencer import Sequencer
from caseload.audit.v1.trail_rpc import TrailStub
from chassis.errors import Unavailable
from chassis.testing.environment import start_environment
from chassis.work.leader import LeaderElection


@pytest.fixture(scope="module")
async def replicas(postgres):
    """Two instances of the audit service on one database, in which only the test runs a sequencer."""
    without_loops = replace(SERVICE, loops=lambda runtime: ())
    async with (
        start_environment(postgres, without_loops) as one,
        start_environment(postgres, without_loops, beside=one, relay=False) as other,
    ):
        yield one, other


@pytest.fixture
def sequencers(replicas):
    return [brisk(replica.runtime("audit"), batch=3) for replica in replicas]


def brisk(runtime, *, publisher=None, batch=500, **settings):
    """A sequencer with brief pauses."""
    dsn = runtime.settings.database_url.get_secret_value()
    election = LeaderElection(dsn, "sequencers of this test", application="caseload-audit-sequencer", poll=0.02)
    publisher = publisher or checkpoint_publisher(runtime)
    return Sequencer(runtime.database, runtime.keys, publisher, election, batch=batch, poll=0.02, **settings)


@pytest.fixture
def idle_practice(replicas, practice):
    one = replicas[0]
    return replace(practice, environment=one, trail=one.stub(TrailStub), auditor=one.caller(workspace_id=practice.workspace_id))


@contextlib.asynccontextmanager
async def running(*sequencers):
    tasks = [asyncio.create_task(each.run()) for each in sequencers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def any_leads(*sequencers) -> bool:
    return any(each.leading for each in sequencers)


async def has_stopped_leading(each) -> bool:
    return not each.leading


async def is_published(publisher, workspace_id) -> bool:
    return await publisher.published(workspace_id) is not None


async def chain_of(practice):
    async with practice.environment.superuser() as connection:
        return await connection.fetch("SELECT * FROM audit.seals WHERE workspace_id = $1 ORDER BY sequence", practice.workspace_id)


async def record_only(practice, count):
    events = [practice.event() for _ in range(count)]
    await practice.record(*events, wait=False)
    return events


async def test_events_enter_the_chain_in_order_of_arrival_whatever_their_own_times_are(idle_practice, sequencers):
    events = [idle_practice.event() for _ in range(7)]
    for back, event in enumerate(events):
        event.occurred_at.FromDatetime(idle_practice.nine - timedelta(hours=back))
    await idle_practice.record(*events, wait=False)

    assert [await sequencers[0].append_batch(idle_practice.workspace_id) for _ in range(4)] == [3, 3, 1, 0]

    chain = await chain_of(idle_practice)
    assert [str(entry["event_id"]) for entry in chain] == [event.id for event in events]
    assert [entry["sequence"] for entry in chain] == list(range(1, 8))
    assert (await idle_practice.verify()).intact


async def test_two_sequencers_that_work_on_the_same_chain_do_not_fork_it(idle_practice, sequencers):
    done, recorded = {0: 0, 1: 0}, 0

    async def append(which):
        while appended := await sequencers[which].append_batch(idle_practice.workspace_id):
            done[which] += appended

    # On a busy machine one may be through before the other has begun.
    while min(done.values()) == 0 and recorded < 240:
        await record_only(idle_practice, 24)
        recorded += 24
        await asyncio.gather(append(0), append(1))

    assert min(done.values()) > 0, "both have to take part, or the test shows nothing"
    assert sum(done.values()) == recorded
    chain = await chain_of(idle_practice)
    assert [entry["sequence"] for entry in chain] == list(range(1, recorded + 1))
    assert [entry["previous_hash"] for entry in chain[1:]] == [entry["hash"] for entry in chain[:-1]]
    found = await idle_practice.verify()
    assert (found.intact, found.events) == (True, recorded)


async def test_the_database_refuses_a_fork(idle_practice, sequencers):
    await record_only(idle_practice, 1)
    await sequencers[0].append_batch(idle_practice.workspace_id)
    async with idle_practice.environment.superuser() as connection:
        with pytest.raises(asyncpg.UniqueViolationError, match="pk_seals"):
            await connection.execute(
                "INSERT INTO audit.seals SELECT workspace_id, sequence, gen_random_uuid(), now(), previous_hash, hash FROM audit.seals"
                " WHERE workspace_id = $1",
                idle_practice.workspace_id,
            )
        with pytest.raises(asyncpg.UniqueViolationError, match="one_seal_per_event"):
            await connection.execute(
                "INSERT INTO audit.seals SELECT workspace_id, sequence + 1, event_id, now(), previous_hash, hash FROM audit.seals"
                " WHERE workspace_id = $1",
                idle_practice.workspace_id,
            )


async def test_one_leads_and_the_other_takes_over_when_the_leaders_session_ends(idle_practice, sequencers):
    one, other = sequencers
    async with running(one, other):
        await idle_practice.until(lambda: any_leads(one, other))
        leader, follower = (one, other) if one.leading else (other, one)
        await record_only(idle_practice, 4)
        await idle_practice.in_chain()
        assert not follower.leading

        async with idle_practice.environment.superuser() as connection:
            killed = await connection.fetch(
                "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE l.locktype = 'advisory' AND l.granted AND a.usename = 'audit_app' AND a.datname = current_database()"
            )
        assert len(killed) == 1, "the leader's session, and no other, holds an advisory lock"
        await idle_practice.until(lambda: any_leads(follower))
        await idle_practice.until(lambda: has_stopped_leading(leader))
        assert follower.leading

        await record_only(idle_practice, 4)
        await idle_practice.in_chain()
    found = await idle_practice.verify()
    assert (found.intact, found.events) == (True, 8)


async def test_a_chain_that_cannot_be_continued_does_not_delay_the_others(replicas, idle_practice, sequencers, caplog):
    await record_only(idle_practice, 2)
    await sequencers[0].append_batch(idle_practice.workspace_id)
    async with idle_practice.tampering() as superuser:
        await superuser.execute("UPDATE audit.chain_heads SET sequence = 0 WHERE workspace_id = $1", idle_practice.workspace_id)
    await record_only(idle_practice, 1)
    neighbour = replace(idle_practice, workspace_id=replicas[0].workspace())
    await record_only(neighbour, 5)

    async with running(sequencers[0]):
        await neighbour.in_chain()

    assert len(await chain_of(neighbour)) == 5
    assert len(await chain_of(idle_practice)) == 2
    assert "a chain cannot be continued" in caplog.text


async def test_a_running_sequencer_publishes_checkpoints(replicas, idle_practice):
    runtime = replicas[0].runtime("audit")
    publisher = prompt(runtime)
    await record_only(idle_practice, 3)
    async with running(brisk(runtime, publisher=publisher)):
        await idle_practice.in_chain()
        await idle_practice.until(lambda: is_published(publisher, idle_practice.workspace_id))
    newest = await publisher.published(idle_practice.workspace_id)
    assert newest is not None
    assert newest.hash == (await chain_of(idle_practice))[newest.sequence - 1]["hash"]


@pytest.mark.alone
async def test_a_recorded_event_is_in_the_chain_within_about_a_second(practice):
    await practice.record(practice.event(), wait=False)
    began = time.monotonic()
    await practice.in_chain()
    assert time.monotonic() - began < 2
    assert len(await chain_of(practice)) == 1


def prompt(runtime):
    """A publisher without a pause."""
    publisher = checkpoint_publisher(runtime)
    publisher.every = timedelta()
    return publisher


class Hanging:
    """A file store that does not answer about one workspace until it is told to fail."""

    def __init__(self, blobs, workspace_id):
        self._blobs = blobs
        self._prefix = str(workspace_id)
        self.asked, self.failing = asyncio.Event(), asyncio.Event()

    async def get(self, key):
        if key.startswith(self._prefix):
            self.asked.set()
            await self.failing.wait()
            raise Unavailable("store_unavailable", "The file store does not answer.")
        return await self._blobs.get(key)

    async def put(self, key, data, content_type):
        await self._blobs.put(key, data, content_type)


async def nothing_is_due(practice, workspaces) -> bool:
    async with practice.environment.superuser() as connection:
        return not await connection.fetchval("SELECT count(*) FROM audit.unwitnessed WHERE workspace_id = ANY($1::uuid[])", workspaces)


async def have_published(publisher, workspaces) -> bool:
    return all([await is_published(publisher, workspace_id) for workspace_id in workspaces])


async def test_a_chain_that_grew_before_a_restart_is_witnessed_after_it_though_nobody_uses_it(replicas, idle_practice):
    """More chains than are published at once, and audit stops before any of their checkpoints is due."""
    practices = [replace(idle_practice, workspace_id=replicas[0].workspace()) for _ in range(20)]
    runtime = replicas[0].runtime("audit")
    for each in practices:
        await record_only(each, 1)
        await brisk(runtime, publisher=prompt(runtime)).append_batch(each.workspace_id)
    workspaces = [each.workspace_id for each in practices]
    assert not await is_published(prompt(runtime), workspaces[0])

    async with running(brisk(runtime, publisher=prompt(runtime))):
        await idle_practice.until(lambda: have_published(prompt(runtime), workspaces))
        await idle_practice.until(lambda: nothing_is_due(idle_practice, workspaces))


async def test_a_file_store_that_hangs_holds_up_no_chain(replicas, idle_practice):
    runtime = replicas[0].runtime("audit")
    publisher = prompt(runtime)
    hanging, neighbour = idle_practice, replace(idle_practice, workspace_id=replicas[0].workspace())
    publisher._blobs = Hanging(runtime.blobs, hanging.workspace_id)
    await record_only(hanging, 1)
    async with running(brisk(runtime, publisher=publisher)):
        async with asyncio.timeout(10):
            await publisher._blobs.asked.wait()
        await record_only(neighbour, 2)
        await neighbour.in_chain()
        publisher._blobs.failing.set()
        await neighbour.until(lambda: is_published(prompt(runtime), neighbour.workspace_id))
        # Asked again, and not forgotten.
        assert not await nothing_is_due(hanging, [hanging.workspace_id])


@contextlib.asynccontextmanager
async def broken_keys(practice):
    """While the block runs, audit's keys of the practice do not open: a byte of each is another one."""
    flip = "UPDATE audit.data_keys SET wrapped = set_byte(wrapped, 40, get_byte(wrapped, 40) # 1) WHERE workspace_id = $1"
    practice.environment.runtime("audit").keys._kept.clear()
    async with practice.environment.superuser() as connection:
        await connection.execute(flip, practice.workspace_id)
        try:
            yield
        finally:
            await connection.execute(flip, practice.workspace_id)


async def test_a_workspace_whose_keys_do_not_open_stops_no_other_chain_and_no_other_checkpoint(replicas, idle_practice):
    runtime = replicas[0].runtime("audit")
    sequencer = brisk(runtime, publisher=prompt(runtime))
    others = [replace(idle_practice, workspace_id=replicas[0].workspace()) for _ in range(3)]
    for each in (idle_practice, *others):
        await record_only(each, 1)
    workspaces = [each.workspace_id for each in others]
    async with broken_keys(idle_practice):
        await sequencer._append_all([idle_practice.workspace_id, *workspaces])
        assert [len(await chain_of(each)) for each in others] == [1, 1, 1]
        sequencer._publisher.note_growth(idle_practice.workspace_id)
        while await sequencer._publisher.publish_due():
            pass
        assert await have_published(prompt(runtime), workspaces)

    async with running(brisk(runtime, publisher=prompt(runtime))):
        await idle_practice.in_chain()


async def test_nobody_hides_from_the_publisher_that_a_chain_has_grown(replicas, idle_practice):
    runtime = replicas[0].runtime("audit")
    publisher = prompt(runtime)
    await record_only(idle_practice, 1)
    await brisk(runtime, publisher=publisher).append_batch(idle_practice.workspace_id)
    others = [replicas[0].workspace() for _ in range(20)]
    async with idle_practice.tampering() as superuser:
        await superuser.execute("DELETE FROM audit.unwitnessed WHERE workspace_id = $1", idle_practice.workspace_id)
        await superuser.execute("INSERT INTO audit.unwitnessed SELECT unnest($1::uuid[]), 1, '-infinity'", others)

    await publisher.publish_due()

    async with idle_practice.tampering() as superuser:
        await superuser.execute("DELETE FROM audit.unwitnessed WHERE workspace_id = ANY($1::uuid[])", others)
    assert (await publisher.published(idle_practice.workspace_id)).sequence == 1
    assert publisher._grown == {}
