"""The database going away under a transaction: always Unavailable, and the next transaction is none the worse for it."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from sqlalchemy import literal, select
from uuid_utils.compat import uuid7

from chassis.db import transaction
from chassis.db.database import Database
from chassis.db.statement import query
from chassis.encryption import key_store
from chassis.encryption.key_store import Keys
from chassis.encryption.keyring import Keyring
from chassis.errors import Conflict, Unavailable
from chassis.events.notifier import RelayNotifier
from chassis.events.outbox import Outbox
from chassis.events.reactions import on
from chassis.work.envelope import Envelope
from chassis.work.unit_of_work import UnitOfWork

from .conftest import add_effect

one = query(select(literal(1).label("one")))


@pytest.fixture
async def narrow(parcels):
    """A pool of a single connection: whatever is not given back is missed at once."""
    database = Database(parcels.app_dsn, schema="parcels", size=1)
    yield database
    await database.close()


async def cut_off(parcels):
    """Ends the pool's backend, as a dying server does; returns when this end has heard of it."""
    told = await parcels.look("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'caseload-parcels'")
    assert [row[0] for row in told] == [True]
    await asyncio.sleep(0.2)


async def ask_again(tx):
    await tx.one(one)


async def commit(tx):
    await tx.commit()


@asynccontextmanager
async def behind(parcels, to_server, to_client):
    """A pool of a single connection behind a wire that these two carry."""
    parts = urlsplit(parcels.app_dsn)
    directory = parse_qs(parts.query).get("host", [None])[0]

    async def serve(reader, writer):
        if directory:
            far_reader, far_writer = await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.5432")
        else:
            far_reader, far_writer = await asyncio.open_connection(parts.hostname, parts.port or 5432)
        await asyncio.gather(to_server(reader, far_writer), to_client(far_reader, writer))

    wire = await asyncio.start_server(serve, "127.0.0.1", 0)
    near = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{wire.sockets[0].getsockname()[1]}"
    database = Database(parts._replace(netloc=near, query="sslmode=disable").geturl(), schema="parcels", size=1)
    yield database
    await database.close()
    wire.close()


@pytest.fixture
async def lingering(parcels):
    """A pool behind a wire that brings the server's last words at once, and its hanging up only after the test."""
    hang_up = asyncio.Event()
    async with behind(parcels, pump, partial(pump, hang_up=hang_up)) as database:
        yield database
        hang_up.set()


@pytest.fixture
async def silent(parcels):
    """A pool whose server has no word for anybody while `listening` is clear."""
    listening = asyncio.Event()
    listening.set()
    async with behind(parcels, pump, partial(pump, only=listening)) as database:
        database.listening = listening
        yield database
        listening.set()


async def pump(reader, writer, *, hang_up=None, only=None):
    try:
        while data := await reader.read(65536):
            if only is not None:
                await only.wait()
            writer.write(data)
        if hang_up is not None:
            await hang_up.wait()
    except OSError:
        pass
    finally:
        writer.transport.abort()


@pytest.fixture
async def forsaken(parcels):
    """A pool on whose present connections nothing arrives any more once `forsake` was called; on new ones everything does."""
    cut = []

    async def swallow(reader, writer):
        gone = asyncio.Event()
        cut.append(gone)
        try:
            while data := await reader.read(65536):
                if not gone.is_set():
                    writer.write(data)
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async with behind(parcels, swallow, swallow) as database:
        database.forsake = lambda: [gone.set() for gone in cut]
        yield database


@pytest.fixture
async def unanswered(parcels):
    """A pool whose wire breaks once PostgreSQL has said COMMIT for the first time, before that arrives."""
    broken = []

    async def break_at_commit(reader, writer):
        try:
            while data := await reader.read(65536):
                if b"COMMIT\x00" in data and not broken:
                    broken.append(True)
                    break
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async with behind(parcels, pump, break_at_commit) as database:
        yield database


async def test_a_step_that_undoes_runs_where_it_is_not_known_whether_the_commit_succeeded(parcels, unanswered):
    async def look(tx):
        await tx.run(add_effect, event_id=uuid7(), label="looked")

    with pytest.raises(Unavailable):
        async with UnitOfWork(parcels.work().context, unanswered, Outbox(unanswered, parcels.signer)) as work:
            await parcels.record(work, "committed")
            work.afterwards(look, unless_committed=True)
    assert await parcels.effects() == ["committed", "looked"]


@pytest.mark.parametrize("missing", ["SELECT 1 FROM parcels.not_there_yet", "SELECT not_there_yet FROM parcels.effects"])
async def test_a_database_that_is_not_migrated_yet_is_away(parcels, missing):
    with pytest.raises(Unavailable):
        async with parcels.database.transaction(parcels.workspace, seconds=5.0) as tx:
            await tx.execute(missing)


async def test_keys_are_read_again_after_their_connections_were_lost_in_silence(parcels, forsaken, monkeypatch):
    monkeypatch.setattr(key_store, "_SECONDS_TO_LOAD", 0.3)
    monkeypatch.setattr(transaction, "_SECONDS_TO_ROLL_BACK", 0.1)
    keys = Keys(forsaken, Keyring.generate(), service="parcels")
    await keys.of(uuid7())
    forsaken.forsake()

    async with asyncio.timeout(8):
        with pytest.raises(Unavailable):
            await keys.of(parcels.workspace)
        assert (await keys.of(parcels.workspace)).workspace_id == parcels.workspace
    assert await keys.ready()


async def test_a_server_that_has_said_its_last_word_but_not_hung_up_is_away_as_well(parcels, lingering):
    with pytest.raises(Unavailable):
        async with lingering.transaction(parcels.workspace, seconds=5.0) as tx:
            await tx.one(one)
            await cut_off(parcels)
            await tx.one(one)

    assert lingering.in_use == 0
    assert await lingering.ready()


async def test_a_refusal_stays_what_it_is_where_there_is_nobody_left_to_roll_back_with(parcels, lingering):
    with pytest.raises(Conflict) as refused:
        async with lingering.transaction(parcels.workspace, seconds=5.0) as tx:
            await tx.one(one)
            await cut_off(parcels)
            raise Conflict("taken")
    assert refused.value.code == "taken"

    assert lingering.in_use == 0
    assert await lingering.ready()


async def test_a_notification_that_cannot_be_sent_is_logged_and_the_next_one_is_sent(parcels, lingering, caplog):
    assert await lingering.ready()
    await cut_off(parcels)
    notifier = RelayNotifier(lingering)
    with caplog.at_level("INFO"):
        notifier.notify()
        await notifier.close()
    # By their logger: services that other tests have started in this process go on, and log.
    assert [record.message for record in caplog.records if record.name == "chassis.events.notifier"] == ["the relay was not notified"]

    assert lingering.in_use == 0
    notifier.notify()
    await notifier.close()
    assert notifier._sending.exception() is None


@pytest.mark.parametrize("go_on", [ask_again, commit])
async def test_a_transaction_that_is_cut_off_is_unavailable_and_its_place_is_free_again(parcels, narrow, go_on):
    with pytest.raises(Unavailable) as refused:
        async with narrow.transaction(parcels.workspace, seconds=5.0) as tx:
            await tx.one(one)
            await cut_off(parcels)
            await go_on(tx)
    assert refused.value.code == "database_unavailable"
    assert refused.value.retry_after

    assert narrow.in_use == 0
    assert await narrow.ready()


async def test_a_call_that_is_cut_off_before_its_events_are_written_is_unavailable_and_announces_nothing(parcels):
    with pytest.raises(Unavailable):
        async with parcels.work() as work:
            await work.db.one(one)
            work.emit(StringValue(value="never"))
            await cut_off(parcels)

    assert await parcels.waiting() == 0


async def test_a_reaction_that_is_cut_off_as_it_claims_its_event_has_met_an_outage_and_not_failed(parcels):
    async def keep(event, delivery):
        await parcels.record(delivery, event.value)

    reaction = on(StringValue, queue="parcels.take")(keep)
    take = parcels.subscription(reaction)
    event = parcels.signed(Envelope(uuid7(), parcels.workspace, take.type, StringValue(value="a").SerializeToString(), datetime.now(UTC)))
    twin = await asyncpg.connect(parcels.admin_dsn)
    try:
        await twin.execute("BEGIN")
        await twin.execute("INSERT INTO parcels.inbox VALUES ($1, $2, $3)", parcels.workspace, take.queue, event.id)
        claiming = asyncio.create_task(take.handle(event, 1))
        await parcels.until(lambda: waits_for_a_lock(parcels))
        await cut_off(parcels)
        with pytest.raises(Unavailable):
            await claiming
        await twin.execute("ROLLBACK")
    finally:
        await twin.close()

    await take.handle(event, 1)
    assert await parcels.effects() == ["a"]


async def waits_for_a_lock(parcels):
    return await parcels.look("SELECT 1 FROM pg_stat_activity WHERE application_name = 'caseload-parcels' AND wait_event_type = 'Lock'")


async def test_a_connection_that_is_cut_off_between_two_transactions_is_not_lent_again(parcels, narrow):
    assert await narrow.ready()
    await cut_off(parcels)

    async with narrow.transaction(parcels.workspace, seconds=5.0) as tx:
        assert (await tx.one(one))["one"] == 1


async def test_a_connection_that_has_left_the_pool_by_itself_may_be_given_back(parcels, narrow):
    connection = await narrow._pool.acquire()
    await cut_off(parcels)

    await narrow._pool.release(connection, broken=True)

    assert narrow.in_use == 0
    assert await narrow.ready()


async def test_whoever_waits_for_a_connection_is_counted(parcels, narrow):
    async def ask():
        async with narrow.transaction(parcels.workspace, seconds=5.0) as tx:
            await tx.one(one)

    async with narrow.transaction(parcels.workspace, seconds=5.0) as tx:
        await tx.one(one)
        waiting = [asyncio.create_task(ask()) for _ in range(3)]
        while narrow.waiting < 3:
            await asyncio.sleep(0)
        assert narrow.in_use == 1
    await asyncio.gather(*waiting)

    assert narrow.waiting == 0


async def test_a_database_that_does_not_know_the_role_yet_is_away(parcels):
    stranger = Database(parcels.app_dsn.replace("parcels_app", "nobody_yet"), schema="parcels")
    with pytest.raises(Unavailable):
        async with stranger.transaction(parcels.workspace, seconds=10.0) as tx:
            await tx.execute("SELECT 1")
    await stranger.close()


@pytest.mark.parametrize("workspaces", [1, 3], ids=["of one workspace", "of several"])
async def test_a_server_that_falls_silent_holds_nobodys_lines_up_for_ever(parcels, silent, monkeypatch, workspaces):
    events = [Envelope(uuid7(), uuid7(), "t", b"", datetime.now(UTC)) for _ in range(workspaces)]
    await Outbox(silent, parcels.signer).write_alone(events[:1])
    silent.listening.clear()
    # Short for the silent server alone: what is answered may take as long as a busy machine needs.
    with monkeypatch.context() as impatient:
        impatient.setattr("chassis.events.outbox._SECONDS_ALONE", 0.5)
        async with asyncio.timeout(10):
            with pytest.raises(Unavailable):
                await Outbox(silent, parcels.signer).write_alone(
                    [Envelope(uuid7(), each.workspace_id, "t", b"", datetime.now(UTC)) for each in events]
                )
    silent.listening.set()
    await Outbox(silent, parcels.signer).write_alone([Envelope(uuid7(), uuid7(), "t", b"", datetime.now(UTC))])
    assert silent.in_use == 0
