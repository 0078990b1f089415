"""The names of what a journal has, and what they say about it: decisions alone.

A journal is a folder of the target, `journal-<installation>-<begun>-<random>`. In it are `keys`, pieces of the database's log
(`<segment>.<first byte>-<end>.<moment>`), new files (`files.<moment>`) and the home's keys and settings as they changed (`secrets.<moment>`).
The moment is when all that is in the object had been committed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

SEGMENT_BYTES = 16 * 1024 * 1024
_PER_LOG_FILE = 2**32 // SEGMENT_BYTES
_MOMENT = "%Y%m%dT%H%M%S.%fZ"
_JOURNAL = re.compile(r"journal-(?P<installation>[0-9a-f]{8})-(?P<begun>[0-9]{8}T[0-9]{6}Z)-[0-9a-f]{8}")
_PIECE = re.compile(r"(?P<segment>[0-9A-F]{24})\.(?P<start>[0-9a-f]{8})-(?P<end>[0-9a-f]{8})\.(?P<moment>[0-9]{8}T[0-9]{6}\.[0-9]{6}Z)")
_DATED = re.compile(r"(?P<kind>files|secrets)\.(?P<moment>[0-9]{8}T[0-9]{6}\.[0-9]{6}Z)")


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """Bytes `start` to `end` of one segment of the log. A whole segment is a piece, too."""

    segment: str
    start: int
    end: int
    moment: datetime

    @property
    def name(self) -> str:
        return f"{self.segment}.{self.start:08x}-{self.end:08x}.{text_of(self.moment)}"


@dataclass(frozen=True, slots=True, order=True)
class Dated:
    """An object of the kind `files` or `secrets`."""

    moment: datetime
    kind: str

    @property
    def name(self) -> str:
        return f"{self.kind}.{text_of(self.moment)}"


def text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_MOMENT)


def journal_name(installation: str, begun: datetime, random: str) -> str:
    return f"journal-{installation}-{begun.astimezone(UTC):%Y%m%dT%H%M%SZ}-{random}"


def installation_of(journal: str) -> str | None:
    """Whose journal it is; None for a name that is none."""
    found = _JOURNAL.fullmatch(journal)
    return found and found["installation"]


def piece(name: str) -> Piece | None:
    found = _PIECE.fullmatch(name)
    moment = found and _moment(found["moment"])
    if found is None or moment is None:
        return None
    start, end = int(found["start"], 16), int(found["end"], 16)
    return Piece(found["segment"], start, end, moment) if start < end <= SEGMENT_BYTES else None


def dated(name: str) -> Dated | None:
    found = _DATED.fullmatch(name)
    moment = found and _moment(found["moment"])
    return None if found is None or moment is None else Dated(moment, found["kind"])


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def segment_at(timeline: int, position: int) -> tuple[str, int]:
    """The segment that has a position of the log, and where in it that is."""
    number, offset = divmod(position, SEGMENT_BYTES)
    return f"{timeline:08X}{number // _PER_LOG_FILE:08X}{number % _PER_LOG_FILE:08X}", offset


def position(lsn: str) -> int:
    """A position as PostgreSQL writes it, `16/B374D848`, as a number."""
    high, _, low = lsn.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def following(segment: str) -> str:
    timeline, number = int(segment[:8], 16), int(segment[8:16], 16) * _PER_LOG_FILE + int(segment[16:], 16)
    return segment_at(timeline, (number + 1) * SEGMENT_BYTES)[0]


def covering(pieces: Iterable[Piece]) -> list[Piece]:
    """The fewest pieces of one segment that have all of its bytes from the first on, as far as they reach without a gap."""
    chosen: list[Piece] = []
    reached, ordered = 0, sorted(pieces, key=lambda each: (each.start, each.end))
    while True:
        usable = [each for each in ordered if each.start <= reached < each.end]
        if not usable:
            return chosen
        chosen.append(max(usable, key=lambda each: (each.end, each.start)))
        reached = chosen[-1].end


def merged(held: Sequence[Piece], new: Piece) -> tuple[Piece, list[Piece]]:
    """What is stored in place of `new`, and which of those held it replaces.

    A piece replaces those before it that are no larger, as the digits of a counter are carried: a segment has few pieces, and each byte is
    stored again a few times only.
    """
    start, replaced = new.start, []
    for last in reversed(held):
        if last.end != start or last.end - last.start > new.end - start:
            break
        start = last.start
        replaced.append(last)
    return Piece(new.segment, start, new.end, new.moment), replaced


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a log goes on from one segment without a gap: its pieces in order, and the moment of the last; `gap` is the segment that lacks something and has others after it."""

    pieces: Sequence[Piece]
    moment: datetime | None
    gap: str | None


NOTHING = Reach([], None, None)


def reach(pieces: Iterable[Piece], first: str) -> Reach:
    by_segment: dict[str, list[Piece]] = {}
    for each in pieces:
        if each.segment >= first:
            by_segment.setdefault(each.segment, []).append(each)
    found: list[Piece] = []
    segment = first
    while segment in by_segment:
        cover = covering(by_segment[segment])
        found += cover
        if not cover or cover[-1].end < SEGMENT_BYTES:
            break
        segment = following(segment)
    gap = segment if any(later > segment for later in by_segment) else None
    return Reach(found, found[-1].moment if found else None, gap)
