"""Proofs that a row of audit's tables was written by audit: HMACs under the workspace's index key, which the database does not hold.

A waiting event has one, made when the event arrived with the signature of the service that announced it. The newest checkpoint of
a chain has one, and through the chain it proves every entry before it. Whoever writes into the tables without the keys, the
database's superuser included, can make neither.
"""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from audit.trail.chain import GENESIS, Checkpoint, fields_of, place
from chassis.encryption.records import WorkspaceKeys

# An event that is recorded has no place in a chain yet.
_NOWHERE = place(GENESIS, 0)


def of_event(event: Mapping[str, Any], keys: WorkspaceKeys) -> bytes:
    """The proof of an event as it was recorded."""
    return of_fields(fields_of(event), keys)


def of_fields(fields: bytes, keys: WorkspaceKeys) -> bytes:
    """The same of an event that is encoded already."""
    return keys.mac(b"audit event", _NOWHERE + fields)


def of_checkpoint(checkpoint: Checkpoint, keys: WorkspaceKeys) -> bytes:
    """The proof of a chain's newest checkpoint."""
    return keys.mac(b"audit checkpoint", checkpoint.sequence.to_bytes(8, "big"), checkpoint.hash)


def holds(proof: bytes | None, expected: bytes) -> bool:
    return proof is not None and hmac.compare_digest(proof, expected)


def may_lack_proof(published: Checkpoint | None, unsigned_until: datetime | None) -> bool:
    """Whether a chain may be one that a release before proofs has left: until a checkpoint of it is published with one.

    The published checkpoint is in the file store, where no database role can make it older. During an upgrade any chain is
    taken without a proof, as unsigned events are, if it contains what was published of it.
    """
    return in_upgrade(unsigned_until) or (published is not None and not published.is_proven)


def in_upgrade(unsigned_until: datetime | None) -> bool:
    """Whether what an earlier release has left on its way is still taken."""
    return unsigned_until is not None and datetime.now(UTC) < unsigned_until
