"""The background verification goes on where it ended, finds what was changed before the last anchor, and spares calls the rest of the chain."""

import logging
from dataclasses import replace
from uuid import UUID

import pytest

from audit.trail import verification, verification_store
from audit.trail.background_verification import _BREAKS, BackgroundVerification, rest_after
from audit.trail.checkpoints import CheckpointPublisher, checkpoint_key, checkpoint_publisher
from caseload.audit.v1 import events_pb2
from caseload.audit.v1.trail_rpc import TrailStub
from chassis.errors import Unavailable


@pytest.fixture
def practice(still, practice, monkeypatch):
    monkeypatch.setattr(verification, "SEGMENT", 4)
    caller = still.caller(workspace_id=practice.workspace_id)
    return replace(practice, environment=still, trail=still.stub(TrailStub), auditor=caller)


@pytest.fixture
def background(still):
    return new_background(still)


def new_background(environment, **but):
    """As after a restart: it knows what the database says and nothing else."""
    runtime = environment.runtime("audit")
    publisher = but.pop("publisher", checkpoint_publisher(runtime))
    return BackgroundVerification(runtime.database, runtime.keys, publisher, runtime.background, every=0, **but)


async def progress_of(practice):
    async with practice.environment.superuser() as connection:
        return await connection.fetchrow("SELECT * FROM audit.verifications WHERE workspace_id = $1", practice.workspace_id)


async def steps(practice, background, number):
    """Takes so many steps, and this practice's chain is due at each."""
    for _ in range(number):
        async with practice.environment.superuser() as connection:
            await connection.execute("UPDATE audit.verifications SET due_at = '2000-01-01' WHERE workspace_id = $1", practice.workspace_id)
        await background.step()


async def a_pass(practice, background):
    """Steps until this practice's pass has found something, or is through."""
    before = await progress_of(practice)
    for _ in range(100):
        await steps(practice, background, 1)
        now = await progress_of(practice)
        if now["passed_at"] != before["passed_at"] or now["first_break"] is not None:
            return now
    raise AssertionError("the pass has no end")


async def entries_read(practice, monkeypatch, ask):
    """How many entries of the chain were read by what is asked."""
    read = []

    async def counting(tx, verifier, sequence, keys, walk=verification.verify_up_to):
        before = verifier.sequence
        result = await walk(tx, verifier, sequence, keys)
        read.append(verifier.sequence - before)
        return result

    monkeypatch.setattr(verification, "verify_up_to", counting)
    found = await ask()
    monkeypatch.undo()
    monkeypatch.setattr(verification, "SEGMENT", 4)
    return found, sum(read)


async def test_a_call_reads_what_came_after_the_last_anchor_however_long_the_chain_is(practice, background, monkeypatch):
    await practice.chain(18)
    with pytest.raises(Unavailable) as refused:
        await practice.verify()
    assert refused.value.code == "verification_under_way"

    progress = await a_pass(practice, background)
    assert (progress["anchor_sequence"], progress["first_break"]) == (16, None)
    await practice.chain(1)
    found, read = await entries_read(practice, monkeypatch, practice.verify)
    assert (found.intact, found.events) == (True, 19)
    assert read <= 2 * 4, "no more than what is not in a segment yet, and what the call itself has left"


async def test_it_goes_on_after_a_restart_where_it_ended(practice, monkeypatch):
    await practice.chain(17)
    steps = []
    for _ in range(40):
        before = await progress_of(practice)
        async with practice.environment.superuser() as connection:
            await connection.execute("UPDATE audit.verifications SET due_at = '2000-01-01' WHERE workspace_id = $1", practice.workspace_id)
        await new_background(practice.environment).step()
        now = await progress_of(practice)
        steps.append((now["anchor_sequence"], now["cursor_sequence"]))
        if now["passed_at"] != before["passed_at"]:
            break
    # What is new at once, then segment by segment from the beginning, the end of the chain, and the events.
    assert [step for step in steps if step[1]] == [(16, 4), (16, 8), (16, 12), *[(16, 16)] * (len(steps) - 4)]
    assert steps[-1] == (16, 0), "the next pass begins at the beginning"
    assert 6 <= len(steps) < 20


async def test_a_chain_whose_verification_somebody_else_has_put_off_is_verified_all_the_same(practice, background, caplog):
    events = await practice.chain(9)
    await a_pass(practice, background)
    async with practice.tampering() as superuser:
        await superuser.execute("UPDATE audit.audit_events SET outcome = 'failure' WHERE id = $1", events[2].id)
        await superuser.execute("UPDATE audit.verifications SET due_at = 'infinity' WHERE workspace_id = $1", practice.workspace_id)
    await background.step()
    assert "was put off by somebody else" in caplog.text
    assert (await a_pass(practice, background))["first_break"] == 3


@pytest.mark.parametrize("place", [1, 4, 5, 16])
async def test_a_change_before_the_anchor_is_found_by_the_next_pass_and_told_by_calls(practice, background, place, caplog):
    events = await practice.chain(18)
    await a_pass(practice, background)
    before = _BREAKS._value.get()
    async with practice.tampering() as superuser:
        await superuser.execute("UPDATE audit.audit_events SET outcome = 'failure' WHERE id = $1", events[place - 1].id)

    assert (await a_pass(practice, background))["first_break"] == place
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, place)
    await a_pass(practice, background)
    assert _BREAKS._value.get() == before + 1, "told once"
    told = await practice.environment.emitted(events_pb2.TrailBroken, practice.workspace_id)
    assert [event.sequence for event in told] == [place]
    assert "a chain is broken" in caplog.text

    async with practice.tampering() as superuser:
        await superuser.execute("UPDATE audit.audit_events SET outcome = 'success' WHERE id = $1", events[place - 1].id)
    await steps(practice, background, 30)
    assert (await practice.verify()).intact


async def test_an_event_inserted_into_the_past_is_found(practice, background):
    await practice.chain(18)
    await a_pass(practice, background)
    async with practice.tampering() as superuser:
        await superuser.execute(
            "INSERT INTO audit.audit_events (workspace_id, id, created_at, event_type, resource_type, action, outcome, metadata, retention_until)"
            " VALUES ($1, gen_random_uuid(), '2001-01-01', 'login', 'User', 'LOGIN', 'success', '{}', '2033-01-01')",
            practice.workspace_id,
        )
    assert (await a_pass(practice, background))["first_break"] == 19
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 19)

    await practice.chain(1)
    await steps(practice, background, 20)
    assert (await progress_of(practice))["first_break"] > 19
    told = await practice.environment.emitted(events_pb2.TrailBroken, practice.workspace_id)
    assert [event.sequence for event in told] == [19], "it is the same break, although the chain has grown"


async def test_a_chain_that_is_cut_below_its_anchor_is_found_by_the_call(practice, background):
    await practice.chain(18)
    await a_pass(practice, background)
    async with practice.tampering() as superuser:
        await superuser.execute("DELETE FROM audit.seals WHERE workspace_id = $1 AND sequence > 10", practice.workspace_id)
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 11)


async def test_nobody_else_says_how_far_a_chain_was_verified(practice, background):
    """A superuser moves the anchor beyond what he has changed: his row counts for nothing."""
    events = await practice.chain(10)
    async with practice.tampering() as superuser:
        await superuser.execute("UPDATE audit.audit_events SET outcome = 'failure' WHERE id = $1", events[1].id)
        await superuser.execute(
            "UPDATE audit.verifications v SET anchor_sequence = 8, anchor_hash = s.hash, cursor_sequence = 8, cursor_hash = s.hash"
            " FROM audit.seals s WHERE v.workspace_id = $1 AND s.workspace_id = $1 AND s.sequence = 8",
            practice.workspace_id,
        )
    assert (await practice.verify()).first_break == 2
    assert (await a_pass(practice, background))["first_break"] == 2


async def test_a_published_checkpoint_that_is_gone_is_missed(practice, background, caplog):
    runtime = practice.environment.runtime("audit")
    publisher = CheckpointPublisher(runtime.database, runtime.keys, runtime.blobs, every=0)
    await practice.chain(6)
    assert await publisher.published(practice.workspace_id) is None
    await publisher.publish(practice.workspace_id)
    assert (await practice.verify()).intact
    await runtime.blobs.delete(checkpoint_key(practice.workspace_id))

    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 6)
    assert (await a_pass(practice, background))["first_break"] == 6
    with caplog.at_level(logging.ERROR):
        await publisher.publish(practice.workspace_id)
    assert "a published checkpoint is gone" in caplog.text
    assert (await publisher.published(practice.workspace_id)).hash == b"", "nor is it made anew"


@pytest.mark.parametrize("written", ["retention_until = '4000-01-01 BC'", "metadata = (repeat('[', 5000) || repeat(']', 5000))::jsonb"])
async def test_what_cannot_be_read_at_all_is_a_break(practice, background, written):
    events = await practice.chain(9)
    await a_pass(practice, background)
    async with practice.tampering() as superuser:
        await superuser.execute(f"UPDATE audit.audit_events SET {written} WHERE id = $1", UUID(events[5].id))
    assert (await a_pass(practice, background))["first_break"] == 6
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 6)


async def test_an_event_of_a_time_that_cannot_be_read_is_a_break(practice, background):
    events = await practice.chain(9)
    await a_pass(practice, background)
    columns = "event_type, resource_type, action, outcome, metadata, retention_until"
    async with practice.tampering() as superuser:
        await superuser.execute(
            f"INSERT INTO audit.audit_events (workspace_id, id, created_at, {columns}) SELECT workspace_id, gen_random_uuid(), '4000-01-01 BC', {columns}"
            " FROM audit.audit_events WHERE id = $1",
            UUID(events[5].id),
        )
    assert (await a_pass(practice, background))["first_break"] == 10
    assert not (await practice.verify()).intact


async def test_a_copy_of_an_event_under_another_time_is_a_break(practice, background):
    """It has the id of one that is in the chain, and is shown in lists with its hash."""
    events = await practice.chain(9)
    await a_pass(practice, background)
    columns = "user_id, event_type, resource_type, resource_id, action, outcome, metadata, retention_until"
    async with practice.tampering() as superuser:
        await superuser.execute(
            f"INSERT INTO audit.audit_events (workspace_id, id, created_at, {columns})"
            f" SELECT workspace_id, id, created_at - interval '1 day', {columns} FROM audit.audit_events WHERE id = $1",
            UUID(events[5].id),
        )
    assert (await a_pass(practice, background))["first_break"] == 10
    assert not (await practice.verify()).intact


async def test_what_somebody_wrote_into_one_row_keeps_no_other_from_its_turn(practice, background):
    await practice.chain(5)
    broken = replace(practice, workspace_id=practice.environment.workspace())
    async with practice.environment.superuser() as connection:
        await connection.execute("INSERT INTO audit.verifications (workspace_id, due_at) VALUES ($1, '-infinity')", broken.workspace_id)
        await connection.execute("UPDATE audit.verifications SET due_at = '2000-01-01' WHERE workspace_id = $1", practice.workspace_id)
    assert await background.step() is not None
    assert (await a_pass(practice, background))["passed_at"] is not None


async def test_the_later_a_chain_is_the_less_is_rested_before_the_next(practice, background):
    assert rest_after(0.02, late=0.0) == pytest.approx(0.06)
    assert rest_after(0.02, late=5.0) == pytest.approx(0.03)
    assert rest_after(0.02, late=60.0) == 0.0
    await practice.chain(5)
    async with practice.environment.superuser() as connection:
        await connection.execute(
            "UPDATE audit.verifications SET due_at = now() - interval '1 hour' WHERE workspace_id = $1", practice.workspace_id
        )
    assert 3600 <= await background.step() < 3700


async def test_a_step_reads_one_segment(practice, background, monkeypatch):
    await practice.chain(14)
    asked = []
    limit = verification_store.entries_after.arguments

    def noting(values):
        asked.append(values["limit"])
        return limit(values)

    monkeypatch.setattr(verification_store, "entries_after", _Noting(verification_store.entries_after, noting))
    await a_pass(practice, background)
    assert max(asked) <= 4


class _Noting:
    def __init__(self, statement, arguments):
        self.arguments = arguments
        self._statement = statement

    def __getattr__(self, name):
        return getattr(self._statement, name)
