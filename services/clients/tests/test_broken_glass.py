"""Broken glass over gRPC, where it meets the erasure of its client, and where nobody reviews it in time."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_pb
from caseload.clients.v1 import care_teams_pb2 as pb
from caseload.clients.v1 import events_pb2
from caseload.clients.v1.care_teams_rpc import CareTeamsStub
from chassis.errors import NotFound
from chassis.work.retention import Pruner
from clients.tables import RETENTIONS, REVIEW_DAYS

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND pid <> pg_backend_pid()"


async def restrict(db, practice, client_id):
    await db.execute(
        "INSERT INTO clients.client_access (workspace_id, client_id, version, restricted, user_ids) VALUES ($1, $2::text::uuid, 1, true, $3)",
        practice.workspace_id,
        client_id,
        [uuid7()],
    )


async def test_glass_that_is_broken_while_its_client_is_erased_leaves_nothing(practice):
    client = await practice.create()
    asked = pb.BreakGlassRequest(client_id=client.id, reason="Found unconscious on the stairs.")
    async with practice.environment.superuser() as erasing, practice.environment.superuser() as db:
        await restrict(db, practice, client.id)
        async with erasing.transaction():
            await erasing.execute("DELETE FROM clients.clients WHERE id = $1::text::uuid", client.id)
            breaking = asyncio.create_task(practice.environment.stub(CareTeamsStub).BreakGlass(asked, practice.call))
            async with asyncio.timeout(10.0):
                while not await db.fetchval(WAITS) and not breaking.done():
                    await asyncio.sleep(0.01)
        with pytest.raises(NotFound):
            await breaking
        assert not await db.fetch("SELECT FROM clients.broken_glass WHERE client_id = $1::text::uuid", client.id)


# --- reviews that nobody gives


@pytest.fixture
async def prune(practice):
    """A round of the worker that finds what is over."""
    clients = practice.environment.runtime("clients")
    dsn = clients.settings.relay_database_url.get_secret_value()
    connection = await asyncpg.connect(dsn)

    async def one_round():
        rules = [(rule, rule.days_in(clients.settings)) for rule in RETENTIONS]
        await Pruner(dsn, "clients", rules, clients.background).prune(connection)
        await practice.environment.settle()

    yield one_round
    await connection.close()


@pytest.fixture
async def break_glass(practice):
    """Breaks the glass of another client, so many days ago; whoever did, and which it is."""

    async def broken(days):
        client = await practice.create()
        async with practice.environment.superuser() as db:
            await restrict(db, practice, client.id)
            asked = pb.BreakGlassRequest(client_id=client.id, reason="Found unconscious on the stairs.")
            glass = await practice.environment.stub(CareTeamsStub).BreakGlass(asked, practice.call)
            await age(db, glass, timedelta(days=days))
        return glass

    return broken


async def age(db, glass, by):
    await db.execute("UPDATE clients.broken_glass SET granted_at = granted_at - $2::interval WHERE id = $1", UUID(glass.id), by)


async def overdue(practice):
    return await practice.environment.emitted(events_pb2.BreakGlassReviewOverdue, practice.workspace_id)


async def due(practice, glass, times):
    async with practice.environment.runtime("clients").background(practice.workspace_id) as work:
        for _ in range(times):
            work.emit(events_pb2.BreakGlassReviewDue(break_glass_id=glass.id))


async def test_a_review_that_nobody_gives_is_announced_once(practice, prune, break_glass):
    glass, _in_time = await break_glass(REVIEW_DAYS + 0.01), await break_glass(REVIEW_DAYS - 0.01)
    for _ in range(3):
        await prune()

    (event,) = await overdue(practice)
    assert (event.break_glass_id, event.user_id) == (glass.id, glass.user_id)
    lines = await practice.environment.emitted(audit_pb.AuditRecorded, practice.workspace_id)
    assert [line.resource_id for line in lines if line.event_type == "miss_break_glass_review"] == [glass.id]


async def test_of_many_who_find_an_overdue_review_at_once_one_announces_it(practice, replica, break_glass):
    glass = await break_glass(REVIEW_DAYS + 1)
    await asyncio.gather(due(practice, glass, 20), due(practice.through(replica), glass, 20))
    await practice.environment.settle()
    assert len(await overdue(practice)) == 1


async def test_what_is_reviewed_before_its_delay_is_heard_of_is_not_announced(practice, prune, break_glass):
    glass = await break_glass(0)
    request = pb.ReviewBrokenGlassRequest(break_glass_id=glass.id, review=pb.REVIEW_JUSTIFIED)
    await practice.environment.stub(CareTeamsStub).ReviewBrokenGlass(request, practice.call)
    async with practice.environment.superuser() as db:
        await age(db, glass, timedelta(days=REVIEW_DAYS + 1))
    await due(practice, glass, 1)
    await prune()
    assert await overdue(practice) == []
