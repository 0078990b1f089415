"""One item of a device's queue, and the keyed digests by which it is known again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from caseload.clinical.v1 import sync_pb2 as pb
from chassis.encryption.framing import frame
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.timestamps import to_datetime
from clinical.sessions import rules as notes
from clinical.sync import rules


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """What the device says. Texts that it does not name are not in `texts`; None clears one."""

    client_session_id: str
    client_id: str
    appointment_id: str | None
    base_version: int | None
    texts: dict[str, str | None]
    session_date: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, request: pb.SyncSessionRequest) -> Self:
        """Raises Invalid for an item that no note can be made of."""
        named = frozenset(request.mask.paths)
        texts = {name: getattr(request, name) if request.HasField(name) else None for name in notes.TEXTS if name in named}
        base_version = request.base_version if request.HasField("base_version") else None
        rules.check_item(request.client_session_id, texts, base_version=base_version, has_time=request.HasField("created_at_client"))
        return cls(
            request.client_session_id,
            request.client_id,
            request.appointment_id if request.HasField("appointment_id") else None,
            base_version,
            texts,
            to_datetime(request.session_date) if request.HasField("session_date") else None,
            to_datetime(request.created_at_client),
        )

    @property
    def content(self) -> dict[str, Any]:
        """What the item would have the note say, without its own limits."""
        return self.texts | ({} if self.session_date is None else {"session_date": self.session_date})

    def note_key(self, keys: WorkspaceKeys, user_id: UUID) -> bytes:
        """A digest of what this user's device calls the note by."""
        return keys.mac(b"sync note", user_id.bytes, self.client_session_id.encode())

    def digest(self, keys: WorkspaceKeys) -> bytes:
        """A digest of the whole item: the same for the same item alone."""
        texts = [b"" if name not in self.texts else frame((self.texts[name] or "").encode()) for name in notes.TEXTS]
        others = (self.client_id, self.appointment_id, self.base_version, self.session_date, self.created_at)
        return keys.mac(b"sync item", *texts, *(str(other).encode() for other in others))
