"""A batch of an erased workspace is found and deleted without reading the rows of others, or the batches after it."""

import asyncpg
from sqlalchemy import MetaData
from uuid_utils.compat import uuid7

from chassis.db.system_tables import chassis_tables
from chassis.service.erasure import _deletion

ROWS = 20_000


async def test_a_batch_is_deleted_by_its_places_and_found_by_index(parcels):
    rows = (
        "INSERT INTO parcels.idempotency (workspace_id, user_id, method, key, fingerprint, sealed)"
        " SELECT $1, gen_random_uuid(), 'm', n::text, '', '' FROM generate_series(1, $2::int) AS n"
    )
    for workspace_id in (parcels.workspace, uuid7()):
        await parcels.look(rows, workspace_id, ROWS)
    await parcels.look("ANALYZE parcels.idempotency")

    eraser = await asyncpg.connect(parcels.eraser_dsn)
    try:
        async with eraser.transaction():
            await eraser.execute("SELECT set_config('app.workspace_id', $1, true)", str(parcels.workspace))
            deletion = _deletion(chassis_tables(MetaData(schema="parcels")).idempotency)
            lines = await eraser.fetch(f"EXPLAIN (ANALYZE, TIMING off) {deletion}", parcels.workspace, 100)
            assert await eraser.fetchval("SELECT count(*) FROM parcels.idempotency") == ROWS - 100
    finally:
        await eraser.close()
    plan = "\n".join(line[0] for line in lines)
    assert "Tid Scan on idempotency" in plan, plan
    # The batch alone is read to find it: from the table's beginning, or by the workspace's index.
    assert "rows=100" in plan, plan
