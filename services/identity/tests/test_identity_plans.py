"""With a hundred thousand people, signing in and every page behind it are answered by an index."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.testing.environment import house
from identity.__main__ import SERVICE
from identity.sign_in import rules
from identity.sign_in import store as sign_in
from identity.users import store as users
from identity.workspaces import store as workspaces

# A thousand people work in each of a hundred places.
HERE = UUID("00000000-0000-4000-8000-000000000001")
SOMEBODY = UUID("00000000-0000-4000-9000-000000000001")
NOW = datetime.now(UTC)
ACCOUNT, HASH = b"\x00" * 16, b"\x00" * 32

QUESTIONS = {
    "whose address it is": (sign_in.sign_in, {"account": ACCOUNT}),
    "the address's digest": (sign_in.account_of, {"user_id": SOMEBODY}),
    "counting a try": (
        sign_in.count_try,
        {"account": ACCOUNT, "purpose": "password", "lane": ACCOUNT, "delays": list(rules.PASSWORD_DELAYS), "quiet": timedelta(days=1)},
    ),
    "how long to wait": (sign_in.seconds_blocked, {"account": ACCOUNT, "purpose": "password", "lane": ACCOUNT}),
    "the password's hash": (sign_in.credentials, {"user_id": SOMEBODY}),
    "letting in": (sign_in.admit_by_link, {"user_id": SOMEBODY, "now": NOW}),
    "letting in again": (sign_in.admit_again, {"user_id": SOMEBODY}),
    "a refresh token": (sign_in.refresh_token, {"session_id": SOMEBODY, "hash": HASH}),
    "using a refresh token": (
        sign_in.use_refresh_token,
        {"session_id": SOMEBODY, "hash": HASH, "now": NOW, "successor_sealed": None},
    ),
    "going on": (sign_in.continue_session, {"session_id": SOMEBODY, "now": NOW, "idle": timedelta(minutes=30)}),
    "one's own sign-ins": (sign_in.sessions_of, {"user_id": SOMEBODY, "now": NOW}),
    "ending them": (sign_in.end_sessions, {"user_id": SOMEBODY, "but": None, "now": NOW, "reason": "logout"}),
    "a link": (sign_in.link, {"magic_link_id": SOMEBODY, "hash": HASH}),
    "issuing a link": (sign_in.issue_link, {"magic_link_id": SOMEBODY, "hash": HASH, "now": NOW}),
    "using a link": (sign_in.use_link, {"magic_link_id": SOMEBODY, "hash": HASH, "now": NOW}),
    "who is believed no longer": (sign_in.revoked_since, {"since": NOW - timedelta(minutes=6)}),
    "a person": (users.get, {"user_id": SOMEBODY}),
    "everybody here": (users.everybody, {"role": None, "department_id": None, "is_active": None}),
    "all active nurses": (users.everybody, {"role": "nurse", "department_id": None, "is_active": True}),
    "others who run the place": (users.other_heads, {"head": "admin", "user_id": SOMEBODY}),
    "the workspace": (workspaces.get, {}),
}


@pytest.fixture(scope="module")
async def a_hundred_thousand(postgres):
    async with house(postgres, SERVICE, settings={"identity": {"argon2_passes": 1, "argon2_memory_kib": 8}}, relay=False) as h:
        async with h.superuser() as connection:
            await connection.execute("SET session_replication_role = replica")
            await connection.execute(
                """
                CREATE TEMP TABLE made AS
                SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n % 100), 12, '0'))::uuid AS workspace_id,
                       ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
                       decode(md5('account' || n), 'hex') AS account, sha256(convert_to(n::text, 'UTF8')) AS hash,
                       now() - make_interval(secs => n) AS moment, n
                FROM generate_series(0, 99999) AS n;
                INSERT INTO identity.workspaces (workspace_id, name, kind, time_zone, locale)
                SELECT DISTINCT workspace_id, 'Place', 'hospital', 'UTC', 'en' FROM made;
                INSERT INTO identity.users (workspace_id, id, sealed, version, role)
                SELECT workspace_id, id, hash || hash || hash, 1, (ARRAY['nurse', 'doctor', 'admin'])[1 + n / 100 % 3] FROM made;
                INSERT INTO identity.sign_ins (email_index, workspace_id, user_id) SELECT account, workspace_id, id FROM made;
                INSERT INTO identity.login_attempts (account, purpose, lane, count, last_at, blocked_until)
                SELECT account, 'password', account, 1, moment, moment FROM made;
                INSERT INTO identity.login_sessions
                    (workspace_id, id, user_id, method, created_at, last_seen_at, expires_at, idle_at)
                SELECT workspace_id, id, id, 'pwd', moment, moment, moment + interval '12 hours', moment + interval '1 hour' FROM made;
                INSERT INTO identity.refresh_tokens (workspace_id, session_id, generation, hash, created_at)
                SELECT workspace_id, id, 1, hash, moment FROM made;
                INSERT INTO identity.magic_links (workspace_id, id, user_id, hash, created_at, expires_at)
                SELECT workspace_id, id, id, hash, moment, moment + interval '10 minutes' FROM made;
                INSERT INTO identity.revocations (subject_id, epoch, created_at) SELECT id, 1, moment FROM made;
                """
            )
            await connection.execute("SET session_replication_role = origin")
            await connection.execute("VACUUM ANALYZE")
        yield h


async def plan(connection, stmt, params):
    """The plan for these very values, as told after running it."""
    given = {**params, "workspace_id": HERE} if "workspace_id" in stmt.names else params
    return await connection.fetch(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {stmt.sql}", *stmt.arguments(given))


async def generic_plan(connection, stmt, params):
    """The plan that PostgreSQL makes once for all values of a statement it meets often."""
    await connection.execute(f"SET LOCAL plan_cache_mode = force_generic_plan; PREPARE question AS {stmt.sql}")
    nulls = f"({', '.join(['NULL'] * len(stmt.names))})" if stmt.names else ""
    told = await connection.fetch(f"EXPLAIN (COSTS OFF) EXECUTE question{nulls}")
    await connection.execute("DEALLOCATE question")
    return told


@pytest.mark.parametrize("explain", [plan, generic_plan])
@pytest.mark.parametrize("question", QUESTIONS)
async def test_no_large_table_is_read_from_end_to_end(a_hundred_thousand, question, explain):
    stmt, params = QUESTIONS[question]
    async with a_hundred_thousand.runtime("identity").database.transaction(HERE) as tx:
        connection = await tx.connection()
        told = "\n".join(row[0] for row in await explain(connection, stmt, params))
        large = await connection.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 1000")
        await connection.execute("ROLLBACK; BEGIN")

    assert len(large) >= 7, "there is nothing large to be scanned"
    assert not {row["relname"] for row in large} & set(re.findall(r"Seq Scan on (\w+)", told)), told
