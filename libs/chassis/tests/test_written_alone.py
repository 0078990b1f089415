"""Events that go with no transaction of their own: durable when told so, each under its own workspace, all of a batch or none."""

import asyncio
from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from chassis.db.database import Database
from chassis.errors import Refusal
from chassis.events.outbox import Outbox
from chassis.work.envelope import Envelope


def event(workspace, **other):
    return Envelope(**{"id": uuid7(), "workspace_id": workspace, "type": "t", "payload": b"", "occurred_at": datetime.now(UTC)} | other)


async def kept(parcels):
    return {(row["workspace_id"], row["id"]) for row in await parcels.look("SELECT workspace_id, id FROM parcels.outbox")}


@pytest.mark.parametrize("workspaces", [1, 3], ids=["of one workspace", "of several"])
async def test_all_are_kept(parcels, workspaces):
    events = [event(workspace) for workspace in (uuid7() for _ in range(workspaces)) for _ in range(4)]
    await parcels.outbox.write_alone(events)
    assert await kept(parcels) == {(each.workspace_id, each.id) for each in events}


@pytest.mark.parametrize("workspaces", [1, 3], ids=["of one workspace", "of several"])
async def test_all_or_none(parcels, workspaces):
    events = [event(uuid7()) for _ in range(workspaces)]
    with pytest.raises(Refusal):
        await parcels.outbox.write_alone([*events, events[-1]])
    assert await kept(parcels) == set()


async def test_nobody_after_it_is_in_its_workspace(parcels):
    await parcels.look("INSERT INTO parcels.effects VALUES ($1, $2, 'there')", parcels.workspace, uuid7())
    narrow = Database(parcels.app_dsn, schema="parcels", size=1)
    await Outbox(narrow, parcels.signer).write_alone([event(parcels.workspace)])
    connection = await narrow._pool.acquire(timeout=1.0)
    assert not await connection.fetchval("SELECT current_setting('app.workspace_id', true)")
    assert await connection.fetchval("SELECT count(*) FROM parcels.effects") == 0
    await narrow._pool.release(connection)
    await narrow.close()


async def test_it_goes_on_beside_readers_and_after_a_failure(parcels):
    narrow = Database(parcels.app_dsn, schema="parcels", size=2)
    events = [event(parcels.workspace) for _ in range(10)]
    with pytest.raises(Refusal):
        await Outbox(narrow, parcels.signer).write_alone([events[0], events[0]])
    await asyncio.gather(*(Outbox(narrow, parcels.signer).write_alone([each]) for each in events))
    assert len(await kept(parcels)) == 10
    assert narrow.in_use == 0
    await narrow.close()
