"""Every workspace's keys in one service, kept wrapped in its database, and destroyed when the workspace is erased."""

import asyncio
import time
from datetime import timedelta
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
from chassis.encryption.data_keys import INDEX, SEAL, DataKey, DataKeys
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys

# How long a process may go on with the keys it has read; destroyed keys are out of every process after it.
_SECONDS_KEPT = 60.0
# When every process goes by a change of `data_keys`: it may have read them just before, and what it does with them then takes
# ten minutes at most, as nothing that a service does in one piece takes longer.
UNTIL_EVERYWHERE = timedelta(minutes=12)
_WORKSPACES_KEPT = 10_000
# Well within a call: callers share one reading, and those who come after a failed one read on another connection.
_SECONDS_TO_LOAD = 3.0
_DESTROYED = "destroyed"


class Keys:
    """Every workspace's keys in one service: read when first asked for, made when there are none. An erased workspace gets none.

    `database` is a small pool of its own: keys are read while other transactions are open, and in one shared pool every
    caller could hold one connection and wait for a second, which is a deadlock. Even so, ask before the first statement.
    With `outlive_workspaces` the keys of an erased workspace go on, as the trail's do.
    """

    def __init__(self, database: Database, keyring: Keyring, *, service: str, outlive_workspaces: bool = False) -> None:
        self._database = database
        self._wrapped = DataKeys(keyring, service)
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
        erased = table("erased_workspaces", column("workspace_id", PG_UUID), schema=service)
        self._outlive_workspaces = outlive_workspaces
        self._erased = query(select(erased).where(erased.c.workspace_id == bindparam("workspace_id", type_=PG_UUID)))
        mine = stored.c.workspace_id == bindparam("workspace_id", type_=PG_UUID)
        self._read = query(select(stored).where(mine))
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
            usable = self._unwrapped(rows)
            missing = {SEAL, INDEX} - {key.purpose for key in usable if key.is_active and not key.is_from_before}
            if missing:
                # Also where the rows that say so are gone.
                if not self._outlive_workspaces and await tx.maybe(self._erased, workspace_id=workspace_id) is not None:
                    raise nothing_here()
                # Two processes may both find none; the primary key lets one of them in, and both read what it wrote.
                for purpose in sorted(missing):
                    version = 1 + max((row["version"] for row in rows if row["purpose"] == purpose), default=0)
                    wrapped = self._wrapped.generate(workspace_id, purpose, version)
                    await tx.run(self._add, workspace_id=workspace_id, purpose=purpose, version=version, wrapped=wrapped, state="active")
                usable = self._unwrapped(await tx.all(self._read, workspace_id=workspace_id))
        keys = self._wrapped.together(workspace_id, usable)
        if len(self._kept) >= _WORKSPACES_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[workspace_id] = (time.monotonic() + _SECONDS_KEPT, keys)
        return keys

    def _unwrapped(self, rows: list[Record]) -> list[DataKey]:
        """The keys that are not retired. NotFound when they were destroyed."""
        if any(row["state"] == _DESTROYED for row in rows):
            raise nothing_here()
        return [self._wrapped.unwrap(row) for row in rows if row["state"] != "retired"]


async def destroy_keys(tx: Transaction, service: str) -> None:
    """Destroys the keys of the transaction's workspace, as the service's eraser: nothing sealed in this service opens again, in no process after a minute.

    Where there is no key yet, none is made afterwards: the first ones would have the same version, and the rows stay.
    """
    with refusals():
        # A key that an operator is adding: the statement below sees it once it is committed.
        await tx.execute(f"SELECT FROM {service}.data_keys WHERE workspace_id = $1 FOR UPDATE", tx.workspace_id)
        await tx.execute(
            f"INSERT INTO {service}.data_keys (workspace_id, purpose, version, wrapped, state)"
            " SELECT $1::uuid, purpose, version, ''::bytea, 'destroyed' FROM (VALUES ('seal', 1), ('index', 1)) AS first (purpose, version)"
            f" UNION SELECT $1::uuid, purpose, version, ''::bytea, 'destroyed' FROM {service}.data_keys WHERE workspace_id = $1"
            " ON CONFLICT (workspace_id, purpose, version) DO UPDATE SET wrapped = '', state = 'destroyed'",
            tx.workspace_id,
        )
