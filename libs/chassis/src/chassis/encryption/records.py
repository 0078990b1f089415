"""Sealed records: PHI leaves the process only as AES-256-GCM under its workspace's own keys, bound to the one cell it belongs to.

Keyring         the deployment's root keys; wraps what follows and is kept apart from the database
└── Keys        the data keys of every workspace in one service, kept wrapped in its `data_keys` table
    └── WorkspaceKeys   seals and opens values, makes blind indexes

A sealed value is `format byte | key version (4 bytes) | nonce (12 bytes) | ciphertext and tag`. Its additional data
names service, table, column, workspace, row and revision, so a value that is moved to another place, or put
back after the row went on, does not open. In format 2 it also holds the row's bound columns (see bound_columns.py): a
row of which one was changed does not open either. Format 1 is what release 0.1.0 wrote. Only keys from before format 2
open it, so a value of today's keys cannot be passed off as one (see key_store.py).
"""

import os
from collections.abc import Collection, Mapping
from typing import TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError, Message

from chassis.encryption.blind_index import BlindIndex
from chassis.encryption.framing import frame
from chassis.encryption.keyed_hash import KeyedHash
from chassis.encryption.keyring import NONCE_BYTES, SealBroken
from chassis.encryption.phi_fields import only_phi

# Additional data of format 1 begins with the length of a name, so with a zero byte: no data of one format is data of the other.
_UNBOUND, _BOUND = 1, 2
_BOUND_DATA = b"\x02"
_HEADER_BYTES = 1 + 4 + NONCE_BYTES
_TAG_BYTES = 16
_UUID_FRAME = b"\x00\x00\x00\x11\x00"
M = TypeVar("M", bound=Message)


class WorkspaceKeys(BlindIndex):
    """One workspace's keys in one service: seals, opens, and (by BlindIndex) makes what sealed text is searched by.

    `from_before` has the versions of the keys that sealed values before columns were bound. `index` is the key that tokens are made with, of
    the version `index_version`; `former_indexes` are those that tokens of some rows are made with as well, while it is changed. `proofs`
    is the key of digests, which is not changed; `index` where it is not given.
    """

    def __init__(
        self,
        service: str,
        workspace_id: UUID,
        *,
        active: int,
        keys: Mapping[int, bytes],
        index: bytes,
        index_version: int = 1,
        former_indexes: Mapping[int, bytes] | None = None,
        proofs: bytes | None = None,
        from_before: Collection[int] = (),
    ) -> None:
        super().__init__(index)
        self.index_version = index_version
        # Every key that a row of now may be found by, the one that is written with first.
        self.indexes: dict[int, BlindIndex] = {index_version: BlindIndex(index)}
        self.indexes |= {version: BlindIndex(key) for version, key in (former_indexes or {}).items()}
        proof_key = index if proofs is None else proofs
        self._mac = KeyedHash(proof_key)
        # Tokens that are compared and never looked up.
        self.proofs = BlindIndex(proof_key)
        self.workspace_id = workspace_id
        self._service = service
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}
        self._active = self._ciphers[active]
        self.from_before = frozenset(from_before)
        # What every value begins with that is sealed now.
        self.head = bytes((_BOUND,)) + active.to_bytes(4, "big")
        self._places: dict[tuple[str, str], bytes] = {}

    def __repr__(self) -> str:
        return f"<keys of {self.workspace_id}>"

    def every_exact(self, kind: str, value: str) -> list[bytes]:
        """What `exact` makes, and made, of the value: as a row may hold it that is looked for while the key for indexes is changed."""
        return [index.exact(kind, value) for index in self.indexes.values()]

    def seal(self, message: Message, *, table: str, row: UUID | str, revision: int, column: str = "sealed", bound: bytes = b"") -> bytes:
        """Seals the message's PHI fields and leaves the others out."""
        return self.seal_bytes(only_phi(message).SerializeToString(), table=table, row=row, revision=revision, column=column, bound=bound)

    def open(self, sealed: bytes, *, into: M, table: str, row: UUID | str, revision: int, column: str = "sealed", bound: bytes = b"") -> M:
        """Merges what was sealed into the message and returns it."""
        plain = self.open_bytes(sealed, table=table, row=row, revision=revision, column=column, bound=bound)
        try:
            into.MergeFromString(plain)
        except DecodeError as error:
            raise SealBroken(f"{self._service}.{table}.{column} holds no {into.DESCRIPTOR.name}") from error
        return into

    def seal_bytes(self, data: bytes, *, table: str, row: UUID | str, revision: int, column: str = "sealed", bound: bytes = b"") -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        additional = _BOUND_DATA + self._place(table, column, row, revision) + bound
        return self.head + nonce + self._active.encrypt(nonce, data, additional)

    def open_bytes(self, sealed: bytes, *, table: str, row: UUID | str, revision: int, column: str = "sealed", bound: bytes = b"") -> bytes:
        """What was sealed; SealBroken when the value, its place or a bound column is not what it was."""
        if len(sealed) < _HEADER_BYTES + _TAG_BYTES or sealed[0] not in (_UNBOUND, _BOUND):
            raise SealBroken(f"{self._service}.{table}.{column} of {row} is not a sealed value")
        version = int.from_bytes(sealed[1:5], "big")
        cipher = self._ciphers.get(version)
        if cipher is None:
            raise SealBroken(f"{self._service}.{table}.{column} of {row} was sealed with a key that is gone")
        additional = self._place(table, column, row, revision)
        if sealed[0] == _BOUND:
            additional = _BOUND_DATA + additional + bound
        elif version not in self.from_before:
            raise SealBroken(f"{self._service}.{table}.{column} of {row} has a format that its key never wrote")
        try:
            return cipher.decrypt(sealed[5:_HEADER_BYTES], sealed[_HEADER_BYTES:], additional)
        except InvalidTag as error:
            raise SealBroken(f"{self._service}.{table}.{column} of {row} does not open at revision {revision}") from error

    def is_from_before(self, sealed: bytes) -> bool:
        """Whether the value was sealed before columns were bound."""
        return sealed[0] == _UNBOUND

    def record_digest(self, data: bytes, *beside: bytes, table: str, row: UUID | str, revision: int, bound: bytes) -> bytes:
        """32 bytes that only these keys make of a record: its text, what is sealed `beside` it, revision and bound columns.

        They stay when it is sealed again.
        """
        place = self._place(table, "sealed", row, revision)
        return self.mac(b"record", place, bound, data, *beside)

    def deletion_digest(self, *, table: str, row: UUID | str, revision: int) -> bytes:
        """The same of a record that was deleted: nobody else can say that it was."""
        return self.mac(b"deletion", self._place(table, "sealed", row, revision))

    def mac(self, purpose: bytes, *parts: bytes) -> bytes:
        """HMAC-SHA-256 of the parts: 32 bytes that only these keys make, and for this purpose alone."""
        return self._mac(frame(purpose, *parts))

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
