"""The hash chain of a workspace's trail. Each entry proves one event and, through the hash before it, all earlier ones.

    hash = SHA-256( TAG, previous hash, sequence, every field of the event in the order of FIELDS )

Each part is encoded as one byte (0 if the part is unset, 1 if it is set), followed, if it is set, by its length in 8
bytes and by its bytes. Integers are big endian. The first entry has sequence 1 and follows GENESIS.

Standard library only, so that an exported trail can be verified where nothing of the suite is installed.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

# Hashed into every entry of every installation, so it can never change.
TAG = b"caseload.audit.seal.v1"
GENESIS = bytes(32)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Sorted keys, no spaces and no escapes except the mandatory ones, as RFC 8785 serializes strings, arrays and objects.
_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _integer(value: int) -> bytes:
    return value.to_bytes(8, "big", signed=True)


def _moment(value: datetime) -> bytes:
    """Microseconds since 1970."""
    return _integer((value - _EPOCH) // _MICROSECOND)


def _day(value: date) -> bytes:
    return value.isoformat().encode()


def _object(value: Mapping[str, Any]) -> bytes:
    return _json.encode(value).encode()


_text: Callable[[str], bytes] = str.encode


def _uuid(value: UUID | str) -> bytes:
    return value.bytes if isinstance(value, UUID) else UUID(value).bytes


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
class Entry:
    """One entry of a chain: the event at this sequence, the hash before it, and its own hash."""

    sequence: int
    event_id: UUID
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The hash of a chain at a sequence. A longer chain that has another hash there was changed.

    `is_proven` is False for one that was published before newest checkpoints had proofs.
    """

    sequence: int
    hash: bytes
    is_proven: bool = True


@dataclass(slots=True)
class ChainVerifier:
    """Verifies a chain entry by entry.

    `sequence` and `hash` are those of the last correct entry; `first_break` is the sequence of the first wrong one.
    """

    sequence: int = 0
    hash: bytes = GENESIS
    first_break: int | None = None

    def check_next(self, entry: Entry, event: Mapping[str, Any] | None) -> bool:
        """Checks the next entry and its event, which is None if it does not exist. Returns False at a break."""
        expected = self.sequence + 1
        correct = (
            entry.sequence == expected
            and entry.previous_hash == self.hash
            and event is not None
            and event["id"] == entry.event_id
            and entry_hash(self.hash, expected, event) == entry.hash
        )
        if correct:
            self.sequence, self.hash = expected, entry.hash
        else:
            self.first_break = expected
        return correct

    def check_published(self, published: Checkpoint) -> bool:
        """Compares the chain with a published checkpoint. To be called after the entry of the checkpoint's sequence."""
        if (self.sequence, self.hash) != (published.sequence, published.hash):
            self.first_break = min(self.sequence + 1, published.sequence)
        return self.first_break is None

    def check_end(self, newest: Checkpoint) -> bool:
        """Compares the end of the chain with its newest checkpoint. The break is the first sequence they disagree on."""
        if self.sequence != newest.sequence:
            self.first_break = min(self.sequence, newest.sequence) + 1
        elif self.hash != newest.hash:
            self.first_break = newest.sequence
        return self.first_break is None


def entry_hash(previous: bytes, sequence: int, event: Mapping[str, Any]) -> bytes:
    """The hash of the entry that has the event at this sequence."""
    return hashlib.sha256(encode(previous, sequence, event)).digest()


def encode(previous: bytes, sequence: int, event: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed. Different arguments never have the same encoding."""
    return place(previous, sequence) + fields_of(event)


def place(previous: bytes, sequence: int) -> bytes:
    """The first of them: where in the chain an entry is."""
    return _part(TAG) + _part(previous) + _part(_integer(sequence))


def fields_of(event: Mapping[str, Any]) -> bytes:
    """The others: what its event is. Whoever needs them for two purposes encodes them once."""
    return b"".join([b"\x00" if (value := event[name]) is None else _part(to_bytes(value)) for name, to_bytes in FIELDS.items()])


def _part(encoded: bytes) -> bytes:
    return b"\x01" + len(encoded).to_bytes(8, "big") + encoded
