"""Every workspace's keys in one service, kept wrapped in its database, and destroyed when the workspace is erased."""

import asyncio
import os
import time
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import column, select, table
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.expression import bindparam
from sqlalchemy.types import Integer, LargeBinary, Text

from chassis.db.database import Database
from chassis.db.errors import nothing_here, refusals
from chassis.db.statement import command, query
from chassis.db.transaction import Record, Transaction
from chassis.encryption.framing import frame
from chassis.encryption.keyring import KEY_BYTES, Keyring, SealBroken
from chassis.encryption.records import WorkspaceKeys

# How long a process may go on with the keys it has read. A rotation waits longer than this
# between adding a key and using it, and destroyed keys are out of every process after it.
_SECONDS_KEPT = 60.0
_WORKSPACES_KEPT = 10_000
# Well within a call: callers share one reading, and those who come after a failed one read on another connection.
_SECONDS_TO_LOAD = 3.0
_DESTROYED = "destroyed"


class Keys:
    """Every workspace's keys in one service: read when first asked for, made when there are none. An erased workspace gets none.

    `database` is a small pool of its own: keys are read while other transactions are open, and in one shared pool every
    caller could hold one connection and wait for a second, which is a deadlock. Even so, ask before the first statement.
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
        self._read = query(select(stored.c.purpose, stored.c.version, stored.c.wrapped, stored.c.state).where(mine))
        self._add = command(
            insert(stored)
            .values({name: bindparam(name) for name in ("workspace_id", "purpose", "version", "wrapped", "state")})
            .on_conflict_do_nothing()
        )

    async def of(self, workspace_id: UUID) -> WorkspaceKeys:
        """The workspace's keys, made and committed by the first who asks. NotFound when they were destroyed."""
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

    def forget(self, workspace_id: UUID) -> None:
        """Drops the keys from this process's memory."""
        self._kept.pop(workspace_id, None)

    async def ready(self) -> bool:
        """Whether keys can be read: their connections may be lost while others still answer."""
        return await self._database.ready()

    async def _load(self, workspace_id: UUID) -> WorkspaceKeys:
        async with self._database.transaction(workspace_id, seconds=_SECONDS_TO_LOAD) as tx:
            rows = await tx.all(self._read, workspace_id=workspace_id)
            usable = self._unwrapped(workspace_id, rows)
            missing = {"seal", "index"} - {key.purpose for key in usable if key.is_active and not key.is_from_before}
            if missing:
                # Two processes may both find none; the primary key lets one of them in, and both read what it wrote.
                for purpose in sorted(missing):
                    version = 1 + max((row["version"] for row in rows if row["purpose"] == purpose), default=0)
                    wrapped = self._keyring.wrap(os.urandom(KEY_BYTES), self._contexts(workspace_id, purpose, version)[0])
                    await tx.run(self._add, workspace_id=workspace_id, purpose=purpose, version=version, wrapped=wrapped, state="active")
                usable = self._unwrapped(workspace_id, await tx.all(self._read, workspace_id=workspace_id))
        keys = self._together(workspace_id, usable)
        if len(self._kept) >= _WORKSPACES_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[workspace_id] = (time.monotonic() + _SECONDS_KEPT, keys)
        return keys

    def _unwrapped(self, workspace_id: UUID, rows: list[Record]) -> list["_Key"]:
        """The keys that are not retired, oldest first. NotFound when they were destroyed."""
        if any(row["state"] == _DESTROYED for row in rows):
            raise nothing_here()
        usable = [row for row in rows if row["state"] != "retired"]
        return [self._unwrap(workspace_id, row) for row in sorted(usable, key=lambda row: row["version"])]

    def _unwrap(self, workspace_id: UUID, row: Record) -> "_Key":
        context, *older = self._contexts(workspace_id, row["purpose"], row["version"])
        place = {"purpose": row["purpose"], "version": row["version"], "is_active": row["state"] == "active"}
        try:
            return _Key(**place, key=self._keyring.unwrap(row["wrapped"], context), is_from_before=False)
        except SealBroken:
            if not older:
                raise
        return _Key(**place, key=self._keyring.unwrap(row["wrapped"], older[0]), is_from_before=True)

    def _together(self, workspace_id: UUID, usable: list["_Key"]) -> WorkspaceKeys:
        """Values are sealed and found with the newest active key of each purpose."""
        newest = {key.purpose: key for key in usable if key.is_active}
        seals = [key for key in usable if key.purpose == "seal"]
        return WorkspaceKeys(
            self._service,
            workspace_id,
            active=newest["seal"].version,
            keys={key.version: key.key for key in seals},
            index=newest["index"].key,
            from_before={key.version for key in seals if key.is_from_before},
        )

    def _contexts(self, workspace_id: UUID, purpose: str, version: int) -> list[bytes]:
        """What a key is wrapped for, and what it was wrapped for before sealed values had bound columns.

        A key says by its wrapping which format it may open, and nobody without the root key can change that.
        """
        number, before = version.to_bytes(4, "big"), (self._service.encode(), workspace_id.bytes, purpose.encode())
        return [frame(*before, b"bound") + number, frame(*before) + number] if purpose == "seal" else [frame(*before) + number]


@dataclass(frozen=True, slots=True)
class _Key:
    purpose: str
    version: int
    key: bytes = field(repr=False)
    is_active: bool
    is_from_before: bool


async def destroy_keys(tx: Transaction, service: str) -> None:
    """Destroys the keys of the transaction's workspace, as the service's eraser: nothing sealed in this service opens again, in no process after a minute.

    Where there is no key yet, none is made afterwards: the first ones would have the same version, and the rows stay.
    """
    with refusals():
        await tx.execute(
            f"INSERT INTO {service}.data_keys (workspace_id, purpose, version, wrapped, state)"
            " SELECT $1::uuid, purpose, version, ''::bytea, 'destroyed' FROM (VALUES ('seal', 1), ('index', 1)) AS first (purpose, version)"
            f" UNION SELECT $1::uuid, purpose, version, ''::bytea, 'destroyed' FROM {service}.data_keys WHERE workspace_id = $1"
            " ON CONFLICT (workspace_id, purpose, version) DO UPDATE SET wrapped = '', state = 'destroyed'",
            tx.workspace_id,
        )
