"""A superuser of the database, who has no keys, writes into audit's tables himself: nothing of it passes for audit's."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from audit.trail.chain import entry_hash
from audit.trail.checkpoints import CheckpointPublisher, checkpoint_key
from audit.trail.sequencer import _UNPROVEN
from audit.trail.verification import verify

EVENT = (
    "INSERT INTO audit.audit_events (workspace_id, id, created_at, event_type, resource_type, action, outcome, metadata, retention_until)"
    " VALUES ($1, $2, $3, 'erase_client', 'Client', 'DELETE', 'success', '{\"recorded_by\": \"clients\"}', '2033-01-01')"
)


async def write_event(superuser, practice):
    """An event as the superuser makes it up."""
    event_id = uuid7()
    await superuser.execute(EVENT, practice.workspace_id, event_id, practice.nine)
    return event_id


async def queue(superuser, practice, event_id, proof=None):
    insert = "INSERT INTO audit.unsealed (workspace_id, event_id, event_created_at, proof) VALUES ($1, $2, $3, $4)"
    await superuser.execute(insert, practice.workspace_id, event_id, practice.nine, proof)


async def append(superuser, practice, event_id):
    """Continues the chain as the sequencer does: its hashes need no key."""
    await superuser.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=json.loads)
    newest = await superuser.fetchrow("SELECT sequence, hash FROM audit.chain_heads WHERE workspace_id = $1", practice.workspace_id)
    event = await superuser.fetchrow("SELECT * FROM audit.audit_events WHERE id = $1", event_id)
    sequence = newest["sequence"] + 1
    forged = entry_hash(newest["hash"], sequence, event)
    await superuser.execute(
        "INSERT INTO audit.seals (workspace_id, sequence, event_id, event_created_at, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6)",
        practice.workspace_id,
        sequence,
        event_id,
        practice.nine,
        newest["hash"],
        forged,
    )
    await superuser.execute(
        "UPDATE audit.chain_heads SET sequence = $2, hash = $3 WHERE workspace_id = $1", practice.workspace_id, sequence, forged
    )


async def chained(practice):
    async with practice.environment.superuser() as superuser:
        rows = await superuser.fetch("SELECT event_id FROM audit.seals WHERE workspace_id = $1 ORDER BY sequence", practice.workspace_id)
    return [row["event_id"] for row in rows]


async def unproven(practice):
    runtime = practice.environment.runtime("audit")
    keys = await runtime.keys.of(practice.workspace_id)
    async with runtime.database.transaction(practice.workspace_id, seconds=10) as tx:
        return list((await verify(tx, None, keys)).unproven)


def counted() -> float:
    return _UNPROVEN._value.get()


async def test_an_event_that_no_service_announced_is_kept_out_of_the_chain_and_named(practice, caplog):
    recorded = await practice.record_some(2)
    before = counted()
    async with practice.environment.superuser() as superuser:
        forged = await write_event(superuser, practice)
        await queue(superuser, practice, forged)
    recorded += await practice.record_some(1)

    assert [str(event_id) for event_id in await chained(practice)] == [event.id for event in recorded]
    found = await practice.verify()
    assert (found.intact, found.first_break, found.events) == (False, 4, 3)
    assert await unproven(practice) == [forged]
    assert counted() == before + 1
    assert "was kept out of the chain" in caplog.text


async def test_the_proof_of_an_event_is_of_no_other_event(practice):
    """He holds the chain with a lock, so that a genuine event waits, and takes its proof for his own."""
    await practice.record_some(1)
    async with practice.tampering() as superuser:
        await superuser.execute("SELECT 1 FROM audit.chain_heads WHERE workspace_id = $1 FOR UPDATE", practice.workspace_id)
        await practice.record(practice.event(), wait=False)
        proof = await superuser.fetchval("SELECT proof FROM audit.unsealed WHERE workspace_id = $1", practice.workspace_id)
        forged = await write_event(superuser, practice)
        await queue(superuser, practice, forged, proof)
        edited = practice.event()
        await practice.record(edited, wait=False)
        await superuser.execute("UPDATE audit.audit_events SET outcome = 'failure' WHERE id = $1", edited.id)
    await practice.in_chain()

    assert len(await chained(practice)) == 2
    assert {str(event_id) for event_id in await unproven(practice)} == {str(forged), edited.id}


async def test_a_chain_that_somebody_else_continued_is_found_and_not_continued(practice, publisher, caplog):
    await practice.record_some(2)
    await publisher.publish(practice.workspace_id)
    before = await publisher.published(practice.workspace_id)
    async with practice.tampering() as superuser:
        await append(superuser, practice, await write_event(superuser, practice))

    found = await practice.verify()
    assert (found.intact, found.first_break, found.events) == (False, 3, 3)

    await practice.record(practice.event(), wait=False)
    await practice.until(lambda: said(caplog, "a chain cannot be continued"))
    assert len(await chained(practice)) == 3
    await publisher.publish(practice.workspace_id)
    assert await publisher.published(practice.workspace_id) == before
    assert "was continued by somebody without its keys" in caplog.text


async def test_a_chain_made_up_for_a_workspace_without_one_is_found(practice):
    async with practice.tampering() as superuser:
        begin = "INSERT INTO audit.chain_heads (workspace_id, sequence, hash) VALUES ($1, 0, $2)"
        await superuser.execute(begin, practice.workspace_id, bytes(32))
        await append(superuser, practice, await write_event(superuser, practice))
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 1)


async def test_a_chain_recomputed_before_its_first_checkpoint_was_published_is_found(practice):
    recorded = await practice.record_some(1)
    async with practice.tampering() as superuser:
        await superuser.execute("UPDATE audit.audit_events SET user_id = NULL WHERE id = $1", recorded[0].id)
        await superuser.execute("DELETE FROM audit.seals WHERE workspace_id = $1", practice.workspace_id)
        await superuser.execute(
            "UPDATE audit.chain_heads SET sequence = 0, hash = $2 WHERE workspace_id = $1", practice.workspace_id, bytes(32)
        )
        await append(superuser, practice, recorded[0].id)
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 1)


# ---------------------------------------------------------------- what a release before proofs has left


async def as_from_before(practice, publisher, *, published=True):
    """Two events in the chain and one that waits, as they were left: without proofs, and with the checkpoint of that release."""
    await practice.record_some(2)
    if published:
        written = {"workspace_id": str(practice.workspace_id), "sequence": 1, "hash": (await hash_at(practice, 1)).hex()}
        await publisher._blobs.put(checkpoint_key(practice.workspace_id), json.dumps(written).encode(), "application/json")
    async with practice.tampering() as superuser:
        await superuser.execute("SELECT FROM audit.chain_heads WHERE workspace_id = $1 FOR UPDATE", practice.workspace_id)
        await superuser.execute("UPDATE audit.chain_heads SET proof = NULL WHERE workspace_id = $1", practice.workspace_id)
        waits = practice.event()
        await practice.record(waits, wait=False)
        await superuser.execute("UPDATE audit.unsealed SET proof = NULL WHERE workspace_id = $1", practice.workspace_id)
    return waits


async def hash_at(practice, sequence):
    async with practice.environment.superuser() as superuser:
        one = "SELECT hash FROM audit.seals WHERE workspace_id = $1 AND sequence = $2"
        return await superuser.fetchval(one, practice.workspace_id, sequence)


async def test_a_chain_from_before_is_taken_over_once_with_what_waited(practice, publisher):
    waited = await as_from_before(practice, publisher)
    assert (await practice.verify()).intact

    await practice.until(lambda: is_proven(publisher, practice.workspace_id))
    await practice.in_chain()
    assert str((await chained(practice))[2]) == waited.id
    assert (await practice.verify()).intact

    # From now on a chain without proof is a forgery.
    await practice.in_chain()
    await publisher.publish(practice.workspace_id)
    before = await publisher.published(practice.workspace_id)
    async with practice.tampering() as superuser:
        await append(superuser, practice, await write_event(superuser, practice))
        await superuser.execute("UPDATE audit.chain_heads SET proof = NULL WHERE workspace_id = $1", practice.workspace_id)
    found = await practice.verify()
    assert not found.intact
    await publisher.publish(practice.workspace_id)
    assert await publisher.published(practice.workspace_id) == before


async def test_a_chain_that_no_release_has_published_is_taken_over_only_during_the_upgrade(practice, publisher):
    await as_from_before(practice, publisher, published=False)
    runtime = practice.environment.runtime("audit")
    keys = await runtime.keys.of(practice.workspace_id)
    for until, intact in ((None, False), (datetime.now(UTC) - timedelta(seconds=1), False), (datetime.now(UTC) + timedelta(hours=1), True)):
        async with runtime.database.transaction(practice.workspace_id, seconds=10) as tx:
            assert ((await verify(tx, None, keys, unsigned_until=until)).first_break is None) is intact


async def said(caplog, text) -> bool:
    return text in caplog.text


async def is_proven(publisher, workspace_id) -> bool:
    published = await publisher.published(workspace_id)
    return published is not None and published.is_proven


@pytest.fixture
def publisher(practice):
    runtime = practice.environment.runtime("audit")
    return CheckpointPublisher(runtime.database, runtime.keys, runtime.blobs, every=0)
