"""Converts attachments from and to rows. The file name is encrypted."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from caseload.clinical.v1 import attachments_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Attachment:
    """The attachment of a row, which has to include the `session_date` of its note."""
    attachment = fill(pb.Attachment(), row)
    attachment.is_session_file = row["session_id"] is not None
    return keys.open(row["sealed"], into=attachment, table="attachments", row=row["id"], revision=row["version"])


def encrypt_file_name(file_name: str, keys: WorkspaceKeys, *, attachment_id: UUID | str, version: int) -> bytes:
    return keys.seal(pb.Attachment(file_name=file_name), table="attachments", row=attachment_id, revision=version)
