"""A made-up service, `parcels`, with the chassis's own tables and one of effects: what the event path is tried on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from google.protobuf.message import Message
from sqlalchemy import Column, MetaData, Text, Uuid, bindparam, insert, text
from sqlalchemy.ext.asyncio import create_async_engine
from uuid_utils.compat import uuid7

from chassis.context import Caller
from chassis.db.database import Database
from chassis.db.statement import statement
from chassis.db.tables import tenant
from chassis.migrations.roles import provision
from chassis.migrations.runner import create_chassis_tables, secure
from chassis.work.unit_of_work import UnitOfWork

EFFECTS = tenant("effects", MetaData(schema="parcels"), Column("event_id", Uuid, nullable=False), Column("label", Text, nullable=False))
add_effect = statement(
    insert(EFFECTS).values(workspace_id=bindparam("workspace_id"), event_id=bindparam("event_id"), label=bindparam("label"))
)


@dataclass
class Parcels:
    """The service's database, seen by its own roles and from outside."""

    admin_dsn: str
    app_dsn: str
    relay_dsn: str
    database: Database
    workspace: UUID

    async def emit(self, *events: Message, workspace: UUID | None = None) -> list[UUID]:
        """Commits a call that announces these events; their ids."""
        work = self.work(workspace)
        for event in events:
            work.emit(event)
        ids = [envelope.id for envelope in work._envelopes]
        await work.commit()
        return ids

    def work(self, workspace: UUID | None = None) -> UnitOfWork:
        caller = Caller(workspace_id=workspace or self.workspace, service="parcels")
        return UnitOfWork(caller, self.database, deadline=asyncio.get_running_loop().time() + 30, request_id="req-1")

    async def look(self, sql: str, *arguments: Any) -> list[Any]:
        """What a superuser sees."""
        connection = await asyncpg.connect(self.admin_dsn)
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close()

    async def effects(self) -> list[str]:
        return [row["label"] for row in await self.look("SELECT label FROM parcels.effects ORDER BY label")]

    async def waiting(self) -> int:
        return (await self.look("SELECT count(*) FROM parcels.outbox WHERE published_at IS NULL"))[0][0]

    async def record(self, delivery: UnitOfWork, label: str) -> None:
        """The effect of a reaction: a row."""
        await delivery.db.run(add_effect, event_id=uuid7(), label=label)

    async def until(self, condition: Callable[[], Any], seconds: float = 15.0) -> Any:
        """Waits for a condition, plain or awaitable, and says what it came to."""
        async with asyncio.timeout(seconds):
            while True:
                found = condition()
                if asyncio.iscoroutine(found):
                    found = await found
                if found:
                    return found
                await asyncio.sleep(0.02)

    async def is_sent(self) -> bool:
        return await self.waiting() == 0


@pytest.fixture(scope="session")
async def parcels_dsn(postgres: str) -> str:
    """A database that has the service `parcels`."""
    name = f"parcels_{uuid7().hex}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    dsn = urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    await provision(dsn, "parcels", "app", "relay")
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.execute(text("SET ROLE parcels_owner"))
        await connection.run_sync(_create)
    await engine.dispose()
    return dsn


def _create(connection: Any) -> None:
    context = MigrationContext.configure(connection, opts={"version_table_schema": "parcels"})
    with Operations.context(context):
        create_chassis_tables()
        EFFECTS.create(connection)
        secure("effects")


@pytest.fixture
async def parcels(parcels_dsn: str) -> AsyncIterator[Parcels]:
    """The service with empty tables and a workspace of its own."""
    database = Database(_as_role(parcels_dsn, "app"), schema="parcels")
    service = Parcels(parcels_dsn, _as_role(parcels_dsn, "app"), _as_role(parcels_dsn, "relay"), database, uuid7())
    await service.look("TRUNCATE parcels.outbox, parcels.inbox, parcels.dead_letters, parcels.idempotency, parcels.effects")
    yield service
    await database.close()


def _as_role(dsn: str, role: str) -> str:
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(netloc=f"parcels_{role}:{role}@{parts.netloc.rpartition('@')[2]}"))
