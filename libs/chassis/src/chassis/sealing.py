"""Sealed records: PHI leaves the process only as AES-256-GCM under its workspace's own keys, bound to the one cell it belongs to.

Keyring         the deployment's root keys; wraps what follows and is kept apart from the database
└── Keys        one workspace's data keys in one service, kept wrapped in its `data_keys` table
    └── WorkspaceKeys   seals and opens values, makes blind indexes

A sealed value is `version byte | key version (4 bytes) | nonce (12 bytes) | ciphertext and tag`. Its additional data
names service, table, column, workspace, row and revision, so a value that is moved to another place, or put
back after the row went on, does not open.
"""

import asyncio
import base64
import binascii
import json
import os
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message
from sqlalchemy import column, delete, select, table
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.expression import bindparam
from sqlalchemy.types import Integer, LargeBinary, Text

from chassis.blind import BlindIndex
from chassis.db import Database, Record, statement
from chassis.field_options import is_phi
from chassis.frames import frame

FORMAT = 1
KEY_BYTES = 32
NONCE_BYTES = 12
_HEADER_BYTES = 1 + 4 + NONCE_BYTES
_TAG_BYTES = 16
_UUID_FRAME = b"\x00\x00\x00\x11\x00"

# How long a process may go on with the keys it has read. A rotation waits longer than this
# between adding a key and using it, and destroyed keys are out of every process after it.
_SECONDS_KEPT = 60.0
_WORKSPACES_KEPT = 10_000

M = TypeVar("M", bound=Message)


class SealBroken(Exception):
    """What was to be opened is not what was sealed in this place; it says where, never what."""


class Keyring:
    """The root keys of a deployment. One is active and wraps; the others still unwrap. Losing them is losing the data."""

    def __init__(self, active: str, keys: Mapping[str, bytes], index: bytes) -> None:
        if active not in keys:
            raise ValueError("the keyring's active key is not among its keys")
        if any(len(key) != KEY_BYTES for key in (*keys.values(), index)):
            raise ValueError(f"a root key has {KEY_BYTES} bytes")
        if any(not 0 < len(name.encode()) < 256 for name in keys):
            raise ValueError("a root key's id has 1 to 255 bytes")
        self.active = active
        self._keys = dict(keys)
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._index_key = index
        self._index = BlindIndex(index)

    @classmethod
    def generate(cls) -> "Keyring":
        return cls("1", {"1": os.urandom(KEY_BYTES)}, os.urandom(KEY_BYTES))

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """Reads {"active": id, "keys": {id: base64}, "index": base64}; ValueError for anything else."""
        try:
            document = json.loads(text)
            keys = {str(name): base64.b64decode(key, validate=True) for name, key in document["keys"].items()}
            return cls(str(document["active"]), keys, base64.b64decode(document["index"], validate=True))
        except (KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise ValueError("this is not a keyring") from error

    @classmethod
    def load(cls, path: Path | str) -> "Keyring":
        return cls.parse(Path(path).read_text())

    def save(self, path: Path | str) -> None:
        """Writes a new file that its owner alone may read; an existing keyring is never written over."""
        keys = {name: base64.b64encode(key).decode() for name, key in self._keys.items()}
        document = {"active": self.active, "keys": keys, "index": base64.b64encode(self._index_key).decode()}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(document, file, indent=2)
            file.flush()
            os.fsync(file.fileno())

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """`version byte | length of id | id | nonce | ciphertext and tag`, opened only with the same context."""
        nonce = os.urandom(NONCE_BYTES)
        name = self.active.encode()
        return bytes((FORMAT, len(name))) + name + nonce + self._ciphers[self.active].encrypt(nonce, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The key again; SealBroken when the ring, the bytes or the context are not those it was wrapped with."""
        if len(wrapped) < 2 or wrapped[0] != FORMAT:
            raise SealBroken("not a wrapped key")
        end = 2 + wrapped[1]
        cipher = self._ciphers.get(wrapped[2:end].decode(errors="replace"))
        if cipher is None:
            raise SealBroken("wrapped with a root key this keyring does not hold")
        try:
            return cipher.decrypt(wrapped[end : end + NONCE_BYTES], wrapped[end + NONCE_BYTES :], context)
        except (InvalidTag, ValueError) as error:
            raise SealBroken("a wrapped key does not open") from error

    def deployment_index(self, kind: str, value: str) -> bytes:
        """A 16-byte blind index that is equal throughout the deployment; for what must be found before a workspace is known."""
        return self._index.exact(kind, value)


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


class Keys:
    """Every workspace's keys in one service: read when first asked for, made when there are none.

    `database` is a pool of its own, if a small one: keys are asked for while other transactions are open, and a
    pool that had to lend two connections to each caller could come to lend none. Even so, ask before the first statement.
    """

    def __init__(self, database: Database, keyring: Keyring, *, service: str) -> None:
        self._database = database
        self._keyring = keyring
        self._service = service
        self._kept: dict[UUID, tuple[float, WorkspaceKeys]] = {}
        self._loading: dict[UUID, asyncio.Task[WorkspaceKeys]] = {}
        stored = table(
            "data_keys",
            column("workspace_id", PG_UUID),
            column("purpose", Text),
            column("version", Integer),
            column("wrapped", LargeBinary),
            column("state", Text),
            schema=service,
        )
        mine = stored.c.workspace_id == bindparam("workspace_id", type_=PG_UUID)
        self._read = statement(select(stored.c.purpose, stored.c.version, stored.c.wrapped, stored.c.state).where(mine))
        self._add = statement(
            insert(stored)
            .values({name: bindparam(name) for name in ("workspace_id", "purpose", "version", "wrapped", "state")})
            .on_conflict_do_nothing()
        )
        self._destroy = statement(delete(stored).where(mine))

    async def of(self, workspace_id: UUID) -> WorkspaceKeys:
        """The workspace's keys, made and committed by the first who asks."""
        kept = self._kept.get(workspace_id)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        loading = self._loading.get(workspace_id)
        if loading is None:
            loading = asyncio.create_task(self._load(workspace_id))
            self._loading[workspace_id] = loading
            loading.add_done_callback(lambda _: self._loading.pop(workspace_id, None))
        # Several callers share one reading, so none of them may cancel it for the others.
        return await asyncio.shield(loading)

    async def forget(self, workspace_id: UUID) -> None:
        """Destroys the workspace's keys: nothing sealed in this service opens again, here at once and elsewhere within a minute."""
        async with self._database.transaction(workspace_id) as tx:
            await tx.run(self._destroy, workspace_id=workspace_id)
        self._kept.pop(workspace_id, None)

    async def _load(self, workspace_id: UUID) -> WorkspaceKeys:
        async with self._database.transaction(workspace_id) as tx:
            rows = await tx.all(self._read, workspace_id=workspace_id)
            missing = {"seal", "index"} - {row["purpose"] for row in rows if row["state"] == "active"}
            if missing:
                # Two processes may both find none; the primary key lets one of them in, and both read what it wrote.
                for purpose in sorted(missing):
                    version = 1 + max((row["version"] for row in rows if row["purpose"] == purpose), default=0)
                    wrapped = self._keyring.wrap(os.urandom(KEY_BYTES), self._context(workspace_id, purpose, version))
                    await tx.run(self._add, workspace_id=workspace_id, purpose=purpose, version=version, wrapped=wrapped, state="active")
                rows = await tx.all(self._read, workspace_id=workspace_id)
        keys = self._unwrapped(workspace_id, rows)
        if len(self._kept) >= _WORKSPACES_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[workspace_id] = (time.monotonic() + _SECONDS_KEPT, keys)
        return keys

    def _unwrapped(self, workspace_id: UUID, rows: list[Record]) -> WorkspaceKeys:
        usable = {
            (row["purpose"], row["version"]): self._keyring.unwrap(
                row["wrapped"], self._context(workspace_id, row["purpose"], row["version"])
            )
            for row in rows
            if row["state"] != "retired"
        }
        active = {row["purpose"]: row["version"] for row in rows if row["state"] == "active"}
        return WorkspaceKeys(
            self._service,
            workspace_id,
            active=active["seal"],
            keys={version: key for (purpose, version), key in usable.items() if purpose == "seal"},
            index=usable["index", active["index"]],
        )

    def _context(self, workspace_id: UUID, purpose: str, version: int) -> bytes:
        return frame(self._service.encode(), workspace_id.bytes, purpose.encode()) + version.to_bytes(4, "big")


def only_phi(message: M) -> M:
    """A message of the same type with nothing but the fields declared PHI."""
    part = type(message)()
    for field in _phi_fields(message.DESCRIPTOR):
        name = field.name
        if field.is_repeated or field.message_type is not None:
            if field.is_repeated or message.HasField(name):
                _copy_composite(field, getattr(message, name), getattr(part, name))
        elif not field.has_presence or message.HasField(name):
            setattr(part, name, getattr(message, name))
    return part


def _copy_composite(field: FieldDescriptor, source: Any, target: Any) -> None:
    if field.is_repeated and not hasattr(source, "MergeFrom"):
        target.extend(source)
    else:
        target.MergeFrom(source)


@cache
def _phi_fields(descriptor: Descriptor) -> tuple[FieldDescriptor, ...]:
    """Looked up once per message type; a type that would leave PHI of a part unsealed, or has none, is a fault of ours."""
    phi = tuple(field for field in descriptor.fields if is_phi(field))
    if not phi:
        raise TypeError(f"{descriptor.full_name} declares no PHI field: there is nothing to seal")
    for field in descriptor.fields:
        if field not in phi and field.message_type is not None and any(map(is_phi, field.message_type.fields)):
            raise TypeError(f"{descriptor.full_name}.{field.name} holds PHI and is not declared so: it would be left out")
    return phi


def _row_frame(row: UUID | str) -> bytes:
    """A UUID is the same row as its text; any other text is another kind of row."""
    try:
        known = row if isinstance(row, UUID) else UUID(row)
    except ValueError:
        return frame(b"\x01" + str(row).encode())
    # As frame(b"\x00" + known.bytes), which every opened row would pay for.
    return _UUID_FRAME + known.bytes
