"""Converts attachments from and to rows. The file name is sealed."""

from collections.abc import Mapping
from typing import Any

from caseload.clinical.v1 import attachments_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork
from clinical.tables import attachments

FILES = SealedTable(attachments)


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Attachment:
    """The attachment of a row, which has to include the `session_date` of its note if it has one."""
    attachment = fill(pb.Attachment(), row)
    attachment.is_session_file = row["session_id"] is not None
    return FILES.open(row, keys, into=attachment)


def seal_file_name(file_name: str, keys: WorkspaceKeys, row: Mapping[str, Any], work: UnitOfWork) -> bytes:
    """The sealed value of the row that a statement is about to leave."""
    return FILES.seal(pb.Attachment(file_name=file_name), keys, row, work)
