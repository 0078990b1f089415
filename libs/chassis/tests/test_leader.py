"""One instance leads; another takes over when the leader's session ends, stops or is lost."""

import asyncio
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from chassis.backoff import Backoff
from chassis.db.advisory_locks import session_lock_number
from chassis.errors import Unavailable
from chassis.work.leader import LeaderElection

BRIEF = Backoff(first=0.01, longest=0.05)


class Counted(Backoff):
    """A brief backoff that remembers the numbers of failures it was asked for."""

    def __init__(self):
        super().__init__(BRIEF.first, BRIEF.longest)
        object.__setattr__(self, "failures", [])

    def delay(self, failures):
        self.failures.append(failures)
        return super().delay(failures)


class Instance:
    """One instance of a service: an election, and work that says hello to the server until it is to stop."""

    def __init__(self, dsn, name, **but):
        self.election = LeaderElection(dsn, name, **{"application": f"instance {name}", "poll": 0.05, "backoff": BRIEF, **but})
        self.terms = 0
        self.cancelled = 0
        self.session = None
        self.task = None

    def start(self, work=None):
        self.task = asyncio.create_task(self.election.run(work or self.work))
        return self

    async def work(self, session):
        self.terms += 1
        self.session = session
        try:
            while not self.election.stopping.is_set():
                await session.fetchval("SELECT 1")
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    @property
    def leading(self):
        return self.election.leading


@pytest.fixture
def name():
    return f"test election {uuid7()}"


@pytest.fixture
async def instances(postgres, name):
    """Makes and starts competing instances, and stops whichever are left."""
    made = []

    def make(*, work=None, dsn=postgres, name=name, **but):
        made.append(Instance(dsn, name, **but).start(work))
        return made[-1]

    yield make
    for instance in made:
        await instance.election.stop(grace=0.1)
        await asyncio.gather(instance.task, return_exceptions=True)


@pytest.fixture
async def admin(postgres):
    connection = await asyncpg.connect(postgres)
    yield connection
    await connection.close()


async def until(condition, seconds=10.0):
    """Waits until the condition holds, and returns what it gave."""
    async with asyncio.timeout(seconds):
        while not (found := condition()):
            await asyncio.sleep(0.01)
        return found


def leader_of(*competing):
    return next((each for each in competing if each.leading), None)


async def holders(admin, name):
    """Process ids of the sessions that hold the election's lock."""
    key = session_lock_number(name) & (2**64 - 1)
    rows = await admin.fetch(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = $1::bigint::oid"
        " AND objid = $2::bigint::oid",
        key >> 32,
        key & (2**32 - 1),
    )
    return [row["pid"] for row in rows]


async def released(admin, name):
    """Waits until nobody holds the election's lock: a server ends a session shortly after its client has closed it."""
    async with asyncio.timeout(10):
        while await holders(admin, name):
            await asyncio.sleep(0.01)


async def terminate(admin, name):
    """Ends the leader's session from the server's side."""
    (pid,) = await holders(admin, name)
    assert await admin.fetchval("SELECT pg_terminate_backend($1)", pid)


async def test_of_many_instances_one_leads(instances, admin, name):
    competing = [instances() for _ in range(4)]
    leader = await until(lambda: leader_of(*competing))
    await asyncio.sleep(0.2)  # the others have tried for the lock several times by now
    assert [each.leading for each in competing].count(True) == 1
    assert [each.terms for each in competing].count(0) == 3
    assert len(await holders(admin, name)) == 1
    assert leader.leading


async def test_elections_of_different_names_have_leaders_of_their_own(instances):
    one, other = instances(), instances(name=f"another {uuid7()}")
    await until(lambda: one.leading and other.leading)
    assert (one.terms, other.terms) == (1, 1)


async def test_another_takes_over_when_the_leaders_session_ends(instances, admin, name):
    # The leader waits before it competes again, so that the standby is first.
    patient = Backoff(first=5.0, longest=5.0)
    one, other = instances(backoff=patient), instances(backoff=patient)
    leader = await until(lambda: leader_of(one, other))
    await terminate(admin, name)
    standby = other if leader is one else one
    await until(lambda: standby.leading)
    await until(lambda: not leader.leading)
    assert (leader.terms, standby.terms) == (1, 1)
    assert len(await holders(admin, name)) == 1


async def test_the_former_leader_leads_again_when_it_is_alone(instances, admin, name, caplog):
    alone = instances()
    await until(lambda: alone.leading)
    await terminate(admin, name)
    await until(lambda: alone.terms == 2 and alone.leading)
    assert "the leader election lost its database" in caplog.text


async def test_work_that_is_not_using_the_session_is_cancelled_when_the_session_ends(instances, admin, name):
    cancelled = asyncio.Event()

    async def elsewhere(session):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    leader = instances(work=elsewhere)
    await until(lambda: leader.leading)
    await terminate(admin, name)
    async with asyncio.timeout(5):
        await cancelled.wait()
    # It competes again, and being alone it wins.
    await until(lambda: leader.leading)
    assert len(await holders(admin, name)) == 1


async def test_to_stop_lets_the_work_finish_and_releases_the_lock(instances, admin, name):
    finished = []

    async def work(session):
        await leader.election.stopping.wait()
        finished.append(await session.fetchval("SELECT 7"))

    leader = instances(work=work)
    await until(lambda: leader.leading)
    await leader.election.stop()
    assert finished == [7]
    assert leader.task.done()
    assert not leader.leading
    await released(admin, name)
    successor = instances()
    await until(lambda: successor.leading)


async def test_to_stop_cancels_work_that_goes_on_after_the_grace(instances, admin, name):
    cancelled = []

    async def stubborn(session):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(session)
            raise

    leader = instances(work=stubborn)
    await until(lambda: leader.leading)
    await leader.election.stop(grace=0.05)
    assert len(cancelled) == 1
    assert leader.task.done()
    await released(admin, name)


async def test_a_standby_stops_at_once_and_the_leader_goes_on(instances):
    one, other = instances(poll=30.0), instances(poll=30.0)
    leader = await until(lambda: leader_of(one, other))
    standby = other if leader is one else one
    async with asyncio.timeout(5):
        await standby.election.stop()
    assert standby.task.done()
    assert standby.terms == 0
    assert leader.leading


async def test_stopped_before_it_runs_it_does_nothing(postgres, name):
    instance = Instance(postgres, name)
    await instance.election.stop()
    await instance.election.run(instance.work)
    assert instance.terms == 0


async def test_cancelled_it_cancels_the_work_and_releases_the_lock(instances, admin, name):
    leader = instances()
    await until(lambda: leader.leading)
    leader.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leader.task
    assert leader.cancelled == 1
    assert not leader.leading
    await released(admin, name)


async def test_work_that_returns_resigns_and_the_next_one_leads(instances):
    turns = []

    def taking_turns(who):
        async def work(session):
            turns.append(who)

        return work

    instances(work=taking_turns("one"))
    instances(work=taking_turns("other"))
    await until(lambda: {"one", "other"} <= set(turns))
    assert set(turns) == {"one", "other"}


async def test_work_that_fails_is_reported_and_tried_again_after_growing_pauses(instances, caplog):
    async def failing(session):
        raise KeyError("Jane Doe")

    counted = Counted()
    instances(work=failing, backoff=counted)
    await until(lambda: counted.failures[:4] == [1, 2, 3, 4])
    reported = [record for record in caplog.records if record.message == "the work of the leader failed"]
    assert len(reported) >= 4
    assert {record.error for record in reported} == {"KeyError"}


async def test_a_database_that_does_not_answer_is_reported_as_such(instances, caplog):
    async def refused(session):
        raise Unavailable("database_unavailable", "The database does not answer at the moment.")

    counted = Counted()
    instances(work=refused, backoff=counted)
    await until(lambda: counted.failures)
    assert "the leader election lost its database" in caplog.text
    assert "the work of the leader failed" not in caplog.text


async def test_an_error_after_the_longest_pause_of_good_work_counts_as_the_first_again(instances):
    async def failing_later(session):
        await asyncio.sleep(BRIEF.longest + 0.01)
        raise KeyError

    counted = Counted()
    instances(work=failing_later, backoff=counted)
    await until(lambda: len(counted.failures) >= 3)
    assert set(counted.failures) == {1}


async def test_it_outlives_a_database_that_takes_no_connections(postgres, admin, name, instances):
    database = f"away_{uuid7().hex}"
    await admin.execute(f"CREATE DATABASE {database}")
    leader = instances(dsn=urlunsplit(urlsplit(postgres)._replace(path=f"/{database}")))
    await until(lambda: leader.leading)

    await admin.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
    ended = await admin.fetch("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database)
    assert len(ended) == 1
    await until(lambda: not leader.leading)
    await asyncio.sleep(0.2)  # it has failed to connect several times by now
    assert (leader.leading, leader.terms) == (False, 1)

    await admin.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
    await until(lambda: leader.leading and leader.terms == 2)
    await leader.election.stop()
    await admin.execute(f"DROP DATABASE {database} WITH (FORCE)")


async def test_it_waits_for_a_database_that_is_not_there_yet(postgres, admin, name, instances):
    database = f"later_{uuid7().hex}"
    leader = instances(dsn=urlunsplit(urlsplit(postgres)._replace(path=f"/{database}")))
    await asyncio.sleep(0.1)
    assert not leader.leading
    await admin.execute(f"CREATE DATABASE {database}")
    await until(lambda: leader.leading)
    await leader.election.stop()
    await admin.execute(f"DROP DATABASE {database} WITH (FORCE)")


async def test_a_server_that_stopped_answering_is_noticed_by_the_next_statement(postgres, instances):
    async with through_a_silent_wire(postgres) as (dsn, answering):
        leader = instances(dsn=dsn, command_timeout=0.3)
        await until(lambda: leader.leading)
        answering.clear()
        await until(lambda: not leader.leading)
        assert leader.cancelled == 0, "the statement failed; and nothing else cancelled the work"
        answering.set()
        await until(lambda: leader.leading)
        await leader.election.stop()


async def test_the_server_is_told_to_end_the_session_of_a_machine_that_vanished(postgres, instances):
    async with through_a_silent_wire(postgres) as (dsn, _answering):
        shown = {}

        async def look(session):
            for setting in ("application_name", "TimeZone"):
                shown[setting] = await session.fetchval(f"SHOW {setting}")
            sources = await session.fetch("SELECT name, reset_val FROM pg_settings WHERE name LIKE 'tcp_keepalives_%'")
            shown.update((row["name"], row["reset_val"]) for row in sources)

        leader = instances(dsn=dsn, work=look, name="vanished")
        await until(lambda: len(shown) == 5)
        await leader.election.stop()
    assert shown == {
        "application_name": "instance vanished",
        "TimeZone": "UTC",
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    }


@asynccontextmanager
async def through_a_silent_wire(dsn):
    """A DSN through a proxy that passes on the server's answers only while the event, given as well, is set."""
    parts = urlsplit(dsn)
    directory = parse_qs(parts.query).get("host", [None])[0]
    answering = asyncio.Event()
    answering.set()

    async def pump(reader, writer, *, only=None):
        try:
            while data := await reader.read(65536):
                if only is not None:
                    await only.wait()
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async def serve(reader, writer):
        if directory:
            far_reader, far_writer = await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.5432")
        else:
            far_reader, far_writer = await asyncio.open_connection(parts.hostname, parts.port or 5432)
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer, only=answering))

    proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
    account = parts.netloc.rpartition("@")[0]
    near = f"{account}@127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
    try:
        yield parts._replace(netloc=near, query="sslmode=disable").geturl(), answering
    finally:
        answering.set()
        proxy.close()
