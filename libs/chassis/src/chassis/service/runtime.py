"""One service while it runs: its database, keys, peers and server, put together in one place from its settings."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from uuid_utils.compat import uuid7

from caseload.identity.v1 import sign_in_pb2
from caseload.identity.v1.sign_in_rpc import SignInStub
from chassis.auth.tokens import ServiceSigner, read_past_keys, read_service_keys
from chassis.auth.verifier import TokenVerifier
from chassis.care_teams.reactions import reactions as care_team_reactions
from chassis.care_teams.rpc import ClientAccess
from chassis.context import Caller, RequestContext
from chassis.db.counters import counters_of
from chassis.db.database import Database
from chassis.db.errors import refusals
from chassis.db.transaction import CommitFailed
from chassis.encryption.key_store import Keys
from chassis.encryption.keyring import Keyring
from chassis.encryption.root_keys import RootKeysUnreadable, load_keyring
from chassis.errors import Refusal
from chassis.events.broker.base import Broker
from chassis.events.notifier import RelayNotifier
from chassis.events.outbox import Outbox
from chassis.events.reactions import Reaction, subscription
from chassis.events.relay import Relay
from chassis.events.signatures import EventSigner, EventVerifier
from chassis.jobs.standing import CheckStanding, standing_by
from chassis.migrations.roles import expanded_revision, has_schema
from chassis.observability.metrics import observe_call, observe_pool, slow_query_log
from chassis.rpc.admission import Admissions
from chassis.rpc.client.legal_holds import HoldsOfAudit, LegalHolds
from chassis.rpc.client.peers import Peer, Peers
from chassis.rpc.server.idempotency import Idempotency
from chassis.rpc.server.server import Server
from chassis.rpc.tls import TLS
from chassis.service import erasure
from chassis.service.definition import Service
from chassis.service.grpc_server import GrpcServer
from chassis.service.loops import Loops
from chassis.service.role_check import wait_for_role
from chassis.storage.base import Blobs
from chassis.storage.opening import open_blobs
from chassis.work.folding import Folder
from chassis.work.retention import SYSTEM_RETENTIONS, Pruner
from chassis.work.unit_of_work import UnitOfWork

T = TypeVar("T")
_SECONDS_TO_DRAIN = 10.0
_BACKGROUND_SECONDS = 30.0
_ERASING_CONNECTIONS = 4
_SECONDS_TO_LOOK = 2.0


class Runtime:
    """The running parts of one service, made when first used."""

    def __init__(self, service: Service, settings: Any, *, broker: Broker, servers: dict[str, Server] | None = None) -> None:
        self.service = service
        self.name = service.name
        self.settings = settings
        self.broker = broker
        self._servers = servers
        self._loops = Loops(service.name)
        self._grpc: GrpcServer | None = None
        self._relay: Relay | None = None
        self.port: int | None = None
        self._shared: dict[Any, Any] = {}

    def once(self, make: Callable[["Runtime"], T]) -> T:
        """Calls `make(runtime)` once and returns the same object to every later caller."""
        if make not in self._shared:
            self._shared[make] = make(self)
        shared: T = self._shared[make]
        return shared

    @cached_property
    def database(self) -> Database:
        took = slow_query_log(self.name, self.settings.slow_query_seconds)
        return Database(
            self.settings.database_url.get_secret_value(),
            schema=self.name,
            size=self.settings.pool_max,
            has_readers=self.service.has_readers,
            took=took,
        )

    @cached_property
    def eraser_database(self) -> Database:
        """The same database, as the role of reactions that erase."""
        dsn = _needed(self.settings.eraser_database_url, "CASELOAD_ERASER_DATABASE_URL").get_secret_value()
        return Database(dsn, schema=self.name, size=_ERASING_CONNECTIONS, took=slow_query_log(self.name, self.settings.slow_query_seconds))

    @cached_property
    def keyring(self) -> Keyring:
        try:
            return load_keyring(self.settings.keyring_file, self.settings.keyring.get_secret_value())
        except RootKeysUnreadable as error:
            raise SystemExit(str(error)) from error

    @cached_property
    def keys(self) -> Keys:
        # A pool of their own: keys are asked for while other transactions are open.
        outlive = self.service.erasure is not None and not self.service.erasure.destroys_keys
        return Keys(self._key_database, self.keyring, service=self.name, outlive_workspaces=outlive)

    @cached_property
    def _key_database(self) -> Database:
        return Database(self.settings.database_url.get_secret_value(), schema=self.name, size=2)

    @cached_property
    def _vital_database(self) -> Database:
        # Connects when it is first used, so only where a method is vital.
        return Database(self.settings.database_url.get_secret_value(), schema=self.name, size=2)

    @cached_property
    def signer(self) -> ServiceSigner:
        folder = _needed(self.settings.service_keys_dir, "CASELOAD_SERVICE_KEYS_DIR")
        return ServiceSigner(self.name, (folder / f"{self.name}.key").read_bytes())

    @cached_property
    def peers(self) -> Peers:
        return Peers(self.signer, addresses=self.settings.peers, servers=self._servers, tls=TLS.of(self.settings))

    @cached_property
    def check_standing(self) -> CheckStanding:
        """Whether a job may still be done for whoever has ordered it."""
        return standing_by(self.peers["identity"])

    def legal_holds(self, audit: Callable[[], Peer]) -> LegalHolds:
        """What must not be destroyed."""
        return HoldsOfAudit(audit)

    @cached_property
    def blobs(self) -> Blobs:
        return open_blobs(self.settings.blob_url, self.settings.blob_secret.get_secret_value(), self.settings.public_url)

    @cached_property
    def job_blobs(self) -> Blobs:
        """Where the files are that this service's jobs make."""
        url = _needed(self.settings.job_files_url, "CASELOAD_JOB_FILES_URL")
        return open_blobs(url, self.settings.blob_secret.get_secret_value(), self.settings.public_url)

    @cached_property
    def notifier(self) -> RelayNotifier:
        return RelayNotifier(self.database, lambda: self._relay is not None and self._relay.wake())

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.database, self.event_signer, self.notifier, self.broker)

    @cached_property
    def event_signer(self) -> EventSigner:
        return EventSigner(self.signer)

    @cached_property
    def event_verifier(self) -> EventVerifier:
        return EventVerifier(self._service_keys, unsigned_until=self.settings.unsigned_events_until)

    @cached_property
    def _service_keys(self) -> dict[str, Ed25519PublicKey]:
        return read_service_keys(_needed(self.settings.service_keys_dir, "CASELOAD_SERVICE_KEYS_DIR"))

    @cached_property
    def past_keys(self) -> dict[str, Ed25519PublicKey]:
        """The service's own public keys of today and before, for what it signed to last."""
        return read_past_keys(_needed(self.settings.service_keys_dir, "CASELOAD_SERVICE_KEYS_DIR"), self.name)

    @cached_property
    def verifier(self) -> TokenVerifier:
        return token_verifier(self.peers, audience=self.name, service_keys=self._service_keys)

    @cached_property
    def server(self) -> Server:
        told = self.service.told_care_teams
        return Server(
            self.name,
            [*self.service.servicers(self), *([] if told is None else [ClientAccess(told.store)])],
            database=self.database,
            verifier=self.verifier,
            idempotency=Idempotency(self.name, self.keys),
            outbox=self.outbox,
            can_answer=self._can_answer,
            observe=observe_call,
            admissions=Admissions(self.settings.calls_at_once),
            vital_database=self._vital_database,
            restricted=self.service.care_teams,
        )

    def background(
        self, workspace_id: UUID | None, *, seconds: float = _BACKGROUND_SECONDS, on_behalf_of: UUID | None = None
    ) -> UnitOfWork:
        """`async with runtime.background(workspace_id) as work:` is work that this service does on its own behalf, or for a user who asked for it."""
        caller = Caller(service=self.name, workspace_id=workspace_id, user_id=on_behalf_of)
        context = RequestContext(request_id=str(uuid7()), caller=caller, workspace_id=workspace_id)
        return UnitOfWork(context.within(seconds), self.database, self.outbox)

    @cached_property
    def pruner(self) -> Pruner:
        erasures = filter(None, [erasure.retention(self.service)])
        retentions = [(policy, policy.days_in(self.settings)) for policy in (*SYSTEM_RETENTIONS, *self.service.retentions, *erasures)]
        is_held = self.service.holds(self).is_any if self.service.holds is not None else None
        return Pruner(self.relay_dsn, self.name, retentions, self.background, is_held=is_held)

    @property
    def relay_dsn(self) -> str:
        """The address of the database as the relay's role, which sees of all workspaces the little that work across them needs."""
        url: str = _needed(self.settings.relay_database_url, "CASELOAD_RELAY_DATABASE_URL").get_secret_value()
        return url

    async def check_roles(self, tasks: Collection[str]) -> None:
        """Returns once the database has shown, in production, that the roles for these tasks may do what they should and no more.

        Waits while the database does not answer. Raises SystemExit (EX_CONFIG) for any other role.
        """
        if "serve" in tasks:
            # Whatever a service lacks is told now, not after a wait.
            _ = self.server
        if self.settings.environment != "production":
            return
        for kind, dsn in self._role_dsns(tasks):
            await wait_for_role(self.name, kind, dsn.get_secret_value())

    async def serve(self, *, over_grpc: bool = True) -> None:
        """Serves calls: over gRPC, and from the other services of this process."""
        server = self.server
        if self._servers is not None:
            self._servers[self.name] = server
        self._loops.start(self.verifier.keep_fresh)
        observe_pool(self.name, lambda: self.database.in_use, lambda: self.database.waiting, self.settings.pool_max)
        if over_grpc:
            self._grpc = GrpcServer(server, self.settings.listen, TLS.of(self.settings))
            self.port = self._grpc.port
            await self._grpc.start()
            self._loops.start(self._grpc.tell_health)

    async def react(self) -> None:
        """Takes the events this service reacts to, and runs its loops."""
        for reaction in reactions_of(self):
            database = self.eraser_database if reaction.erases else self.database
            await self.broker.subscribe(
                subscription(reaction, service=self.name, database=database, outbox=self.outbox, verifier=self.event_verifier)
            )
        for loop in self.service.loops(self):
            self._loops.start(loop)

    async def relay(self) -> None:
        """Carries this service's outbox to the broker, folds its counters and deletes what is over."""
        self._relay = Relay(self.relay_dsn, self.name, self.broker, self.event_signer)
        self._loops.start(self._relay.run)
        if counters := counters_of(self.service.metadata):
            self._loops.start(Folder(self.relay_dsn, self.name, counters).run)
        self._loops.start(self.pruner.run)

    async def ready(self) -> bool:
        """Whether calls can be answered now."""
        return await self.server.ready()

    async def stop(self) -> None:
        """Takes nothing new, finishes what runs, lets go of everything. Drain the broker first: it may be shared."""
        await self._stop_serving()
        if self._servers is not None:
            self._servers.pop(self.name, None)
        if self._relay is not None:
            await self._relay.stop()
        await self._loops.stop()
        if "notifier" in self.__dict__:
            await self.notifier.close()
        if "verifier" in self.__dict__:
            await self.verifier.close()
        if "peers" in self.__dict__:
            await self.peers.close()
        for database in ("database", "eraser_database", "_key_database", "_vital_database"):
            if database in self.__dict__:
                await self.__dict__[database].close()

    async def _stop_serving(self) -> None:
        """Tells callers to call elsewhere, then takes no further calls, finishes those under way and closes."""
        if self._grpc is not None:
            await self._grpc.go_away()
        if "server" in self.__dict__:
            await self.server.drain(_SECONDS_TO_DRAIN)
        if self._grpc is not None:
            await self._grpc.close(_SECONDS_TO_DRAIN)
            # Freed here: one that is left to the interpreter's end finds gRPC's own module gone, and `sys.excepthook` too.
            self._grpc = None

    async def _can_answer(self) -> bool:
        """Whether the database answers on both pools (one may lose its connections alone) and has the tables this code was written for."""
        return all(await asyncio.gather(self._has_schema(), self.keys.ready()))

    async def _has_schema(self) -> bool:
        try:
            async with self.database.transaction(None, seconds=_SECONDS_TO_LOOK) as tx:
                connection = await tx.connection()
                with refusals():
                    return await has_schema(connection, self.name, self._needed_revision)
        except (Refusal, CommitFailed):
            return False

    @cached_property
    def _needed_revision(self) -> str:
        return expanded_revision(self.name)

    def _role_dsns(self, tasks: Collection[str]) -> Iterator[tuple[str, Any]]:
        """The roles that the process works as for these tasks, and their addresses."""
        if {"serve", "react"} & set(tasks):
            yield "app", _needed(self.settings.database_url, "CASELOAD_DATABASE_URL")
        if "react" in tasks and self.service.erases:
            yield "eraser", _needed(self.settings.eraser_database_url, "CASELOAD_ERASER_DATABASE_URL")
        if "relay" in tasks:
            yield "relay", _needed(self.settings.relay_database_url, "CASELOAD_RELAY_DATABASE_URL")


def reactions_of(runtime: Runtime) -> list[Reaction]:
    """Every reaction of the service, those included that services have in common: to care teams and to erased workspaces."""
    told = runtime.service.told_care_teams
    followed = [] if told is None else care_team_reactions(runtime.name, told.store)
    return [*runtime.service.reactions(runtime), *followed, *erasure.reactions(runtime)]


def token_verifier(peers: Mapping[str, Any], *, audience: str, service_keys: Mapping[str, Any]) -> TokenVerifier:
    """Verifies tokens with the keys and revocations that identity publishes."""
    sign_in = SignInStub(peers["identity"])

    async def poll() -> sign_in_pb2.Trust:
        return await sign_in.GetTrust(sign_in_pb2.GetTrustRequest(), RequestContext(request_id=str(uuid7())).within(2.0))

    return TokenVerifier(poll, audience=audience, service_keys=dict(service_keys))


def _needed(value: Any, name: str) -> Any:
    if not value:
        raise SystemExit(f"{name} is not set")
    return value
