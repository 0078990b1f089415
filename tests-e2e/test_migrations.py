"""Every service's migrations taken back and forth on what people have filled the tables with."""

import asyncpg
import httpx
import pytest
from worlds import furnish

from chassis.local.postgres import LocalPostgres
from chassis.migrations.roles import VERSION_TABLE, is_current, versions_of
from chassis.migrations.runner import drift, migrate
from standalone.installation import Installation
from standalone.services import NAMES, SERVICES

# What every service has for its own upkeep; which of these a service uses is its own affair.
UPKEEP = {"outbox", "inbox", "idempotency", "data_keys", "dead_letters"}
# Tables that are empty in an installation that stands still, each with its reason.
EMPTY = {
    "identity.departments": "no operation makes one yet",
    "audit.unsealed": "all events have their seal, unless it was stopped a moment before they got it",
}


@pytest.fixture
def filled(servers, tmp_path, sign_in, eventually):
    """An installation that stands still after people have used it; its database's address."""
    trial = Installation("run", tmp_path / "home")
    trial.start()
    api = sign_in(trial)
    api.headers["Idempotency-Key"] = "once"
    assert api.patch("/workspaces/current", json={"phone": "+44 20 7946 0000"}).status_code == 200
    del api.headers["Idempotency-Key"]
    ids = furnish(api, lambda: sign_in(trial))
    assert api.delete(f"/clients/{ids['resource_id']}/permanent").status_code == 204
    assert api.delete(f"/auth/sessions/{ids['sign_in_id']}").status_code == 204
    anybody = httpx.Client(base_url=f"{trial.gateway_url}/api/v1", timeout=30)
    assert anybody.post("/auth/magic-link", json={"email": "owner@example.com"}).status_code == 200
    assert anybody.post("/auth/login", json={"email": "owner@example.com", "password": "wrong"}).status_code == 401
    anybody.close()
    eventually(trial.mail)
    trial.stop()
    server = LocalPostgres(trial.home / "postgres").start()
    yield trial, server
    server.stop()
    trial.stop()


async def fill_of(dsn):
    """How many rows each table has, partitions counted with their table."""
    connection = await asyncpg.connect(dsn)
    try:
        names = await connection.fetch(
            "SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> $2 ORDER BY 1",
            list(NAMES),
            VERSION_TABLE,
        )
        return {row["name"]: await connection.fetchval(f"SELECT count(*) FROM {row['name']}") for row in names}
    finally:
        await connection.close()


async def test_every_migration_goes_down_and_up_again_on_data_and_what_comes_of_it_serves(filled, sign_in, eventually):
    trial, server = filled
    before = await fill_of(server.dsn)
    empty = {name for name, rows in before.items() if not rows and name.partition(".")[2] not in UPKEEP}
    assert empty | {"audit.unsealed"} == set(EMPTY)

    for service in SERVICES:
        # One step back and forth wherever it stands, until there is nothing left to go back to.
        for _ in versions_of(service.name).glob("[0-9]*.py"):
            await migrate(server.dsn, service.name, "-1")
            assert not await is_current(server.dsn, service.name)
            await migrate(server.dsn, service.name, "+1")
            await migrate(server.dsn, service.name, "-1")
        left = [name for name in await fill_of(server.dsn) if name.startswith(f"{service.name}.")]
        assert left == [], "the first migration leaves tables behind"
        others = {name: rows for name, rows in before.items() if not name.startswith(f"{service.name}.")}
        assert others.items() <= (await fill_of(server.dsn)).items(), "a migration touched another service's tables"

        await migrate(server.dsn, service.name)

        assert await is_current(server.dsn, service.name)
        assert await drift(server.dsn, service.name, service.metadata) == []
        before |= {name: 0 for name in before if name.startswith(f"{service.name}.")}

    server.stop()
    # An empty installation is opened like a new one.
    (trial.home / "demo-opened").unlink()
    trial.start()
    api = sign_in(trial)
    ids = furnish(api, lambda: sign_in(trial))
    eventually(lambda: api.get("/audit-events", params={"resource_id": ids["client_id"]}).json()["total"])
    assert api.get("/audit/verify").json()["intact"]
