"""The plans of all statements with 100,000 clients: none reads more rows than it needs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import md5, sha256
from typing import Any
from uuid import UUID

import pytest

from chassis.testing.environment import start_environment
from clients.__main__ import SERVICE
from clients.clients import store
from clients.consent_records import store as consents
from clients.duplicates import store as duplicates
from clients.imports import store as imports

WORKSPACES = [UUID(int=number) for number in range(1, 6)]
HERE = WORKSPACES[2]
CLIENTS = 100_000
PER_WORKSPACE = CLIENTS // len(WORKSPACES)

VALUES = {
    "workspace_id": HERE, "version": 2, "sealed": b"s", "sealed_name": b"n", "external_id_index": b"e", "is_active": True,
    "consent_status": False, "time_zone": None, "merged_into": None, "updated_at": datetime(2026, 1, 1, tzinfo=UTC), "index_tokens": [b"12345", b"67890"],
    "match_kinds": [1, 2], "match_tokens": [b"name", b"sound"], "match_versions": [1, 1], "index_version": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
async def database(postgres):
    """Five workspaces with 20,000 clients each and four index tokens per client. Encrypted columns hold arbitrary bytes."""
    async with start_environment(postgres, SERVICE, relay=False) as h:
        async with h.superuser() as db:
            await db.execute("SET session_replication_role = replica")
            await db.execute(f"""
                INSERT INTO clients.clients SELECT lpad(to_hex(n % 5 + 1), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 1, n / 5 + 1,
                    decode(repeat(md5(n::text), 10), 'hex'), decode(repeat(md5(n::text), 3), 'hex'), decode(md5(n::text), 'hex'),
                    true, false, NULL, now(), now() FROM generate_series(0, {CLIENTS - 1}) n;
                INSERT INTO clients.terms SELECT workspace_id, id, substr(sha256((id::text || k)::bytea), 1, k)
                    FROM clients.clients, generate_series(2, 5) k;
                INSERT INTO clients.erasures SELECT workspace_id, gen_random_uuid(), revision FROM clients.clients WHERE revision % 50 = 0;
                INSERT INTO clients.consents SELECT workspace_id, id, id, 'reminders', decode(md5(id::text), 'hex'), 1, now(), NULL, id, NULL, now()
                    FROM clients.clients WHERE id <> '{client_of(7)}';
                INSERT INTO clients.directory SELECT workspace_id, max(revision) FROM clients.clients GROUP BY 1;
                INSERT INTO clients.match_keys SELECT workspace_id, id, kind, sha256((kind || ' ' || revision / (7 - kind))::text::bytea)
                    FROM clients.clients, generate_series(2, 5) kind;
                ANALYZE clients.match_keys; ANALYZE clients.clients; ANALYZE clients.terms; ANALYZE clients.erasures; ANALYZE clients.directory;
                ANALYZE clients.consents;
            """)
        yield h.runtime("clients").database


def client_of(number: int) -> UUID:
    """The id of a client of the workspace HERE."""
    return UUID(int=number * len(WORKSPACES) + HERE.int - 1)


def token_of(number: int) -> bytes:
    return sha256(f"{client_of(number)}5".encode()).digest()[:5]


def md5_of(number: int) -> bytes:
    return md5(str(client_of(number).int).encode()).digest()


# The name of the statement, its parameters, and how many rows it may read.
CASES: list[tuple[str, dict[str, Any], int]] = [
    ("get_many", {"ids": [client_of(7), client_of(8), client_of(9)]}, 3),
    ("get_for_update", {"id": client_of(7)}, 1),
    ("get_names", {"ids": [client_of(n) for n in range(500)]}, 500),
    ("page_with_revision", {"ids": [client_of(n) for n in range(100)]}, 100),
    ("exact_matches", {"tokens": [token_of(7), b"\0" * 16], "external_ids": [md5_of(7), b"\0" * 16]}, 2),
    ("exact_matches", {"tokens": [], "external_ids": [b"\0" * 16]}, 0),
    ("state_of", {"id": client_of(7)}, 1),
    ("changes_since", {"since": PER_WORKSPACE - 3}, 3 + 1),
    ("changes_since", {"since": PER_WORKSPACE}, 0),
    ("changes_since", {"since": 0}, store.MAX_CHANGES + PER_WORKSPACE // 50),
    ("change", {**VALUES, "id": client_of(7)}, 1 + 4),
    ("create", {**VALUES, "id": UUID(int=CLIENTS), "created_at": VALUES["updated_at"]}, 0),
    ("erase", {"id": client_of(7)}, 1),
    ("add_tombstone", {"workspace_id": HERE, "id": client_of(7)}, 0),
]
OF_CONSENTS: list[tuple[str, dict[str, Any], int]] = [
    ("page", {"client_ids": [client_of(9)], "limit": 50, "offset": 0}, 1),
    ("count", {"client_ids": [client_of(9)]}, 1),
    ("get", {"id": client_of(9), "client_ids": [client_of(9)]}, 1),
    ("in_force", {"client_ids": [client_of(9)], "purpose": "reminders"}, 1),
    ("consents_to_reminders", {"client_ids": [client_of(9)]}, 1),
    ("erase", {"client_ids": [client_of(9), client_of(8)]}, 2),
]
# As many as a step of an import asks for at a time: PostgreSQL would rather read the whole workspace for them.
OF_IMPORTS: list[tuple[str, dict[str, Any], int]] = [("taken_external_ids", {"indexes": [md5_of(n) for n in range(500)]}, 500)]


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize(
    ("module", "name", "parameters", "most"),
    [*((store, *case) for case in CASES), *((consents, *case) for case in OF_CONSENTS), *((imports, *case) for case in OF_IMPORTS)],
    ids=[
        *(f"{name}-{most}" for name, _, most in CASES),
        *(f"consents-{name}" for name, _, _ in OF_CONSENTS),
        *(name for name, _, _ in OF_IMPORTS),
    ],
)
async def test_a_statement_reads_no_more_rows_than_it_needs(database, module, name, parameters, most, mode):
    statement = getattr(module, name)
    values = ", ".join(map(literal, statement.arguments(parameters)))
    tx = database.begin(HERE)
    try:
        connection = await tx.connection()
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}; PREPARE tested AS {statement.sql}")
        plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE tested ({values})"))
        await connection.execute("DEALLOCATE tested")
    finally:
        await tx.rollback()

    scans = [
        node
        for node in nodes(plan[0]["Plan"])
        if node.get("Relation Name") in {"clients", "terms", "erasures", "consents"} and "Scan" in node["Node Type"]
    ]
    assert not [node for node in scans if node["Node Type"] == "Seq Scan"], plan
    assert sum(map(rows_read, scans)) <= most, plan
    # A scan of a whole index reads few rows but many blocks. Finding a few keys reads a few blocks per key.
    assert blocks(plan[0]["Plan"]) <= 60 + 5 * most, plan
    assert most == 0 or sum(map(rows_read, scans)) > 0, "the statement read no rows"


async def test_external_ids_are_looked_up_by_their_index_before_statistics_know_the_workspace(database):
    tx = database.begin(UUID(int=77))
    try:
        connection = await tx.connection()
        await connection.execute("""
            INSERT INTO clients.clients
                (workspace_id, id, version, revision, sealed, sealed_name, external_id_index, is_active, consent_status, created_at, updated_at)
                SELECT current_setting('app.workspace_id')::uuid, gen_random_uuid(), 1, n, 's', 'n', decode(md5(n::text), 'hex'), true, false, now(), now()
                FROM generate_series(1, 2000) n
        """)
        asked = imports.taken_external_ids.arguments({"indexes": [md5(b"%d" % n).digest() for n in range(1_801, 2_051)]})
        plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {imports.taken_external_ids.sql}", *asked))[0]["Plan"]
        found = await connection.fetch(imports.taken_external_ids.sql, *asked)
    finally:
        await tx.rollback()
    scans = [node for node in nodes(plan) if node.get("Relation Name") == "clients"]
    assert scans, plan
    assert sum(map(rows_read, scans)) <= 250, plan
    assert len(found) == 200


async def test_clients_are_compared_by_the_keys_of_their_workspace_alone(database):
    """Every client of this one shares each of its keys with some others."""
    async with database.transaction(HERE, seconds=60) as tx:
        connection = await tx.connection()
        plan = json.loads(
            await connection.fetchval(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {duplicates.suspected.sql}", *duplicates.suspected.arguments({"index_version": 1})
            )
        )[0]["Plan"]
        found = await tx.all(duplicates.suspected, index_version=1)
    scans = [node for node in nodes(plan) if node.get("Relation Name") == "match_keys"]
    assert scans, plan
    assert all("workspace_id" in node.get("Index Cond", "") for node in scans), plan
    assert len(found) == duplicates.MOST_PAIRS
    assert all(len(row["kinds"]) == 4 for row in found)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def rows_read(node: dict[str, Any]) -> float:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return (node["Actual Rows"] + removed) * node["Actual Loops"]


def blocks(plan: dict[str, Any]) -> int:
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def literal(value: Any) -> str:
    """The value as an SQL literal, because EXECUTE takes no parameters."""
    match value:
        case None:
            return "NULL"
        case bool() | int():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'"
        case list():
            kind = {UUID: "uuid", int: "smallint"}.get(type(value[0]) if value else bytes, "bytea")
            return f"ARRAY[{', '.join(map(literal, value))}]::{kind}[]"
        case _:
            return f"'{value}'"
