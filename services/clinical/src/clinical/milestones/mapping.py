"""Converts milestones from and to rows. Their texts are sealed, and the sealed value is bound to the row's other columns."""

from collections.abc import Mapping
from typing import Any

from caseload.clinical.v1 import milestones_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.fields import fill, given
from chassis.work.unit_of_work import UnitOfWork
from clinical.milestones import rules
from clinical.tables import milestones

MILESTONES = SealedTable(milestones)
_OPEN = ("id", "sealed", "position", "status", "achieved_at")


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Milestone:
    return MILESTONES.open(row, keys, into=fill(pb.Milestone(), row))


def values(row: Mapping[str, Any], keys: WorkspaceKeys) -> dict[str, Any]:
    """What people may change of a milestone, as Python values."""
    texts = given(from_row(row, keys))
    return {name: texts[name] for name in rules.TEXTS} | {name: row[name] for name in ("status", "achieved_at")}


def seal(content: Mapping[str, Any], keys: WorkspaceKeys, row: Mapping[str, Any], work: UnitOfWork) -> dict[str, Any]:
    """The row that a statement is about to leave, with its sealed value."""
    texts = fill(pb.Milestone(), {name: content[name] for name in rules.TEXTS})
    return {**row, "sealed": MILESTONES.seal(texts, keys, row, work)}


def changed_row(row: Mapping[str, Any], work: UnitOfWork, **changes: Any) -> dict[str, Any]:
    """The row as the statement that gets it will leave it, without the sealed value."""
    return {**row, "version": row["version"] + 1, "updated_at": work.now, **changes}


def to_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a save sets."""
    return {name: row[name] for name in _OPEN}
