"""A unit of work ends in one way, whoever does it: a call, a delivery, a task of the background."""

import asyncio

import asyncpg
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from sqlalchemy import Integer, cast, func, select
from uuid_utils.compat import uuid7

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.options.v1 import options_pb2
from chassis.cancellation import finish_despite_cancellation
from chassis.db.statement import command, query
from chassis.db.transaction import CommitFailed, TransactionEnded
from chassis.errors import Conflict, Invalid, NotFound, Unavailable
from chassis.events.broker.base import Subscription
from chassis.events.reactions import on
from chassis.work.audit import record_effect
from chassis.work.envelope import Envelope

from .conftest import EFFECTS, add_effect

labels = query(select(EFFECTS.c.label))
failing = query(select(cast(EFFECTS.c.label, Integer)))


def record(label):
    """A step for afterwards that keeps a row."""

    async def step(tx):
        await tx.run(add_effect, event_id=uuid7(), label=label)

    return step


async def test_what_is_left_for_afterwards_runs_after_a_commit(parcels):
    async with parcels.work() as work:
        await parcels.record(work, "effect")
        work.afterwards(record("afterwards"))
        assert await parcels.effects() == []
    assert await parcels.effects() == ["afterwards", "effect"]


@pytest.mark.parametrize(
    "error", [Conflict("taken"), ZeroDivisionError(), asyncio.CancelledError()], ids=lambda error: type(error).__name__
)
async def test_what_is_left_for_afterwards_runs_after_a_rollback(parcels, error):
    with pytest.raises(type(error)):
        async with parcels.work() as work:
            await parcels.record(work, "effect")
            work.afterwards(record("afterwards"))
            raise error
    assert await parcels.effects() == ["afterwards"]


async def test_what_is_left_for_afterwards_runs_even_when_the_denial_cannot_be_recorded(parcels):
    async def fail(refusal):
        raise Unavailable("audit_unavailable") from refusal

    with pytest.raises(Unavailable) as refused:
        async with parcels.work() as work:
            work.on_refusal = fail
            work.afterwards(record("afterwards"))
            raise Conflict("taken")
    assert refused.value.code == "audit_unavailable"
    assert await parcels.effects() == ["afterwards"]


async def test_every_step_runs_although_one_of_them_fails(parcels):
    async def fail(_tx):
        raise Invalid("impossible")

    with pytest.raises(Invalid):
        async with parcels.work() as work:
            work.afterwards(fail)
            work.afterwards(record("second"))
            raise Conflict("taken")
    assert await parcels.effects() == ["second"]


async def test_an_answer_stands_once_it_is_committed_whatever_fails_afterwards(parcels, caplog):
    async def fail(_tx):
        raise Unavailable("blob_store_unavailable", "Ada Jones")

    async with parcels.work() as work:
        await parcels.record(work, "effect")
        work.afterwards(fail)
        work.afterwards(record("second"))

    assert await parcels.effects() == ["effect", "second"]
    (logged,) = [each for each in caplog.records if each.message == "what was left for after a commit failed"]
    assert (logged.error, logged.request_id, logged.exc_info) == ("Unavailable", "req-1", None)


async def test_a_step_that_undoes_runs_after_a_rollback_and_not_after_a_commit(parcels):
    async with parcels.work() as work:
        await parcels.record(work, "kept")
        work.afterwards(record("undone"), unless_committed=True)
    assert await parcels.effects() == ["kept"]

    with pytest.raises(Conflict):
        async with parcels.work() as work:
            work.afterwards(record("after a rollback"), unless_committed=True)
            raise Conflict("taken")
    assert await parcels.effects() == ["after a rollback", "kept"]


async def test_a_failed_commit_is_recorded_as_the_refusal_it_is(parcels):
    recorded = []

    async def keep(refusal):
        recorded.append(refusal.code)

    await parcels.look("ALTER TABLE parcels.effects ADD CONSTRAINT one_label UNIQUE (workspace_id, label) DEFERRABLE INITIALLY DEFERRED")
    try:
        with pytest.raises(Conflict):
            async with parcels.work() as work:
                work.on_refusal = keep
                await parcels.record(work, "twice")
                await parcels.record(work, "twice")
    finally:
        await parcels.look("ALTER TABLE parcels.effects DROP CONSTRAINT one_label")
    assert recorded == ["one_label"]
    assert await parcels.effects() == []


async def test_a_refusal_swallowed_inside_does_not_end_as_success(parcels):
    async with parcels.work() as work:
        await parcels.record(work, "no number")
    with pytest.raises(CommitFailed):
        async with parcels.work() as work:
            await parcels.record(work, "lost")
            work.emit(StringValue(value="lost"))
            with pytest.raises(Exception, match="invalid input syntax"):
                await work.db.all(failing)
            work._envelopes.clear()
    assert await parcels.effects() == ["no number"]
    assert await parcels.waiting() == 0


async def test_an_event_after_a_failed_statement_is_not_announced(parcels):
    async with parcels.work() as work:
        await parcels.record(work, "no number")
    with pytest.raises(Exception, match="current transaction is aborted"):
        async with parcels.work() as work:
            work.emit(StringValue(value="lost"))
            with pytest.raises(Exception, match="invalid input syntax"):
                await work.db.all(failing)
    assert await parcels.waiting() == 0


async def test_a_statement_that_outlives_its_work_is_refused(parcels):
    async with parcels.work() as work:
        await parcels.record(work, "effect")
        late = asyncio.ensure_future(asyncio.sleep(0.05))
    await late
    with pytest.raises(TransactionEnded):
        await parcels.record(work, "late")
    await parcels.until(lambda: parcels.database.in_use == 0)
    assert await parcels.effects() == ["effect"]


async def test_a_workspace_is_entered_before_the_first_statement_or_never(parcels):
    other = uuid7()
    with pytest.raises(RuntimeError):
        async with parcels.work() as work:
            await parcels.record(work, "effect")
            work.enter(other)
    assert await parcels.effects() == []
    async with parcels.work() as work:
        work.enter(other)
        await parcels.record(work, "there")
        assert work.workspace_id == other
    rows = await parcels.look("SELECT workspace_id FROM parcels.effects")
    assert [row["workspace_id"] for row in rows] == [other]


async def test_a_commit_that_has_begun_is_finished_although_its_caller_is_cancelled(parcels):
    entered = asyncio.Event()

    async def run():
        async with parcels.work() as work:
            await parcels.record(work, "effect")
            work.emit(StringValue(value="kept"))
            entered.set()

    for _ in range(20):
        entered.clear()
        task = asyncio.create_task(run())
        await entered.wait()
        task.cancel()
        await asyncio.wait([task])
    await parcels.until(lambda: parcels.database.in_use == 0)
    assert len(await parcels.effects()) == await parcels.waiting()


async def test_what_a_delivery_leaves_for_afterwards_runs_once_it_failed_too(parcels):
    async def effect(event, delivery):
        delivery.afterwards(record(f"after attempt {delivery.attempt}"))
        if delivery.attempt == 1:
            raise ZeroDivisionError

    taken: Subscription = parcels.subscription(on(StringValue, queue="parcels.take")(effect))
    envelope = parcels.signed(Envelope(uuid7(), parcels.workspace, "google.protobuf.StringValue", b"", parcels.work().now))
    with pytest.raises(ZeroDivisionError):
        await taken.handle(envelope, 1)
    await taken.handle(envelope, 2)
    assert await parcels.effects() == ["after attempt 1", "after attempt 2"]


async def test_what_is_finished_despite_cancellation_is_finished_despite_two():
    done = []

    async def ending():
        await asyncio.sleep(0.1)
        done.append("ended")

    task = asyncio.create_task(finish_despite_cancellation(ending()))
    for _ in range(3):
        await asyncio.sleep(0.01)
        task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert done == ["ended"]


async def test_a_write_that_got_no_answer_to_its_begin_does_not_commit_half_of_the_work(parcels):
    async with parcels.work() as work:
        await work.db.all(labels)
    with pytest.raises(ZeroDivisionError):
        async with parcels.work() as work:
            await work.db.all(labels)
            assert work.db._inherited, "it continues the open read of the work before"
            ended = await parcels.look("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'parcels_app'")
            assert ended
            await asyncio.gather(*(parcels.record(work, str(number)) for number in range(3)), return_exceptions=True)
            raise ZeroDivisionError
    assert await parcels.effects() == []


async def test_a_sibling_that_outlives_a_refusal_takes_no_connection(parcels):
    async def check():
        raise NotFound("no_such_client")

    async def read_late(work):
        await asyncio.sleep(0.02)
        await parcels.record(work, "late")

    for _ in range(3):
        with pytest.raises(NotFound):
            async with parcels.work() as work:
                late = asyncio.ensure_future(read_late(work))
                await asyncio.gather(check(), late)
        with pytest.raises(TransactionEnded):
            await late
    assert parcels.database.in_use == 0
    assert await parcels.effects() == []


async def test_no_workspace_is_entered_while_a_statement_begins(parcels):
    with pytest.raises(RuntimeError):
        async with parcels.work() as work:
            late = asyncio.ensure_future(parcels.record(work, "here"))
            await asyncio.sleep(0)
            work.enter(uuid7())
    await asyncio.gather(late, return_exceptions=True)
    await parcels.until(lambda: parcels.database.in_use == 0, seconds=2)


async def test_an_event_whose_claim_was_cancelled_has_no_effect_twice(parcels):
    for turns in range(40):
        envelope = parcels.signed(Envelope(uuid7(), parcels.workspace, "google.protobuf.StringValue", b"", parcels.work().now))
        label = str(envelope.id)

        async def effect(event, delivery, turns=turns, label=label):
            claiming = asyncio.ensure_future(delivery.db.connection())
            for _ in range(turns % 12):
                await asyncio.sleep(0)
            claiming.cancel()
            await asyncio.wait([claiming])
            await parcels.record(delivery, label)

        taken = parcels.subscription(on(StringValue, queue="parcels.take")(effect))
        for _ in range(2):
            await asyncio.gather(taken.handle(envelope, 1), return_exceptions=True)
        assert (await parcels.effects()).count(label) <= 1


async def test_what_fails_afterwards_is_not_taken_for_an_event_that_is_handled_already(parcels):
    async def fail(_tx):
        raise Invalid("impossible")

    async def effect(event, delivery):
        delivery.afterwards(fail)

    taken = parcels.subscription(on(StringValue, queue="parcels.take")(effect))
    envelope = parcels.signed(Envelope(uuid7(), parcels.workspace, "google.protobuf.StringValue", b"", parcels.work().now))
    await taken.handle(envelope, 1)
    with pytest.raises(Invalid):
        await taken.handle(envelope, 2)


async def test_work_that_wrote_a_record_and_leaves_no_line_that_tells_of_it_fails_at_its_commit(parcels):
    with pytest.raises(RuntimeError, match=r"no audit line tells its digest: parcels\.notes"):
        async with parcels.work() as work:
            await parcels.record(work, "effect")
            work.witness("parcels.notes", uuid7(), 1, b"d" * 32)
    assert await parcels.effects() == []


async def test_the_next_line_tells_what_was_written_last_of_each_record_and_a_refused_call_tells_nothing(parcels):
    first, second = uuid7(), uuid7()
    with pytest.raises(Invalid):
        async with parcels.work() as work:
            work.witness("parcels.notes", first, 1, b"refused")
            raise Invalid("no", "No.")
    async with parcels.work() as work:
        for revision, digest in ((1, b"tried"), (1, b"written")):
            work.witness("parcels.notes", first, revision, digest)
        work.witness("parcels.notes", second, 7, b"")
        for name in ("first", "second"):
            record_effect(work, name, options_pb2.RESOURCE_SERVICE, options_pb2.ACTION_UPDATE, [first])
    rows = await parcels.look("SELECT payload FROM parcels.outbox ORDER BY id")
    lines = [AuditRecorded.FromString(row["payload"]) for row in rows]
    assert [line.event_type for line in lines] == ["first", "second"]
    told = [(each.table, each.record_id, each.revision, each.digest) for each in lines[0].records]
    assert told == [("parcels.notes", str(first), 1, b"written"), ("parcels.notes", str(second), 7, b"")]
    assert not lines[1].records


async def test_work_elsewhere_is_of_one_commit_and_leaves_the_own_workspace_as_it_was(parcels):
    other, person = uuid7(), uuid7()
    async with parcels.work() as work:
        await parcels.record(work, "here")
        work.note(kept="here")
        async with work.elsewhere(other, person):
            assert (work.workspace_id, work.caller.service, work.caller.user_id, work.facts) == (other, "parcels", None, {})
            assert await work.db.all(labels) == []
            await parcels.record(work, "there")
            record_effect(work, "try", options_pb2.RESOURCE_USER, options_pb2.ACTION_UPDATE, [person])
        assert (work.workspace_id, work.facts) == (parcels.workspace, {"kept": "here"})
        assert [row["label"] for row in await work.db.all(labels)] == ["here"]
        record_effect(work, "try", options_pb2.RESOURCE_USER, options_pb2.ACTION_UPDATE, [person])
        assert await parcels.effects() == []
    rows = await parcels.look("SELECT workspace_id, label AS what FROM parcels.effects")
    assert {tuple(row) for row in rows} == {(parcels.workspace, "here"), (other, "there")}
    rows = await parcels.look("SELECT workspace_id, payload FROM parcels.outbox")
    lines = {row["workspace_id"]: AuditRecorded.FromString(row["payload"]) for row in rows}
    assert {workspace: line.workspace_id for workspace, line in lines.items()} == {each: str(each) for each in (parcels.workspace, other)}


@pytest.mark.parametrize("statement", [labels, failing], ids=["a refusal", "a statement that fails"])
async def test_what_fails_elsewhere_undoes_everything_and_what_follows_is_not_there(parcels, statement):
    with pytest.raises(Conflict, match="taken"):
        async with parcels.work() as work:
            await parcels.record(work, "here")
            with pytest.raises((Conflict, asyncpg.DataError)):
                async with work.elsewhere(uuid7(), uuid7()):
                    await parcels.record(work, "there")
                    await work.db.all(statement)
                    raise Conflict("refused")
            assert work.workspace_id == work.db.workspace_id == parcels.workspace
            if statement is labels:
                assert [row["label"] for row in await work.db.all(labels)] == ["here"]
            raise Conflict("taken")
    assert await parcels.effects() == []


async def test_what_starts_over_keeps_nothing_of_before_and_gives_back_its_locks(parcels):
    firsts, lock = [], command(select(func.pg_try_advisory_xact_lock(151).label("held")))

    async def first(connection, _seconds):
        firsts.append(await connection.fetchval("SELECT pg_current_xact_id()"))

    async with parcels.work() as work:
        work.begin_with(first)
        await parcels.record(work, "in vain")
        assert (await work.db.one(lock))["held"]
        await work.db.start_over()
        async with parcels.work() as other:
            assert (await other.db.one(lock))["held"]
        assert await work.db.all(labels) == []
        await parcels.record(work, "kept")
    assert await parcels.effects() == ["kept"]
    assert len(set(firsts)) == 2


async def test_what_can_not_begin_again_runs_no_further_statement(parcels):
    """Nothing may be written without what a transaction has to begin with, like the claim of an Idempotency-Key."""
    firsts = []

    async def first(_connection, _seconds):
        firsts.append(first)
        if len(firsts) == 2:
            raise Conflict("claimed")

    with pytest.raises(Conflict, match="claimed"):
        async with parcels.work() as work:
            work.begin_with(first)
            await parcels.record(work, "in vain")
            with pytest.raises(Conflict, match="claimed"):
                await work.db.start_over()
            await parcels.record(work, "without it")
    assert await parcels.effects() == []
