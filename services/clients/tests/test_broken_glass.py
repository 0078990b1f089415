"""Broken glass over gRPC, where it meets the erasure of its client."""

import asyncio

import pytest
from uuid_utils.compat import uuid7

from caseload.clients.v1 import care_teams_pb2 as pb
from caseload.clients.v1.care_teams_rpc import CareTeamsStub
from chassis.errors import NotFound

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND pid <> pg_backend_pid()"


async def test_glass_that_is_broken_while_its_client_is_erased_leaves_nothing(practice):
    client = await practice.create()
    asked = pb.BreakGlassRequest(client_id=client.id, reason="Found unconscious on the stairs.")
    async with practice.environment.superuser() as erasing, practice.environment.superuser() as db:
        await db.execute(
            "INSERT INTO clients.client_access (workspace_id, client_id, version, restricted, user_ids) VALUES ($1, $2::text::uuid, 1, true, $3)",
            practice.workspace_id,
            client.id,
            [uuid7()],
        )
        async with erasing.transaction():
            await erasing.execute("DELETE FROM clients.clients WHERE id = $1::text::uuid", client.id)
            breaking = asyncio.create_task(practice.environment.stub(CareTeamsStub).BreakGlass(asked, practice.call))
            async with asyncio.timeout(10.0):
                while not await db.fetchval(WAITS) and not breaking.done():
                    await asyncio.sleep(0.01)
        with pytest.raises(NotFound):
            await breaking
        assert not await db.fetch("SELECT FROM clients.broken_glass WHERE client_id = $1::text::uuid", client.id)
