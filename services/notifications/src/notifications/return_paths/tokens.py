"""The local part of a return path: it names a workspace and has a secret, and nothing in it is an address.

Mail systems change the case of addresses, so it is Base32: 52 characters of the 64 that RFC 5321 allows.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field
from uuid import UUID

_SECRET_BYTES = 16
_CHARACTERS = 52


@dataclass(frozen=True, slots=True)
class ReturnToken:
    workspace_id: UUID
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, workspace_id: UUID) -> "ReturnToken":
        return cls(workspace_id, secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def of_address(cls, address: str, domain: str) -> "ReturnToken | None":
        """The token of an address that `address_at(domain)` made; None if the address is another one."""
        local, _, host = address.rpartition("@")
        if host.lower() != domain.lower() or len(local) != _CHARACTERS or not local.isascii():
            return None
        try:
            raw = base64.b32decode(local.upper() + "====")
        except binascii.Error:
            return None
        return cls(UUID(bytes=raw[:16]), raw[16:])

    @property
    def hash(self) -> bytes:
        # 128 random bits cannot be guessed, so a slow hash would protect nothing more.
        return hashlib.sha256(self.secret).digest()

    def address_at(self, domain: str) -> str:
        return f"{base64.b32encode(self.workspace_id.bytes + self.secret).decode().rstrip('=').lower()}@{domain}"
