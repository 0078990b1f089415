"""Among a hundred thousand notes, no frequent statement reads more rows than it needs."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from chassis.db.statement import Statement
from chassis.paging import BEGINNING
from chassis.testing.environment import start_environment
from clinical.__main__ import SERVICE
from clinical.attachments import store as files
from clinical.client_attachments import store as client_files
from clinical.erasure import store as erasure
from clinical.note_templates import store as templates
from clinical.sessions import lists, store
from clinical.supervision import store as supervision
from clinical.sync import store as sync
from clinical.tables import RETENTIONS
from clinical.timeline import store as timeline

WORKSPACES = 5
NOTES = 100_000
EACH = NOTES // WORKSPACES
PER_CLIENT = 20
HERE = UUID(int=3)
START = datetime(2020, 1, 1, tzinfo=UTC)
LATE = datetime(2100, 1, 1, tzinfo=UTC)
# When fifty of the long timeline's events had happened that are not hidden.
END = START + timedelta(minutes=55)
COUNTERS = {"tallies", "session_counter_changes", "storage", "storage_counter_changes"}
TABLES = {"sessions", "session_versions", "history", "attachments", "note_templates"} | COUNTERS
TABLES |= {"cosign_requests", "cosignatures", "supervised_users", "sync_receipts", "timeline_tallies", "timeline_counter_changes"}
# Each supervisor of a workspace has two hundred notes, a seventh of which wait.
SUPERVISORS = 100
WAITING = EACH // 7
RETURNED = EACH // 700 + 1
# The client with the most events, of which a tenth is hidden, the newest among them.
LONG, EVENTS = UUID(int=10**9), 100_000


def note(number: int) -> UUID:
    """The id of a note in the workspace of the test."""
    return UUID(int=number * WORKSPACES + HERE.int - 1)


def client_of(number: int) -> UUID:
    return UUID(int=(number // PER_CLIENT) * WORKSPACES + HERE.int - 1)


@pytest.fixture(scope="module")
async def archive(postgres):
    """Five workspaces of twenty thousand notes each, a tenth of them drafts. The encrypted columns hold random bytes."""
    peers = {"clients": "unix:none", "scheduling": "unix:none", "identity": "unix:none"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as h:
        async with h.superuser() as db:
            await db.execute("SET session_replication_role = replica")
            await db.execute(f"""
                CREATE FUNCTION pg_temp.id(n bigint) RETURNS uuid LANGUAGE sql AS $$ SELECT lpad(to_hex(n), 32, '0')::uuid $$;
                CREATE TEMP TABLE made AS SELECT pg_temp.id(n % {WORKSPACES} + 1) AS workspace_id, pg_temp.id(n) AS id,
                    pg_temp.id(((n / {WORKSPACES}) / {PER_CLIENT}) * {WORKSPACES} + n % {WORKSPACES}) AS client_id,
                    n, (n / {WORKSPACES}) % 10 = 0 AS is_draft, '2020-01-01Z'::timestamptz + n * interval '1 minute' AS at
                    FROM generate_series(0, {NOTES - 1}) n;
                INSERT INTO clinical.sessions (workspace_id, id, client_id, appointment_id, created_by_user_id, sealed, version, session_date,
                    status, finalized_at, created_at, updated_at)
                SELECT workspace_id, id, client_id, CASE WHEN n % 2 = 0 THEN id END, client_id, decode(repeat(md5(n::text), 10), 'hex'), 1, at,
                    CASE WHEN is_draft THEN 'draft' ELSE 'finalized' END, CASE WHEN NOT is_draft THEN at END, at, at FROM made;
                UPDATE clinical.sessions SET conflict_of = '{note(500)}', conflict_base_version = 1 WHERE id = '{note(501)}';
                UPDATE clinical.sessions SET deleted_at = '2020-01-01Z', permanent_delete_after = '2020-02-01Z'
                    WHERE id IN (SELECT id FROM made WHERE n % 1000 = 0);
                INSERT INTO clinical.session_versions SELECT workspace_id, id, id, 1, '\\x00', client_id, at FROM made WHERE NOT is_draft;
                INSERT INTO clinical.history SELECT workspace_id, id, id, client_id, NULL, 'session', at FROM made;
                INSERT INTO clinical.history SELECT '{HERE}', pg_temp.id({NOTES} + n), '{note(1)}', '{LONG}', NULL, 'session_amended',
                    '2020-01-01Z'::timestamptz + n * interval '1 minute', n % 10 = 9 OR n > {EVENTS - 100} FROM generate_series(0, {EVENTS - 1}) n;
                INSERT INTO clinical.timeline_tallies SELECT workspace_id, client_id, 'notes', count(*) FROM clinical.history
                    WHERE NOT hidden GROUP BY 1, 2;
                INSERT INTO clinical.timeline_counter_changes (workspace_id, client_id, source, events) SELECT workspace_id, client_id, 'notes', 1
                    FROM made WHERE n % 10 < 5;
                ANALYZE clinical.timeline_tallies; ANALYZE clinical.timeline_counter_changes;
                INSERT INTO clinical.attachments SELECT workspace_id, id, id, client_id, client_id, '\\x00', 1, 'image/png', 10, 'ready', at
                    FROM made WHERE n % 3 = 0;
                INSERT INTO clinical.note_templates SELECT workspace_id, id, CASE WHEN (n / {WORKSPACES}) % 1000 > 0 THEN client_id END, '\\x00', 1,
                    true, at, at FROM made;
                INSERT INTO clinical.cosign_requests SELECT workspace_id, id, 1, client_id, client_id, pg_temp.id((n / {WORKSPACES}) % {SUPERVISORS}),
                    CASE WHEN (n / {WORKSPACES}) % 7 = 0 THEN 'pending' WHEN (n / {WORKSPACES}) % 700 = 1 THEN 'returned' ELSE 'cosigned' END,
                    at, NULL, false, client_id, ARRAY[client_id] FROM made WHERE NOT is_draft;
                INSERT INTO clinical.cosignatures SELECT workspace_id, id, id, 1, 'cosigned', client_id, '\\x00', at FROM made
                    WHERE NOT is_draft AND (n / {WORKSPACES}) % 7 > 0;
                INSERT INTO clinical.supervised_users SELECT workspace_id, id, client_id, 1 FROM made;
                ANALYZE clinical.cosign_requests; ANALYZE clinical.cosignatures; ANALYZE clinical.supervised_users;
                ANALYZE clinical.note_templates;
                INSERT INTO clinical.sync_receipts SELECT workspace_id, id, client_id, client_id, decode(md5(client_id::text), 'hex'),
                    decode(md5(n::text), 'hex'), client_id, client_id, NULL, 'updated', 1 + (n / {WORKSPACES}) % {PER_CLIENT},
                    1 + (n / {WORKSPACES}) % {PER_CLIENT}, '{{}}', '{{}}', at, at FROM made;
                ANALYZE clinical.sync_receipts;
                INSERT INTO clinical.tallies SELECT workspace_id, CASE WHEN is_draft THEN 'draft' ELSE 'finalized' END, count(*), 0
                    FROM made GROUP BY 1, 2;
                INSERT INTO clinical.storage SELECT workspace_id, 10 * count(*) FROM made GROUP BY 1;
                ANALYZE clinical.sessions; ANALYZE clinical.session_versions; ANALYZE clinical.history;
                ANALYZE clinical.attachments; ANALYZE clinical.tallies; ANALYZE clinical.storage;
            """)
        yield h.runtime("clinical")


def page(**filters: Any) -> Statement:
    return lists.page(lists.Filters(**filters))


def count(**filters: Any) -> Statement:
    return lists.count(lists.Filters(**filters))


FIRST: dict[str, Any] = {"limit": 50, "offset": 0}
CLIENT: dict[str, Any] = {"client_id": client_of(1000)}
OF_CLIENT = lists.Filters(of_client=True)
SUPERVISOR: dict[str, Any] = {"user_id": UUID(int=21), "is_unsupervised": True}
HEAD: dict[str, Any] = {**SUPERVISOR, "colleague_ids": [client_of(n) for n in range(1000, 1200)]}
FOR_SUPERVISOR, FOR_HEAD, FOR_OVERSEER = (supervision.queues(of=of, shown=False) for of in ("supervisor", "department", "workspace"))
AMENDED: dict[str, Any] = {"id": note(1001), "sealed": b"s", "session_date": START, "duration_minutes": 1, "now": START, "number": 2}
SAVED: dict[str, Any] = {
    "id": note(1000),
    "sealed": b"s",
    "session_date": START,
    "duration_minutes": 1,
    "now": START,
}

# What a user's devices call a note by; each note was sent twenty times.
KEY: dict[str, Any] = {"user_id": client_of(1000), "note_key": hashlib.md5(str(client_of(1000)).encode(), usedforsecurity=False).digest()}

# Statements, their parameters, and how many rows each may read.
ASKED: dict[str, tuple[Statement, dict[str, Any], int]] = {
    "first page": (page(), FIRST, 50),
    "third page": (page(), {"limit": 50, "offset": 100}, 150),
    "first page, bin included": (page(with_deleted=True), {**FIRST, "now": START}, 50),
    "drafts": (page(statuses="one"), {**FIRST, "status": "draft"}, 50),
    "signed": (page(statuses="signed"), FIRST, 56),
    "of a client": (page(of_client=True), {**FIRST, **CLIENT}, PER_CLIENT),
    "of a client, first five": (page(of_client=True), {**CLIENT, "limit": 5, "offset": 0}, 5),
    "drafts of a client": (page(of_client=True, statuses="one"), {**FIRST, **CLIENT, "status": "draft"}, PER_CLIENT),
    "copies of a note": (page(copies=True, with_deleted=True), {**FIRST, "conflict_of": note(500), "now": START}, 1),
    "of an appointment": (page(of_appointment=True), {**FIRST, "appointment_id": note(1000)}, 1),
    "count": (count(), {}, 2),
    "count of drafts": (count(statuses="one"), {"status": "draft"}, 2),
    "count, bin included": (count(with_deleted=True), {"now": LATE}, 2 + NOTES // 1000),
    "count of drafts, bin included": (count(statuses="one", with_deleted=True), {"status": "draft", "now": LATE}, 2 + NOTES // 1000),
    "whose time is over": (lists.notes_over, {"now": LATE}, NOTES // 1000),
    "count of a client": (count(of_client=True), CLIENT, PER_CLIENT),
    "count of copies": (count(copies=True), {"conflict_of": note(500)}, 1),
    "count of an appointment": (count(of_appointment=True), {"appointment_id": note(1000)}, 1),
    "templates": (templates.page({}), {**FIRST, "user_id": client_of(1000)}, PER_CLIENT + EACH // 1000),
    "count of templates": (templates.count({}), {"user_id": client_of(1000)}, PER_CLIENT + EACH // 1000),
    "a template": (templates.get_active, {"id": note(1000), "user_id": client_of(1000)}, 1),
    "get": (store.get, {"id": note(1000)}, 1),
    "lock": (store.lock, {"id": note(1000)}, 1),
    "save": (store.save, SAVED, 1),
    "amend": (store.amend, AMENDED, 1),
    "finalize": (store.finalize, {"id": note(1000), "sealed": b"s", "by": note(1), "now": START, "number": 1}, 1),
    "unfinalize": (store.unfinalize, {"id": note(1001), "sealed": b"s", "now": START, "number": 1}, 1),
    "of a client, bin included": (page(of_client=True, with_deleted=True), {**FIRST, **CLIENT, "now": START}, PER_CLIENT),
    "a note to verify": (store.to_verify, {"id": note(1002)}, 2),
    "versions to verify": (store.versions_to_verify, {"session_id": note(1002), "first": -(2**31), "limit": 50}, 4),
    "what waits for a supervisor": (FOR_SUPERVISOR[0], {**FIRST, **SUPERVISOR}, 2 * WAITING // SUPERVISORS + 2),
    "how much waits for a supervisor": (FOR_SUPERVISOR[1], SUPERVISOR, WAITING // SUPERVISORS + 1),
    "what waits in a workspace": (FOR_OVERSEER[0], {**FIRST, **SUPERVISOR}, 100),
    "what waits in a workspace, third page": (FOR_OVERSEER[0], {**SUPERVISOR, "limit": 50, "offset": 100}, 200),
    "how much waits in a workspace": (FOR_OVERSEER[1], SUPERVISOR, WAITING),
    "what waits in a department": (FOR_HEAD[0], {**FIRST, **HEAD}, WAITING + 50),
    "how much waits in a department": (FOR_HEAD[1], HEAD, WAITING),
    "what was taken out of a note": (store.displaced_copies_of, {"original": note(500), "author": client_of(501), "now": START}, 1),
    "what became of notes": (supervision.requests, {"ids": [note(1001), note(1002)]}, 2),
    "what became of a note": (supervision.request, {"id": note(1001)}, 1),
    "what was attested of notes": (supervision.newest_cosignatures, {"ids": [note(1001), note(1002)]}, 3),
    "what was attested of a note": (supervision.cosignatures_of, {"session_id": note(1002)}, 1),
    "to decide": (supervision.decide, {"id": note(1001), "version_number": 1, "decision": "cosigned"}, 1),
    "to announce": (supervision.announce, {"id": note(1001), "now": LATE}, 1),
    "to withdraw": (supervision.withdraw, {"id": note(1001)}, 1),
    "to settle": (supervision.settle, {"id": note(1001), "version_number": 1, "user_id": note(1)}, 1),
    "to pass on": (supervision.pass_on, {"user_id": client_of(1001), "supervisor_user_id": note(1)}, PER_CLIENT),
    "a user's supervisor": (supervision.supervision, {"user_id": note(1001)}, 1),
    "who signed since the last co-signature": (supervision.since_cosigned, {"session_id": note(1001)}, 3),
    "who supervises a user": (supervision.lock_user, {"user_id": note(1001)}, 1),
    "all versions": (store.all_versions, {"session_id": note(1001)}, 2),
    "conflict copies": (store.copies_of, {"original": note(500), "author": client_of(501), "base": 1}, 1),
    "a deleted note": (store.lock_with_deleted, {"id": note(1000)}, 1),
    "of a client, one after another": (lists.page_after(OF_CLIENT, is_first=True), {**CLIENT, "limit": 5}, 5),
    "of a client, going on": (
        lists.page_after(OF_CLIENT, is_first=False),
        {**CLIENT, "limit": 5, "after_date": LATE, "after_id": note(0)},
        5,
    ),
    "returned": (page(cosign="returned"), FIRST, 2 * RETURNED),
    "count of returned": (count(cosign="returned"), {}, 2 * RETURNED),
    "returned, of a client": (page(cosign="returned", of_client=True), {**FIRST, **CLIENT}, RETURNED + 2 * PER_CLIENT),
    "waiting": (page(cosign="pending"), FIRST, 2 * WAITING),
    "latest signed": (store.latest_finalized, CLIENT, 3),
    "drafts of an author": (store.count_drafts, {"user_id": CLIENT["client_id"]}, 20),
    "versions": (store.versions, {"session_id": note(1001), "limit": 50, "after": BEGINNING}, 2),
    "timeline": (store.newest_events, {**CLIENT, "limit": 5}, 5),
    "timeline continued": (store.events_before, {**CLIENT, "limit": 5, "before": LATE, "before_id": note(0)}, 5),
    "count of timeline events": (timeline.count_events, {**CLIENT, "source": "notes"}, 1 + PER_CLIENT // 2),
    "a long timeline": (store.newest_events, {"client_id": LONG, "limit": 50}, 50),
    "a long timeline, last page": (store.events_before, {"client_id": LONG, "limit": 50, "before": END, "before_id": LONG}, 50),
    "count of a long timeline's events": (timeline.count_events, {"client_id": LONG, "source": "notes"}, 1),
    "files of a note": (files.of_session, {"session_id": note(1001), "limit": 50, "after": BEGINNING}, 2),
    "a file": (files.get, {"id": note(1001), "session_id": note(1001)}, 2),
    "files of a client": (client_files.of_client, {**CLIENT, "limit": 50, "after": BEGINNING}, 2 * PER_CLIENT),
    "count of files of a client": (client_files.count, CLIENT, 2 * PER_CLIENT),
    "a file of a client": (client_files.get, {**CLIENT, "id": note(1001)}, 2 * PER_CLIENT),
    "chosen files of a client": (client_files.chosen, {**CLIENT, "ids": [note(1001), note(1004)]}, 2 * PER_CLIENT),
    "a client's own files": (client_files.all_own, CLIENT, 2 * PER_CLIENT),
    "storage": (files.storage, {}, 1),
    "an item that was sent": (
        sync.same_item,
        {**KEY, "device_id": client_of(1000), "item_digest": hashlib.md5(b"5002", usedforsecurity=False).digest()},
        PER_CLIENT,
    ),
    "a note of a device": (sync.known, {**KEY, "device_id": client_of(1000)}, 1),
    "a note of a user's devices": (sync.known_elsewhere, {**KEY, **CLIENT}, PER_CLIENT),
    "the rests of a note's texts": (store.rests_of, {**CLIENT, "original": client_of(1000)}, PER_CLIENT),
    "the versions that items made": (
        sync.versions_made,
        {**KEY, "session_id": client_of(1000), "base": 15, "any_sign_in": False, "device_id": client_of(1000)},
        PER_CLIENT,
    ),
    "an erased client's receipts": (sync.forget_client, CLIENT, PER_CLIENT),
    "an erased client's notes": (erasure.lock_notes, CLIENT, PER_CLIENT),
    "an erased client's files": (erasure.remove_attachments, CLIENT, PER_CLIENT),
    "the co-signatures' removal": (erasure.remove_cosignatures, CLIENT, 2 * PER_CLIENT),
    "a note's co-signatures": (erasure.remove_cosignatures_of_note, {"session_id": note(1002)}, 1),
    "the versions' removal": (erasure.remove_versions, CLIENT, 2 * PER_CLIENT),
    "the notes' removal": (erasure.remove_notes, CLIENT, PER_CLIENT),
    "a note's files": (erasure.remove_attachments_of_note, {"session_id": note(1001)}, 1),
    "a note's versions": (erasure.remove_versions_of_note, {"session_id": note(1001)}, 1),
}
ERASING = {
    erasure.remove_versions, erasure.remove_notes, erasure.remove_versions_of_note,
    erasure.remove_cosignatures, erasure.remove_cosignatures_of_note,
}  # fmt: skip
# What has to be done before.
BEFORE: dict[str, list[tuple[Statement, dict[str, Any]]]] = {
    "amend": [
        (
            store.add_version,
            {
                "id": note(NOTES),
                "session_id": note(1001),
                "version_number": 2,
                "sealed": b"s",
                "created_by_user_id": note(1),
                "created_at": START,
            },
        )
    ],
    "the versions' removal": [(erasure.remove_cosignatures, CLIENT)],
    "the notes' removal": [
        (erasure.erase, {**CLIENT, "now": START}),
        (erasure.remove_attachments, CLIENT),
        (erasure.remove_cosignatures, CLIENT),
        (erasure.remove_versions, CLIENT),
    ],
}


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("asked", ASKED)
async def test_a_statement_reads_no_more_rows_than_it_needs(archive, asked, mode):
    statement, parameters, most = ASKED[asked]
    values = ", ".join(map(literal, statement.arguments(parameters)))
    tx = (archive.eraser_database if statement in ERASING else archive.database).begin(HERE)
    try:
        connection = await tx.connection()
        for earlier, values_of_it in BEFORE.get(asked, ()):
            await tx.run(earlier, **values_of_it)
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}; PREPARE asked AS {statement.sql}")
        plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked{f' ({values})' if values else ''}"))
        await connection.execute("DEALLOCATE asked")
    finally:
        await tx.rollback()

    scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") in TABLES and "Scan" in node["Node Type"]]
    # A table of one page is always scanned, whatever indexes it has.
    assert not [node for node in scans if node["Node Type"] == "Seq Scan" and node["Relation Name"] not in COUNTERS], plan
    looked = sum(rows_read(node) for node in scans if node["Relation Name"] not in COUNTERS)
    assert looked <= most, plan
    assert scans
    assert looked > 0 or all(node["Relation Name"] in COUNTERS for node in scans), "it found nothing to look at"


async def test_the_last_page_of_a_long_timeline_costs_what_the_first_does(archive):
    async def pages_read(statement: Statement, **place: Any) -> int:
        values = ", ".join(map(literal, statement.arguments({"client_id": LONG, "limit": 50, **place})))
        tx = archive.database.begin(HERE)
        try:
            connection = await tx.connection()
            await connection.execute(f"PREPARE asked AS {statement.sql}")
            (plan,) = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE asked ({values})"))
            await connection.execute("DEALLOCATE asked")
        finally:
            await tx.rollback()
        assert plan["Plan"]["Actual Rows"] == 50
        return int(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])

    first = await pages_read(store.newest_events)
    last = await pages_read(store.events_before, before=END, before_id=LONG)
    assert 0 < last <= first + 5


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_deleted_notes_that_are_over_are_found_by_an_index_across_workspaces(archive, mode):
    connection = await asyncpg.connect(archive.settings.relay_database_url.get_secret_value())
    try:
        await connection.execute(f"SET plan_cache_mode = {mode}")
        found = await archive.pruner._find(connection, RETENTIONS[0], 0.0, set())
        sql = (
            "SELECT workspace_id, id FROM clinical.sessions WHERE permanent_delete_after < now() - make_interval(secs => $1::float8 * 86400)"
            " AND true AND workspace_id <> ALL($3::uuid[]) ORDER BY permanent_delete_after LIMIT $2"
        )
        await connection.execute(f"PREPARE asked (float8, bigint, uuid[]) AS {sql}")
        plan = json.loads(await connection.fetchval("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked (0, 200, '{}')"))
    finally:
        await connection.close()

    assert sum(map(len, found.values())) == NOTES // 1000
    scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "sessions"]
    assert [node["Index Name"] for node in scans] == ["ix_sessions_over"], plan
    assert sum(map(rows_read, scans)) == NOTES // 1000


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_deadlines_that_have_passed_are_found_by_an_index_across_workspaces(archive, mode):
    deadlines = RETENTIONS[1]
    connection = await asyncpg.connect(archive.settings.relay_database_url.get_secret_value())
    try:
        await connection.execute(f"SET plan_cache_mode = {mode}")
        found = await archive.pruner._find(connection, deadlines, 0.0, set())
        sql = (
            "SELECT workspace_id, id FROM clinical.cosign_requests WHERE due_at < now() - make_interval(secs => $1::float8 * 86400)"
            f" AND {deadlines.over} AND workspace_id <> ALL($3::uuid[]) ORDER BY due_at LIMIT $2"
        )
        await connection.execute(f"PREPARE asked (float8, bigint, uuid[]) AS {sql}")
        plan = json.loads(await connection.fetchval("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked (0, 200, '{}')"))
    finally:
        await connection.close()

    assert sum(map(len, found.values())) == 200
    scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "cosign_requests"]
    assert [node["Index Name"] for node in scans] == ["ix_cosign_requests_due"], plan
    assert sum(map(rows_read, scans)) == 200


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def rows_read(node: dict[str, Any]) -> float:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return (node["Actual Rows"] + removed) * node["Actual Loops"]


def literal(value: Any) -> str:
    """The value as an SQL literal, because EXECUTE takes no parameters."""
    match value:
        case None:
            return "NULL"
        case int():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'"
        case list():
            return f"'{{{', '.join(map(str, value))}}}'"
        case _:
            return f"'{value}'"
