"""Users from before a person could belong to several workspaces: who counts as proved after the migration, and the way back."""

from uuid import UUID

import pytest

from chassis.migrations.runner import migrate
from chassis.testing.environment import start_environment
from identity.__main__ import SERVICE

WORKSPACE, OTHER = UUID(int=1), UUID(int=2)
REGISTERED, INVITED, BY_PROVIDER, CAREFUL, WITH_PASSKEY = (UUID(int=n) for n in range(10, 15))


@pytest.fixture
async def upgraded(postgres):
    """A database of the revision before with five users, and its upgrade."""
    async with start_environment(postgres, SERVICE, relay=False) as h:
        await migrate(h.admin_dsn, "identity", "base")
        await migrate(h.admin_dsn, "identity", "0017")
        async with h.superuser() as db:
            # The users themselves do not matter.
            await db.execute("SET session_replication_role = replica")
            for user in (REGISTERED, INVITED, BY_PROVIDER, CAREFUL, WITH_PASSKEY):
                await db.execute(
                    "INSERT INTO identity.sign_ins (email_index, workspace_id, user_id) VALUES ($1, $2, $3)", user.bytes, WORKSPACE, user
                )
            await db.execute(
                "INSERT INTO identity.invitations (workspace_id, id, user_id, shown_hash, created_at, expires_at)"
                " VALUES ($1, $2, $2, '', now(), now())",
                WORKSPACE, INVITED,
            )  # fmt: skip
            await db.execute(
                "INSERT INTO identity.sso_accounts (workspace_id, account_index, user_id, created_at) VALUES ($1, '', $2, now())",
                WORKSPACE, BY_PROVIDER,
            )  # fmt: skip
            for user, confirmed in ((CAREFUL, True), (WITH_PASSKEY, False)):
                await db.execute(
                    "INSERT INTO identity.second_factors (workspace_id, user_id, secret_sealed, created_at, confirmed_at)"
                    " VALUES ($1, $2, '', now(), CASE WHEN $3 THEN now() END)",
                    WORKSPACE, user, confirmed,
                )  # fmt: skip
            await db.execute(
                "INSERT INTO identity.passkeys (workspace_id, id, user_id, credential_id, public_key, sign_count, transports, aaguid,"
                " backup_eligible, backed_up, name, created_at) VALUES ($1, $2, $2, '', '', 0, '{}', $2, false, false, 'Phone', now())",
                WORKSPACE, WITH_PASSKEY,
            )  # fmt: skip
        await migrate(h.admin_dsn, "identity")
        async with h.superuser() as db:
            await db.execute("SET session_replication_role = replica")
            yield h, db


async def test_whom_the_operator_registered_counts_as_proved_and_flags_say_what_users_have(upgraded):
    _, db = upgraded

    rows = {row["user_id"]: row for row in await db.fetch("SELECT * FROM identity.sign_ins")}

    assert {user for user, row in rows.items() if row["proved_at"] is not None} == {REGISTERED, CAREFUL, WITH_PASSKEY}
    assert {user for user, row in rows.items() if row["second_factor"]} == {CAREFUL}
    assert {user for user, row in rows.items() if row["passkey"]} == {WITH_PASSKEY}
    forced = "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE oid = ANY($1::regclass[])"
    tables = [f"identity.{name}" for name in ("invitations", "sso_accounts", "second_factors", "passkeys")]
    assert await db.fetchval(forced, tables) is True


async def test_on_the_way_back_an_address_is_the_homes_alone(upgraded):
    h, db = upgraded
    # Of two who proved the address the first is left, and of two who did not the one who was added first.
    add = "INSERT INTO identity.sign_ins (email_index, workspace_id, user_id, created_at, proved_at) VALUES ($1, $2, $3, $4, $5)"
    moments = await db.fetchrow("SELECT now() - interval '1 day' AS before, now() + interval '1 day' AS later")
    for user, created_at, proved_at in (
        (REGISTERED, moments["before"], moments["later"]),
        (CAREFUL, moments["later"], moments["before"]),
        (INVITED, moments["before"], None),
        (BY_PROVIDER, moments["later"], None),
        (WITH_PASSKEY, moments["before"], None),
    ):
        await db.execute(add, user.bytes, OTHER, user, created_at, proved_at)

    await migrate(h.admin_dsn, "identity", "0017")

    left = {row["user_id"]: row["workspace_id"] for row in await db.fetch("SELECT * FROM identity.sign_ins")}
    assert left == {REGISTERED: WORKSPACE, CAREFUL: OTHER, INVITED: OTHER, BY_PROVIDER: WORKSPACE, WITH_PASSKEY: WORKSPACE}
