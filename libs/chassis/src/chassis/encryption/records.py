"""Sealed records: PHI leaves the process only as AES-256-GCM under its workspace's own keys, bound to the one cell it belongs to.

Keyring         the deployment's root keys; wraps what follows and is kept apart from the database
└── Keys        the data keys of every workspace in one service, kept wrapped in its `data_keys` table
    └── WorkspaceKeys   seals and opens values, makes blind indexes

A sealed value is `version byte | key version (4 bytes) | nonce (12 bytes) | ciphertext and tag`. Its additional data
names service, table, column, workspace, row and revision, so a value that is moved to another place, or put
back after the row went on, does not open.
"""

import os
from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError, Message

from chassis.encryption.blind_index import BlindIndex
from chassis.encryption.framing import frame
from chassis.encryption.keyring import FORMAT, NONCE_BYTES, SealBroken
from chassis.encryption.phi_fields import only_phi

_HEADER_BYTES = 1 + 4 + NONCE_BYTES
_TAG_BYTES = 16
_UUID_FRAME = b"\x00\x00\x00\x11\x00"
M = TypeVar("M", bound=Message)


class WorkspaceKeys(BlindIndex):
    """One workspace's keys in one service: seals, opens, and (by BlindIndex) makes what sealed text is searched by."""

    def __init__(self, service: str, workspace_id: UUID, *, active: int, keys: Mapping[int, bytes], index: bytes) -> None:
        super().__init__(index)
        self.workspace_id = workspace_id
        self._service = service
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}
        self._active = self._ciphers[active]
        self._start = bytes((FORMAT,)) + active.to_bytes(4, "big")
        self._places: dict[tuple[str, str], bytes] = {}

    def __repr__(self) -> str:
        return f"<keys of {self.workspace_id}>"

    def seal(self, message: Message, *, table: str, row: UUID | str, revision: int, column: str = "sealed") -> bytes:
        """Seals the message's PHI fields and leaves the others out."""
        return self.seal_bytes(only_phi(message).SerializeToString(), table=table, row=row, revision=revision, column=column)

    def open(self, sealed: bytes, *, into: M, table: str, row: UUID | str, revision: int, column: str = "sealed") -> M:
        """Merges what was sealed into the message and returns it."""
        plain = self.open_bytes(sealed, table=table, row=row, revision=revision, column=column)
        try:
            into.MergeFromString(plain)
        except DecodeError as error:
            raise SealBroken(f"{self._service}.{table}.{column} holds no {into.DESCRIPTOR.name}") from error
        return into

    def seal_bytes(self, data: bytes, *, table: str, row: UUID | str, revision: int, column: str = "sealed") -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return self._start + nonce + self._active.encrypt(nonce, data, self._place(table, column, row, revision))

    def open_bytes(self, sealed: bytes, *, table: str, row: UUID | str, revision: int, column: str = "sealed") -> bytes:
        if len(sealed) < _HEADER_BYTES + _TAG_BYTES or sealed[0] != FORMAT:
            raise SealBroken(f"{self._service}.{table}.{column} of {row} is not a sealed value")
        cipher = self._ciphers.get(int.from_bytes(sealed[1:5], "big"))
        if cipher is None:
            raise SealBroken(f"{self._service}.{table}.{column} of {row} was sealed with a key that is gone")
        try:
            return cipher.decrypt(sealed[5:_HEADER_BYTES], sealed[_HEADER_BYTES:], self._place(table, column, row, revision))
        except InvalidTag as error:
            raise SealBroken(f"{self._service}.{table}.{column} of {row} does not open at revision {revision}") from error

    def _place(self, table: str, column: str, row: UUID | str, revision: int) -> bytes:
        start = self._places.get((table, column))
        if start is None:
            start = frame(self._service.encode(), table.encode(), column.encode(), self.workspace_id.bytes)
            self._places[table, column] = start
        return start + _row_frame(row) + revision.to_bytes(8, "big")


def _row_frame(row: UUID | str) -> bytes:
    """A UUID is the same row as its text; any other text is another kind of row."""
    try:
        known = row if isinstance(row, UUID) else UUID(row)
    except ValueError:
        return frame(b"\x01" + str(row).encode())
    # As frame(b"\x00" + known.bytes), which every opened row would pay for.
    return _UUID_FRAME + known.bytes
