"""Every change of the trail that bypasses the service is found at the place where it was made."""

import json
from hashlib import sha256

import pytest
from uuid_utils.compat import uuid7

from audit.trail.chain import entry_hash
from audit.trail.checkpoints import CheckpointPublisher


async def chain_of(connection, workspace_id):
    return await connection.fetch("SELECT * FROM audit.seals WHERE workspace_id = $1 ORDER BY sequence", workspace_id)


async def test_an_unchanged_trail_is_intact(practice):
    await practice.record_some(5)
    found = await practice.verify()
    async with practice.environment.superuser() as connection:
        entries = await chain_of(connection, practice.workspace_id)
    assert (found.intact, found.events, found.head) == (True, 5, entries[-1]["hash"].hex())
    assert not found.HasField("first_break")


async def test_an_empty_trail_is_intact(practice):
    found = await practice.verify()
    assert (found.intact, found.events, found.head) == (True, 0, "0" * 64)


async def test_an_event_that_waits_to_enter_the_chain_is_no_break(practice):
    await practice.record_some(2)
    async with practice.tampering() as superuser:
        await superuser.execute("SELECT 1 FROM audit.chain_heads WHERE workspace_id = $1 FOR UPDATE", practice.workspace_id)
        await practice.record(practice.event(), wait=False)
        found = await practice.verify()
    assert (found.intact, found.events) == (True, 2)


@pytest.mark.parametrize(
    "edit",
    [
        "user_id = gen_random_uuid()",
        "user_id = NULL",
        "event_type = 'get_cliend'",
        "resource_type = 'Alert'",
        "resource_id = NULL",
        "action = 'UPDATE'",
        "outcome = 'failure'",
        "ip_address = '192.0.2.8'",
        "user_agent = NULL",
        "session_id = gen_random_uuid()",
        'metadata = metadata || \'{"code": "not_found"}\'',
        "retention_until = retention_until - 1",
        "created_at = created_at + interval '1 microsecond'",
        "created_at = created_at + interval '9 years'",
        "id = gen_random_uuid()",
        "workspace_id = gen_random_uuid()",
    ],
)
async def test_an_edited_event_is_found(practice, edit):
    recorded = await practice.record_some(5)
    async with practice.tampering() as superuser:
        assert await superuser.execute(f"UPDATE audit.audit_events SET {edit} WHERE id = $1", recorded[2].id) == "UPDATE 1"
    found = await practice.verify()
    assert (found.intact, found.first_break, found.events) == (False, 3, 5)


@pytest.mark.parametrize("place", [1, 3, 5])
async def test_a_deleted_event_is_found(practice, place):
    recorded = await practice.record_some(5)
    async with practice.tampering() as superuser:
        await superuser.execute("DELETE FROM audit.audit_events WHERE id = $1", recorded[place - 1].id)
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, place)


@pytest.mark.parametrize("place", [1, 3, 5])
async def test_an_event_deleted_with_its_entry_is_found(practice, place):
    recorded = await practice.record_some(5)
    async with practice.tampering() as superuser:
        await superuser.execute("DELETE FROM audit.audit_events WHERE id = $1", recorded[place - 1].id)
        await superuser.execute("DELETE FROM audit.seals WHERE event_id = $1", recorded[place - 1].id)
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, place)


async def test_a_deleted_event_is_found_after_later_entries_were_renumbered(practice):
    recorded = await practice.record_some(5)
    async with practice.tampering() as superuser:
        await superuser.execute("DELETE FROM audit.audit_events WHERE id = $1", recorded[2].id)
        await superuser.execute("DELETE FROM audit.seals WHERE event_id = $1", recorded[2].id)
        for sequence in (4, 5):
            await superuser.execute(
                "UPDATE audit.seals SET sequence = sequence - 1 WHERE workspace_id = $1 AND sequence = $2", practice.workspace_id, sequence
            )
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 3)


async def test_two_events_that_changed_places_are_found_at_the_first(practice):
    await practice.record_some(5)
    async with practice.tampering() as superuser:
        second, fourth = [(await chain_of(superuser, practice.workspace_id))[n] for n in (1, 3)]
        await superuser.execute("DELETE FROM audit.seals WHERE workspace_id = $1 AND sequence IN (2, 4)", practice.workspace_id)
        for place, event in ((second, fourth), (fourth, second)):
            await superuser.execute(
                "INSERT INTO audit.seals (workspace_id, sequence, event_id, event_created_at, previous_hash, hash) VALUES ($1,$2,$3,$4,$5,$6)",
                practice.workspace_id,
                place["sequence"],
                event["event_id"],
                event["event_created_at"],
                place["previous_hash"],
                place["hash"],
            )
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 2)


async def add_event(superuser, practice) -> None:
    await superuser.execute(
        "INSERT INTO audit.audit_events (workspace_id, id, created_at, event_type, resource_type, action, outcome, metadata, retention_until)"
        " VALUES ($1, $2, $3, 'login', 'User', 'LOGIN', 'success', '{}', '2033-01-01')",
        practice.workspace_id,
        uuid7(),
        practice.nine,
    )


async def test_an_inserted_event_without_an_entry_is_found_after_the_end_of_the_chain(practice):
    await practice.record_some(3)
    async with practice.tampering() as superuser:
        await add_event(superuser, practice)
    found = await practice.verify()
    assert (found.intact, found.first_break, found.events) == (False, 4, 3)


async def test_an_entry_for_an_event_that_never_existed_is_found(practice):
    await practice.record_some(3)
    async with practice.tampering() as superuser:
        last = (await chain_of(superuser, practice.workspace_id))[-1]
        forged = sha256(b"a forgery").digest()
        await superuser.execute(
            "INSERT INTO audit.seals (workspace_id, sequence, event_id, event_created_at, previous_hash, hash) VALUES ($1, 4, $2, $3, $4, $5)",
            practice.workspace_id,
            uuid7(),
            practice.nine,
            last["hash"],
            forged,
        )
        await superuser.execute(
            "UPDATE audit.chain_heads SET sequence = 4, hash = $2 WHERE workspace_id = $1", practice.workspace_id, forged
        )
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 4)


async def test_an_event_removed_from_the_waiting_ones_is_found(practice):
    await practice.record_some(2)
    async with practice.tampering() as superuser:
        await superuser.execute("SELECT 1 FROM audit.chain_heads WHERE workspace_id = $1 FOR UPDATE", practice.workspace_id)
        await practice.record(practice.event(), wait=False)
        await superuser.execute("DELETE FROM audit.unsealed WHERE workspace_id = $1", practice.workspace_id)
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 3)


async def test_an_event_deleted_while_it_waited_to_enter_the_chain_is_found(practice):
    await practice.record_some(2)
    async with practice.tampering() as superuser:
        await superuser.execute("SELECT 1 FROM audit.chain_heads WHERE workspace_id = $1 FOR UPDATE", practice.workspace_id)
        event = practice.event()
        await practice.record(event, wait=False)
        await superuser.execute("DELETE FROM audit.audit_events WHERE id = $1", event.id)
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 3)


async def checkpoint_of(practice):
    """The newest checkpoint with its proof, as somebody may keep it who wants to set it back."""
    async with practice.environment.superuser() as connection:
        return await connection.fetchrow("SELECT * FROM audit.chain_heads WHERE workspace_id = $1", practice.workspace_id)


async def truncate(superuser, practice, after: int, *, checkpoint=None) -> None:
    """Deletes the events and entries after a sequence and, with a `checkpoint`, sets the newest one back to it."""
    await superuser.execute(
        "DELETE FROM audit.audit_events e USING audit.seals s WHERE s.workspace_id = $1 AND s.sequence > $2"
        " AND e.workspace_id = s.workspace_id AND e.id = s.event_id",
        practice.workspace_id,
        after,
    )
    await superuser.execute("DELETE FROM audit.seals WHERE workspace_id = $1 AND sequence > $2", practice.workspace_id, after)
    if checkpoint:
        await superuser.execute(
            "UPDATE audit.chain_heads SET sequence = $2, hash = $3, proof = $4 WHERE workspace_id = $1",
            *(checkpoint[name] for name in ("workspace_id", "sequence", "hash", "proof")),
        )


async def test_a_truncated_chain_is_found(practice):
    await practice.record_some(5)
    async with practice.tampering() as superuser:
        await truncate(superuser, practice, 3)
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 4)


async def test_a_newest_checkpoint_that_was_set_back_is_found(practice):
    await practice.record_some(5)
    async with practice.tampering() as superuser:
        await superuser.execute(
            "UPDATE audit.chain_heads h SET sequence = 3, hash = s.hash FROM audit.seals s"
            " WHERE h.workspace_id = $1 AND s.workspace_id = $1 AND s.sequence = 3",
            practice.workspace_id,
        )
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 4)


async def test_a_truncated_chain_with_its_checkpoint_set_back_contradicts_the_published_one(practice, publisher):
    await practice.record_some(3)
    kept = await checkpoint_of(practice)
    await practice.record_some(2)
    await publisher.publish(practice.workspace_id)
    async with practice.tampering() as superuser:
        await truncate(superuser, practice, 3, checkpoint=kept)
    found = await practice.verify()
    assert (found.intact, found.first_break, found.events) == (False, 4, 3)


async def test_a_truncated_chain_that_grew_again_contradicts_the_published_checkpoint(practice, publisher):
    await practice.record_some(3)
    kept = await checkpoint_of(practice)
    await practice.record_some(2)
    await publisher.publish(practice.workspace_id)
    async with practice.tampering() as superuser:
        await truncate(superuser, practice, 3, checkpoint=kept)
    await practice.record_some(4)
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 5)


async def test_a_deleted_trail_contradicts_the_published_checkpoint(practice, publisher):
    await practice.record_some(2)
    await publisher.publish(practice.workspace_id)
    async with practice.tampering() as superuser:
        for table in ("audit_events", "seals", "chain_heads"):
            await superuser.execute(f"DELETE FROM audit.{table} WHERE workspace_id = $1", practice.workspace_id)
    found = await practice.verify()
    assert (found.intact, found.first_break, found.events) == (False, 1, 0)


async def test_a_chain_recomputed_after_an_edit_contradicts_the_published_checkpoint(practice, publisher):
    recorded = await practice.record_some(5)
    await publisher.publish(practice.workspace_id)
    async with practice.tampering() as superuser:
        await superuser.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=json.loads)
        await superuser.execute("UPDATE audit.audit_events SET user_id = NULL WHERE id = $1", recorded[2].id)
        entries = await chain_of(superuser, practice.workspace_id)
        previous = entries[1]["hash"]
        for entry in entries[2:]:
            event = await superuser.fetchrow("SELECT * FROM audit.audit_events WHERE id = $1", entry["event_id"])
            forged = entry_hash(previous, entry["sequence"], event)
            await superuser.execute(
                "UPDATE audit.seals SET previous_hash = $3, hash = $4 WHERE workspace_id = $1 AND sequence = $2",
                practice.workspace_id,
                entry["sequence"],
                previous,
                forged,
            )
            previous = forged
        await superuser.execute("UPDATE audit.chain_heads SET hash = $2 WHERE workspace_id = $1", practice.workspace_id, previous)
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 5)


async def test_a_contradicted_checkpoint_is_not_replaced_because_it_is_evidence(practice, publisher, caplog):
    await practice.record_some(3)
    kept = await checkpoint_of(practice)
    await practice.record_some(2)
    await publisher.publish(practice.workspace_id)
    before = await publisher.published(practice.workspace_id)
    async with practice.tampering() as superuser:
        await truncate(superuser, practice, 3, checkpoint=kept)
    await practice.record_some(4)

    await publisher.publish(practice.workspace_id)

    assert await publisher.published(practice.workspace_id) == before
    assert "contradicts its published checkpoint" in caplog.text


async def test_a_published_checkpoint_is_replaced_when_its_chain_has_grown(practice, publisher):
    await practice.record_some(2)
    await publisher.publish(practice.workspace_id)
    await practice.record_some(2)
    await publisher.publish(practice.workspace_id)
    newest = await publisher.published(practice.workspace_id)
    found = await practice.verify()
    assert newest is not None
    assert (found.intact, found.events, found.head) == (True, newest.sequence, newest.hash.hex())


@pytest.fixture
def publisher(practice):
    runtime = practice.environment.runtime("audit")
    return CheckpointPublisher(runtime.database, runtime.keys, runtime.blobs, every=0)
