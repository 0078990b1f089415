"""One sealer works at a time, and were there two, no chain would fork."""

import asyncio
import contextlib
import time
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from audit.__main__ import SERVICE
from audit.trail.checkpoints import checkpoints
from audit.trail.sealer import Sealer
from caseload.audit.v1.trail_rpc import TrailStub
from chassis.testing import house


@pytest.fixture(scope="module")
async def replicas(postgres):
    """Two audit services on one database, whose sealing is left to the test."""
    unsealing = replace(SERVICE, loops=lambda runtime: ())
    async with house(postgres, unsealing) as one, house(postgres, unsealing, beside=one, relay=False) as other:
        yield one, other


@pytest.fixture
def sealers(replicas):
    runtimes = [h.runtime("audit") for h in replicas]
    return [Sealer(runtime.database, checkpoints(runtime), batch=3, look_every=0.02) for runtime in runtimes]


@pytest.fixture
def unsealed_practice(replicas, practice):
    one = replicas[0]
    return replace(practice, house=one, trail=one.stub(TrailStub), auditor=one.caller(workspace_id=practice.workspace_id))


@contextlib.asynccontextmanager
async def at_work(*sealers):
    tasks = [asyncio.create_task(sealer.run()) for sealer in sealers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def leads(*sealers) -> bool:
    return any(sealer.leading for sealer in sealers)


async def leads_no_more(sealer) -> bool:
    return not sealer.leading


async def copied(copies, workspace_id) -> bool:
    return await copies.newest(workspace_id) is not None


async def chain_of(practice):
    async with practice.house.superuser() as connection:
        return await connection.fetch("SELECT * FROM audit.seals WHERE workspace_id = $1 ORDER BY sequence", practice.workspace_id)


async def leave_unsealed(practice, count):
    lines = [practice.line() for _ in range(count)]
    await practice.leave(*lines, sealed=False)
    return lines


async def test_events_are_sealed_in_the_order_they_arrived_in_whatever_they_say_of_their_time(unsealed_practice, sealers):
    lines = [unsealed_practice.line() for _ in range(7)]
    for back, said in enumerate(lines):
        said.occurred_at.FromDatetime(unsealed_practice.nine - timedelta(hours=back))
    await unsealed_practice.leave(*lines, sealed=False)

    assert [await sealers[0].seal(unsealed_practice.workspace_id) for _ in range(4)] == [3, 3, 1, 0]

    chain = await chain_of(unsealed_practice)
    assert [str(seal["event_id"]) for seal in chain] == [said.id for said in lines]
    assert [seal["sequence"] for seal in chain] == list(range(1, 8))
    assert (await unsealed_practice.verify()).intact


async def test_two_sealers_at_the_same_chain_do_not_fork_it(unsealed_practice, sealers):
    await leave_unsealed(unsealed_practice, 24)
    done = {0: 0, 1: 0}

    async def seal(which):
        while sealed := await sealers[which].seal(unsealed_practice.workspace_id):
            done[which] += sealed

    await asyncio.gather(seal(0), seal(1))

    assert min(done.values()) > 0, "both must have tried, or nothing is shown"
    assert sum(done.values()) == 24
    chain = await chain_of(unsealed_practice)
    assert [seal["sequence"] for seal in chain] == list(range(1, 25))
    assert [seal["previous_hash"] for seal in chain[1:]] == [seal["hash"] for seal in chain[:-1]]
    found = await unsealed_practice.verify()
    assert (found.intact, found.events) == (True, 24)


async def test_a_fork_is_refused_by_the_database_itself(unsealed_practice, sealers):
    await leave_unsealed(unsealed_practice, 1)
    await sealers[0].seal(unsealed_practice.workspace_id)
    async with unsealed_practice.house.superuser() as connection:
        with pytest.raises(asyncpg.UniqueViolationError, match="pk_seals"):
            await connection.execute(
                "INSERT INTO audit.seals SELECT workspace_id, sequence, gen_random_uuid(), now(), previous_hash, hash FROM audit.seals"
                " WHERE workspace_id = $1",
                unsealed_practice.workspace_id,
            )
        with pytest.raises(asyncpg.UniqueViolationError, match="one_seal_per_event"):
            await connection.execute(
                "INSERT INTO audit.seals SELECT workspace_id, sequence + 1, event_id, now(), previous_hash, hash FROM audit.seals"
                " WHERE workspace_id = $1",
                unsealed_practice.workspace_id,
            )


async def test_one_leads_and_the_other_takes_over_when_the_leaders_session_dies(unsealed_practice, sealers):
    one, other = sealers
    async with at_work(one, other):
        await unsealed_practice.until(lambda: leads(one, other))
        leader, follower = (one, other) if one.leading else (other, one)
        await leave_unsealed(unsealed_practice, 4)
        await unsealed_practice.sealed()
        assert not follower.leading

        async with unsealed_practice.house.superuser() as connection:
            killed = await connection.fetch(
                "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE l.locktype = 'advisory' AND l.granted AND a.usename = 'audit_app' AND a.datname = current_database()"
            )
        assert len(killed) == 1, "the leader's session, and nothing else, was to be killed"
        await unsealed_practice.until(lambda: leads(follower))
        # It hears of the end of its session when it next looks, and may have a successor by then.
        await unsealed_practice.until(lambda: leads_no_more(leader))
        assert follower.leading

        await leave_unsealed(unsealed_practice, 4)
        await unsealed_practice.sealed()
    found = await unsealed_practice.verify()
    assert (found.intact, found.events) == (True, 8)


async def test_a_chain_that_cannot_be_continued_does_not_hold_up_the_others(replicas, unsealed_practice, sealers, caplog):
    await leave_unsealed(unsealed_practice, 2)
    await sealers[0].seal(unsealed_practice.workspace_id)
    async with unsealed_practice.tampering() as superuser:
        await superuser.execute("UPDATE audit.chain_heads SET sequence = 0 WHERE workspace_id = $1", unsealed_practice.workspace_id)
    await leave_unsealed(unsealed_practice, 1)
    neighbour = replace(unsealed_practice, workspace_id=replicas[0].workspace())
    await leave_unsealed(neighbour, 5)

    async with at_work(sealers[0]):
        await neighbour.sealed()

    assert len(await chain_of(neighbour)) == 5
    assert len(await chain_of(unsealed_practice)) == 2
    assert "a chain cannot be continued" in caplog.text


async def test_the_head_is_copied_to_the_file_store_while_the_sealer_works(replicas, unsealed_practice):
    runtime = replicas[0].runtime("audit")
    copies = checkpoints(runtime)
    copies._every = 0.0
    await leave_unsealed(unsealed_practice, 3)
    async with at_work(Sealer(runtime.database, copies, look_every=0.02)):
        await unsealed_practice.sealed()
        await unsealed_practice.until(lambda: copied(copies, unsealed_practice.workspace_id))
    newest = await copies.newest(unsealed_practice.workspace_id)
    assert newest is not None
    assert newest.hash == (await chain_of(unsealed_practice))[newest.sequence - 1]["hash"]


@pytest.mark.alone
async def test_an_event_just_recorded_is_sealed_within_about_a_second(practice):
    await practice.leave(practice.line(), sealed=False)
    began = time.monotonic()
    await practice.sealed()
    assert time.monotonic() - began < 2
    assert len(await chain_of(practice)) == 1
