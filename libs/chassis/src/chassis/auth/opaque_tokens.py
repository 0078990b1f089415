"""Opaque tokens: refresh tokens and magic links. Each names the row that holds the hash of its secret.

Row security hides every row until a workspace is set, and whoever shows a token is not signed in yet. So a token
contains the ids of its workspace and row. They prove nothing: only the secret does, and only its SHA-256 is stored.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from chassis import base64url

_SECRET_BYTES = 32
_BYTES = 16 + 16 + _SECRET_BYTES


@dataclass(frozen=True, slots=True)
class OpaqueToken:
    workspace_id: UUID
    row_id: UUID
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, workspace_id: UUID, row_id: UUID) -> "OpaqueToken":
        return cls(workspace_id, row_id, secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> "OpaqueToken | None":
        """The token that `str()` turned into this text; None if the text is no token."""
        try:
            raw = base64url.decode(text)
        except ValueError:
            return None
        if len(raw) != _BYTES:
            return None
        return cls(UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), raw[32:])

    @property
    def hash(self) -> bytes:
        # 256 random bits cannot be guessed, so a slow hash would protect nothing more.
        return hashlib.sha256(self.secret).digest()

    def __str__(self) -> str:
        return base64url.encode(self.workspace_id.bytes + self.row_id.bytes + self.secret)
