"""What somebody does to an audit trail who owns the database or the file store: every kind that is known here, each at a place drawn by lot.

None of them has the keys of the workspace. Each kind is a coroutine that gets a superuser's connection with triggers disabled, the file store,
the workspace, the chain's rows with their events in order, and the lot; it returns once the change is made.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from audit.trail.chain import FIELDS, entry_hash
from audit.trail.checkpoints import checkpoint_key

_EVENT = ", ".join(FIELDS)
# What is written into a field of an event; each differs from what any event has.
EDITS = {
    "user": "user_id = gen_random_uuid()",
    "no user": "user_id = NULL",
    "type": "event_type = 'get_cliend'",
    "resource type": "resource_type = 'Alert'",
    "resource": "resource_id = gen_random_uuid()",
    "action": "action = 'UPDATE'",
    "outcome": "outcome = 'failure'",
    "address": "ip_address = '198.51.100.1'",
    "agent": "user_agent = NULL",
    "session": "session_id = gen_random_uuid()",
    "metadata": 'metadata = metadata || \'{"code": "x"}\'',
    "retention": "retention_until = retention_until - 1",
    "time": "created_at = created_at + interval '1 microsecond'",
    "workspace": "workspace_id = gen_random_uuid()",
}


@dataclass(frozen=True)
class Trail:
    """One workspace's trail before it is tampered with. `rows` are its entries with their events, the oldest first."""

    workspace_id: UUID
    rows: list[dict[str, Any]]
    superuser: Any
    blobs: Any
    lot: Random

    def any(self, first: int = 0, last: int | None = None) -> dict[str, Any]:
        return self.lot.choice(self.rows[first:last])

    async def run(self, sql: str, *arguments: Any) -> None:
        status = await self.superuser.execute(sql, self.workspace_id, *arguments)
        assert not status.endswith(" 0"), f"a tampering that changes nothing: {sql}"


async def rows_of(connection: Any, workspace_id: UUID) -> list[dict[str, Any]]:
    found = await connection.fetch(
        "SELECT s.sequence, s.previous_hash, s.hash, e.* FROM audit.seals s JOIN audit.audit_events e ON e.workspace_id = s.workspace_id AND e.id = s.event_id"
        " WHERE s.workspace_id = $1 ORDER BY s.sequence",
        workspace_id,
    )
    return [dict(row) | {"metadata": json.loads(row["metadata"])} for row in found]


def _edit(change: str):
    async def edit(trail: Trail) -> None:
        await trail.run(f"UPDATE audit.audit_events SET {change} WHERE workspace_id = $1 AND id = $2", trail.any()["id"])

    return edit


async def event_deleted(trail: Trail) -> None:
    await trail.run("DELETE FROM audit.audit_events WHERE workspace_id = $1 AND id = $2", trail.any()["id"])


async def event_inserted(trail: Trail) -> None:
    like = trail.any()
    columns = _EVENT.replace(" id,", " $3,").replace("created_at", "$4")
    await trail.run(
        f"INSERT INTO audit.audit_events ({_EVENT}) SELECT {columns} FROM audit.audit_events WHERE workspace_id = $1 AND id = $2",
        like["id"],
        uuid7(),
        like["created_at"] - timedelta(seconds=trail.lot.randrange(1, 86_400)),
    )


async def event_and_entry_deleted(trail: Trail) -> None:
    row = trail.any()
    await trail.run("DELETE FROM audit.audit_events WHERE workspace_id = $1 AND id = $2", row["id"])
    await trail.run("DELETE FROM audit.seals WHERE workspace_id = $1 AND sequence = $2", row["sequence"])


async def what_two_did_swapped(trail: Trail) -> None:
    one, other = trail.lot.sample(trail.rows, 2)
    for row, of in ((one, other), (other, one)):
        await trail.run(
            "UPDATE audit.audit_events SET user_id = $3, resource_id = $4 WHERE workspace_id = $1 AND id = $2",
            row["id"],
            of["user_id"],
            of["resource_id"],
        )


async def two_entries_swapped(trail: Trail) -> None:
    one, other = trail.lot.sample(trail.rows, 2)
    await trail.run("DELETE FROM audit.seals WHERE workspace_id = $1 AND sequence = ANY($2)", [one["sequence"], other["sequence"]])
    for row, of in ((one, other), (other, one)):
        await _entry(trail, row["sequence"], of, of["previous_hash"], of["hash"])


async def _entry(trail: Trail, sequence: int, event: dict[str, Any], previous: bytes, digest: bytes) -> None:
    await trail.run(
        "INSERT INTO audit.seals (workspace_id, sequence, event_id, event_created_at, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6)",
        sequence,
        event["id"],
        event["created_at"],
        previous,
        digest,
    )


async def entry_changed(trail: Trail) -> None:
    column = trail.lot.choice(["hash", "previous_hash"])
    await trail.run(f"UPDATE audit.seals SET {column} = sha256('x') WHERE workspace_id = $1 AND sequence = $2", trail.any()["sequence"])


async def entry_deleted(trail: Trail) -> None:
    await trail.run("DELETE FROM audit.seals WHERE workspace_id = $1 AND sequence = $2", trail.any()["sequence"])


async def chain_computed_anew(trail: Trail) -> None:
    """An event is changed, and every hash after it is computed as audit computes it."""
    place = trail.lot.randrange(len(trail.rows))
    previous = trail.rows[place]["previous_hash"]
    await trail.run("UPDATE audit.audit_events SET outcome = 'failure' WHERE workspace_id = $1 AND id = $2", trail.rows[place]["id"])
    for row in trail.rows[place:]:
        event = row | ({"outcome": "failure"} if row is trail.rows[place] else {})
        digest = entry_hash(previous, row["sequence"], event)
        await trail.run(
            "UPDATE audit.seals SET previous_hash = $3, hash = $4 WHERE workspace_id = $1 AND sequence = $2",
            row["sequence"],
            previous,
            digest,
        )
        previous = digest
    await trail.run("UPDATE audit.chain_heads SET hash = $2 WHERE workspace_id = $1", previous)


async def end_cut_off(trail: Trail) -> None:
    """The last events with their entries, and the newest checkpoint put back."""
    last = trail.any(1, -1)
    gone = [row["id"] for row in trail.rows if row["sequence"] > last["sequence"]]
    await trail.run("DELETE FROM audit.audit_events WHERE workspace_id = $1 AND id = ANY($2::uuid[])", gone)
    await trail.run("DELETE FROM audit.seals WHERE workspace_id = $1 AND sequence > $2", last["sequence"])
    await trail.run("UPDATE audit.chain_heads SET sequence = $2, hash = $3 WHERE workspace_id = $1", last["sequence"], last["hash"])


async def everything_deleted(trail: Trail) -> None:
    for table in ("audit_events", "seals"):
        await trail.run(f"DELETE FROM audit.{table} WHERE workspace_id = $1")


async def newest_checkpoint_changed(trail: Trail) -> None:
    change = trail.lot.choice(
        ["sequence = sequence - 1", "sequence = sequence + 1", "hash = sha256('x')", "proof = sha256('x')", "proof = NULL"]
    )
    await trail.run(f"UPDATE audit.chain_heads SET {change} WHERE workspace_id = $1")


async def changed_and_verified(trail: Trail) -> None:
    """An event is changed, and somebody writes that its chain was verified, and need not be again for ever."""
    await _edit(EDITS["outcome"])(trail)
    await trail.run("UPDATE audit.verifications SET passed_at = now(), swept_at = now(), due_at = 'infinity' WHERE workspace_id = $1")


async def deletion_passed_off_as_a_dropped_month(trail: Trail) -> None:
    row = trail.any()
    await trail.run(
        "INSERT INTO audit.closed_runs SELECT workspace_id, sequence, sequence, '2015-01-01', previous_hash, hash, now(), sha256('x')"
        " FROM audit.seals WHERE workspace_id = $1 AND sequence = $2",
        row["sequence"],
    )
    await event_and_entry_deleted(Trail(trail.workspace_id, [row], trail.superuser, trail.blobs, trail.lot))


async def published_checkpoint_deleted(trail: Trail) -> None:
    await trail.blobs.delete(checkpoint_key(trail.workspace_id))


async def published_checkpoint_changed(trail: Trail) -> None:
    forged = {"workspace_id": str(trail.workspace_id), "sequence": trail.any()["sequence"], "hash": "ab" * 32, "is_proven": True}
    await trail.blobs.put(checkpoint_key(trail.workspace_id), json.dumps(forged).encode(), "application/json")


KINDS = {f"{name} of an event": _edit(change) for name, change in EDITS.items()} | {
    kind.__name__.replace("_", " "): kind
    for kind in (
        event_deleted,
        event_inserted,
        event_and_entry_deleted,
        what_two_did_swapped,
        two_entries_swapped,
        entry_changed,
        entry_deleted,
        chain_computed_anew,
        end_cut_off,
        everything_deleted,
        newest_checkpoint_changed,
        changed_and_verified,
        deletion_passed_off_as_a_dropped_month,
        published_checkpoint_deleted,
        published_checkpoint_changed,
    )
}
