"""The hash chain of a workspace's trail, recomputed from its events."""

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from caseload_verify.report import Report

TAG = b"caseload.audit.seal.v1"
GENESIS = bytes(32)
# 45 CFR 164.316(b)(2)(i): the least that a workspace may choose.
_YEARS = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A month whose events were dropped: where the first and the last of them were in the chain, how many they were, and on which day they went.

    `kept_until` is the day up to which all of them were promised to be kept, where the trail says so. Raises ValueError or TypeError for a month that is none.
    """

    first: int
    last: int
    number: int
    month: str
    day: str
    kept_until: str = ""

    def __post_init__(self) -> None:
        # What is told is anybody's: where it is read, it is a finding, and afterwards the report could not be made.
        _ = self.may_go

    @property
    def may_go(self) -> str:
        """The first day on which the month could be dropped. No workspace keeps its trail for less than six years."""
        year, number = int(self.month[:4]), int(self.month[5:7])
        end = date(year + _YEARS + number // 12, number % 12 + 1, 1)
        return max(end.isoformat(), self.kept_until)


class Chain:
    """Verifies the events of a file one after the other. Each has to follow the one before it; the first may be any.

    With `may_leave_out` a file has some events of the chain alone, as an export of those that match a filter: each is verified by itself.
    `dropped` are parts of the chain whose events were dropped when they need not be kept any longer; lines of the trail itself tell of such as well.
    """

    def __init__(self, report: Report, *, may_leave_out: bool = False, dropped: Sequence[Dropped] = ()) -> None:
        self._report = report
        self._may_leave_out = may_leave_out
        self.workspace_id: str | None = None
        self.number = 0
        self._sequence: int | None = None
        # The first event, and the hash before it.
        self._first: tuple[int, str | None] | None = None
        self._hash: bytes | None = GENESIS
        # By sequence, for proofs.
        self.hashes: dict[int, str] = {}
        self._dropped = list(dropped)
        # Each with its place among the findings.
        self._gaps: list[tuple[int, int, int]] = []

    def add(self, event: Mapping[str, Any]) -> None:
        findings = self._report.findings
        if event.get("sequence") is None:
            self._report.notes.append(f"event {event.get('id')}: was not in the chain yet")
            return
        sequence = int(event["sequence"])
        if self.workspace_id not in {None, event["workspace_id"]}:
            findings.append(f"event {sequence}: is of another workspace")
            return
        self.workspace_id = event["workspace_id"]
        if self._sequence is None:
            # Of what is before the first event of a file nothing is known, unless it is the first of the chain.
            self._hash = GENESIS if sequence == 1 else None
        elif sequence != self._sequence + 1:
            if sequence <= self._sequence:
                findings.append(f"event {sequence}: is there twice, or out of order")
            elif not self._may_leave_out:
                self._gaps.append((len(findings), self._sequence + 1, sequence - 1))
            self._hash = None
        previous = event.get("previous_hash")
        before = self._hash if self._hash is not None else (bytes.fromhex(previous) if previous else None)
        if before is None:
            self._report.notes.append(
                f"event {sequence}: the hash of the event before it is not in the file, so it is verified by what follows it alone"
            )
        elif (previous and previous != before.hex()) or entry_hash(before, sequence, event).hex() != event["hash"]:
            findings.append(f"event {sequence}: was changed")
        else:
            self._report.verified["events"] += 1
            self._dropped += _told_by(event)
        if self._sequence is None or sequence > self._sequence:
            self._sequence = sequence
        # What follows is held against what this one says its hash is, so that only the first wrong one is named.
        self._hash = bytes.fromhex(event["hash"])
        self.hashes[sequence] = event["hash"]
        self.number += 1
        self._first = self._first or (sequence, previous)

    @property
    def is_of_export(self) -> bool:
        """Whether the file has events as exports have them, each with the hash of the one before it."""
        return self._first is not None and self._first[1] is not None

    def finish(self) -> None:
        """What only the whole file tells: which of its gaps are months that were dropped."""
        missing = _not_dropped([(first, last) for _, first, last in self._gaps], self._dropped)
        for place, first, last in reversed(self._gaps):
            if (first, last) in missing:
                self._report.findings.insert(
                    place, f"event {first}: missing" if first == last else f"events {first} to {last}: are missing"
                )
        for each in self._dropped:
            if each.day < each.may_go:
                self._report.findings.append(
                    f"events {each.first} to {each.last}: those of {each.month} were dropped on {each.day}, and had to be kept until {each.may_go}"
                )
            self._report.notes.append(
                f"events {each.first} to {each.last}: those of {each.month}, {each.number} in all, were closed and dropped on {each.day}"
            )

    def ends(self) -> tuple[int | None, int | None, str | None, str | None]:
        """The sequence numbers of the first and of the last event, the hash before the first, and that of the last."""
        sequence, previous = self._first or (None, None)
        return sequence, self._sequence, previous, None if self._hash is None else self._hash.hex()


def _told_by(event: Mapping[str, Any]) -> list[Dropped]:
    """What the line says that a dropped month leaves in the trail."""
    if (event["event_type"], event["outcome"]) != ("drop_audit_month", "success"):
        return []
    facts = event["metadata"]["facts"]
    ends = int(facts["first_sequence"]), int(facts["last_sequence"])
    return [Dropped(*ends, int(facts["events"]), facts["month"], event["created_at"][:10], facts.get("kept_until", ""))]


def _not_dropped(gaps: Sequence[tuple[int, int]], dropped: Sequence[Dropped]) -> set[tuple[int, int]]:
    """The gaps, in order, that have more events than dropped months had there. A month accounts for as many as were dropped with it, once."""
    left = {number: each.number for number, each in enumerate(dropped)}
    ends = sorted({end for each in dropped for end in (each.first, each.last + 1)})
    missing = set()
    for first, last in gaps:
        # Pieces of which each lies within a month or does not.
        inside = ends[bisect_right(ends, first) : bisect_right(ends, last)]
        for start, end in zip([first, *inside], [*inside, last + 1], strict=True):
            wanted = end - start
            around = (number for number, each in enumerate(dropped) if each.first <= start and end - 1 <= each.last)
            # What ends first accounts first: the others may still account for what comes later.
            for number in sorted(around, key=lambda number: dropped[number].last):
                taken = min(wanted, left[number])
                left[number] -= taken
                wanted -= taken
            if wanted:
                missing.add((first, last))
    return missing


def entry_hash(previous: bytes, sequence: int, event: Mapping[str, Any]) -> bytes:
    """The hash of an event's entry in the chain."""
    parts = [_part(TAG), _part(previous), _part(sequence.to_bytes(8, "big", signed=True))]
    parts += [b"\x00" if event.get(name) is None else _part(encode(event[name])) for name, encode in _FIELDS.items()]
    return sha256(b"".join(parts)).digest()


def _part(encoded: bytes) -> bytes:
    return b"\x01" + len(encoded).to_bytes(8, "big") + encoded


def _uuid(text: str) -> bytes:
    return UUID(text).bytes


def _moment(text: str) -> bytes:
    """Microseconds since 1970."""
    return ((datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big", signed=True)


def _object(value: Any) -> bytes:
    return json.dumps(_integers(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _integers(value: Any) -> Any:
    """JSON has one kind of number: 3.0 is 3."""
    if isinstance(value, dict):
        return {name: _integers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_integers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


_FIELDS: dict[str, Callable[[Any], bytes]] = {
    "workspace_id": _uuid,
    "id": _uuid,
    "created_at": _moment,
    "user_id": _uuid,
    "event_type": str.encode,
    "resource_type": str.encode,
    "resource_id": _uuid,
    "action": str.encode,
    "outcome": str.encode,
    "ip_address": str.encode,
    "user_agent": str.encode,
    "session_id": _uuid,
    "metadata": _object,
    "retention_until": str.encode,
}
