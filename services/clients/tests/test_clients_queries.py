"""No request reads more rows than it is about: every statement's plan among a hundred thousand clients."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from chassis.db.transaction import Transaction
from chassis.testing.environment import house
from clients.__main__ import SERVICE
from clients.clients import store

WORKSPACES = [UUID(int=number) for number in range(1, 6)]
HERE = WORKSPACES[2]
CLIENTS = 100_000
EACH = CLIENTS // len(WORKSPACES)

WRITTEN = {
    "workspace_id": HERE, "version": 2, "sealed": b"s", "sealed_name": b"n", "external_id_index": b"e", "is_active": True,
    "consent_status": False, "time_zone": None, "updated_at": datetime(2026, 1, 1, tzinfo=UTC), "terms": [b"12345", b"67890"],
}  # fmt: skip


@pytest.fixture(scope="module")
async def crowd(postgres):
    """Five workspaces of twenty thousand clients with four terms each; what is sealed is noise."""
    async with house(postgres, SERVICE, relay=False) as h:
        async with h.superuser() as db:
            await db.execute("SET session_replication_role = replica")
            await db.execute(f"""
                INSERT INTO clients.clients SELECT lpad(to_hex(n % 5 + 1), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 1, n / 5 + 1,
                    decode(repeat(md5(n::text), 10), 'hex'), decode(repeat(md5(n::text), 3), 'hex'), decode(md5(n::text), 'hex'),
                    true, false, NULL, now(), now() FROM generate_series(0, {CLIENTS - 1}) n;
                INSERT INTO clients.terms SELECT workspace_id, id, substr(sha256((id::text || k)::bytea), 1, k)
                    FROM clients.clients, generate_series(2, 5) k;
                INSERT INTO clients.erasures SELECT workspace_id, gen_random_uuid(), revision FROM clients.clients WHERE revision % 50 = 0;
                INSERT INTO clients.directory SELECT workspace_id, max(revision) FROM clients.clients GROUP BY 1;
                ANALYZE clients.clients; ANALYZE clients.terms; ANALYZE clients.erasures; ANALYZE clients.directory;
            """)
        yield h.runtime("clients").database


def somebody(number: int) -> UUID:
    """A client of the workspace looked at."""
    return UUID(int=number * len(WORKSPACES) + HERE.int - 1)


def term_of(number: int) -> bytes:
    return sha256(f"{somebody(number)}5".encode()).digest()[:5]


# The statement's name, what it is asked, and how many rows it may look at on the way.
ASKED: list[tuple[str, dict[str, Any], int]] = [
    ("several", {"ids": [somebody(7), somebody(8), somebody(9)]}, 3),
    ("lock", {"id": somebody(7)}, 1),
    ("is_active", {"id": somebody(7)}, 1),
    ("names", {"ids": [somebody(n) for n in range(500)]}, 500),
    ("page", {"ids": [somebody(n) for n in range(100)]}, 100),
    ("with_any", {"terms": [term_of(7), b"\0" * 16]}, 1),
    ("candidates", {"term": term_of(7)}, 1),
    ("changes", {"since": EACH - 3}, 3 + 1),
    ("changes", {"since": EACH}, 0),
    ("changes", {"since": 0}, store.CHANGES + EACH // 50),
    ("change", {**WRITTEN, "id": somebody(7)}, 1 + 4),
    ("create", {**WRITTEN, "id": UUID(int=CLIENTS), "created_at": WRITTEN["updated_at"]}, 0),
    ("erase", {"id": somebody(7)}, 1),
    ("note_erasure", {"workspace_id": HERE, "id": somebody(7)}, 0),
]


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize(("name", "asked", "most"), ASKED, ids=[f"{name}-{most}" for name, _, most in ASKED])
async def test_a_statement_looks_at_no_more_rows_than_it_is_about(crowd, name, asked, most, mode):
    statement = getattr(store, name)
    values = ", ".join(map(literal, statement.arguments(asked)))
    tx = Transaction(crowd, HERE)
    try:
        connection = await tx.connection()
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}; PREPARE asked AS {statement.sql}")
        plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE asked ({values})"))
        await connection.execute("DEALLOCATE asked")
    finally:
        await tx.rollback()

    scans = [
        node
        for node in nodes(plan[0]["Plan"])
        if node.get("Relation Name") in {"clients", "terms", "erasures"} and "Scan" in node["Node Type"]
    ]
    assert not [node for node in scans if node["Node Type"] == "Seq Scan"], plan
    assert sum(map(looked_at, scans)) <= most, plan
    # Rows do not tell of an index that is walked from end to end; blocks do: here a descent or two and what is found.
    assert blocks(plan[0]["Plan"]) <= 60 + 5 * most, plan
    assert most == 0 or sum(map(looked_at, scans)) > 0, "it found nothing to look at"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def looked_at(node: dict[str, Any]) -> float:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return (node["Actual Rows"] + removed) * node["Actual Loops"]


def blocks(plan: dict[str, Any]) -> int:
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def literal(value: Any) -> str:
    """As EXECUTE wants it, which takes no parameters."""
    match value:
        case None:
            return "NULL"
        case bool() | int():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'"
        case list():
            return f"ARRAY[{', '.join(map(literal, value))}]::{'uuid' if isinstance(value[0], UUID) else 'bytea'}[]"
        case _:
            return f"'{value}'"
