"""The path of a question, through a real server on a real database, with a servicer that misbehaves on command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit
from caseload.scheduling.v1 import events_pb2
from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.locations_rpc import LocationsServicer, LocationsStub
from chassis.auth.tokens import ServiceSigner, generate_key
from chassis.context import RequestContext
from chassis.db.database import Database
from chassis.db.statement import Statement
from chassis.errors import (
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    Stale,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from chassis.rpc.client.attempts import InternalFault
from chassis.rpc.client.in_process import LocalPeer
from chassis.rpc.client.peers import Peers
from chassis.rpc.method import UndeclaredMethod, read
from chassis.service.definition import Service
from chassis.testing.environment import Environment, start_environment
from chassis.work.unit_of_work import UnitOfWork
from scheduling.tables import metadata

INSERT = Statement(
    "INSERT INTO scheduling.locations (workspace_id, id, name, location_type) VALUES ($1, $2, $3, 'clinic')",
    ("workspace_id", "id", "name"),
    {},
    reads=False,
)
COUNT = Statement("SELECT count(*) AS n FROM scheduling.locations", (), {}, reads=True)


class Rooms(LocationsServicer[UnitOfWork]):
    """Does to each call what the test has asked for."""

    def __init__(self) -> None:
        self.refusal: Refusal | None = None
        self.before_reply = 0.0
        self.calls: list[UnitOfWork] = []
        self.entered = asyncio.Event()

    async def CreateLocation(self, request: pb.CreateLocationRequest, work: UnitOfWork) -> pb.Location:
        self.calls.append(work)
        id_ = uuid7()
        await work.db.run(INSERT, id=id_, name=request.name)
        work.emit(events_pb2.AppointmentClosed(appointment_id=str(id_), client_id=str(id_), status="cancelled", version=1))
        self.entered.set()
        await self._misbehave()
        return pb.Location(id=str(id_), workspace_id=str(work.workspace_id), name=request.name)

    async def ListLocations(self, request: pb.ListLocationsRequest, work: UnitOfWork) -> pb.LocationPage:
        row = await work.db.one(COUNT)
        return pb.LocationPage(total=row["n"])

    async def GetLocation(self, request: pb.GetLocationRequest, work: UnitOfWork) -> pb.Location:
        self.calls.append(work)
        self.entered.set()
        await self._misbehave()
        return pb.Location(id=request.location_id)

    async def UpdateLocation(self, request: pb.UpdateLocationRequest, work: UnitOfWork) -> pb.Location:
        raise ZeroDivisionError

    async def DeleteLocation(self, request: pb.DeleteLocationRequest, work: UnitOfWork) -> pb.DeleteLocationResponse:
        await self._misbehave()
        return pb.DeleteLocationResponse()

    async def _misbehave(self) -> None:
        await asyncio.sleep(self.before_reply)
        if self.refusal is not None:
            raise self.refusal


@asynccontextmanager
async def running(postgres: str) -> AsyncIterator[tuple[Environment, Rooms, LocationsStub]]:
    rooms = Rooms()
    service = Service("scheduling", metadata, lambda _runtime: [rooms])
    async with start_environment(postgres, service) as h:
        yield h, rooms, h.stub(LocationsStub)


async def rows(h: Environment) -> int:
    async with h.superuser() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM scheduling.locations"))


REFUSALS = [
    NotFound("no_such_room", "No such room."),
    Invalid("bad_room", "Bad.", faults=[Fault("/name", "is odd")]),
    Conflict("taken", "Taken.", facts={"by": ["x", 1]}),
    Forbidden("not_yours"),
    Unauthenticated("who"),
    Stale("stale_version", facts={"version": 3}),
    TooMany("too_many", retry_after=2.5),
    Unavailable("down", retry_after=1.0),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda r: type(r).__name__)
async def test_a_refusal_crosses_the_wire_as_the_same_class_and_changes_nothing(postgres: str, refusal: Refusal) -> None:
    async with running(postgres) as (h, rooms, stub):
        rooms.refusal = refusal
        with pytest.raises(Refusal) as raised:
            await stub.CreateLocation(pb.CreateLocationRequest(name="Blue"), h.caller())
        got = raised.value
        assert type(got) is type(refusal)
        assert (got.code, got.message, got.facts, got.faults, got.retry_after) == (
            refusal.code,
            refusal.message,
            refusal.facts,
            refusal.faults,
            refusal.retry_after,
        )
        assert await rows(h) == 0
        assert await h.emitted(events_pb2.AppointmentClosed) == []


async def test_effect_event_and_audit_line_are_one_commit(postgres: str) -> None:
    async with running(postgres) as (h, _, stub):
        me = h.caller()
        made = await stub.CreateLocation(pb.CreateLocationRequest(name="Blue"), me)
        assert await rows(h) == 1
        assert [e.appointment_id for e in await h.emitted(events_pb2.AppointmentClosed)] == [made.id]
        (line,) = await h.emitted(audit.AuditRecorded)
        assert (line.event_type, line.resource_id, line.outcome) == ("create_location", made.id, audit.OUTCOME_SUCCESS)
        assert line.workspace_id == str(me.workspace_id)
        assert (line.ip_address, line.user_agent, line.request_id) == ("192.0.2.7", "tests", me.request_id)


async def test_another_workspace_sees_nothing_of_it(postgres: str) -> None:
    async with running(postgres) as (h, _, stub):
        mine = h.caller()
        await stub.CreateLocation(pb.CreateLocationRequest(name="Blue"), mine)
        assert (await stub.ListLocations(pb.ListLocationsRequest(), mine)).total == 1
        assert (await stub.ListLocations(pb.ListLocationsRequest(), h.caller())).total == 0


async def test_a_fault_of_ours_is_no_refusal_and_tells_no_words(postgres: str, caplog: pytest.LogCaptureFixture) -> None:
    async with running(postgres) as (h, _, stub):
        with pytest.raises(InternalFault):
            await stub.UpdateLocation(pb.UpdateLocationRequest(location_id=str(uuid7())), h.caller())


# Several of them are UUIDs to Python.
MALFORMED = [
    "",
    "7",
    "0199f3b2-7d3c-7a3e-9c60-7f5b1c8a9d0",
    "\u0660199f3b2-7d3c-7a3e-9c60-7f5b1c8a9d0e",
    "0199f3b27d3c7a3e9c607f5b1c8a9d0e",
]
MALFORMED += ["0_99f3b2-7d3c-7a3e-9c60-7f5b1c8a9d0e", " 199f3b2-7d3c-7a3e-9c60-7f5b1c8a9d0e", "0199f3b27-d3c7-a3e-9c60-7f5b1c8a9d0e"]


@pytest.mark.parametrize("malformed", MALFORMED)
async def test_a_malformed_id_is_refused_with_its_place(postgres: str, malformed: str) -> None:
    async with running(postgres) as (h, _, stub):
        with pytest.raises(Invalid) as refused:
            await stub.GetLocation(pb.GetLocationRequest(location_id=malformed), h.caller())
        assert refused.value.faults == (Fault("/location_id", "is not a UUID"),)


async def test_the_deadline_is_forwarded_shaved_and_kept(postgres: str) -> None:
    async with running(postgres) as (h, rooms, stub):
        loop = asyncio.get_running_loop()
        me = h.caller()
        me = me.within(1.0)
        await stub.GetLocation(pb.GetLocationRequest(location_id=str(uuid7())), me)
        assert rooms.calls[-1].context.deadline < me.deadline
        rooms.before_reply = 30.0
        me = me.within(0.3)
        asked = loop.time()
        with pytest.raises(Unavailable) as refused:
            await stub.CreateLocation(pb.CreateLocationRequest(name="Slow"), me)
        assert refused.value.code == "deadline_exceeded"
        assert loop.time() - asked < 5.0
        assert await rows(h) == 0


async def test_a_caller_who_hangs_up_leaves_nothing_half_done(postgres: str) -> None:
    async with running(postgres) as (h, rooms, stub):
        rooms.before_reply = 30.0
        asking = asyncio.create_task(_ask(stub.CreateLocation, pb.CreateLocationRequest(name="Gone"), h.caller()))
        await rooms.entered.wait()
        asking.cancel()
        await asyncio.wait([asking])
        rooms.before_reply = 0.0
        await stub.CreateLocation(pb.CreateLocationRequest(name="Next"), h.caller())
        assert await rows(h) == 1
        async with asyncio.timeout(5):
            while h.runtime("scheduling").database.in_use:
                await asyncio.sleep(0.02)


async def _ask(ask: Any, request: Any, caller: RequestContext) -> Any:
    return await ask(request, caller)


async def test_one_key_has_one_effect_and_one_answer_whoever_races(postgres: str) -> None:
    async with running(postgres) as (h, _, stub):
        me = h.caller(idempotency_key="book-once")
        request = pb.CreateLocationRequest(name="Blue")

        async def insist() -> pb.Location:
            while True:
                try:
                    return await stub.CreateLocation(request, me)
                except Conflict as refusal:
                    assert refusal.code == "idempotency_in_progress"  # noqa: PT017 - anything else is the failure
                    await asyncio.sleep(0.01)

        answers = await asyncio.gather(*(insist() for _ in range(50)))
        assert len({answer.SerializeToString() for answer in answers}) == 1
        assert await rows(h) == 1
        with pytest.raises(Invalid) as refused:
            await stub.CreateLocation(pb.CreateLocationRequest(name="Red"), me)
        assert refused.value.code == "idempotency_key_reused"
        somebody = h.caller(idempotency_key="book-once", workspace_id=me.workspace_id)
        assert (await stub.CreateLocation(request, somebody)).id != answers[0].id


async def test_a_refused_attempt_does_not_use_up_its_key(postgres: str) -> None:
    async with running(postgres) as (h, rooms, stub):
        me = h.caller(idempotency_key="again")
        rooms.refusal = Unavailable("down")
        with pytest.raises(Unavailable):
            await stub.CreateLocation(pb.CreateLocationRequest(name="Blue"), me)
        rooms.refusal = None
        await stub.CreateLocation(pb.CreateLocationRequest(name="Blue"), me)
        assert await rows(h) == 1


async def test_the_stored_answer_is_sealed(postgres: str) -> None:
    async with running(postgres) as (h, _, stub):
        await stub.CreateLocation(pb.CreateLocationRequest(name="Canary-Answer"), h.caller(idempotency_key="k"))
        async with h.superuser() as connection:
            kept = await connection.fetch("SELECT * FROM scheduling.idempotency")
        assert len(kept) == 1
        assert b"Canary" not in kept[0]["sealed"] + kept[0]["fingerprint"]


async def test_no_audit_no_reply(postgres: str) -> None:
    async with running(postgres) as (h, _, stub):
        me = h.caller()
        made = await stub.CreateLocation(pb.CreateLocationRequest(name="Blue"), me)
        async with h.superuser() as connection:
            await connection.execute("REVOKE INSERT ON scheduling.outbox FROM scheduling_app")
            try:
                with pytest.raises((Refusal, InternalFault)):
                    await stub.CreateLocation(pb.CreateLocationRequest(name="Red"), me)
            finally:
                await connection.execute("GRANT INSERT ON scheduling.outbox TO scheduling_app")
        assert await rows(h) == 1
        assert made.name == "Blue"


async def test_denials_are_on_record(postgres: str) -> None:
    async with running(postgres) as (h, rooms, stub):
        with pytest.raises(Forbidden):
            await stub.DeleteLocation(pb.DeleteLocationRequest(location_id=str(uuid7())), h.caller(scopes=["catalogue:read"]))
        rooms.refusal = NotFound("not_found")
        wanted = str(uuid7())
        with pytest.raises(NotFound):
            await stub.DeleteLocation(pb.DeleteLocationRequest(location_id=wanted), h.caller())
        rooms.refusal = Conflict("taken")
        with pytest.raises(Conflict):
            await stub.CreateLocation(pb.CreateLocationRequest(name="Blue"), h.caller())
        lines = await h.emitted(audit.AuditRecorded)
        assert [(line.outcome, line.code) for line in lines] == [
            (audit.OUTCOME_FAILURE, "permission_denied"),
            (audit.OUTCOME_FAILURE, "not_found"),
            (audit.OUTCOME_FAILURE, "taken"),
        ]
        assert lines[1].resource_id == wanted


@pytest.mark.parametrize("typed", ["x" * 36, "Ada Winterbourne, came back in March"])
async def test_what_is_typed_in_place_of_an_id_is_not_on_record(postgres: str, typed: str) -> None:
    async with running(postgres) as (h, _, stub):
        with pytest.raises(Forbidden):
            await stub.DeleteLocation(pb.DeleteLocationRequest(location_id=typed), h.caller(scopes=[]))
        (line,) = await h.emitted(audit.AuditRecorded)
        assert (line.code, line.HasField("resource_id"), list(line.resource_ids)) == ("permission_denied", False, [])


@pytest.mark.parametrize("how", ["missing", "garbage", "expired", "foreign key", "wrong audience", "wrong type"])
async def test_a_token_that_does_not_hold_is_refused(postgres: str, how: str) -> None:
    async with running(postgres) as (h, _, stub):
        request = pb.GetLocationRequest(location_id=str(uuid7()))
        if how == "missing":
            caller = h.nobody()
        elif how == "garbage":
            caller = RequestContext(token="a.b.c", request_id="r")
        elif how == "expired":
            caller = h.caller(iat=1, exp=2)
        elif how == "foreign key":
            async with start_environment(postgres, Service("scheduling", metadata, lambda _runtime: [Rooms()])) as elsewhere:
                caller = elsewhere.caller()
        elif how == "wrong audience":
            caller = h.caller(aud="somebody-else")
        else:
            signer = ServiceSigner("clinical", (h.folder / "service-keys" / "clinical.key").read_bytes())
            caller = RequestContext(token=signer.token("identity", UUID(int=1)), request_id="r")
        with pytest.raises(Unauthenticated):
            await stub.GetLocation(request, caller)


async def test_a_service_is_believed_only_with_its_own_key_and_only_where_it_is_named(postgres: str) -> None:
    async with running(postgres) as (h, _, _stub):
        request = pb.GetLocationRequest(location_id=str(uuid7()))
        with pytest.raises(Forbidden):
            await h.stub(LocationsStub, as_service="clinical").GetLocation(request, h.on_behalf_of(h.workspace()))
        address = h.runtime("scheduling").settings.listen
        impostor = Peers(ServiceSigner("clinical", generate_key()), addresses={"scheduling": address})
        with pytest.raises(Unauthenticated):
            await LocationsStub(impostor["scheduling"]).GetLocation(request, h.on_behalf_of(h.workspace()))
        await impostor.close()


async def test_a_revoked_sign_in_is_not_believed(postgres: str) -> None:
    async with running(postgres) as (h, _, stub):
        me = h.caller()
        await stub.GetLocation(pb.GetLocationRequest(location_id=str(uuid7())), me)
        verifier = h.runtime("scheduling").verifier
        verifier._revoked = {str(me.workspace_id): 2**53}
        verifier._fresh_until = float("inf")
        with pytest.raises(Unauthenticated) as refused:
            await stub.GetLocation(pb.GetLocationRequest(location_id=str(uuid7())), me)
        assert refused.value.code == "token_revoked"


async def test_health_and_reflection_answer(postgres: str) -> None:
    async with running(postgres) as (h, _, _stub):
        address = h.runtime("scheduling").settings.listen
        async with grpc.aio.insecure_channel(address) as channel:
            check = channel.unary_unary("/grpc.health.v1.Health/Check")
            async with asyncio.timeout(5):
                while await check(b"") != b"\x08\x01":
                    await asyncio.sleep(0.05)
            # ServerReflectionRequest{list_services: ""}
            ask = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
            stream = ask(iter([b"\x3a\x00"]))
            assert b"caseload.scheduling.v1.Locations" in await stream.read()


async def test_a_service_in_the_same_process_is_ready_only_while_its_database_is(postgres: str) -> None:
    async with running(postgres) as (h, _, _stub):
        peer = LocalPeer("scheduling", None, {"scheduling": h.runtime("scheduling").server})
        assert await peer.ready()
        name = urlsplit(h.admin_dsn).path.removeprefix("/")
        admin = await asyncpg.connect(postgres)
        try:
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            assert not await peer.ready()
        finally:
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            await admin.close()
        assert await peer.ready()


async def test_a_service_is_ready_only_with_the_tables_its_code_was_written_for(postgres: str) -> None:
    async with running(postgres) as (h, _, _stub), h.superuser() as database:
        newest = await database.fetchval("SELECT version_num FROM scheduling.alembic_version")
        for revision, ready in ((newest, True), ("0000", False), ("9999", True)):
            await database.execute("UPDATE scheduling.alembic_version SET version_num = $1", revision)
            assert await h.runtime("scheduling").ready() is ready
        await database.execute("DROP TABLE scheduling.alembic_version")
        assert not await h.runtime("scheduling").ready()


async def test_a_service_whose_keys_cannot_be_read_is_not_ready(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(postgres) as (h, _, _stub):
        runtime = h.runtime("scheduling")
        assert await runtime.ready()
        monkeypatch.setattr(runtime.keys, "_database", Database("postgresql://nobody@127.0.0.1:1/nothing", schema="scheduling"))
        assert not await runtime.ready()


def test_a_method_that_declares_nothing_is_refused_at_boot() -> None:
    file = descriptor_pb2.FileDescriptorProto(name="undeclared.proto", package="undeclared", syntax="proto3")
    file.message_type.add(name="Nothing")
    service = file.service.add(name="Silent")
    service.method.add(name="Ask", input_type=".undeclared.Nothing", output_type=".undeclared.Nothing")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    with pytest.raises(UndeclaredMethod):
        read(pool.FindServiceByName("undeclared.Silent").methods_by_name["Ask"])
