"""Tickets: secrets that people carry, which name the row they are checked against.

Row security hides every row until a workspace is named, so a ticket names its workspace and row itself; its holder
is believed for the secret alone, of which only the SHA-256 is kept.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field
from uuid import UUID

_SECRET_BYTES = 32
_BYTES = 16 + 16 + _SECRET_BYTES


@dataclass(frozen=True, slots=True)
class Ticket:
    workspace_id: UUID
    row_id: UUID
    secret: bytes = field(repr=False)

    @classmethod
    def mint(cls, workspace_id: UUID, row_id: UUID) -> "Ticket":
        return cls(workspace_id, row_id, secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def read(cls, text: str) -> "Ticket | None":
        """The ticket that `str` wrote; None for anything else."""
        try:
            raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError):
            return None
        if len(raw) != _BYTES:
            return None
        return cls(UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), raw[32:])

    @property
    def hash(self) -> bytes:
        # 256 random bits cannot be guessed, so a slow hash would protect nothing more.
        return hashlib.sha256(self.secret).digest()

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(self.workspace_id.bytes + self.row_id.bytes + self.secret).rstrip(b"=").decode()
