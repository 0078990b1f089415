"""Every operation of the OpenAPI document, asked for another workspace's things: answered as if they were nowhere, and nothing changes.

Operations, parameters and bodies come from the document, so a new operation is tested the day it is served.
"""

import asyncio
import hashlib
from functools import partial
from uuid import UUID

import asyncpg
from contract import CONTRACT, unnamed

from chassis.local.postgres import LocalPostgres
from standalone.selftest.isolation import OF_THE_PLATFORM, attempts
from standalone.selftest.worlds import Worlds
from standalone.services import NAMES

# What is sent with ids in it.
BODIES = {
    "POST /api/v1/appointments": "AppointmentCreate",
    "PUT /api/v1/appointments/{}": "AppointmentUpdate",
    "POST /api/v1/sessions": "SessionCreate",
    "POST /api/v1/users": "UserCreate",
    "PUT /api/v1/users/{}": "UserUpdate",
}
# Tables that go on living while nobody asks for anything: sign-ins, events on their way, and what records the asking.
LIVING = {
    "outbox",
    "inbox",
    "idempotency",
    "data_keys",
    "dead_letters",
    "login_sessions",
    "refresh_tokens",
    "magic_links",
    "second_steps",
    "sign_ins",
    # The index of notes is made beside everything else.
    "search_blocks",
    "search_segments",
    "search_work",
    # Messages are sent by themselves, again and again where nobody answers.
    "webhook_deliveries",
    "webhook_queues",
}


async def kept(installation, workspace_id):
    """A digest of every table's rows of the workspace, read past all row security."""
    connection = await asyncpg.connect(LocalPostgres(installation.home / "postgres").dsn)
    try:
        tables = await connection.fetch(
            "SELECT c.table_schema || '.' || c.table_name AS name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.column_name = 'workspace_id' AND t.table_type = 'BASE TABLE' AND c.table_schema = ANY($1)",
            [name for name in NAMES if name != "audit"],
        )
        digests = {}
        for (name,) in tables:
            if name.split(".")[1] not in LIVING:
                rows = await connection.fetch(f"SELECT t::text FROM {name} t WHERE workspace_id = $1 ORDER BY 1", workspace_id)
                digests[name] = hashlib.sha256("\n".join(row[0] for row in rows).encode()).hexdigest(), len(rows)
        return digests
    finally:
        await connection.close()


async def test_anothers_ids_are_nowhere_for_every_operation(embedded, open_furnished):
    theirs, foreign = await open_furnished("hospital")
    document = theirs.get("/openapi.json").json()
    their_workspace = UUID(theirs.user["workspace_id"])
    before = await settled(embedded, their_workspace)
    worlds = Worlds(partial(open_furnished, "practice"))

    tried = [attempt async for attempt in attempts(document, worlds, foreign)]

    faults = [f"{each.operation} {each.named}: {each.faults} {each.answers}" for each in tried if each.faults]
    assert not faults, "\n".join(faults)
    assert await kept(embedded, their_workspace) == before
    # Every operation that names anything, every id that anything is named by: whatever is promised later is in this.
    assert {unnamed(each.operation) for each in tried} >= {
        name.partition(" ?")[0]
        for name in CONTRACT["operations"]
        if ("{}" in name or "_id" in name.partition("?")[2])
        and not OF_THE_PLATFORM.search(name)
        # A word that anybody may know, and no id; and a secret.
        and "/auth/oidc/" not in name
        and not name.endswith(".ics")
    }
    for operation, shape in BODIES.items():
        named = {name for name, kind in CONTRACT["shapes"][shape].items() if kind.startswith("uuid")}
        assert {name for each in tried if unnamed(each.operation) == operation for name in each.named} >= named, operation
    assert {name for each in tried for name in each.named} == foreign.keys()


async def settled(installation, workspace_id):
    """What is kept once the reactions to making it are done."""
    last = None
    for _ in range(60):
        found = await kept(installation, workspace_id)
        if found == last:
            return found
        last = found
        await asyncio.sleep(1)
    raise AssertionError("the workspace does not come to rest")
