"""Converts notes from and to rows. Their texts are sealed, and the sealed value is bound to the row's other columns."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_datetime, to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import rules
from clinical.tables import session_versions, sessions

NOTES = SealedTable(sessions)
VERSIONS = SealedTable(session_versions)


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Session:
    note = fill(pb.Session(), row)
    note.is_draft = row["status"] == "draft"
    note.cosign_status = pb.COSIGN_STATUS_NONE
    return NOTES.open(row, keys, into=note)


def apply(note: pb.Session, changes: Mapping[str, Any]) -> None:
    """Sets the fields in `changes`; None clears one."""
    for name, value in changes.items():
        note.ClearField(name)
        if name == "session_date":
            note.session_date.CopyFrom(to_timestamp(value))
        elif value is not None:
            setattr(note, name, value)


def values(note: pb.Session) -> dict[str, Any]:
    """The note's editable fields. None for one that is not set."""
    found = {name: getattr(note, name) if note.HasField(name) else None for name in (*rules.TEXTS, "duration_minutes")}
    return found | {"session_date": to_datetime(note.session_date)}


def new_row(note: pb.Session, work: UnitOfWork, *, conflict_base_version: int | None = None) -> dict[str, Any]:
    """The row of a new draft, without the sealed value."""
    unset = dict.fromkeys(NOTES.declared.bound)
    return unset | {
        "id": note.id,
        "version": 1,
        "client_id": note.client_id,
        "appointment_id": note.appointment_id if note.HasField("appointment_id") else None,
        "conflict_of": note.conflict_of if note.HasField("conflict_of") else None,
        "conflict_base_version": conflict_base_version,
        "template_id": note.template_id if note.HasField("template_id") else None,
        "signed_versions": 0,
        "created_by_user_id": work.user_id,
        **_content(note),
        "status": "draft",
        "amendment_count": 0,
        **dict.fromkeys(("draft_last_saved_at", "created_at", "updated_at"), work.now),
    }


def given(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a new row that its insertion takes beside those of a save."""
    names = ("client_id", "appointment_id", "conflict_of", "conflict_base_version", "template_id", "signed_versions", "created_by_user_id")
    return {name: row[name] for name in names}


def changed_row(row: Mapping[str, Any], note: pb.Session, work: UnitOfWork, **changes: Any) -> dict[str, Any]:
    """The row as the statement that gets it will leave it, without the sealed value. `changes` are those besides the note's content."""
    return {**row, **_content(note), "version": row["version"] + 1, "updated_at": work.now, **changes}


def seal(note: pb.Session, keys: WorkspaceKeys, row: Mapping[str, Any], work: UnitOfWork) -> dict[str, Any]:
    """The columns of a save. `row` is what the statement leaves: the sealed value opens with no other."""
    return {
        "id": row["id"],
        "sealed": NOTES.seal(note, keys, row, work),
        "session_date": row["session_date"],
        "duration_minutes": row["duration_minutes"],
    }


def _content(note: pb.Session) -> dict[str, Any]:
    return {
        "session_date": to_datetime(note.session_date),
        "duration_minutes": note.duration_minutes if note.HasField("duration_minutes") else None,
    }


def texts(note: pb.Session) -> list[str]:
    return [getattr(note, name) for name in rules.TEXTS]


def number_signed(row: Mapping[str, Any]) -> int:
    """How many signed versions the note of a row has."""
    return rules.signed_versions(row["signed_versions"], row["amendment_count"], row["status"])


def new_version(note: pb.Session, work: UnitOfWork, *, number: int, kind: "pb.VersionKind", reason: str | None) -> pb.SessionVersion:
    """The note's whole content as its next signed version, without hash and signature."""
    version = pb.SessionVersion(
        id=str(uuid7()),
        session_id=note.id,
        version_number=number,
        kind=kind,
        reason=reason,
        created_by_user_id=str(work.user_id),
        created_at=to_timestamp(work.now),
        session_date=note.session_date,
        previous_hash=note.content_hash if note.HasField("content_hash") else None,
    )
    for name in (*rules.TEXTS, "duration_minutes"):
        if note.HasField(name):
            setattr(version, name, getattr(note, name))
    return version


def to_version_columns(version: pb.SessionVersion, keys: WorkspaceKeys, work: UnitOfWork) -> dict[str, Any]:
    """The columns of an immutable version."""
    row = {
        "id": UUID(version.id),
        "session_id": version.session_id,
        "version_number": version.version_number,
        "created_by_user_id": work.user_id,
        "created_at": work.now,
    }
    return {**row, "sealed": VERSIONS.seal(version, keys, row, work)}


def version_from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.SessionVersion:
    """The version. One from before versions held kind, date and duration gets the kind by its number, and the note's at the upgrade."""
    version = VERSIONS.open(row, keys, into=fill(pb.SessionVersion(), row))
    if version.kind == pb.VERSION_KIND_UNSPECIFIED:
        version.kind = pb.VERSION_KIND_FINALIZED if version.version_number == 1 else pb.VERSION_KIND_AMENDED
        version.session_date.CopyFrom(to_timestamp(row["session_date_at_upgrade"]))
        if row["duration_minutes_at_upgrade"] is not None:
            version.duration_minutes = row["duration_minutes_at_upgrade"]
    return version
