"""Who has only read does not wait for COMMIT; nobody ever sees what was pinned, or locked, by the one before."""

import asyncio
from contextlib import suppress
from itertools import pairwise
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import BigInteger, Integer, Text, Uuid, bindparam, cast, func, insert, literal, literal_column, select, text, update
from uuid_utils.compat import uuid7

from chassis.db import pool
from chassis.db.database import Database
from chassis.db.statement import command, query
from chassis.db.transaction import CommitFailed, TransactionEnded
from chassis.errors import Refusal

from .conftest import EFFECTS, add_effect

labels = query(select(EFFECTS.c.label).order_by(EFFECTS.c.label))
locked = command(select(EFFECTS.c.label).with_for_update())
backend = command(select(func.pg_backend_pid().label("pid")))
advisory = command(
    select(func.pg_advisory_xact_lock(func.hashtextextended(cast(bindparam("id", type_=Uuid), Text), literal(0, BigInteger))))
)


@pytest.fixture
async def narrow(parcels):
    """A pool of one connection."""
    database = Database(parcels.app_dsn, schema="parcels", size=1)
    yield database
    await database.close()


async def told(database, workspace):
    """What a call that only reads is told; it lets go, as the interceptor does."""
    tx = database.begin(workspace)
    rows = await tx.all(labels)
    assert tx.release_if_read_only()
    return [row["label"] for row in rows]


async def told_or_not(database, workspace):
    """The same by somebody who may be interrupted at any moment."""
    async with database.transaction(workspace, seconds=10.0) as tx:
        return [row["label"] for row in await tx.all(labels)]


async def put(database, workspace, label):
    async with database.transaction(workspace, seconds=10.0) as tx:
        await tx.run(add_effect, event_id=uuid7(), label=label)


async def states(parcels):
    rows = await parcels.look("SELECT state FROM pg_stat_activity WHERE application_name = 'caseload-parcels'")
    return [row["state"] for row in rows]


async def test_the_next_on_a_connection_sees_its_own_workspace_alone(parcels, narrow):
    ours, theirs = uuid7(), uuid7()
    await put(narrow, ours, "ours")
    await put(narrow, theirs, "theirs")

    for _ in range(3):
        assert await told(narrow, ours) == ["ours"]
        assert await told(narrow, theirs) == ["theirs"]
        assert await told(narrow, None) == []


async def test_a_connection_is_lent_to_one_at_a_time_however_many_read(parcels):
    workspaces = [uuid7() for _ in range(6)]
    database = Database(parcels.app_dsn, schema="parcels", size=3)
    for workspace in workspaces:
        await put(database, workspace, str(workspace))

    async def read(workspace: UUID):
        for _ in range(20):
            assert await told(database, workspace) == [str(workspace)]

    await asyncio.gather(*(read(workspace) for workspace in workspaces * 3))
    await parcels.until(lambda: database.in_use == 0)
    await database.close()


async def test_readers_of_one_workspace_go_on_in_one_transaction_and_others_do_not(parcels, narrow, monkeypatch):
    monkeypatch.setattr(pool, "SECONDS_UNUSED", 5.0)
    monkeypatch.setattr(pool, "SECONDS_OPEN", 5.0)

    async def begun():
        rows = await parcels.look("SELECT xact_start FROM pg_stat_activity WHERE application_name = 'caseload-parcels'")
        return rows[0]["xact_start"]

    await told(narrow, parcels.workspace)
    first = await begun()
    await told(narrow, parcels.workspace)
    assert await begun() == first
    await told(narrow, uuid7())
    assert await begun() > first


async def test_no_transaction_of_readers_grows_old(parcels, narrow, monkeypatch):
    monkeypatch.setattr("chassis.db.pool.SECONDS_OPEN", 0.05)
    oldest = "SELECT extract(epoch FROM clock_timestamp() - xact_start)::float8 AS age FROM pg_stat_activity WHERE application_name = 'caseload-parcels'"
    ages = []
    for _ in range(30):
        await told(narrow, parcels.workspace)
        ages.append((await parcels.look(oldest))[0]["age"])
        await asyncio.sleep(0.01)
    assert max(age for age in ages if age is not None) < 1.0
    # None where it had ended before it was looked at.
    assert sum(before is not None and (age is None or age < before) for before, age in pairwise(ages)) > 1


async def test_who_goes_on_in_a_readers_transaction_and_writes_commits_its_own(parcels, narrow):
    await told(narrow, parcels.workspace)
    tx = narrow.begin(parcels.workspace)
    assert await tx.all(labels) == []
    await tx.run(add_effect, event_id=uuid7(), label="kept")
    assert not tx.release_if_read_only()
    await tx.commit()
    assert await told(narrow, parcels.workspace) == ["kept"]

    undone = narrow.begin(parcels.workspace)
    await undone.all(labels)
    await undone.run(add_effect, event_id=uuid7(), label="undone")
    await undone.rollback()
    assert await told(narrow, parcels.workspace) == ["kept"]


async def test_a_transaction_that_has_failed_neither_commits_nor_is_read_on_in(parcels, narrow):
    failing = query(select(cast(EFFECTS.c.label, Integer)))
    await put(narrow, parcels.workspace, "no number")
    tx = narrow.begin(parcels.workspace)
    with pytest.raises(asyncpg.DataError):
        await tx.all(failing)
    assert not tx.release_if_read_only()
    with pytest.raises(CommitFailed):
        await tx.commit()
    assert narrow.in_use == 0
    assert await told(narrow, parcels.workspace) == ["no number"]


async def test_a_swallowed_failure_does_not_end_as_success_with_its_rows_gone(parcels, narrow):
    failing = query(select(cast(EFFECTS.c.label, Integer)))
    await put(narrow, parcels.workspace, "no number")
    with pytest.raises(CommitFailed):
        async with narrow.transaction(parcels.workspace, seconds=10.0) as tx:
            await tx.run(add_effect, event_id=uuid7(), label="lost")
            with suppress(asyncpg.DataError):
                await tx.all(failing)
    assert await told(narrow, parcels.workspace) == ["no number"]


async def test_statements_gathered_on_one_transaction_leave_the_pool_whole_when_one_refuses(parcels, narrow):
    failing = query(select(cast(EFFECTS.c.label, Integer)))
    await put(narrow, parcels.workspace, "no number")
    for _ in range(3):
        with pytest.raises(asyncpg.DataError):
            async with narrow.transaction(parcels.workspace, seconds=10.0) as tx:
                await asyncio.gather(tx.all(failing), tx.run(add_effect, event_id=uuid7(), label="late"), tx.all(labels))
        await parcels.until(lambda: narrow.in_use == 0, seconds=2)
        assert await told(narrow, parcels.workspace) == ["no number"]


@pytest.mark.parametrize("end", ["commit", "rollback", "release"])
async def test_a_statement_after_the_end_is_refused_and_takes_no_connection(parcels, narrow, end):
    tx = narrow.begin(parcels.workspace)
    await tx.all(labels)
    match end:
        case "commit":
            await tx.commit()
        case "rollback":
            await tx.rollback()
        case "release":
            assert tx.release_if_read_only()
    with pytest.raises(TransactionEnded):
        await tx.all(labels)
    with pytest.raises(TransactionEnded):
        await tx.connection()
    assert narrow.in_use == 0
    assert await told(narrow, parcels.workspace) == []


async def test_many_who_wait_take_over_from_readers_and_none_is_forgotten(parcels):
    database = Database(parcels.app_dsn, schema="parcels", size=2)
    ours, theirs = uuid7(), uuid7()
    await put(database, ours, "ours")
    await put(database, theirs, "theirs")
    readers = [told(database, (ours, theirs)[number % 2]) for number in range(60)]
    writers = [put(database, theirs, "theirs") for _ in range(10)]
    impatient = [asyncio.create_task(told_or_not(database, ours)) for _ in range(20)]
    asyncio.get_running_loop().call_later(0.005, lambda: [task.cancel() for task in impatient[::2]])
    answers = await asyncio.gather(*readers, *writers)
    assert [{*answer} for answer in answers[:60]] == [{"ours"}, {"theirs"}] * 30
    assert {*map(tuple, await asyncio.gather(*impatient[1::2]))} == {("ours",)}
    await asyncio.gather(*impatient, return_exceptions=True)
    await parcels.until(lambda: database.in_use == 0)
    # Every connection can still be had, all at once.
    lent = [await database._pool.acquire(timeout=1.0) for _ in range(2)]
    for connection in lent:
        await database._pool.release(connection)
    await database.close()


async def test_who_waits_too_long_is_refused_and_takes_nothing_along(parcels, narrow):
    connection = await narrow._pool.acquire(timeout=1.0)
    with pytest.raises(Refusal):
        await narrow._pool.acquire(timeout=0.05)
    await narrow._pool.release(connection)
    assert await told(narrow, parcels.workspace) == []


async def test_a_reader_sees_what_was_committed_since_the_last(parcels, narrow):
    assert await told(narrow, parcels.workspace) == []
    await put(parcels.database, parcels.workspace, "new")
    assert await told(narrow, parcels.workspace) == ["new"]


async def test_what_was_left_open_is_ended_when_nobody_comes_for_it(parcels, narrow):
    await told(narrow, parcels.workspace)
    assert await states(parcels) == ["idle in transaction"]
    await parcels.until(lambda: _is(states(parcels), ["idle"]), seconds=2)
    assert narrow.in_use == 0


async def test_a_writer_gets_a_transaction_of_its_own(parcels, narrow):
    await told(narrow, parcels.workspace)
    tx = narrow.begin(parcels.workspace)
    await tx.run(add_effect, event_id=uuid7(), label="undone")
    await tx.rollback()
    assert await told(narrow, parcels.workspace) == []


async def test_who_wrote_or_locked_has_to_commit(parcels, narrow):
    await put(narrow, parcels.workspace, "a")
    for act in (
        lambda tx: tx.run(add_effect, event_id=uuid7(), label="b"),
        lambda tx: tx.all(locked),
        lambda tx: tx.one(backend),
        lambda tx: tx.execute("SELECT 1"),
        lambda tx: tx.connection(),
    ):
        tx = narrow.begin(parcels.workspace)
        await tx.all(labels)
        await act(tx)
        assert not tx.release_if_read_only()
        await tx.commit()


async def test_a_clean_connection_is_clean_and_comes_at_once_even_if_all_are_set_aside(parcels, narrow):
    await told(narrow, parcels.workspace)
    connection = await narrow._pool.acquire(timeout=1.0)
    assert not connection.is_in_transaction()
    assert await connection.fetchval("SELECT current_setting('app.workspace_id', true)") == ""
    await narrow._pool.release(connection)


async def test_who_waits_for_a_connection_gets_it_as_soon_as_a_reader_is_done(parcels, narrow):
    reader = narrow.begin(parcels.workspace)
    await reader.all(labels)
    waiting = asyncio.ensure_future(narrow._pool.acquire(timeout=2.0))
    await asyncio.sleep(0.05)
    assert reader.release_if_read_only()
    connection = await waiting
    assert not connection.is_in_transaction()
    await narrow._pool.release(connection)


async def test_a_connection_cut_off_while_set_aside_is_not_lent_again(parcels, narrow):
    await told(narrow, parcels.workspace)
    await parcels.look("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'caseload-parcels'")
    await asyncio.sleep(0.2)
    assert await told(narrow, parcels.workspace) == []


async def test_closing_ends_what_was_set_aside(parcels):
    database = Database(parcels.app_dsn, schema="parcels", size=4)
    await asyncio.gather(*(told(database, parcels.workspace) for _ in range(4)))
    await database.close()
    await parcels.until(lambda: _is(states(parcels), []), seconds=2)
    with pytest.raises(Refusal):
        await told(Database("postgresql://nobody@/nowhere?host=/nowhere", schema="parcels"), parcels.workspace)


async def test_who_connects_or_waits_while_the_pool_closes_is_refused_and_leaves_no_connection(parcels):
    database = Database(parcels.app_dsn, schema="parcels", size=1)
    asking = [asyncio.create_task(told_or_not(database, parcels.workspace)) for _ in range(3)]
    await asyncio.sleep(0)
    await database.close()

    assert await asyncio.gather(*asking, return_exceptions=True)
    assert database.in_use == 0
    await parcels.until(lambda: _is(states(parcels), []), seconds=2)
    assert await told(database, parcels.workspace) == []
    await database.close()


async def test_closing_waits_for_what_is_in_use_and_no_longer(parcels):
    database = Database(parcels.app_dsn, schema="parcels", size=4)
    began = asyncio.Event()

    async def busy():
        async with database.transaction(parcels.workspace, seconds=10.0) as tx:
            await tx.all(labels)
            began.set()
            await asyncio.sleep(0.2)

    working = asyncio.create_task(busy())
    await began.wait()
    # Without its connections being given back this would end by the pool's own limit of five seconds, and in an error.
    async with asyncio.timeout(4):
        await database.close()
    assert working.done()
    await working
    await parcels.until(lambda: _is(states(parcels), []), seconds=2)


READS = {
    "a select": select(EFFECTS),
    "functions without effect": select(func.count(), func.coalesce(func.max(EFFECTS.c.label), literal(""))),
    "a union of selects": select(EFFECTS.c.label).union_all(select(EFFECTS.c.label)),
    "a subquery": select(select(EFFECTS.c.label).subquery()),
}
OTHERS = {
    "a lock": select(EFFECTS).with_for_update(),
    "a lock in a subquery": select(select(EFFECTS).with_for_update().subquery()),
    "an advisory lock": select(func.pg_advisory_xact_lock(1)),
    "a function nobody has vouched for": select(func.audit.make_partitions(1)),
    "text": select(text("nextval('x')")),
    "a literal column": select(literal_column("pg_advisory_xact_lock(1)")),
    "the time its transaction began": select(EFFECTS.c.label, func.now()),
    "an insert": insert(EFFECTS).values(label="x"),
    "an insert beside it": select(EFFECTS).add_cte(insert(EFFECTS).values(label="x").cte("x")),
    "an update it reads from": select(update(EFFECTS).values(label=bindparam("y")).returning(EFFECTS.c.label).cte("x")),
}


@pytest.mark.parametrize("kind", READS)
def test_what_only_reads_is_a_query_and_no_command(kind):
    assert query(READS[kind]).reads
    with pytest.raises(TypeError):
        command(READS[kind])


@pytest.mark.parametrize("kind", OTHERS)
def test_what_may_do_more_than_read_is_a_command_and_no_query(kind):
    assert not command(OTHERS[kind]).reads
    with pytest.raises(TypeError):
        query(OTHERS[kind])


async def _is(coming, wanted):
    return sorted(await coming) == wanted


async def test_a_lock_that_travels_with_begin_is_held_until_the_end(parcels, narrow):
    """In a new transaction, after an open read, and as a later statement."""
    asked = uuid7()
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND mode = 'ExclusiveLock'"
    held += " AND ((classid::bigint << 32) | objid::bigint) = hashtextextended($1, 0)"
    for before in ("nothing", "an earlier read", "a statement of its own"):
        if before == "an earlier read":
            await told(narrow, uuid7())
        async with narrow.transaction(uuid7(), seconds=10.0) as tx:
            if before == "a statement of its own":
                await tx.all(labels)
            assert await tx.run(advisory, id=asked) == 1
            assert (await parcels.look(held, str(asked)))[0]["count"] == 1, before
            await tx.run(add_effect, event_id=uuid7(), label="kept")
        assert (await parcels.look(held, str(asked)))[0]["count"] == 0, before


async def test_a_lock_with_begin_that_is_not_given_in_time_is_refused_and_the_pool_goes_on(parcels):
    impatient = Database(parcels.app_dsn, schema="parcels", size=1, lock_timeout=0.1)
    patient, asked = Database(parcels.app_dsn, schema="parcels", size=1), uuid7()
    async with patient.transaction(uuid7(), seconds=10.0) as holder:
        await holder.run(advisory, id=asked)
        with pytest.raises(Refusal):
            async with impatient.transaction(uuid7(), seconds=10.0) as tx:
                await tx.run(advisory, id=asked)
        assert await told(impatient, uuid7()) == []
    await impatient.close()
    await patient.close()


def test_only_ids_and_numbers_are_written_into_a_statement():
    asked = uuid7()
    assert advisory.only_locks
    assert not locked.only_locks
    assert str(asked) in (advisory.written_out(advisory.arguments({"id": asked})) or "")
    assert f"'{{{asked},{asked}}}'" in (advisory.written_out(advisory.arguments({"id": [asked, asked]})) or "")
    for other in (str(asked), "x'; DROP TABLE parcels", 1.5, True, None, b"x", ["x"], [asked, "}'"]):
        assert advisory.written_out(advisory.arguments({"id": other})) is None
