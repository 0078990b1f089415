"""What is over is deleted in time, in small steps, and nothing else with it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from caseload.notifications.v1 import reminders_pb2 as pb
from caseload.scheduling.v1 import appointments_pb2
from chassis.work import retention
from chassis.work.retention import Pruner
from notifications.tables import RETENTIONS

INSERT = {
    "mails": (
        "INSERT INTO notifications.mails (workspace_id, id, kind, status, next_attempt_at, created_at)"
        " VALUES ($1, $2, 'magic_link', $3, $4, $4)"
    ),
    "reminders": (
        "INSERT INTO notifications.reminders (workspace_id, id, appointment_id, client_id, hours_before, channel, appointment_version,"
        " starts_at, due_at, status, next_attempt_at, created_at) VALUES ($1, $2, $2, $2, 24, 'email', 1, $4, $4, $3, $4, $4)"
    ),
    "appointments": (
        "INSERT INTO notifications.appointments (workspace_id, id, client_id, starts_at, is_open, version, seen_at)"
        " VALUES ($1, $2, $2, CASE WHEN $3::text = 'sending' THEN NULL ELSE $4::timestamptz END, false, 1, $4)"
    ),
    "reminder_links": (
        "INSERT INTO notifications.reminder_links (workspace_id, id, token_hash, appointment_id, client_id, channel, starts_at, time_zone, created_at)"
        " VALUES ($1, $2, convert_to($3, 'UTF8'), $2, $2, 'email', $4, 'UTC', $4)"
    ),
    "calendar_invites": (
        "INSERT INTO notifications.calendar_invites (workspace_id, id, appointment_id, client_id, sealed, revision, sequence, starts_at, ends_at,"
        " is_cancelled, told_by) VALUES ($1, $2, $2, $2, convert_to($3, 'UTF8'), 1, 0, $4, $4, false, $2)"
    ),
    "return_paths": (
        "INSERT INTO notifications.return_paths (workspace_id, id, kind, token_hash, address_index, created_at)"
        " VALUES ($1, $2, CASE WHEN $3::text IS NOT NULL THEN 'mail' END, convert_to($2::uuid::text, 'UTF8'), ''::bytea, $4)"
    ),
    "address_troubles": (
        "INSERT INTO notifications.address_troubles (workspace_id, id, address_index, failures, reason, first_at, last_at)"
        " VALUES ($1, $2, convert_to($2::uuid::text, 'UTF8'), 1, CASE WHEN $3::text IS NOT NULL THEN 'unclear' END, $4, $4)"
    ),
    "webhook_deliveries": (
        "INSERT INTO notifications.webhook_deliveries (workspace_id, id, webhook_id, event_type, aggregate_id, position, body, status,"
        " next_attempt_at, give_up_at, created_at) VALUES ($1, $2, $2, 'client.created', $2, 1, '{}',"
        " CASE $3::text WHEN 'cancelled' THEN 'failed' ELSE $3 END, CASE $3::text WHEN 'pending' THEN $4::timestamptz END, $4, $4)"
    ),
    "alert_mails": (
        "INSERT INTO notifications.alert_mails (workspace_id, id, alert_id, escalation_id, user_id, created_at)"
        " VALUES ($1, $2, $2, $2, CASE WHEN $3::text IS NOT NULL THEN $2::uuid END, $4)"
    ),
    "alert_changes": (
        "INSERT INTO notifications.alert_changes (workspace_id, id, sequence, alert_id, kind, changed_at)"
        " VALUES ($1, $2, hashtextextended($2::uuid::text, 0), $2, CASE WHEN $3::text IS NOT NULL THEN 'raised' END, $4)"
    ),
    "on_call_overrides": (
        "INSERT INTO notifications.on_call_overrides (workspace_id, id, user_id, created_by, starts_at, ends_at, created_at)"
        " VALUES ($1, $2, $2, CASE WHEN $3::text IS NOT NULL THEN $2::uuid END, $4::timestamptz - interval '1 hour', $4, $4)"
    ),
    "moved_rows": (
        "INSERT INTO notifications.moved_rows (workspace_id, id, move_id, table_name, old_owner, new_owner, outcome, moved_at)"
        " VALUES ($1, $2, $2, 'reminders', $2, $2, CASE $3::text WHEN 'cancelled' THEN 'back' ELSE 'moved' END, $4)"
    ),
}
# What is not over however old it is. A copy without a start is over by when it was seen.
WAITING = dict.fromkeys(INSERT, ()) | dict.fromkeys(("mails", "reminders", "webhook_deliveries"), ("pending", "sending"))


@pytest.fixture
async def relay(notifications_environment):
    """As the relay's role sees the tables."""
    runtime = notifications_environment.runtime("notifications")
    connection = await asyncpg.connect(runtime.settings.relay_database_url.get_secret_value())
    yield connection
    await connection.close()


@pytest.fixture
async def stage(practice, neighbour, relay, monkeypatch):
    """Two practices and the service's pruner, which takes two rows at a time."""
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    return Stage(practice, neighbour, relay)


class Stage:
    def __init__(self, practice, neighbour, relay):
        self.practice, self.neighbour, self.relay = practice, neighbour, relay
        self.runtime = practice.environment.runtime("notifications")

    def days(self, rule):
        return rule.days_in(self.runtime.settings)

    async def add(self, rule, practice, age, status="cancelled"):
        """A row of this age in days. Nobody is to send it, so it is written past the triggers that would make it due."""
        id_ = uuid7()
        async with self.practice.environment.superuser() as connection:
            if status in {"pending", "sending"}:
                await connection.execute("SET session_replication_role = replica")
            status = "dropped" if rule.table == "mails" and status == "cancelled" else status
            at = datetime.now(UTC) - timedelta(days=age)
            await connection.execute(INSERT[rule.table], practice.workspace_id, id_, status, at)
        return id_

    async def left(self, rule):
        workspaces = [self.practice.workspace_id, self.neighbour.workspace_id]
        rows = await self.practice.look(f"SELECT id FROM notifications.{rule.table} WHERE workspace_id = ANY($1)", workspaces)
        return {row["id"] for row in rows}

    async def prune(self, rule):
        await self.pruner((rule, self.days(rule))).prune(self.relay)

    def pruner(self, *retentions, **but):
        dsn = self.runtime.settings.relay_database_url.get_secret_value()
        return Pruner(dsn, "notifications", retentions, self.runtime.background, **but)


each_table = pytest.mark.parametrize("rule", RETENTIONS, ids=lambda rule: rule.table)


@each_table
async def test_what_is_over_goes_in_every_workspace_and_what_is_not_stays(stage, rule):
    days = stage.days(rule)
    gone = {await stage.add(rule, practice, days + 0.1) for practice in (stage.practice, stage.neighbour) for _ in range(3)}
    kept = {await stage.add(rule, practice, days - 0.1) for practice in (stage.practice, stage.neighbour)}
    kept |= {await stage.add(rule, stage.practice, days + 1, status) for status in WAITING[rule.table]}

    await stage.prune(rule)

    left = await stage.left(rule)
    assert kept <= left
    assert not gone & left


async def test_a_copy_that_never_had_a_start_is_over_by_when_it_was_seen(stage):
    (rule,) = (rule for rule in RETENTIONS if rule.table == "appointments")
    old = await stage.add(rule, stage.practice, stage.days(rule) + 1, "sending")
    new = await stage.add(rule, stage.practice, 1, "sending")

    await stage.prune(rule)

    left = await stage.left(rule)
    assert (old in left, new in left) == (False, True)


async def test_lists_of_reminders_count_what_is_left(stage):
    (rule,) = (rule for rule in RETENTIONS if rule.table == "reminders")
    for age in (stage.days(rule) + 1, stage.days(rule) + 2, 1):
        await stage.add(rule, stage.practice, age)

    await stage.prune(rule)

    page = await stage.practice.stub.ListLogs(pb.ListLogsRequest(), stage.practice.call)
    assert (page.total, len(page.items)) == (1, 1)


async def test_an_appointment_that_was_forgotten_is_known_again_by_its_next_event(stage):
    (rule,) = (rule for rule in RETENTIONS if rule.table == "appointments")
    appointment = await stage.practice.book(await stage.practice.client(), timedelta(hours=30))
    await stage.practice.cancel(appointment)
    long_ago = datetime.now(UTC) - timedelta(days=stage.days(rule) + 1)
    await stage.practice.look("UPDATE notifications.appointments SET starts_at = $2 WHERE id = $1", UUID(appointment.id), long_ago)
    await stage.prune(rule)
    assert UUID(appointment.id) not in await stage.left(rule)

    await stage.practice.change(appointment, status=appointments_pb2.APPOINTMENT_STATUS_SCHEDULED)

    assert UUID(appointment.id) in await stage.left(rule)
    assert (await stage.practice.statuses(appointment)).count("pending") == 1


@each_table
async def test_the_relay_finds_rows_and_changes_none(stage, rule):
    await stage.add(rule, stage.practice, 1)
    for sql in ("DELETE FROM {}", "UPDATE {} SET workspace_id = workspace_id", "INSERT INTO {} DEFAULT VALUES", "TRUNCATE {}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await stage.relay.execute(sql.format(f"notifications.{rule.table}"))


async def test_a_table_that_cannot_be_pruned_keeps_no_other_from_it(stage, caplog):
    broken = retention.Retention("no_such_table", since="created_at", days="mails_days")
    mails = RETENTIONS[0]
    old = await stage.add(mails, stage.practice, stage.days(mails) + 1)

    await stage.pruner((broken, 1), (replace(broken, scope="system"), 1), (mails, stage.days(mails))).prune(stage.relay)

    assert old not in await stage.left(mails)
    assert caplog.messages.count("old rows could not be deleted") == 2


@each_table
async def test_a_workspace_that_cannot_be_pruned_keeps_no_other_from_it(stage, rule, caplog):
    days = stage.days(rule)
    # The oldest rows are that workspace's, and more than one batch.
    stuck = {await stage.add(rule, stage.practice, days + 9) for _ in range(5)}
    gone = {await stage.add(rule, stage.neighbour, days + 1) for _ in range(3)}
    table = f"notifications.{rule.table}"
    async with stage.practice.environment.superuser() as connection:
        await connection.execute(
            "CREATE FUNCTION notifications.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;"
            f"CREATE TRIGGER refuse BEFORE DELETE ON {table} FOR EACH ROW"
            f" WHEN (OLD.workspace_id = '{stage.practice.workspace_id}') EXECUTE FUNCTION notifications.refuse()"
        )
        try:
            await stage.prune(rule)
        finally:
            await connection.execute(f"DROP TRIGGER refuse ON {table}; DROP FUNCTION notifications.refuse()")

    left = await stage.left(rule)
    assert (stuck <= left, gone & left) == (True, set())
    (told,) = [record for record in caplog.records if record.message == "old rows could not be deleted"]
    assert (told.table, told.workspace_id) == (rule.table, str(stage.practice.workspace_id))


async def test_events_are_carried_while_a_deletion_waits(stage):
    mails = RETENTIONS[0]
    old = await stage.add(mails, stage.practice, stage.days(mails) + 1)
    pruner = stage.pruner((mails, stage.days(mails)))
    async with stage.practice.environment.superuser() as connection:
        held = connection.transaction()
        await held.start()
        await connection.execute("SELECT FROM notifications.mails WHERE id = $1 FOR UPDATE", old)
        pruning = asyncio.ensure_future(pruner.prune(stage.relay))
        appointment = await stage.practice.book(await stage.practice.client(), timedelta(hours=30))
        await stage.practice.environment.settle()
        assert await stage.practice.statuses(appointment)
        assert not pruning.done()
        await held.rollback()
    await pruning

    assert old not in await stage.left(mails)


async def test_pruners_take_turns_and_hold_no_session_between_rounds(stage):
    mails = RETENTIONS[0]
    old = await stage.add(mails, stage.practice, stage.days(mails) + 1)
    pruners = [stage.pruner((mails, stage.days(mails)), interval=0.05) for _ in range(2)]
    running = [asyncio.ensure_future(pruner.run()) for pruner in pruners]
    try:
        async with asyncio.timeout(20):
            while old in await stage.left(mails):
                await asyncio.sleep(0.02)
        newer = await stage.add(mails, stage.practice, stage.days(mails) + 1)
        async with asyncio.timeout(20):
            while newer in await stage.left(mails):
                await asyncio.sleep(0.02)
    finally:
        for pruner in pruners:
            await pruner.election.stop()
        await asyncio.gather(*running)
    sessions = "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%-retention'"
    assert await stage.practice.look(sessions) == []


async def test_only_rows_that_are_deleted_are_counted(stage):
    mails = RETENTIONS[0]
    for _ in range(2):
        await stage.add(mails, stage.practice, stage.days(mails) + 1)

    class Meanwhile:
        """The relay's connection; what it finds is asked for again before it is deleted, but for one row."""

        async def fetch(self, *arguments):
            found = await stage.relay.fetch(*arguments)
            if found:
                async with stage.practice.environment.superuser() as connection:
                    await connection.execute("SET session_replication_role = replica")
                    await connection.execute("UPDATE notifications.mails SET status = 'pending' WHERE id = $1", found[0]["id"])
            return found

    counted = retention._PRUNED.labels("notifications", "mails")
    before = counted._value.get()
    await stage.pruner((mails, stage.days(mails))).prune(Meanwhile())

    assert (counted._value.get() - before, len(await stage.left(mails))) == (1, 1)


@each_table
async def test_what_is_over_is_found_by_an_index(stage, rule):
    insert = INSERT[rule.table].replace("VALUES (", "SELECT ").rstrip(")") + " FROM generate_series(1, 20000)"
    insert = insert.replace("$2", "gen_random_uuid()").replace("$3", "'cancelled'" if rule.table != "mails" else "'dropped'")
    async with stage.practice.environment.superuser() as connection:
        await connection.execute("SET session_replication_role = replica")
        workspace = uuid7()
        await connection.execute(insert.replace("$4", "$2::timestamptz"), workspace, datetime.now(UTC))
        await connection.execute(f"ANALYZE notifications.{rule.table}")
        try:
            plan = await stage.relay.fetch(
                f"EXPLAIN SELECT workspace_id, id FROM notifications.{rule.table}"
                f" WHERE {rule.since} < now() - make_interval(secs => 86400) AND {rule.over} ORDER BY {rule.since} LIMIT 500"
            )
        finally:
            await connection.execute(f"DELETE FROM notifications.{rule.table} WHERE workspace_id = $1", workspace)
    assert f"ix_{rule.table}_over" in "\n".join(row[0] for row in plan)
