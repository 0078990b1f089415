"""A made-up service, `parcels`, with the chassis's own tables and one of effects: what the event path is tried on."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import grpc_tools
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message import Message
from grpc_tools import protoc
from sqlalchemy import Column, MetaData, Text, Uuid, bindparam, insert, text
from sqlalchemy.ext.asyncio import create_async_engine
from uuid_utils.compat import uuid7

from chassis.auth.tokens import ServiceSigner, read_service_keys, write_service_keys
from chassis.context import Caller, RequestContext
from chassis.db.database import Database
from chassis.db.statement import command
from chassis.db.system_tables import chassis_tables
from chassis.db.tables import tenant
from chassis.events.broker.base import Subscription
from chassis.events.outbox import Outbox
from chassis.events.reactions import Reaction, subscription
from chassis.events.signatures import EventSigner, EventVerifier
from chassis.migrations.roles import provision
from chassis.migrations.runner import create_tables
from chassis.settings import Settings
from chassis.work.envelope import Envelope
from chassis.work.retention import SYSTEM_RETENTIONS, Pruner
from chassis.work.unit_of_work import UnitOfWork

ROOT = Path(__file__).parents[3]
_files = itertools.count()

METADATA = MetaData(schema="parcels")
chassis_tables(METADATA)
EFFECTS = tenant("effects", METADATA, Column("event_id", Uuid, nullable=False), Column("label", Text, nullable=False))
add_effect = command(
    insert(EFFECTS).values(workspace_id=bindparam("workspace_id"), event_id=bindparam("event_id"), label=bindparam("label"))
)


@dataclass
class Parcels:
    """The service's database, seen by its own roles and from outside."""

    admin_dsn: str
    superusers: asyncpg.Pool
    app_dsn: str
    relay_dsn: str
    eraser_dsn: str
    database: Database
    workspace: UUID
    signer: EventSigner
    verifier: EventVerifier

    async def emit(self, *events: Message, workspace: UUID | None = None) -> list[UUID]:
        """Commits work that announces these events; their ids."""
        async with self.work(workspace) as work:
            for event in events:
                work.emit(event)
            return [envelope.id for envelope in work._envelopes]

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.database, self.signer)

    def signed(self, envelope: Envelope) -> Envelope:
        """The envelope as the outbox would have kept it."""
        (signature,) = self.signer.sign([envelope])
        return replace(envelope, signature=signature)

    def pruner(self) -> Pruner:
        """What deletes from the tables that every service has, as the settings are by themselves."""
        return Pruner(self.relay_dsn, "parcels", [(policy, policy.days_in(Settings())) for policy in SYSTEM_RETENTIONS], self.work)

    def work(self, workspace: UUID | None = None) -> UnitOfWork:
        """A unit of work on the service's own behalf."""
        caller = Caller(workspace_id=workspace or self.workspace, service="parcels")
        context = RequestContext(request_id="req-1", caller=caller, workspace_id=caller.workspace_id)
        return UnitOfWork(context.within(30), self.database, self.outbox)

    def subscription(self, reaction: Reaction) -> Subscription:
        return subscription(reaction, service="parcels", database=self.database, outbox=self.outbox, verifier=self.verifier)

    async def look(self, sql: str, *arguments: Any) -> list[Any]:
        """What a superuser sees."""
        return await self.superusers.fetch(sql, *arguments)

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
    await provision(dsn, "parcels", "app", "relay", "eraser")
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.execute(text("SET ROLE parcels_owner"))
        await connection.run_sync(create_tables, METADATA)
    await engine.dispose()
    return dsn


@pytest.fixture(scope="session")
async def superusers(parcels_dsn: str) -> AsyncIterator[asyncpg.Pool]:
    """A superuser's connections to that database: tests look into it again and again."""
    async with asyncpg.create_pool(parcels_dsn, min_size=0, statement_cache_size=0) as pool:
        yield pool


@pytest.fixture(scope="session")
def service_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys of `parcels`, and of a service that may not speak for it."""
    folder = tmp_path_factory.mktemp("service-keys")
    write_service_keys(folder, ["parcels", "letters"])
    return folder


@pytest.fixture
async def parcels(parcels_dsn: str, superusers: asyncpg.Pool, service_keys: Path) -> AsyncIterator[Parcels]:
    """The service with empty tables and a workspace of its own."""
    database = Database(_as_role(parcels_dsn, "app"), schema="parcels")
    signer = EventSigner(ServiceSigner("parcels", (service_keys / "parcels.key").read_bytes()))
    # The events of these tests are Google's own messages.
    verifier = EventVerifier(read_service_keys(service_keys), may_announce=lambda service, _: service == "parcels")
    roles = [_as_role(parcels_dsn, role) for role in ("app", "relay", "eraser")]
    service = Parcels(parcels_dsn, superusers, *roles, database, uuid7(), signer=signer, verifier=verifier)
    await service.look("TRUNCATE parcels.outbox, parcels.inbox, parcels.dead_letters, parcels.idempotency, parcels.effects")
    yield service
    await database.close()


def _as_role(dsn: str, role: str) -> str:
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(netloc=f"parcels_{role}:{role}@{parts.netloc.rpartition('@')[2]}"))


@pytest.fixture(scope="session")
def declared(tmp_path_factory):
    """A function: the descriptor of the one service in a proto file with this body."""
    folder = tmp_path_factory.mktemp("protos")

    def service(body):
        number = next(_files)
        source, out = folder / f"declared{number}.proto", folder / f"{number}.binpb"
        source.write_text(
            f'syntax = "proto3"; package declared.v{number}; import "caseload/options/v1/options.proto";\n'
            + re.sub(r"\((needs|audit|paged|in_parts|vital|phi|uuid|secret)\)", r"(caseload.options.v1.\1)", body)
        )
        known = Path(grpc_tools.__file__).parent / "_proto"
        command = ["protoc", f"-I{folder}", f"-I{ROOT / 'protos'}", f"-I{known}", f"--descriptor_set_out={out}", str(source)]
        assert protoc.main(command) == 0, body
        (file,) = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file
        descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
        return descriptor_pool.Default().FindServiceByName(f"{file.package}.{file.service[0].name}")

    return service
