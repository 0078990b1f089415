"""With 100,000 users in workspaces of 10,000, and 10,000 workspaces, no statement of identity scans a large table."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.paging import BEGINNING
from chassis.testing.environment import start_environment
from identity.__main__ import SERVICE
from identity.blacklist import store as blacklist
from identity.credentials import rules
from identity.credentials import store as credentials
from identity.login_sessions import store as login_sessions
from identity.memberships import store as memberships
from identity.passkeys import store as passkeys
from identity.people import store as people
from identity.people.blacklist import find_blacklisted
from identity.platform import store as platform
from identity.sign_in import store as sign_in
from identity.single_sign_on import store as single_sign_on
from identity.users import store as users
from identity.workspaces import store as workspaces

WORKSPACE = UUID("00000000-0000-4000-8000-000000000001")
USER = UUID("00000000-0000-4000-9000-000000000001")
DEPARTMENT = UUID("00000000-0000-4000-a000-000000000001")
NOW = datetime.now(UTC)
EMAIL_INDEX, HASH = b"\x00" * 16, b"\x00" * 32
BUCKET = {"email_index": EMAIL_INDEX, "purpose": "password", "bucket": EMAIL_INDEX}

STATEMENTS = {
    "find the users of an e-mail address": (people.memberships_of_address, {"email_index": EMAIL_INDEX}),
    "find the other users of a user's address": (people.memberships_of_user, {"user_id": USER}),
    "hold the users of an e-mail address": (people.hold_memberships, {"email_index": EMAIL_INDEX}),
    "prove an e-mail address": (people.prove, {"user_id": USER, "now": NOW}),
    "note a second factor": (people.set_second_factor, {"user_id": USER, "confirmed": True}),
    "find one of a person's workspaces": (memberships.find_membership, {"user_id": USER}),
    "leave a login session": (login_sessions.leave_login_session, {"session_id": USER, "user_id": USER, "reason": "switched", "now": NOW}),
    "find a user's e-mail index": (people.email_index_of, {"user_id": USER}),
    "count an attempt": (
        credentials.count_attempt,
        {**BUCKET, "delays": list(rules.PASSWORD_DELAYS), "forgotten_after": timedelta(days=1)},
    ),
    "forget the attempts at an account": (
        credentials.delete_buckets_of,
        {"email_index": EMAIL_INDEX, "purposes": list(rules.FORGOTTEN_AFTER), "anywhere": EMAIL_INDEX, "lock": HASH},
    ),
    "how long a bucket is blocked": (credentials.seconds_blocked, BUCKET),
    "a password's hash": (credentials.password_of, {"user_id": USER}),
    "begin to sign in": (sign_in.sign_in_by_link, {"user_id": USER, "now": NOW}),
    "read a user for tokens": (login_sessions.read_user_for_tokens, {"user_id": USER}),
    "find a refresh token": (login_sessions.find_refresh_token, {"session_id": USER, "hash": HASH}),
    "use a refresh token": (
        login_sessions.use_refresh_token,
        {"session_id": USER, "hash": HASH, "now": NOW, "successor_sealed": None},
    ),
    "extend a login session": (login_sessions.extend_login_session, {"session_id": USER, "now": NOW, "idle": timedelta(minutes=30)}),
    "why a login session ended": (login_sessions.why_login_session_ended, {"session_id": USER}),
    "a user's login sessions": (login_sessions.login_sessions_of, {"user_id": USER, "now": NOW, "limit": 50, "after": BEGINNING}),
    "end a user's login sessions": (
        login_sessions.end_login_sessions,
        {"user_id": USER, "except_id": None, "now": NOW, "reason": "logout"},
    ),
    "find a magic link": (credentials.find_magic_link, {"magic_link_id": USER, "hash": HASH, "purpose": "sign_in"}),
    "issue a magic link": (credentials.issue_magic_link, {"magic_link_id": USER, "hash": HASH, "now": NOW}),
    "use a magic link": (credentials.use_magic_link, {"magic_link_id": USER, "hash": HASH, "purpose": "sign_in", "now": NOW}),
    "void a user's links": (credentials.void_magic_links, {"user_id": USER, "now": NOW}),
    "recent revocations": (login_sessions.revocations_since, {"since": NOW - timedelta(minutes=6)}),
    "a user": (users.get_user, {"user_id": USER}),
    "all users": (users.matching_users(), {}),
    "all active users": (users.matching_users(["is_active"]), {"is_active": True}),
    "all nurses": (users.matching_users(["role"]), {"role": "nurse"}),
    "all active nurses of a department": (
        users.matching_users(["role", "is_active", "department_id"]),
        {"role": "nurse", "is_active": True, "department_id": DEPARTMENT},
    ),
    "whether the list of all users is another": (users.fingerprint_of_users(), {}),
    "whether the list of active nurses is another": (
        users.fingerprint_of_users(["role", "is_active"]),
        {"role": "nurse", "is_active": True},
    ),
    "names of users": (users.sealed_names, {"ids": [USER]}),
    "a page of users": (users.get_users, {"ids": [USER]}),
    "a user's supervisors": (users.supervisors, {"supervisor_id": USER}),
    "who supervises a user": (users.supervision, {"user_id": USER}),
    "other administrators": (people.count_other_administrators, {"administrator_role": "admin", "user_id": USER, "asked_by": USER}),
    "who decides in a supervisor's place": (users.active_users_of_roles, {"roles": ["admin", "owner"], "limit": 100}),
    "the workspace": (workspaces.get_workspace, {}),
    "a page of all workspaces": (platform.list_workspaces({}), {"offset": 9900, "limit": 100}),
    "how many workspaces there are": (platform.count_workspaces({}), {}),
    "workspaces by a part of their names": (platform.list_workspaces({"search"}), {"search": "SIDE 77", "offset": 0, "limit": 50}),
    "how many workspaces have a part of a name": (platform.count_workspaces({"search"}), {"search": "SIDE 77"}),
    "owners who have not accepted": (platform.pending_owners, {"limit": 200}),
    "a workspace by its owner": (platform.find_by_owner, {"user_id": USER}),
    "a workspace of the directory": (platform.find_workspace, {"id": WORKSPACE}),
    "the owner of a workspace": (platform.first_administrator, {}),
    "figures of the installation": (platform.metrics, {}),
    "whether an address is blacklisted": (find_blacklisted, {"email_index": EMAIL_INDEX}),
    "a page of the blacklist": (blacklist.list_addresses, {"offset": 0, "limit": 100}),
    "how long the blacklist is": (blacklist.count_addresses, {}),
    "entries of the blacklist": (blacklist.find_entries, {"ids": [USER]}),
    "who has a blacklisted address": (blacklist.users_with_address, {"email_index": EMAIL_INDEX}),
    "how many passkeys a user has": (passkeys.count_passkeys, {"user_id": USER}),
    "a user's passkeys": (passkeys.list_passkeys, {"user_id": USER}),
    "what a user's passkeys are called": (passkeys.credentials_of, {"user_id": USER}),
    "a passkey by what its device calls it": (passkeys.find_passkey, {"credential_id": HASH}),
    "use a passkey": (passkeys.use_passkey, {"user_id": USER, "passkey_id": USER, "sign_count": 2, "backed_up": False, "now": NOW}),
    "rename a passkey": (passkeys.rename_passkey, {"user_id": USER, "passkey_id": USER, "name": "Key"}),
    "use a challenge": (passkeys.use_challenge, {"challenge_id": USER, "expires_at": NOW}),
    "a first step": (passkeys.find_open_second_step, {"second_step_id": USER, "hash": HASH, "now": NOW}),
    "the workspace at an address of single sign-on": (single_sign_on.find_workspace, {"slug": "lakeside-77"}),
    "a workspace's provider": (single_sign_on.get_provider, {}),
    "a sign-in at a provider": (single_sign_on.find_attempt, {"attempt_id": USER, "state_hash": HASH}),
    "use a sign-in at a provider": (single_sign_on.use_attempt, {"attempt_id": USER, "state_hash": HASH, "browser_hash": HASH, "now": NOW}),
    "the user of a provider's account": (single_sign_on.find_account, {"account_index": EMAIL_INDEX}),
    "the user of a workspace with an address": (single_sign_on.find_by_email, {"email_index": EMAIL_INDEX}),
    "a user for a provider": (single_sign_on.get_user, {"user_id": USER}),
    "a user's open login sessions": (single_sign_on.login_sessions_of, {"user_id": USER}),
    "sign in with a provider": (single_sign_on.sign_in, {"user_id": USER, "now": NOW}),
    "how long ago a workspace was suspended": (platform.seconds_since_revoked, {"subject_id": WORKSPACE}),
}


@pytest.fixture(scope="module")
async def large_environment(postgres):
    async with start_environment(postgres, SERVICE, settings={"identity": {"argon2_passes": 1, "argon2_memory_kib": 8}}, relay=False) as h:
        async with h.superuser() as connection:
            await connection.execute("SET session_replication_role = replica")
            await connection.execute(
                """
                CREATE TEMP TABLE made AS
                SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n % 10), 12, '0'))::uuid AS workspace_id,
                       ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
                       decode(md5('account' || n), 'hex') AS account, sha256(convert_to(n::text, 'UTF8')) AS hash,
                       now() - make_interval(secs => n) AS moment, n
                FROM generate_series(0, 99999) AS n;
                INSERT INTO identity.workspaces (workspace_id, name, kind, time_zone, locale)
                SELECT DISTINCT workspace_id, 'Workspace', 'hospital', 'UTC', 'en' FROM made;
                INSERT INTO identity.departments (workspace_id, id, name, code)
                SELECT DISTINCT workspace_id, ('00000000-0000-4000-a000-' || lpad(to_hex(n / 10 % 20), 12, '0'))::uuid, 'Ward', n / 10 % 20 FROM made;
                INSERT INTO identity.users (workspace_id, id, sealed, version, role, is_active, department_id, supervisor_id)
                SELECT workspace_id, id, hash || hash || hash, 1, (ARRAY['nurse', 'doctor', 'admin'])[1 + n / 100 % 3], n % 7 > 0,
                    ('00000000-0000-4000-a000-' || lpad(to_hex(n / 10 % 20), 12, '0'))::uuid,
                    CASE WHEN n > 100 THEN ('00000000-0000-4000-9000-' || lpad(to_hex(n % 100), 12, '0'))::uuid END FROM made;
                INSERT INTO identity.sign_ins (email_index, workspace_id, user_id) SELECT account, workspace_id, id FROM made;
                INSERT INTO identity.login_attempts (account, purpose, lane, count, last_at, blocked_until)
                SELECT account, 'password', account, 1, moment, moment FROM made;
                INSERT INTO identity.login_sessions
                    (workspace_id, id, user_id, amr, created_at, last_seen_at, expires_at, idle_at)
                SELECT workspace_id, id, id, ARRAY['pwd'], moment, moment, moment + interval '12 hours', moment + interval '1 hour' FROM made;
                INSERT INTO identity.refresh_tokens (workspace_id, session_id, generation, hash, created_at)
                SELECT workspace_id, id, 1, hash, moment FROM made;
                INSERT INTO identity.magic_links (workspace_id, id, user_id, hash, created_at, expires_at)
                SELECT workspace_id, id, id, hash, moment, moment + interval '10 minutes' FROM made;
                INSERT INTO identity.workspace_directory (workspace_id, name, kind, status, created_at, owner_id, owner_accepted_at, total_users)
                SELECT id, 'Lakeside ' || n, 'practice', 'active', moment, id, CASE WHEN n % 50 > 0 THEN moment END, 10 FROM made WHERE n < 10000
                ON CONFLICT DO NOTHING;
                INSERT INTO identity.blacklist (workspace_id, id, sealed, version, added_by, added_at)
                SELECT workspace_id, id, hash, 1, id, moment FROM made WHERE n < 10000;
                INSERT INTO identity.blacklisted_addresses (email_index, workspace_id, entry_id, added_at)
                SELECT account, workspace_id, id, moment FROM made WHERE n < 10000;
                INSERT INTO identity.passkeys
                    (workspace_id, id, user_id, credential_id, public_key, sign_count, transports, aaguid, backup_eligible, backed_up, name, created_at)
                SELECT workspace_id, id, id, hash, hash, 1, '{}', id, false, false, 'Key', moment FROM made;
                INSERT INTO identity.used_challenges (workspace_id, id, expires_at) SELECT workspace_id, id, moment FROM made;
                INSERT INTO identity.second_steps (workspace_id, id, user_id, hash, amr, created_at, expires_at)
                SELECT workspace_id, id, id, hash, ARRAY['pwd'], moment, moment + interval '10 minutes' FROM made;
                INSERT INTO identity.sso_directory (workspace_id, slug) SELECT id, 'lakeside-' || n FROM made WHERE n < 10000;
                INSERT INTO identity.sso_providers (workspace_id, is_enabled, is_required, version, sealed, updated_at)
                SELECT id, true, false, 1, hash, moment FROM made WHERE n < 10000;
                INSERT INTO identity.sso_accounts (workspace_id, account_index, user_id, created_at) SELECT workspace_id, account, id, moment FROM made;
                INSERT INTO identity.sso_attempts (workspace_id, id, state_hash, browser_hash, provider_version, created_at, expires_at)
                SELECT workspace_id, id, hash, hash, 1, moment, moment + interval '10 minutes' FROM made;
                INSERT INTO identity.revocations (subject_id, epoch, created_at) SELECT id, 1, moment FROM made;
                """
            )
            await connection.execute("SET session_replication_role = origin")
            await connection.execute("VACUUM ANALYZE")
        yield h


async def plan(connection, stmt, params):
    """The plan for these values, after running the statement."""
    given = {**params, "workspace_id": WORKSPACE} if "workspace_id" in stmt.names else params
    return await connection.fetch(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {stmt.sql}", *stmt.arguments(given))


async def generic_plan(connection, stmt, params):
    """The generic plan: PostgreSQL may use it, for any values, after five executions of a prepared statement."""
    await connection.execute(f"SET LOCAL plan_cache_mode = force_generic_plan; PREPARE checked AS {stmt.sql}")
    nulls = f"({', '.join(['NULL'] * len(stmt.names))})" if stmt.names else ""
    plan_lines = await connection.fetch(f"EXPLAIN (COSTS OFF) EXECUTE checked{nulls}")
    await connection.execute("DEALLOCATE checked")
    return plan_lines


@pytest.mark.parametrize("explain", [plan, generic_plan])
@pytest.mark.parametrize("statement", STATEMENTS)
async def test_no_statement_scans_a_large_table(large_environment, statement, explain):
    stmt, params = STATEMENTS[statement]
    async with large_environment.runtime("identity").database.transaction(WORKSPACE, seconds=10.0) as tx:
        connection = await tx.connection()
        plan_text = "\n".join(row[0] for row in await explain(connection, stmt, params))
        large = await connection.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 1000")
        await connection.execute("ROLLBACK; BEGIN")

    assert len(large) >= 14, "there is no large table to scan"
    assert not {row["relname"] for row in large} & set(re.findall(r"Seq Scan on (\w+)", plan_text)), plan_text
