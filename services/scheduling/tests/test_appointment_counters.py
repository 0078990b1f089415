"""The counters of appointments: no transaction waits for another's, they are exact in every snapshot, and nothing is folded twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from prometheus_client import REGISTRY
from uuid_utils.compat import uuid7

from chassis.migrations.runner import migrate
from chassis.testing.environment import start_environment
from chassis.work.folding import Folder
from scheduling.__main__ import SERVICE
from scheduling.tables import client_counters, day_counters

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
DAY = timedelta(days=1)
DELETE = "UPDATE scheduling.appointments SET deleted_at = now() WHERE id = $1"
# Counts at once whatever is counted at the commit.
COUNT = "SET CONSTRAINTS ALL IMMEDIATE"
BOOK = """
INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, scheduled_start, scheduled_end, during,
    location_type, status, sealed, created_by, created_at, updated_at)
VALUES ($1, gen_random_uuid(), $2, $3, $4, $4::timestamptz + interval '1 hour',
    tstzrange($4, $4::timestamptz + interval '1 hour'), 'clinic', 'scheduled', '', $2, now(), now())
"""
# Of one workspace: what the counters say, and what counting says. One statement, so one snapshot.
BOTH = """
SELECT (SELECT coalesce(sum(appointment_count), 0) FROM (
           SELECT workspace_id, appointment_count FROM scheduling.client_figures
           UNION ALL SELECT workspace_id, appointment_count FROM scheduling.client_counter_changes) AS c WHERE workspace_id = $1) AS by_client,
       (SELECT coalesce(sum(appointment_count), 0) FROM (
           SELECT workspace_id, appointment_count FROM scheduling.day_figures
           UNION ALL SELECT workspace_id, appointment_count FROM scheduling.day_counter_changes) AS d WHERE workspace_id = $1) AS by_day,
       (SELECT count(*) FROM scheduling.appointments WHERE workspace_id = $1 AND deleted_at IS NULL) AS counted
"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
UNFOLDED = "SELECT count(*) FROM scheduling.client_counter_changes"


async def until(statement, connection, *arguments):
    """Returns when the statement's value is true."""
    async with asyncio.timeout(10):
        while not await connection.fetchval(statement, *arguments):
            await asyncio.sleep(0.01)


@pytest.fixture
async def connections(member):
    """Three of an administrator's connections."""
    async with member.environment.superuser() as one, member.environment.superuser() as two, member.environment.superuser() as three:
        yield one, two, three


class Unfolded:
    """One client's appointments in a database where no worker folds counters."""

    def __init__(self, environment, admin):
        self.environment = environment
        self.admin = admin
        self.workspace_id, self.client_id, self.practitioner_id = uuid7(), uuid7(), uuid7()
        self._sessions = []

    async def session(self):
        """A session of the role that folds."""
        session = await asyncpg.connect(self.environment.runtime("scheduling").settings.relay_database_url.get_secret_value())
        self._sessions.append(session)
        return session

    async def book(self, hours):
        for hour in range(hours):
            await self.admin.execute(BOOK, self.workspace_id, self.practitioner_id, self.client_id, NINE + timedelta(hours=hour))

    async def kept(self):
        """How many appointments are folded, and how many changes are not."""
        return (
            await self.admin.fetchval("SELECT coalesce(sum(appointment_count), 0)::int FROM scheduling.client_figures"),
            await self.admin.fetchval(UNFOLDED),
        )

    async def close(self):
        for session in self._sessions:
            await session.close()


@pytest.fixture
async def unfolded(postgres):
    peers = {"clients": "unix:/nowhere", "identity": "unix:/nowhere"}
    async with (
        start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as environment,
        environment.superuser() as admin,
    ):
        made = Unfolded(environment, admin)
        yield made
        await made.close()


async def assert_exact(member):
    async with member.environment.superuser() as connection:
        by_client, by_day, counted = await connection.fetchrow(BOTH, member.workspace_id)
    assert by_client == by_day == counted
    return counted


async def test_a_change_of_two_appointments_and_one_of_a_third_do_not_deadlock(member, connections):
    """By client and day: one transaction counts (1, 1) and then (2, 2), the other meanwhile (2, 1)."""
    other_client = await member.new_client()
    first = await member.book()
    second = await member.book(client_id=other_client, scheduled_start=NINE + DAY)
    third = await member.book(client_id=other_client, scheduled_start=NINE + timedelta(hours=2))
    one, two, _ = connections

    async def other_transaction():
        async with two.transaction():
            await two.execute(DELETE, UUID(third.id))
            await two.execute(COUNT)

    async with one.transaction():
        await one.execute(DELETE, UUID(first.id))
        await one.execute(COUNT)
        meanwhile = asyncio.create_task(other_transaction())
        await asyncio.wait([meanwhile], timeout=0.3)
        assert meanwhile.done(), "it waits for the counters of a transaction that is not over"
        await one.execute(DELETE, UUID(second.id))
        await one.execute(COUNT)
    await meanwhile

    assert await assert_exact(member) == 0


async def test_bookings_of_one_client_and_day_do_not_wait_for_each_other(member, connections):
    one, *_ = connections
    async with one.transaction():
        await one.execute(BOOK, member.workspace_id, uuid7(), UUID(member.client_id), NINE)
        await one.execute(COUNT)

        async with asyncio.timeout(3):
            await member.book()

        assert (await member.page(page=9, page_size=100)).total == 1
    assert (await member.page(page=9, page_size=100)).total == 2
    assert (await member.summaries(member.client_id))[0].appointment_count == 2


async def test_figures_are_exact_in_every_snapshot_while_two_folders_work(member, connections):
    *_, watching = connections
    dsn = member.environment.runtime("scheduling").settings.relay_database_url.get_secret_value()
    folders = [Folder(dsn, f"scheduling {n}", [client_counters, day_counters], batch=3, interval=0.001) for n in range(2)]
    folding = [asyncio.create_task(folder.run()) for folder in folders]
    seen = []
    writing = True

    async def watch():
        while writing:
            by_client, by_day, counted = await watching.fetchrow(BOTH, member.workspace_id)
            assert by_client == by_day == counted
            seen.append(counted)

    async def write(connection, hour):
        for day in range(40):
            await connection.execute(BOOK, member.workspace_id, member.user_id, UUID(member.client_id), NINE + day * DAY + hour)
            if day % 5 == 4:
                # Somebody reads in between, however busy the machine is.
                before = len(seen)
                while len(seen) == before and not watcher.done():
                    await asyncio.sleep(0.001)

    watcher = asyncio.create_task(watch())
    one, two, _ = connections
    await asyncio.gather(write(one, timedelta(0)), write(two, timedelta(hours=3)))
    await until(f"SELECT ({UNFOLDED}) = 0", one)
    writing = False
    await watcher
    for task in folding:
        task.cancel()
    await asyncio.gather(*folding, return_exceptions=True)

    assert len(set(seen)) > 5, "nothing was read in between"
    assert await assert_exact(member) == 80
    assert (await member.page(page=9, page_size=100)).total == 80


async def test_what_a_killed_fold_had_taken_is_counted_once(unfolded):
    await unfolded.book(5)
    killed = await unfolded.session()
    await killed.execute("BEGIN")
    assert await killed.fetchval(client_counters.fold_sql, 3) == 3
    pid = await killed.fetchval("SELECT pg_backend_pid()")
    assert await unfolded.admin.fetchval("SELECT pg_terminate_backend($1)", pid)
    await until("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)", unfolded.admin, pid)

    assert await unfolded.kept() == (0, 5)
    session = await unfolded.session()
    assert [await session.fetchval(client_counters.fold_sql, 3) for _ in range(3)] == [3, 2, 0]
    assert await unfolded.kept() == (5, 0)


async def test_two_folds_at_once_take_each_change_once(unfolded):
    await unfolded.book(4)
    first, second = await unfolded.session(), await unfolded.session()
    await first.execute("BEGIN")
    assert await first.fetchval(client_counters.fold_sql, 1_000) == 4
    waiting = asyncio.create_task(second.fetchval(client_counters.fold_sql, 1_000))
    await until(f"SELECT ({WAITING}) = 1", unfolded.admin)
    await first.execute("COMMIT")

    assert await waiting == 0
    assert await unfolded.kept() == (4, 0)


async def test_changes_that_cancel_each_other_leave_the_figure_as_it_was(unfolded):
    session = await unfolded.session()
    await unfolded.book(2)
    await session.fetchval(client_counters.fold_sql, 1_000)
    await unfolded.admin.execute("DELETE FROM scheduling.appointments WHERE scheduled_start = $1", NINE)
    await unfolded.book(1)
    assert await unfolded.kept() == (2, 2)

    assert await session.fetchval(client_counters.fold_sql, 1_000) == 2
    assert await unfolded.kept() == (2, 0)


async def test_the_figures_stay_exact_when_the_migration_goes_back_and_forth_under_changes(unfolded):
    """Those of release 0.1.0 are kept at once, by its own trigger, and read from the folded rows alone."""
    await unfolded.book(4)
    session = await unfolded.session()
    assert await session.fetchval(client_counters.fold_sql, 1) == 1
    assert await unfolded.kept() == (1, 3)

    while await unfolded.admin.fetchval("SELECT to_regclass('scheduling.client_counter_changes') IS NOT NULL"):
        await migrate(unfolded.environment.admin_dsn, "scheduling", "-1")
    await unfolded.admin.execute("DELETE FROM scheduling.appointments WHERE scheduled_start = $1", NINE)
    figures = [
        await unfolded.admin.fetchval(f"SELECT sum(appointment_count)::int FROM scheduling.{name}_figures") for name in ("client", "day")
    ]
    assert figures == [3, 3]

    await migrate(unfolded.environment.admin_dsn, "scheduling")
    assert await unfolded.kept() == (3, 0)
    await unfolded.admin.execute(
        "UPDATE scheduling.appointments SET deleted_at = now() WHERE scheduled_start = $1", NINE + timedelta(hours=1)
    )
    assert await unfolded.kept() == (3, 1)
    by_client, by_day, counted = await unfolded.admin.fetchrow(BOTH, unfolded.workspace_id)
    assert by_client == by_day == counted == 2


async def test_the_app_can_append_changes_and_neither_change_nor_delete_them(member):
    async with member.environment.runtime("scheduling").database.transaction(member.workspace_id, seconds=10.0) as tx:
        connection = await tx.connection()
        allowed = await connection.fetch(
            "SELECT t AS name, p AS privilege FROM unnest($1::text[]) AS t, unnest($2::text[]) AS p WHERE has_table_privilege(t, p)",
            ["scheduling.client_counter_changes", "scheduling.day_counter_changes", "scheduling.day_figures"],
            ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"],
        )
    assert sorted(map(tuple, allowed)) == [
        ("scheduling.client_counter_changes", "INSERT"),
        ("scheduling.client_counter_changes", "SELECT"),
        ("scheduling.day_counter_changes", "INSERT"),
        ("scheduling.day_counter_changes", "SELECT"),
        ("scheduling.day_figures", "SELECT"),
    ]


async def test_unfolded_changes_are_measured_and_folded_by_the_service_itself(member):
    labels = {"service": "scheduling", "counter": "client_figures"}
    before = REGISTRY.get_sample_value("caseload_counter_changes_folded_total", labels) or 0.0
    await member.book()
    async with member.environment.superuser() as connection:
        await until(f"SELECT ({UNFOLDED}) = 0", connection)

    assert REGISTRY.get_sample_value("caseload_counter_changes_unfolded", labels) is not None
    assert REGISTRY.get_sample_value("caseload_counter_changes_folded_total", labels) > before
