"""A month of the trail goes as a whole, when nothing keeps it; what is left verifies, and tampering with it is found."""

import asyncio
import json
import logging
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from audit.closed_runs import store as closed_runs
from audit.dropping import worker
from audit.dropping.worker import month_dropper
from audit.narrowing.worker import month_narrower
from audit.trail import verification
from audit.trail.chain import entry_hash
from caseload.audit.v1 import trail_pb2, tree_heads_pb2
from caseload.audit.v1.trail_rpc import TrailStub
from caseload.audit.v1.tree_heads_rpc import TreeHeadsStub
from caseload.options.v1 import options_pb2
from caseload_verify.checkpoints import Checkpoints
from caseload_verify.keys import Keys
from caseload_verify.report import Report
from chassis.errors import NotFound
from chassis.protobuf.timestamps import to_timestamp


@pytest.fixture
def practice(old_practice, monkeypatch):
    monkeypatch.setattr(worker, "LONGEST", 3)
    return old_practice


@pytest.fixture
def dropper(still):
    return month_dropper(still.runtime("audit"))


async def drops(dropper, month):
    return month in await dropper.drop_all()


async def test_a_month_that_nothing_keeps_is_dropped_and_what_is_left_verifies(practice, dropper, month):
    other = practice.beside()
    await practice.a_month(month)
    await other.a_month(month, events=1)
    await practice.witnessed()
    await other.witnessed()

    assert await drops(dropper, month)
    assert not await practice.is_there(month)
    found = await practice.verify()
    assert (found.intact, found.events, len(found.dropped)) == (True, 8, 1)
    assert (found.dropped[0].month, found.dropped[0].events) == (f"{month:%Y-%m}", 5)
    assert (found.dropped[0].first_sequence, found.dropped[0].last_sequence) == (1, 6)
    assert (await practice.list(page=1, page_size=50)).total == 3
    assert (await other.verify()).intact
    await practice.chained(practice.event())
    assert await practice.a_pass() is None
    await practice.witnessed()
    assert (await practice.verify()).events > 9, "the line of the dropping itself is in the chain"
    lines = await practice.environment.stub(TrailStub).ListAuditEvents(
        trail_pb2.ListAuditEventsRequest(page=1, page_size=50), practice.auditor
    )
    told = next(each for each in lines.items if each.event_type == worker.EVENT_TYPE)
    facts = dict(told.metadata["facts"])
    assert facts.pop("kept_until") == f"{month.replace(year=month.year + 7, day=3)}"
    assert facts == {"month": f"{month:%Y-%m}", "events": "5", "first_sequence": "1", "last_sequence": "6"}


async def test_what_was_dropped_is_proved_by_the_tree_heads_before_and_after(practice, dropper, month):
    await practice.a_month(month)
    await practice.witnessed()
    assert await drops(dropper, month)
    await practice.chained(practice.event())
    await practice.witnessed()
    stub = practice.environment.stub(TreeHeadsStub)
    for sequence, is_dropped in ((1, True), (4, True), (5, False), (6, True), (7, False)):
        proof = await stub.GetProof(tree_heads_pb2.GetProofRequest(sequence=sequence), practice.auditor)
        assert (proof.event.HasField("dropped_at"), bool(proof.event.id)) == (is_dropped, not is_dropped)
        report = Report()
        Checkpoints(Keys(), report).add_proof(as_json(proof), {})
        assert (report.findings, report.verified["proofs"]) == ([], 1)
    with pytest.raises(NotFound):
        await stub.GetProof(tree_heads_pb2.GetProofRequest(sequence=1000), practice.auditor)


def as_json(proof):
    def checkpoint(each):
        names = ("origin", "tree_size", "root_hash", "key_id", "signature")
        return {name: getattr(each, name) for name in names} | {"signed_at": each.signed_at.ToJsonString()}

    event, head = proof.event, proof.head
    return {
        "origin": proof.origin,
        "workspace_id": proof.workspace_id,
        "checkpoint": checkpoint(proof.checkpoint),
        "newest": checkpoint(proof.newest),
        "consistency": list(proof.consistency),
        "event": {"sequence": event.sequence, "hash": event.hash, "inclusion": list(event.inclusion)},
        "head": {name: getattr(head, name) for name in ("leaf_index", "sequence", "hash", "root_hash")}
        | {"inclusion": list(head.inclusion)},
        "keys": [{"key_id": key.key_id, "public_key": key.public_key} for key in proof.keys],
    }


@pytest.mark.parametrize("subject", ["client", "client's things", "merged client", "user", "workspace"])
async def test_what_is_held_keeps_the_month_until_the_hold_is_released(practice, dropper, month, subject):
    person, other = uuid4(), uuid4()
    about = {
        "client": {"resource_id": str(person)},
        "client's things": {"resource": options_pb2.RESOURCE_SESSION, "client_ids": [str(person)]},
        "merged client": {"resource_id": str(other)},
        "user": {"user_id": str(person)},
        "workspace": {},
    }[subject]
    await practice.a_month(month, **about)
    if subject == "merged client":
        await practice.chained(practice.event(event_type="merge_clients", resource_id=str(person), facts={"duplicate": str(other)}))
    await practice.witnessed()
    held = {"workspace": {}, "user": {"user_id": person}}.get(subject, {"client_id": person})
    hold_id = await practice.place_hold(**held)
    assert not await drops(dropper, month)
    assert await practice.is_there(month)
    await practice.release(hold_id)
    assert await drops(dropper, month)


async def test_a_hold_on_somebody_else_keeps_nothing(practice, dropper, month):
    await practice.a_month(month)
    await practice.witnessed()
    await practice.place_hold(client_id=uuid4())
    await practice.place_hold(user_id=uuid4())
    assert await drops(dropper, month)


async def test_a_hold_that_is_placed_meanwhile_keeps_the_month(practice, dropper, month, monkeypatch):
    """After everything was looked at, and before the month is locked."""
    await practice.a_month(month)
    await practice.witnessed()
    close, placed = worker._close, []

    async def closing(*arguments):
        await close(*arguments)
        placed.append(await practice.place_hold())

    monkeypatch.setattr(worker, "_close", closing)
    assert not await drops(dropper, month)
    assert placed
    assert await practice.is_there(month)
    assert (await practice.verify()).intact
    assert await practice.row_of("closed_runs") is None


@pytest.mark.parametrize("what", ["years", "not verified", "no tree head", "waits", "another workspace"])
async def test_a_month_is_kept_while_something_keeps_it(practice, dropper, month, what, caplog):
    other = practice.beside()
    if what == "years":
        async with practice.environment.superuser() as connection:
            await connection.execute("INSERT INTO audit.retention_periods VALUES ($1, 30, now())", practice.workspace_id)
    await practice.a_month(month)
    if what == "another workspace":
        await practice.witnessed()
        await other.a_month(month, events=1)
    elif what == "no tree head":
        assert await practice.a_pass() is None
    elif what == "waits":
        await practice.witnessed()
        await practice.record(practice.event(occurred_at=to_timestamp(datetime(month.year, month.month, 9, tzinfo=UTC))), wait=False)
    elif what == "years":
        await practice.witnessed()
    assert not await drops(dropper, month)
    assert await practice.is_there(month)


@pytest.mark.parametrize(
    "goes_on",
    [lambda runtime: month_dropper(runtime).drop_all(), lambda runtime: month_narrower(runtime).narrow_all()],
    ids=["dropped", "narrow"],
)
async def test_nobody_who_reads_waits_for_a_month_that_is_kept(practice, still, month, goes_on, caplog):
    """A report may read for half a minute. Every six hours all months are looked at that are over."""
    await practice.a_month(month)
    async with practice.environment.superuser() as reading, reading.transaction():
        assert await reading.fetchval("SELECT count(*) FROM audit.audit_events WHERE workspace_id = $1", practice.workspace_id)
        with caplog.at_level(logging.INFO):
            await goes_on(still.runtime("audit"))
    of_month = [each for each in caplog.records if getattr(each, "month", None) == str(month)]
    assert [(each.levelname, each.by) for each in of_month] == [("INFO", "not_verified")]


async def test_a_month_of_a_broken_chain_is_evidence(practice, dropper, month):
    events = await practice.a_month(month)
    await practice.witnessed()
    async with practice.tampering() as superuser:
        await superuser.execute("UPDATE audit.audit_events SET outcome = 'failure' WHERE id = $1", events[2].id)
    assert not await drops(dropper, month), "found when it is closed, although the last pass has found nothing"
    assert await practice.a_pass() == 3
    assert not await drops(dropper, month)


@pytest.mark.parametrize("place", [1, 3, 6])
async def test_a_month_with_a_line_that_somebody_wrote_anew_with_its_hash_is_evidence(practice, dropper, month, place):
    """Since the last pass: the line and its entry agree, and the next entry does not follow."""
    await practice.a_month(month)
    await practice.witnessed()
    async with practice.tampering() as superuser:
        entry = await superuser.fetchrow(
            "SELECT * FROM audit.seals WHERE workspace_id = $1 AND sequence = $2", practice.workspace_id, place
        )
        await superuser.execute("UPDATE audit.audit_events SET outcome = 'failure' WHERE id = $1", entry["event_id"])
        event = dict(await superuser.fetchrow("SELECT * FROM audit.audit_events WHERE id = $1", entry["event_id"]))
        event["metadata"] = json.loads(event["metadata"])
        await superuser.execute(
            "UPDATE audit.seals SET hash = $1 WHERE workspace_id = $2 AND sequence = $3",
            entry_hash(entry["previous_hash"], place, event),
            practice.workspace_id,
            place,
        )
    assert not await drops(dropper, month)
    assert await practice.a_pass() == place + 1


async def test_of_two_instances_one_drops(practice, still, month):
    await practice.a_month(month)
    await practice.witnessed()
    both = await asyncio.gather(*(month_dropper(still.runtime("audit")).drop_all() for _ in range(2)))
    assert [month in each for each in both].count(True) == 1
    assert (await practice.verify()).intact
    async with practice.environment.superuser() as connection:
        lines = await connection.fetchval(
            "SELECT count(*) FROM audit.outbox WHERE workspace_id = $1 AND payload LIKE convert_to('%' || $2 || '%', 'UTF8')",
            practice.workspace_id,
            worker.EVENT_TYPE,
        )
    assert lines == 1


@pytest.mark.parametrize("step", ["_close_runs", "is_held"])
async def test_a_kill_in_the_middle_leaves_everything_as_it_was(practice, dropper, month, step, monkeypatch):
    await practice.a_month(month)
    await practice.witnessed()
    original, reached, calls = getattr(worker, step), asyncio.Event(), []

    async def slow(*arguments, **named):
        found = await original(*arguments, **named)
        calls.append(step)
        if step == "_close_runs" or len(calls) > 1:
            reached.set()
            await asyncio.sleep(60)
        return found

    monkeypatch.setattr(worker, step, slow)
    dropping = asyncio.create_task(dropper.drop_all())
    await asyncio.wait_for(reached.wait(), 20)
    await practice.kill_transactions()
    dropping.cancel()
    await asyncio.wait((dropping,))
    monkeypatch.undo()
    monkeypatch.setattr(verification, "SEGMENT", 4)

    assert await practice.is_there(month)
    assert await practice.row_of("closed_runs") is None
    assert ((await practice.verify()).intact, await practice.a_pass()) == (True, None)
    assert await drops(dropper, month)
    assert (await practice.verify()).intact


FORGED = "UPDATE audit.closed_runs SET hashes = overlay(hashes placing sha256('x') from 1) WHERE workspace_id = $1 AND first_sequence = 1"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("DELETE FROM audit.closed_runs WHERE workspace_id = $1 AND first_sequence = 1", 1),
        ("DELETE FROM audit.closed_runs WHERE workspace_id = $1 AND first_sequence = 6", 6),
        (FORGED, 1),
        ("UPDATE audit.closed_runs SET dropped_at = now() - interval '1 year' WHERE workspace_id = $1 AND first_sequence = 4", 4),
        ("UPDATE audit.closed_runs SET month = '2004-01-01' WHERE workspace_id = $1 AND first_sequence = 4", 4),
        ("UPDATE audit.audit_events SET outcome = 'failure' WHERE workspace_id = $1 AND event_type = 'get_client'", 5),
        ("UPDATE audit.seals SET previous_hash = sha256('x') WHERE workspace_id = $1 AND sequence = 7", 7),
        ("DELETE FROM audit.audit_events WHERE workspace_id = $1", 5),
    ],
)
async def test_tampering_with_what_is_left_is_found(practice, dropper, month, change, place):
    await practice.a_month(month)
    await practice.witnessed()
    assert await drops(dropper, month)
    async with practice.tampering() as superuser:
        assert not (await superuser.execute(change, practice.workspace_id)).endswith(" 0")
    assert await practice.a_pass() == place
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, place)


async def test_a_line_that_is_made_up_where_a_month_was_dropped_is_found(practice, dropper, month):
    """A superuser gives it the place of one that is gone, in the middle of those whose hashes are kept."""
    await practice.a_month(month)
    await practice.witnessed()
    assert await drops(dropper, month)
    columns = "user_id, event_type, resource_type, resource_id, action, outcome, metadata, retention_until"
    async with practice.tampering() as superuser:
        made_up = await superuser.fetchrow(
            f"INSERT INTO audit.audit_events (workspace_id, id, created_at, {columns}) SELECT workspace_id, gen_random_uuid(), created_at, {columns}"
            " FROM audit.audit_events WHERE workspace_id = $1 LIMIT 1 RETURNING *",
            practice.workspace_id,
        )
        before = await superuser.fetchval(
            "SELECT substring(hashes FOR 32) FROM audit.closed_runs WHERE workspace_id = $1 AND first_sequence = 1", practice.workspace_id
        )
        event = {**made_up, "metadata": json.loads(made_up["metadata"])}
        entry = (2, event["id"], event["created_at"], before, entry_hash(before, 2, event))
        await superuser.execute("INSERT INTO audit.seals VALUES ($1, $2, $3, $4, $5, $6)", practice.workspace_id, *entry)
    assert await practice.a_pass() == 2
    assert (await practice.verify()).first_break == 2


async def test_nobody_passes_off_a_deletion_as_a_month_that_was_dropped(practice, month):
    """A superuser deletes events, and makes up a run of their hashes: he has no key to prove it with."""
    await practice.chain(9)
    assert await practice.a_pass() is None
    async with practice.tampering() as superuser:
        await superuser.execute(
            "INSERT INTO audit.closed_runs SELECT workspace_id, 3, 3, $2, previous_hash, hash, now(), sha256('x') FROM audit.seals"
            " WHERE workspace_id = $1 AND sequence = 3",
            practice.workspace_id,
            month,
        )
        await superuser.execute(
            "DELETE FROM audit.audit_events e USING audit.seals s WHERE s.event_id = e.id AND s.workspace_id = $1 AND s.sequence = 3",
            practice.workspace_id,
        )
        await superuser.execute("DELETE FROM audit.seals WHERE workspace_id = $1 AND sequence = 3", practice.workspace_id)
    assert await practice.a_pass() == 3


async def test_an_event_put_into_a_month_that_was_dropped_is_found(practice, dropper, month):
    await practice.a_month(month)
    await practice.witnessed()
    assert await drops(dropper, month)
    async with practice.tampering() as superuser:
        await superuser.execute(
            "INSERT INTO audit.audit_events (workspace_id, id, created_at, event_type, resource_type, action, outcome, metadata, retention_until)"
            " VALUES ($1, gen_random_uuid(), $2, 'login', 'User', 'LOGIN', 'success', '{}', '2033-01-01')",
            practice.workspace_id,
            datetime(month.year, month.month, 9, tzinfo=UTC),
        )
    assert await practice.a_pass() == 9


async def test_everybody_reads_while_a_month_is_counted_and_nobody_holds_or_writes_into_it(practice, dropper, month):
    await practice.a_month(month)
    await practice.witnessed()
    runtime = practice.environment.runtime("audit")
    async with runtime.background(None) as work:
        await work.db.run(closed_runs.lock_month, month=month)
        assert (await practice.list(page=1, page_size=50)).total == 8
        async with practice.environment.superuser() as connection:
            await connection.execute("SET lock_timeout = '100ms'")
            for change in (
                f"INSERT INTO audit.audit_events SELECT * FROM audit.audit_events_{month:%Y_%m} LIMIT 1",
                "UPDATE audit.legal_holds SET released_at = now()",
                "INSERT INTO audit.legal_holds SELECT * FROM audit.legal_holds LIMIT 1",
            ):
                with pytest.raises(asyncpg.LockNotAvailableError):
                    await connection.execute(change)
    assert await drops(dropper, month)


async def test_a_month_that_is_kept_is_guarded_as_before(practice, dropper, month):
    """While it is looked at, the owner counts it of all workspaces. Row security binds the owner again afterwards."""
    await practice.a_month(month)
    assert not await drops(dropper, month)
    async with practice.environment.superuser() as connection:
        forced = await connection.fetch("SELECT relforcerowsecurity AS forced FROM pg_class WHERE relname LIKE $1", f"%{month:_%Y_%m}")
    assert [row["forced"] for row in forced if row["forced"] is not None].count(False) == 0


async def test_the_serving_role_drops_no_month_that_is_not_over(practice):
    """Whoever has taken over the service cannot use its functions to destroy what has to be kept."""
    today = date.today().replace(day=1)  # noqa: DTZ011
    connection = await asyncpg.connect(practice.environment.runtime("audit").settings.database_url.get_secret_value())
    try:
        for sql in ("SELECT audit.lock_month($1)", "SELECT audit.drop_month($1, 0)"):
            for month in (today, today.replace(year=today.year - 6), date(2000, 1, 2)):
                with pytest.raises(asyncpg.RestrictViolationError, match="is kept"):
                    await connection.execute(sql, month)
    finally:
        await connection.close()
    assert UUID(int=0) != practice.workspace_id
