"""A test environment: the named services on a database of their own, behind real gRPC.

Brings the fixtures `postgres` and `rabbitmq` along.
"""

import asyncio
import base64
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
from google.protobuf.message import Message
from uuid_utils.compat import uuid7

from caseload.identity.v1 import sign_in_pb2
from caseload.services import SERVICE_NAMES
from chassis.auth.tokens import AccessSigner, ServiceSigner, generate_key, read_service_keys, write_service_keys
from chassis.auth.verifier import TokenVerifier
from chassis.context import RequestContext
from chassis.encryption.keyring import Keyring
from chassis.events.broker.base import Broker
from chassis.events.broker.in_process import InProcessBroker
from chassis.events.broker.retry import Retries
from chassis.lifecycle import Lifecycle
from chassis.migrations.roles import provision
from chassis.migrations.runner import migrate
from chassis.rpc.client.legal_holds import LegalHolds
from chassis.rpc.client.peers import Peer, Peers
from chassis.service.composition import ALL, add_services
from chassis.service.definition import Service
from chassis.service.runtime import Runtime
from chassis.work.envelope import Envelope
from chassis.work.unit_of_work import UnitOfWork

M = TypeVar("M", bound=Message)
S = TypeVar("S")
PROCESSES = (*SERVICE_NAMES, "gateway")
_PASSWORD = "for-tests-only"  # noqa: S105 - a private cluster
_templates: dict[tuple[str, tuple[str, ...]], str] = {}


class Environment:
    """The running services of a test and the means to call them."""

    def __init__(self, folder: Path, admin_dsn: str, broker: Broker) -> None:
        self.folder = folder
        self.admin_dsn = admin_dsn
        self.broker = broker
        self.runtimes: dict[str, Runtime] = {}
        self.access_key = generate_key()
        self._signer = AccessSigner(self.access_key)
        self._peers: dict[str, Peers] = {}
        self._stubs: dict[tuple[type, str], Any] = {}
        # Tests ask for one several times each; to connect takes both ends longer than what is asked.
        self._superusers = asyncpg.create_pool(admin_dsn, min_size=0, max_size=100, statement_cache_size=0, reset=_forget_all)

    def runtime(self, name: str) -> Runtime:
        return self.runtimes[name]

    def workspace(self) -> UUID:
        """A workspace nobody has used yet."""
        return uuid7()

    def stub(self, kind: type[S], *, as_service: str = "gateway") -> S:
        """A stub of the service that the stub's module names; without a user's token it speaks as `as_service`."""
        if (kind, as_service) not in self._stubs:
            self._stubs[kind, as_service] = kind(self.peer(kind.__module__.split(".")[1], as_service))  # type: ignore[call-arg]
        stub: S = self._stubs[kind, as_service]
        return stub

    def peer(self, name: str, as_service: str = "gateway") -> Peer:
        """A service as another one reaches it."""
        if as_service not in self._peers:
            signer = ServiceSigner(as_service, (self.folder / "service-keys" / f"{as_service}.key").read_bytes())
            self._peers[as_service] = Peers(signer, addresses={s: r.settings.listen for s, r in self.runtimes.items()})
        return self._peers[as_service][name]

    def caller(
        self,
        *,
        workspace_id: UUID | None = None,
        user_id: UUID | None = None,
        role: str = "owner",
        scopes: Iterable[str] | None = None,
        session_id: UUID | None = None,
        idempotency_key: str | None = None,
        **claims: Any,
    ) -> RequestContext:
        """Somebody signed in, with every scope there is unless told otherwise; pass it where a stub wants a call."""
        scopes = self._every_scope if scopes is None else scopes
        workspace_id = workspace_id or self.workspace()
        body = {
            "sub": str(user_id or uuid7()),
            "ws": str(workspace_id),
            "sid": str(session_id or uuid7()),
            "role": role,
            "scope": " ".join(sorted(scopes)),
            "amr": ["pwd"],
            "auth_time": int(time.time()),
            "epoch": int(time.time() * 1000),
            **claims,
        }
        return RequestContext(
            token=self._signer.sign(body),
            request_id=str(uuid7()),
            ip_address="192.0.2.7",
            user_agent="tests",
            idempotency_key=idempotency_key,
            workspace_id=workspace_id,
        )

    @cached_property
    def _every_scope(self) -> frozenset[str]:
        methods = [method for runtime in self.runtimes.values() for method in runtime.server.methods]
        return frozenset({method.needs for method in methods}.union(*(method.more_with for method in methods)) - {"", "public"})

    def nobody(self) -> RequestContext:
        """Somebody without a token, for public methods."""
        return RequestContext(request_id=str(uuid7()), ip_address="192.0.2.7", user_agent="tests")

    def on_behalf_of(self, workspace_id: UUID) -> RequestContext:
        """A service's own call for a workspace; goes with `stub(…, as_service=…)`."""
        return RequestContext(request_id=str(uuid7()), workspace_id=workspace_id)

    async def emitted(self, kind: type[M], workspace_id: UUID | None = None) -> list[M]:
        """Every event of this type in any outbox, oldest first."""
        of_each = (
            f"SELECT {place} AS place, occurred_at, id, payload FROM {name}.outbox"
            " WHERE type = $1 AND ($2::uuid IS NULL OR workspace_id = $2)"
            for place, name in enumerate(self.runtimes)
        )
        ordered = f"{' UNION ALL '.join(of_each)} ORDER BY place, occurred_at, id"
        async with self.superuser() as connection:
            rows = await connection.fetch(ordered, kind.DESCRIPTOR.full_name, workspace_id)
        return [kind.FromString(row["payload"]) for row in rows]

    async def settle(self, seconds: float = 20.0) -> None:
        """Waits until every event that somebody here takes has been taken."""
        taken = list(getattr(self.broker, "_by_type", {}))
        of_each = (f"SELECT FROM {name}.outbox WHERE published_at IS NULL AND type = ANY($1::text[])" for name in self.runtimes)
        is_waiting = f"SELECT EXISTS ({' UNION ALL '.join(of_each)})"
        async with asyncio.timeout(seconds), self.superuser() as connection:
            while await connection.fetchval(is_waiting, taken):  # noqa: ASYNC110 - what relays do in a database has no event to wait for
                await asyncio.sleep(0.02)

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator[Any]:
        """A connection that row security does not bind, for looking from outside and for tampering. It is as a new one."""
        async with self._superusers.acquire() as connection:
            yield connection

    async def open(self) -> None:
        """Makes the channels, on a running loop: fixtures that are no coroutines ask for stubs too."""
        await self._superusers
        for name in self.runtimes:
            self.peer(name)

    async def close(self) -> None:
        """Closes the channels that tests have called through, and the superuser's connections."""
        for peers in self._peers.values():
            await peers.close()
        self._superusers.terminate()


@asynccontextmanager
async def start_environment(
    postgres: str,
    *services: Service,
    settings: Mapping[str, Any] | None = None,
    broker: Broker | None = None,
    beside: Environment | None = None,
    relay: bool = True,
) -> AsyncIterator[Environment]:
    """Starts the services; `settings` go to each, or to one when nested under its name.

    `beside` opens a second set of the same services on another environment's database and keys: replicas.
    """
    names = tuple(sorted(service.name for service in services))
    folder = Path(tempfile.mkdtemp(prefix="environment-"))
    admin_dsn = beside.admin_dsn if beside else await _database(postgres, services)
    transport = InProcessBroker if set(names) == set(SERVICE_NAMES) else _BrokerOfSome
    built = Environment(folder, admin_dsn, broker or transport(Retries(delays=(0.05, 0.1, 0.2))))
    if beside:
        shutil.copytree(beside.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
        built.access_key = beside.access_key
        built._signer = AccessSigner(beside.access_key)  # noqa: SLF001 - the same package
    else:
        _furnish(built)
    own = {name: value for name, value in (settings or {}).items() if name in PROCESSES}
    common = {name: value for name, value in (settings or {}).items() if name not in PROCESSES}
    for service in services:
        values = {**_settings(built, service.name, names), **common, **own.get(service.name, {})}
        runtime = Runtime(service, service.settings(**values), broker=built.broker)
        if "identity" not in names:
            runtime.__dict__["verifier"] = _token_verifier(built, service.name)
            runtime.__dict__["check_standing"] = _everybody_may
        if "audit" not in names:
            runtime.__dict__["legal_holds"] = lambda _audit: _NothingHeld()
        built.runtimes[service.name] = runtime
    async with Lifecycle() as parts:
        parts.add("folder", stop=partial(shutil.rmtree, folder, ignore_errors=True))
        add_services(parts, built.runtimes, built.broker, tasks=ALL if relay else ("serve", "react"), grace=1.0)
        parts.add("callers", start=built.open, stop=built.close, needs=["relays"])
        parts.add("verifiers", start=partial(_until_tokens_can_be_verified, built), needs=["callers"])
        await parts.start()
        yield built


async def pieces(content: bytes, size: int = 60_000) -> AsyncIterator[bytes]:
    """The content as the body of a request that goes in pieces."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def _forget_all(connection: Any) -> None:
    await connection.execute("DISCARD ALL")


async def _until_tokens_can_be_verified(built: Environment) -> None:
    """Waits as long as a busy machine needs: calls that come earlier are refused."""
    async with asyncio.timeout(30.0):
        for runtime in built.runtimes.values():
            while not runtime.verifier.is_fresh:  # noqa: ASYNC110 - it is polled, and has no event to wait for
                await asyncio.sleep(0.02)


def _furnish(built: Environment) -> None:
    """Keys and folders that a deployment would be given."""
    Keyring.generate().save(built.folder / "keyring.json")
    write_service_keys(built.folder / "service-keys", PROCESSES)
    (built.folder / "access.key").write_bytes(built.access_key)
    (built.folder / "blobs").mkdir()


def _settings(built: Environment, name: str, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "environment": "development",
        "database_url": _dsn(built.admin_dsn, user=f"{name}_app"),
        "relay_database_url": _dsn(built.admin_dsn, user=f"{name}_relay"),
        "eraser_database_url": _dsn(built.admin_dsn, user=f"{name}_eraser"),
        "keyring_file": built.folder / "keyring.json",
        "service_keys_dir": built.folder / "service-keys",
        "access_key_file": built.folder / "access.key",
        "listen": f"unix:{built.folder}/{name}.sock",
        "peers": {other: f"unix:{built.folder}/{other}.sock" for other in names},
        "blob_url": f"file://{built.folder}/blobs",
        "job_files_url": f"file://{built.folder}/job-files/{name}",
        "blob_secret": base64.b64encode(os.urandom(32)).decode(),
    }


def _token_verifier(built: Environment, name: str) -> TokenVerifier:
    """Where identity does not run, the environment's own signing key is the one that is trusted."""
    told = sign_in_pb2.Trust(keys=[sign_in_pb2.PublicKey(kid=built._signer.kid, x=built._signer.public_x)])  # noqa: SLF001 - the same package

    async def poll() -> sign_in_pb2.Trust:
        return told

    return TokenVerifier(poll, audience=name, service_keys=read_service_keys(built.folder / "service-keys"))


class _BrokerOfSome(InProcessBroker):
    """Takes also what only services take that do not run here. Refused, every line for the trail would be sent again and again, all the while."""

    async def publish(self, envelope: Envelope) -> None:
        if envelope.type in self._by_type:
            await super().publish(envelope)


class _NothingHeld(LegalHolds):
    """Where audit does not run, nobody can have placed a hold."""

    async def held(self, client_ids: Iterable[UUID], work: UnitOfWork) -> frozenset[UUID]:
        return frozenset()

    async def is_any(self, work: UnitOfWork) -> bool:
        return False


async def _everybody_may(_workspace_id: UUID, _orderer_id: UUID, _scope: str) -> None:
    """Where identity does not run, everybody may do what their token says."""


async def _database(server: str, services: Iterable[Service]) -> str:
    """A new database with these services' schemas, copied from a template that is migrated once."""
    erases = {service.name: service.erases for service in services}
    names = tuple(sorted(erases))
    template = _templates.get((server, names))
    admin = await asyncpg.connect(server)
    try:
        if template is None:
            template = f"template_{uuid7().hex}"
            await admin.execute(f"CREATE DATABASE {template}")
            for name in names:
                await provision(_dsn(server, database=template), name, _PASSWORD, _PASSWORD, _PASSWORD if erases[name] else None)
                await migrate(_dsn(server, database=template), name)
            _templates[server, names] = template
        database = f"environment_{uuid7().hex}"
        # Copied as files, not page by page through the log, it costs a third of the processor time.
        await admin.execute(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY = FILE_COPY")
        # Roles belong to the whole server: another test may have given them other passwords.
        for name in names:
            await provision(_dsn(server, database=database), name, _PASSWORD, _PASSWORD, _PASSWORD if erases[name] else None)
    finally:
        await admin.close()
    return _dsn(server, database=database)


def _dsn(server: str, *, user: str | None = None, database: str | None = None) -> str:
    parts = urlsplit(server)
    host = parts.netloc.rpartition("@")[2]
    netloc = parts.netloc if user is None else f"{user}:{_PASSWORD}@{host}"
    return urlunsplit(parts._replace(netloc=netloc, path=parts.path if database is None else f"/{database}"))
