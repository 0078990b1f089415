"""Closed runs as verification, proofs and exports read them."""

import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from audit.closed_runs import store
from chassis.db.transaction import Transaction
from chassis.encryption.records import WorkspaceKeys

# No more entries than a kept node of the tree over the chain has leaves.
LONGEST = 256
_HASH = 32


@dataclass(frozen=True, slots=True)
class ClosedRun:
    """Entries that followed each other in the chain, and whose month was dropped. `previous_hash` is that of the entry before the first."""

    first: int
    month: date
    previous_hash: bytes
    hashes: bytes
    dropped_at: datetime

    @property
    def last(self) -> int:
        return self.first + len(self.hashes) // _HASH - 1

    def hash_of(self, sequence: int) -> bytes:
        """The hash of one of the run's entries."""
        start = (sequence - self.first) * _HASH
        return self.hashes[start : start + _HASH]

    def hash_before(self, sequence: int) -> bytes:
        return self.previous_hash if sequence == self.first else self.hash_of(sequence - 1)

    def proof(self, keys: WorkspaceKeys) -> bytes:
        """That audit closed this run: nobody who has the database alone can make another."""
        told = f"{self.first} {self.last} {self.month} {self.dropped_at.astimezone(UTC).isoformat()}"
        return keys.mac(b"audit closed run", told.encode(), self.previous_hash, sha256(self.hashes).digest())

    def columns(self, keys: WorkspaceKeys) -> dict[str, Any]:
        return {
            "first_sequence": self.first,
            "last_sequence": self.last,
            "month": self.month,
            "previous_hash": self.previous_hash,
            "hashes": self.hashes,
            "dropped_at": self.dropped_at,
            "proof": self.proof(keys),
        }


async def run_with(tx: Transaction, sequence: int, keys: WorkspaceKeys | None = None) -> ClosedRun | None:
    """The closed run that has the entry of this sequence. With `keys`: only one that audit itself has closed."""
    row = await tx.maybe(store.before, sequence=sequence)
    if row is None or row["last_sequence"] < sequence:
        return None
    run = ClosedRun(row["first_sequence"], row["month"], row["previous_hash"], row["hashes"], row["dropped_at"])
    return run if keys is None or hmac.compare_digest(row["proof"], run.proof(keys)) else None
