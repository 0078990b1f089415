"""The hash chain of a workspace's trail: each seal vouches for one event and, through its predecessor, for all before it.

    hash = SHA-256( TAG, previous hash, sequence, every field of the event in the order of FIELDS )

where each part is written as one byte, 0 for a part that is unset and 1 for one that is there, then, for one that is
there, its length in 8 bytes and its bytes; whole numbers are big endian. The first seal has the sequence 1 and
follows GENESIS. Standard library alone, so that an export can be verified where nothing of the suite is installed.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

TAG = b"caseload.audit.seal.v1"
GENESIS = bytes(32)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Sorted keys, no spaces and no escapes but the mandatory ones, as RFC 8785 writes texts, lists and objects.
_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _number(value: int) -> bytes:
    return value.to_bytes(8, "big", signed=True)


def _moment(value: datetime) -> bytes:
    """Microseconds since 1970."""
    return _number((value - _EPOCH) // _MICROSECOND)


def _day(value: date) -> bytes:
    return value.isoformat().encode()


def _object(value: Mapping[str, Any]) -> bytes:
    return _json.encode(value).encode()


_text: Callable[[str], bytes] = str.encode
_uuid: Callable[[UUID], bytes] = attrgetter("bytes")

FIELDS: dict[str, Callable[[Any], bytes]] = {
    "workspace_id": _uuid,
    "id": _uuid,
    "created_at": _moment,
    "user_id": _uuid,
    "event_type": _text,
    "resource_type": _text,
    "resource_id": _uuid,
    "action": _text,
    "outcome": _text,
    "ip_address": _text,
    "user_agent": _text,
    "session_id": _uuid,
    "metadata": _object,
    "retention_until": _day,
}


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
    parts = [_part(TAG), _part(previous), _part(_number(sequence))]
    for name, write in FIELDS.items():
        value = event[name]
        parts.append(b"\x00" if value is None else _part(write(value)))
    return b"".join(parts)


def _part(written: bytes) -> bytes:
    return b"\x01" + len(written).to_bytes(8, "big") + written
