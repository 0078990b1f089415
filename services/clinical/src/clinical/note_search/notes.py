"""What the index takes from a note's row."""

import logging
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.db.transaction import Record
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from clinical.note_search import rules
from clinical.note_search.segments import DELETED, Place
from clinical.tables import sessions

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NOTES = SealedTable(sessions)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IndexedNote:
    place: Place
    facets: tuple[str, ...]
    words: AbstractSet[str]


def text(note: pb.Session) -> str:
    """What a note is searched for in."""
    return f"{note.subjective}\n{note.objective}\n{note.assessment}\n{note.plan}"


def place(row: Record) -> Place:
    return (row["session_date"] - _EPOCH) // _MICROSECOND, row["id"].bytes


def is_over(row: Record, now: datetime) -> bool:
    """Whether a deleted note is to be erased by now."""
    return row["permanent_delete_after"] is not None and row["permanent_delete_after"] <= now


def indexed(row: Record, keys: WorkspaceKeys) -> IndexedNote:
    facets = (row["status"],) if row["deleted_at"] is None else (row["status"], DELETED)
    return IndexedNote(place(row), facets, rules.words(opened_text(row, keys)))


def opened_text(row: Record, keys: WorkspaceKeys) -> str:
    """Empty for a note that does not open: whoever reads it is told, and its workspace's other notes are found."""
    try:
        return text(_NOTES.open(row, keys, into=pb.Session()))
    except SealBroken:
        _log.error("a note does not open and cannot be searched", extra={"session_id": str(row["id"])})
        return ""
