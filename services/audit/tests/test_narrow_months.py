"""A month that is over becomes narrow: whatever can be asked of it is answered as before, and tampering with it is found."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from audit.dropping.worker import month_dropper
from audit.exports import store as exports
from audit.narrowing import rules, worker
from audit.narrowing.worker import month_narrower
from audit.trail import listing
from audit.trail.rules import record_of
from caseload.audit.v1 import events_pb2, tree_heads_pb2
from caseload.audit.v1.tree_heads_rpc import TreeHeadsStub
from caseload.options.v1 import options_pb2
from chassis.protobuf.timestamps import to_timestamp

CLIENT, OTHER, USER = (str(UUID(int=n)) for n in (11, 12, 13))


@pytest.fixture
def practice(old_practice):
    return old_practice


@pytest.fixture
def narrower(still):
    return month_narrower(still.runtime("audit"))


async def narrows(narrower, month):
    return month in await narrower.narrow_all()


def kinds_of_events(practice, month):
    """Events that differ in all that a narrow row keeps apart."""
    many = [str(uuid4()) for _ in range(50)]
    digest = events_pb2.RecordDigest(table="clients.clients", record_id=CLIENT, revision=3, digest=bytes(32))
    differing = [
        {},
        {"user_id": USER, "request_id": str(uuid4())},
        {"request_id": str(uuid4()).upper(), "user_agent": None, "ip_address": None, "session_id": None},
        {"event_type": "list_clients", "resource_id": None, "resource_ids": [*many, CLIENT]},
        {"event_type": "list_clients", "resource_id": CLIENT, "resource_ids": [CLIENT, OTHER, OTHER]},
        {"event_type": "list_notes", "resource": options_pb2.RESOURCE_SESSION, "resource_ids": many[:3], "client_ids": [CLIENT, OTHER]},
        {"outcome": events_pb2.OUTCOME_FAILURE, "code": "not_found", "facts": {"reason": "ÄÖ \\ \" ' {}", "resource_ids": "x"}},
        {"action": options_pb2.ACTION_UPDATE, "records": [digest], "facts": {"break_glass_id": str(uuid4())}, "service": "clients"},
        {"user_id": None, "resource": options_pb2.RESOURCE_USER, "action": options_pb2.ACTION_LOGIN, "resource_id": None},
        {"action": 999, "outcome": 77, "resource": 888},
    ]
    noon = datetime(month.year, month.month, 3, 12, tzinfo=UTC)
    # Two of each moment, so that ids decide their order.
    return [practice.event(occurred_at=to_timestamp(noon + timedelta(hours=n // 2)), **but) for n, but in enumerate(differing)]


async def a_varied_month(practice, month):
    async with practice.environment.superuser() as connection:
        await connection.execute("SELECT audit.make_partitions($1, 1)", month)
    events = kinds_of_events(practice, month)
    await practice.chained(*events[:4], practice.event(resource_id=CLIENT), *events[4:], practice.event())
    await practice.witnessed()
    return events


async def answers(practice, events):
    """All that the trail says: by its statements, so that asking leaves no line."""
    filters = {
        "user_id": USER,
        "resource_type": "Client",
        "excluded_types": ["User", "Audit"],
        "resource_id": CLIENT,
        "action": "READ",
        "outcome": "failure",
        "start": events[2].occurred_at.ToDatetime(UTC),
        "end": events[8].occurred_at.ToDatetime(UTC),
    }
    shapes = [(), *((name,) for name in filters), ("resource_id", "action"), ("user_id", "start", "end"), ("resource_id", "excluded_types")]
    told = {}
    async with practice.environment.runtime("audit").background(practice.workspace_id) as work:
        await work.db.execute(listing.look_up_each)
        for names in shapes:
            given = {name: filters[name] for name in names}
            shape = frozenset(names)
            told[names, "pages"] = [
                [dict(row) for row in await work.db.all(listing.list_events(shape), limit=3, offset=offset, **given)]
                for offset in range(0, 15, 3)
            ]
            told[names, "total"] = (await work.db.one(listing.count_events(shape) if names else listing.count_all_events, **given))[0]
            if not {"resource_id"} & shape:
                lines = await work.db.all(exports.lines(shape), after=0, until=100, limit=100, **given)
                told[names, "export"] = [dict(row) for row in lines]
        lines = await work.db.all(exports.lines(frozenset(["resource_id"])), after=0, until=100, limit=100, resource_id=CLIENT)
        told["export of a client"] = [row["id"] for row in lines]
        named = {"resource_ids": [CLIENT, record_of(CLIENT)], "excluded_types": ["Audit"]}
        told["access"] = [dict(row) for row in await work.db.all(listing.list_events(frozenset(named)), limit=50, offset=0, **named)]
        told["each"] = [dict(await work.db.one(listing.get, id=each.id)) for each in events]
    return told


async def test_all_that_is_asked_of_a_narrow_month_is_answered_as_before(practice, narrower, month):
    events = await a_varied_month(practice, month)
    other = practice.beside()
    others = await a_varied_month(other, month)
    before, before_there = await answers(practice, events), await answers(other, others)
    assert len(before["access"]) == 4
    assert before[("resource_id",), "total"] == 3

    assert await narrows(narrower, month)

    async with practice.environment.superuser() as connection:
        rows = "SELECT count(*) FROM audit.{} WHERE workspace_id = $1"
        numbers = [
            await connection.fetchval(rows.format(table), practice.workspace_id)
            for table in ("audit_events", "kept_events", "seals", "touched")
        ]
        assert numbers == [2, 10, 2, 2], "the later events have their own rows still"
    assert await answers(practice, events) == before
    assert await answers(other, others) == before_there
    assert ((await practice.verify()).intact, await practice.a_pass()) == (True, None)
    assert await other.a_pass() is None
    proof = await practice.environment.stub(TreeHeadsStub).GetProof(tree_heads_pb2.GetProofRequest(sequence=3), practice.auditor)
    assert proof.event.id == events[2].id
    await practice.witnessed()


async def test_an_event_of_a_narrow_month_is_recorded_once_and_one_that_comes_late_becomes_narrow_too(practice, narrower, month):
    events = await a_varied_month(practice, month)
    assert await narrows(narrower, month)
    late = practice.event(occurred_at=to_timestamp(datetime(month.year, month.month, 9, tzinfo=UTC)), resource_ids=[CLIENT])
    await practice.chained(events[0], late)
    found = await practice.list(resource_id=CLIENT, page=1, page_size=50)
    assert (found.total, late.id in {each.id for each in found.items}) == (4, True)
    await practice.witnessed()
    assert await narrows(narrower, month)
    assert await practice.list(resource_id=CLIENT, page=1, page_size=50) == found
    assert await practice.a_pass() is None
    assert not await narrows(narrower, month), "nothing of it is left to be made narrow"


ONE_MORE = (
    "INSERT INTO audit.kept_events SELECT workspace_id, gen_random_uuid(), created_at, sequence, user_id, resource_id, request_id, kind, origin,"
    " retention_until, hash FROM audit.kept_events WHERE workspace_id = $1 AND sequence = {}"
)
TAMPERINGS = {
    "a row": ("UPDATE audit.kept_events SET user_id = gen_random_uuid() WHERE workspace_id = $1 AND sequence = 3", 3),
    "a kind": ("UPDATE audit.kept_kinds SET outcome = 'success' WHERE workspace_id = $1 AND outcome = 'failure'", 8),
    "an origin": (
        "UPDATE audit.kept_origins SET told = jsonb_set(told, '{1}', 'null') WHERE workspace_id = $1 AND told ->> 1 IS NULL IS FALSE",
        1,
    ),
    "what a row is of": (
        "UPDATE audit.kept_events SET kind = (SELECT min(number) FROM audit.kept_kinds WHERE workspace_id = $1) WHERE workspace_id = $1 AND sequence = 9",
        9,
    ),
    "facts": ("UPDATE audit.kept_events SET facts = '{}' WHERE workspace_id = $1 AND sequence = 8", 8),
    "a list": ("UPDATE audit.kept_events SET resource_ids = resource_ids[2:] WHERE workspace_id = $1 AND sequence = 4", 4),
    "a hash": ("UPDATE audit.kept_events SET hash = sha256('x') WHERE workspace_id = $1 AND sequence = 6", 6),
    "the hash before": ("UPDATE audit.kept_events SET previous_hash = sha256('x') WHERE workspace_id = $1 AND sequence = 6", 6),
    "a row is gone": ("DELETE FROM audit.kept_events WHERE workspace_id = $1 AND sequence = 4", 4),
    "all are gone": ("DELETE FROM audit.kept_events WHERE workspace_id = $1", 1),
    "one more": (ONE_MORE.format(3), 3),
    "one more at the end of a segment": (ONE_MORE.format(4), 4),
    "two are exchanged": ("UPDATE audit.kept_events SET sequence = 7 - sequence WHERE workspace_id = $1 AND sequence IN (3, 4)", 3),
}


async def test_tampering_with_a_narrow_month_is_found(practice, narrower, month):
    await a_varied_month(practice, month)
    assert await narrows(narrower, month)
    tables = ("kept_events", "kept_kinds", "kept_origins")
    async with practice.environment.superuser() as superuser:
        await superuser.execute("SET session_replication_role = replica")
        for table in tables:
            await superuser.execute(
                f"CREATE TEMP TABLE {table} AS SELECT * FROM audit.{table} WHERE workspace_id = '{practice.workspace_id}'"
            )
        for tampering, (change, place) in TAMPERINGS.items():
            assert not (await superuser.execute(change, practice.workspace_id)).endswith(" 0")
            found = await practice.a_pass()
            assert found == place, tampering
            for table in tables:
                await superuser.execute(f"DELETE FROM audit.{table} WHERE workspace_id = $1", practice.workspace_id)
                await superuser.execute(f"INSERT INTO audit.{table} OVERRIDING SYSTEM VALUE SELECT * FROM pg_temp.{table}")
            await practice.passes_until_nothing_is_found()


# What the views cannot put together, or what nobody can encode.
UNREADABLE = {
    "a row is there twice": (ONE_MORE.format(3), {3}),
    "a session is none": (
        "UPDATE audit.kept_origins SET told = jsonb_set(told, '{0}', to_jsonb('x' || number)) WHERE workspace_id = $1",
        {1},
    ),
    "an origin is no list": ("UPDATE audit.kept_origins SET told = jsonb_build_object('x', number) WHERE workspace_id = $1", {1}),
    "origins are gone": ("DELETE FROM audit.kept_origins WHERE workspace_id = $1", {1}),
    "kinds are gone": ("DELETE FROM audit.kept_kinds WHERE workspace_id = $1", {1}),
    "a kind has no words": (
        "UPDATE audit.kept_kinds SET metadata = to_jsonb(number::text) WHERE workspace_id = $1",
        {1},
    ),
    "facts are a word": ("UPDATE audit.kept_events SET facts = '\"x\"' WHERE workspace_id = $1 AND sequence = 8", {8}),
    "facts have a number that no float holds": (
        "UPDATE audit.kept_events SET facts = ('{\"x\": ' || repeat('9', 400) || '.5}')::jsonb WHERE workspace_id = $1 AND sequence = 8",
        {8},
    ),
    "facts have a number that no integer holds": (
        "UPDATE audit.kept_events SET facts = ('{\"x\": ' || repeat('9', 5000) || '}')::jsonb WHERE workspace_id = $1 AND sequence = 8",
        {8},
    ),
    "a list has lists": ("UPDATE audit.kept_events SET resource_ids = ARRAY[resource_ids] WHERE workspace_id = $1 AND sequence = 4", {4}),
    "a list has gaps": (
        "UPDATE audit.kept_events SET resource_ids = resource_ids || NULL::uuid WHERE workspace_id = $1 AND sequence = 4",
        {4},
    ),
    "for ever": ("UPDATE audit.kept_events SET retention_until = 'infinity' WHERE workspace_id = $1 AND sequence = 6", {6}),
}


async def test_narrow_rows_that_nobody_can_read_are_named_whatever_is_read_with_them(practice, narrower, month, monkeypatch):
    """By the background and by the call, in segments as long as they are."""
    monkeypatch.undo()
    await a_varied_month(practice, month)
    assert await narrows(narrower, month)
    tables = ("kept_events", "kept_kinds", "kept_origins")
    found = {}
    async with practice.environment.superuser() as superuser:
        await superuser.execute("SET session_replication_role = replica")
        for table in tables:
            await superuser.execute(
                f"CREATE TEMP TABLE {table} AS SELECT * FROM audit.{table} WHERE workspace_id = '{practice.workspace_id}'"
            )
        for tampering, (change, _) in UNREADABLE.items():
            assert not (await superuser.execute(change, practice.workspace_id)).endswith(" 0"), tampering
            found[tampering] = {(await practice.verify()).first_break, await practice.a_pass()}
            for table in tables:
                await superuser.execute(f"DELETE FROM audit.{table} WHERE workspace_id = $1", practice.workspace_id)
                await superuser.execute(f"INSERT INTO audit.{table} OVERRIDING SYSTEM VALUE SELECT * FROM pg_temp.{table}")
            await practice.passes_until_nothing_is_found()
    assert {name: told for name, told in found.items() if not told <= UNREADABLE[name][1]} == {}


@pytest.mark.parametrize("what", ["not verified", "no tree head", "waits", "another workspace", "a broken chain"])
async def test_a_month_has_its_own_rows_while_something_is_to_be_done_with_it(practice, narrower, month, what):
    events = await practice.a_month(month)
    if what == "no tree head":
        assert await practice.a_pass() is None
    elif what != "not verified":
        await practice.witnessed()
    if what == "waits":
        await practice.record(practice.event(occurred_at=events[0].occurred_at), wait=False)
    elif what == "another workspace":
        await practice.beside().a_month(month, events=1)
    elif what == "a broken chain":
        async with practice.tampering() as superuser:
            await superuser.execute("UPDATE audit.audit_events SET outcome = 'failure' WHERE id = $1", events[2].id)
        assert await practice.a_pass() == 3
    assert not await narrows(narrower, month)
    assert await practice.row_of("kept_events") is None


async def test_no_month_becomes_narrow_before_the_release_before_is_gone(practice, narrower, month):
    """Its last migration has not been made: `caseload migrate expand` leaves it out."""
    await practice.a_month(month)
    await practice.witnessed()
    async with practice.environment.superuser() as connection:
        await connection.execute("ALTER FUNCTION audit.narrow_month(date) RENAME TO of_the_last_migration")
        try:
            assert not await narrows(narrower, month)
        finally:
            await connection.execute("ALTER FUNCTION audit.of_the_last_migration(date) RENAME TO narrow_month")
    assert await narrows(narrower, month)


async def test_a_narrow_month_is_dropped_as_any_other(practice, narrower, month):
    await a_varied_month(practice, month)
    assert await narrows(narrower, month)
    hold_id = await practice.place_hold(client_id=UUID(CLIENT))
    dropper = month_dropper(practice.environment.runtime("audit"))
    assert month not in await dropper.drop_all(), "named in a list of it"
    await practice.release(hold_id)
    assert month in await dropper.drop_all()
    assert await practice.row_of("kept_mentions") is None
    found = await practice.verify()
    assert (found.intact, found.dropped[0].events) == (True, 10)
    assert await practice.a_pass() is None


async def test_where_lines_came_from_is_kept_no_longer_than_the_last_of_them(practice, narrower, month, later_month):
    """An address and a browser are of a person: what is dropped leaves neither."""

    async def browsers():
        async with practice.environment.superuser() as connection:
            rows = await connection.fetch(
                "SELECT told ->> 2 AS browser FROM audit.kept_origins WHERE workspace_id = $1", practice.workspace_id
            )
        return {row["browser"] for row in rows}

    await practice.a_month(month, user_agent="of both")
    await practice.a_month(month, user_agent="of the first")
    await practice.a_month(later_month, user_agent="of both", resource_id=OTHER)
    await practice.witnessed()
    assert {month, later_month} <= set(await narrower.narrow_all())
    assert await browsers() == {"of both", "of the first"}
    dropper = month_dropper(practice.environment.runtime("audit"))
    hold_id = await practice.place_hold(client_id=UUID(OTHER))
    assert {month, later_month} & set(await dropper.drop_all()) == {month}
    assert await browsers() == {"of both"}
    assert ((await practice.verify()).intact, await practice.a_pass()) == (True, None)
    await practice.witnessed()
    await practice.release(hold_id)
    assert later_month in await dropper.drop_all()
    assert await browsers() == set()


@pytest.mark.parametrize("step", ["narrow_events", "is_narrow"])
async def test_a_kill_in_the_middle_leaves_the_month_as_it_was(practice, narrower, month, step, monkeypatch):
    await a_varied_month(practice, month)
    reached, execute = asyncio.Event(), worker.MonthNarrower._narrow_part if step == "narrow_events" else worker.MonthNarrower._check_part

    async def slow(*arguments):
        found = await execute(*arguments)
        reached.set()
        await asyncio.sleep(60)
        return found

    monkeypatch.setattr(worker.MonthNarrower, execute.__name__, slow)
    narrowing = asyncio.create_task(narrower.narrow_all())
    await asyncio.wait_for(reached.wait(), 20)
    await practice.kill_transactions()
    narrowing.cancel()
    await asyncio.wait((narrowing,))
    monkeypatch.undo()
    assert await practice.row_of("kept_events") is None
    assert (await practice.verify()).intact
    assert await narrows(narrower, month)


async def test_a_long_month_may_take_longer_than_a_call(practice, narrower, month, monkeypatch):
    await practice.a_month(month)
    await practice.witnessed()
    original, limits = worker.MonthNarrower._narrow_part, []

    async def narrow(self, work, *arguments):
        limits.append(await (await work.db.connection()).fetchval("SHOW statement_timeout"))
        return await original(self, work, *arguments)

    monkeypatch.setattr(worker.MonthNarrower, "_narrow_part", narrow)
    assert await narrows(narrower, month)
    assert limits == ["3h"]


async def test_the_serving_role_makes_no_month_narrow_that_is_not_over_or_not_written(practice, month):
    """Whoever has taken over the service cannot use its functions to destroy what has to be kept."""
    await practice.a_month(month)
    connection = await asyncpg.connect(practice.environment.runtime("audit").settings.database_url.get_secret_value())
    try:
        for name in ("narrow_events", "attach_narrow_month", "narrow_month"):
            with pytest.raises(asyncpg.RestrictViolationError, match="is not over"):
                await connection.execute(f"SELECT audit.{name}($1)", datetime.now(UTC).date().replace(day=1))
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute("SELECT audit.narrow_month($1)", month)
        # Without a workspace it writes nothing, and what is not written does not go.
        await connection.execute("SELECT audit.narrow_events($1)", month)
        with pytest.raises(asyncpg.RestrictViolationError, match="is being made narrow"):
            await connection.execute("SELECT audit.forget_origins()")
        await connection.execute("SELECT audit.attach_narrow_month($1)", month)
        with pytest.raises(asyncpg.RestrictViolationError, match="not all"):
            await connection.execute("SELECT audit.narrow_month($1)", month)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("INSERT INTO audit.kept_events SELECT * FROM audit.kept_events")
    finally:
        await connection.close()
    assert await practice.is_there(month)


def test_a_month_is_over_for_narrow_rows_a_week_after_its_end():
    names = ["audit_events_2026_10", "audit_events_default", "audit_events_2026_09", "audit_events_2026_11"]
    assert rules.months_past(names, now=datetime(2026, 11, 7, 23, tzinfo=UTC)) == [date(2026, 9, 1)]
    assert rules.months_past(names, now=datetime(2026, 11, 8, tzinfo=UTC)) == [date(2026, 9, 1), date(2026, 10, 1)]
