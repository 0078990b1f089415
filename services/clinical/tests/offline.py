"""A device that was without a network, as clinical's tests use it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.clinical.v1 import sync_pb2 as pb
from caseload.clinical.v1.sync_rpc import SyncStub

from .conftest import MONDAY, Practice, without_none

TEXTS = ("subjective", "objective", "assessment", "plan")


@dataclass(frozen=True)
class Device:
    """A sign-in of the practice's user."""

    practice: Practice
    id: UUID = field(default_factory=uuid7)

    def item(self, **but: Any) -> pb.SyncSessionRequest:
        """An item that nobody could object to, except for the fields that the test sets. None clears a text."""
        given = {
            "client_session_id": "note 1",
            "client_id": self.practice.client_id,
            "subjective": "sleeps badly",
            "session_date": MONDAY,
            "created_at_client": datetime.now(UTC) - timedelta(hours=3),
            **but,
        }
        mask = FieldMask(paths=[name for name in given if name in TEXTS])
        return pb.SyncSessionRequest(mask=mask, **without_none(given))

    async def send(self, item: pb.SyncSessionRequest) -> pb.SyncedSession:
        environment, practice = self.practice.environment, self.practice
        call = environment.caller(workspace_id=practice.workspace_id, user_id=practice.user_id, scopes=practice.scopes, session_id=self.id)
        return await environment.stub(SyncStub).SyncSession(item, call)

    async def sync(self, **but: Any) -> pb.SyncedSession:
        return await self.send(self.item(**but))
