"""The chassis's own tables are pruned in every workspace, a batch at a time, beside the relay."""

from datetime import timedelta

import asyncpg
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from uuid_utils.compat import uuid7


@pytest.fixture
async def prune(parcels):
    """One round with the settings' defaults."""

    async def round_of() -> None:
        connection = await asyncpg.connect(parcels.relay_dsn)
        try:
            await parcels.pruner().prune(connection)
        finally:
            await connection.close()

    return round_of


@pytest.mark.parametrize(
    ("table", "insert", "days"),
    [
        ("outbox", "(workspace_id, id, type, payload, occurred_at, published_at) SELECT $1, gen_random_uuid(), 't', '', now(), {at}", 3),
        ("inbox", "SELECT $1, 'q', gen_random_uuid(), {at}", 14),
        (
            "idempotency",
            "(workspace_id, user_id, method, key, fingerprint, sealed, created_at) SELECT $1, $1, 'm', gen_random_uuid()::text, '', '', {at}",
            3,
        ),
        (
            "dead_letters",
            (
                "(workspace_id, id, queue, type, payload, occurred_at, error, attempts, died_at)"
                " SELECT $1, gen_random_uuid(), 'q', 't', '', now(), 'e', 1, {at}"
            ),
            365,
        ),
        (
            "dead_letters",
            (
                "(workspace_id, id, queue, type, payload, occurred_at, error, attempts, replayed_at)"
                " SELECT $1, gen_random_uuid(), 'q', 't', '', now(), 'e', 1, {at}"
            ),
            90,
        ),
    ],
    ids=["outbox", "inbox", "idempotency", "dead_letters", "replayed dead_letters"],
)
async def test_rows_are_deleted_a_batch_at_a_time(parcels, prune, monkeypatch, table, insert, days):
    monkeypatch.setattr("chassis.work.retention._MOST_AT_ONCE", 2)
    at = f"now() - interval '{days} days' + n * interval '1 hour'"
    for workspace in (parcels.workspace, uuid7()):
        sql = f"INSERT INTO parcels.{table} {insert.format(at=at)} FROM generate_series(-4, 1) AS n WHERE n <> 0"
        await parcels.look(sql, workspace)

    await prune()

    assert await _count(parcels, table) == 2


async def test_what_is_long_over_is_cleared_away_and_the_rest_stays(parcels, prune):
    sent, waiting = await parcels.emit(StringValue(value="old and sent"), StringValue(value="old and waiting"))
    await parcels.look("UPDATE parcels.outbox SET published_at = now() - interval '4 days' WHERE id = $1", sent)
    await parcels.look("UPDATE parcels.outbox SET due_at = now() + interval '1 day' WHERE id = $1", waiting)
    for age in (20, 2):
        await parcels.look(
            "INSERT INTO parcels.inbox VALUES ($1, 'q', $2, now() - $3::interval)", parcels.workspace, uuid7(), timedelta(days=age)
        )

    await prune()

    assert await _count(parcels, "inbox") == 1
    assert (await parcels.look("SELECT id FROM parcels.outbox"))[0]["id"] == waiting


async def test_a_table_that_cannot_be_pruned_keeps_no_other_from_it(parcels, prune, caplog):
    for _ in range(2):
        (sent,) = await parcels.emit(StringValue(value="old"))
        await parcels.look("UPDATE parcels.outbox SET published_at = now() - interval '99 days' WHERE id = $1", sent)
        await parcels.look("INSERT INTO parcels.inbox VALUES ($1, 'q', $2, now() - interval '99 days')", parcels.workspace, uuid7())
    await parcels.look("REVOKE DELETE ON parcels.outbox FROM parcels_relay")
    try:
        await prune()
    finally:
        await parcels.look("GRANT DELETE ON parcels.outbox TO parcels_relay")

    assert (await _count(parcels, "outbox"), await _count(parcels, "inbox")) == (2, 0)
    (told,) = [record for record in caplog.records if record.message == "old rows could not be deleted"]
    assert told.table == "outbox"


async def _count(parcels, table):
    return len(await parcels.look(f"SELECT 1 FROM parcels.{table}"))
