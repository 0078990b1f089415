"""The hash chain of a workspace's trail: each seal vouches for one event and, through its predecessor, for all before it.

    hash = SHA-256( TAG, previous hash, sequence, every field of the event in the order of FIELDS )

where each part is written as one byte, 0 for a part that is unset and 1 for one that is there, then, for one that is
there, its length in 8 bytes and its bytes; whole numbers are big endian. The first seal has the sequence 1 and
follows GENESIS. Standard library alone, so that an export can be verified where nothing of the suite is installed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

TAG = "caseload.audit.seal.v1"
GENESIS = bytes(32)
FIELDS = (
    "workspace_id",
    "id",
    "created_at",
    "user_id",
    "event_type",
    "resource_type",
    "resource_id",
    "action",
    "outcome",
    "ip_address",
    "user_agent",
    "session_id",
    "metadata",
    "retention_until",
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Seal:
    """One link: which event came at which place, what it follows, and the hash of it all."""

    sequence: int
    event_id: UUID
    previous_hash: bytes
    hash: bytes


@dataclass(slots=True)
class Walk:
    """A verification on its way along a chain. `broken` is the sequence at which the chain first did not hold."""

    sequence: int = 0
    hash: bytes = GENESIS
    broken: int | None = None

    def step(self, seal: Seal, event: Mapping[str, Any] | None) -> bool:
        """Takes the next seal and the event it vouches for (None when that is gone); False at the first break."""
        expected = self.sequence + 1
        holds = (
            seal.sequence == expected
            and seal.previous_hash == self.hash
            and event is not None
            and event["id"] == seal.event_id
            and link(self.hash, expected, event) == seal.hash
        )
        if holds:
            self.sequence, self.hash = expected, seal.hash
        else:
            self.broken = expected
        return holds

    def meet(self, sequence: int, hash_: bytes) -> bool:
        """Whether the walk, now at this sequence, finds the hash that was copied from it earlier."""
        if (self.sequence, self.hash) != (sequence, hash_):
            self.broken = min(self.sequence + 1, sequence)
        return self.broken is None

    def arrive(self, sequence: int, hash_: bytes) -> bool:
        """Whether the walk ends where the chain's head says it ends; the break is the first place they do not agree on."""
        if self.sequence != sequence:
            self.broken = min(self.sequence, sequence) + 1
        elif self.hash != hash_:
            self.broken = sequence
        return self.broken is None


def link(previous: bytes, sequence: int, event: Mapping[str, Any]) -> bytes:
    """The hash that seals the event at its place."""
    return hashlib.sha256(encode(previous, sequence, event)).digest()


def encode(previous: bytes, sequence: int, event: Mapping[str, Any]) -> bytes:
    """What is hashed. No two different (previous, sequence, event) are written alike."""
    parts = (TAG, previous, sequence, *(event[name] for name in FIELDS))
    return b"".join(_part(part) for part in parts)


def _part(value: Any) -> bytes:
    if value is None:
        return b"\x00"
    written = _bytes(value)
    return b"\x01" + len(written).to_bytes(8, "big") + written


def _bytes(value: Any) -> bytes:
    match value:
        case str():
            return value.encode()
        case bytes():
            return value
        case UUID():
            return bytes(value.bytes)
        case int():
            return value.to_bytes(8, "big", signed=True)
        case datetime():
            return ((value - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True)
        case date():
            return value.isoformat().encode()
        case Mapping():
            # JSON with sorted keys, no spaces and no escapes but the mandatory ones, as RFC 8785 writes texts and lists.
            return json.dumps(dict(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    raise TypeError(f"the chain does not say how to write a {type(value).__name__}")
