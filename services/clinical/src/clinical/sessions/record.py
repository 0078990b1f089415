"""Converts notes from and to rows. Their texts are encrypted."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import stamp, when
from clinical.sessions import rules


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Session:
    note = fill(pb.Session(), row)
    note.is_draft = row["status"] == "draft"
    return keys.open(row["sealed"], into=note, table="sessions", row=row["id"], revision=row["version"])


def apply(note: pb.Session, changes: Mapping[str, Any]) -> None:
    """Sets the fields in `changes`; None clears one."""
    for name, value in changes.items():
        note.ClearField(name)
        if name == "session_date":
            note.session_date.CopyFrom(stamp(value))
        elif value is not None:
            setattr(note, name, value)


def to_columns(note: pb.Session, keys: WorkspaceKeys, *, version: int) -> dict[str, Any]:
    """The columns that a save writes. `version` is the one that the note gets by this save."""
    return {
        "id": note.id,
        "sealed": keys.seal(note, table="sessions", row=note.id, revision=version),
        "session_date": when(note.session_date),
        "duration_minutes": note.duration_minutes if note.HasField("duration_minutes") else None,
    }


def texts(note: pb.Session) -> list[str]:
    return [getattr(note, name) for name in rules.TEXTS]


def to_version_columns(
    note: pb.Session, keys: WorkspaceKeys, *, version_id: UUID, number: int, reason: str | None = None
) -> dict[str, Any]:
    """The columns of an immutable version: the note's texts as they are signed or amended."""
    version = pb.SessionVersion(reason=reason)
    for name in rules.TEXTS:
        if note.HasField(name):
            setattr(version, name, getattr(note, name))
    return {
        "id": version_id,
        "session_id": note.id,
        "version_number": number,
        "sealed": keys.seal(version, table="session_versions", row=version_id, revision=number),
    }


def version_from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.SessionVersion:
    version = fill(pb.SessionVersion(), row)
    return keys.open(row["sealed"], into=version, table="session_versions", row=row["id"], revision=row["version_number"])
