"""Rows of notes, sealed as the service does it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from bench.unwitnessed import Unwitnessed
from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from clinical.sessions import mapping


def draft(
    workspace_id: UUID,
    client_id: UUID,
    author: UUID,
    session_date: datetime,
    written_at: datetime,
    texts: dict[str, Any],
    keys: WorkspaceKeys,
) -> dict[str, Any]:
    """The columns of a draft that nobody has saved again."""
    row = dict.fromkeys(mapping.NOTES.declared.bound) | {
        "id": uuid7(),
        "version": 1,
        "client_id": client_id,
        "created_by_user_id": author,
        "signed_versions": 0,
        "session_date": session_date,
        "status": "draft",
        "amendment_count": 0,
        **dict.fromkeys(("draft_last_saved_at", "created_at", "updated_at"), written_at),
    }
    sealed = mapping.NOTES.seal(pb.Session(**texts), keys, row, Unwitnessed())
    return {"workspace_id": workspace_id, **row, "sealed": sealed, "attachment_count": 0}
