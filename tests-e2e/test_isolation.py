"""Every operation of the OpenAPI document, asked for another workspace's things: answered as if they were nowhere, and nothing changes.

Operations, parameters and bodies come from the document, so a new operation is tested the day it is served.
"""

import asyncio
import hashlib
import re
from functools import partial
from itertools import combinations
from uuid import UUID, uuid4

import asyncpg
from contract import CONTRACT, unnamed
from operations import operations, sparing
from worlds import Worlds

from chassis.local.postgres import LocalPostgres
from standalone.services import NAMES

# What is sent with ids in it.
BODIES = {
    "POST /api/v1/appointments": "AppointmentCreate",
    "PUT /api/v1/appointments/{}": "AppointmentUpdate",
    "POST /api/v1/sessions": "SessionCreate",
    "POST /api/v1/users": "UserCreate",
    "PUT /api/v1/users/{}": "UserUpdate",
}
OF_THE_PLATFORM = re.compile(r"/platform-admin/|/storage/quota$")
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


def told(reply, names):
    """An answer without what differs from one request to the next."""
    text = reply.text
    for name in names:
        text = text.replace(name, "<id>")
    if reply.headers.get("content-type", "").endswith("json") and "request_id" in reply.json():
        text = text.replace(reply.json()["request_id"], "<request>")
    return reply.status_code, text


def subsets(names):
    return [chosen for size in range(1, len(names) + 1) for chosen in combinations(names, size)]


async def test_anothers_ids_are_nowhere_for_every_operation(embedded, open_furnished):
    theirs, foreign = await open_furnished("hospital")
    document = theirs.get("/openapi.json").json()
    their_workspace = UUID(theirs.user["workspace_id"])
    before = await settled(embedded, their_workspace)
    tried, faults, worlds = set(), [], Worlds(partial(open_furnished, "practice"))

    for operation in sparing(operations(document)):
        if OF_THE_PLATFORM.search(operation.path):
            # Who runs the installation reaches every workspace, and nobody else gets that far: test_gateway_platform.py.
            continue
        if not operation.ids:
            continue
        choices = [*subsets(operation.path_ids), *((name,) for name in (*operation.body_ids, *operation.query_ids))]
        mine, own = await worlds.for_operation(operation, requests=2 * len(choices) + 1)
        unknown = set(operation.ids) - own.keys()
        assert not unknown, f"{operation}: {unknown} is an id this test knows nothing of"

        for chosen in choices:
            wanted = {name: foreign[name] for name in chosen}
            absent = {name: str(uuid4()) for name in chosen}
            answer = operation.send(mine, own, wanted)
            nowhere = operation.send(mine, own, absent)

            if told(answer, wanted.values()) != told(nowhere, absent.values()):
                faults.append(f"{operation} tells another's {chosen} from nobody's: {answer.text} / {nowhere.text}")
            hidden = answer.status_code == 404 or (set(chosen) <= set(operation.query_ids) and empty(answer.json()))
            if not hidden:
                faults.append(f"{operation} with another's {chosen}: {answer.status_code} {answer.text}")
            tried.add((str(operation), chosen))

        own_answer = operation.send(mine, own)
        if own_answer.status_code in {401, 404, 405, 422}:
            faults.append(f"{operation} with one's own ids: {own_answer.status_code} {own_answer.text}")
        worlds.answered(operation, own_answer)

    assert not faults, "\n".join(faults)
    assert await kept(embedded, their_workspace) == before
    # Every operation that names anything, every id that anything is named by: whatever is promised later is in this.
    assert {unnamed(operation) for operation, _ in tried} >= {
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
        assert {name for asked, chosen in tried if unnamed(asked) == operation for name in chosen} >= named, operation
    assert {name for _, chosen in tried for name in chosen} == foreign.keys()


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


def empty(answer):
    """A list of nothing, or no conflict with anything."""
    return answer.get("items") == [] or answer.get("has_conflict") is False
