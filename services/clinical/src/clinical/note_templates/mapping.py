"""Converts templates from and to rows. What they say is sealed."""

from collections.abc import Mapping
from typing import Any

from caseload.clinical.v1 import note_templates_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.fields import fill, given
from chassis.work.unit_of_work import UnitOfWork
from clinical.note_templates import rules
from clinical.tables import note_templates

TEMPLATES = SealedTable(note_templates)


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.NoteTemplate:
    return TEMPLATES.open(row, keys, into=fill(pb.NoteTemplate(), row))


def values(template: pb.NoteTemplate) -> dict[str, Any]:
    """What people may change of a template, as Python values."""
    everything = given(template)
    return {name: everything[name] for name in rules.EDITABLE}


def seal(content: Mapping[str, Any], keys: WorkspaceKeys, row: Mapping[str, Any], work: UnitOfWork) -> bytes:
    """The sealed value of the row that a statement is about to leave."""
    sealed = fill(pb.NoteTemplate(), {name: content[name] for name in ("name", *rules.TEXTS)})
    return TEMPLATES.seal(sealed, keys, row, work)
