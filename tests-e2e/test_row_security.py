"""Every table of every service, read from pg_catalog: row security forced, keys that begin with the workspace, roles that own nothing."""

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from chassis.migrations.roles import provision
from chassis.migrations.runner import migrate
from chassis.testing.environment import _dsn
from standalone.services import NAMES, SERVICES

# Tables without a tenant policy, each with its reason. None of them holds what a client told anybody.
OPEN = {f"{name}.alembic_version": "the schema's own revision; the app may read it and no more" for name in NAMES} | {
    "identity.sign_ins": "read by a keyed hash of an address, before a workspace is known; ids, times and whether somebody has a second factor",
    "identity.login_attempts": "failures to sign in per account and source, both keyed hashes; the account may not exist",
    "identity.blacklisted_addresses": "read by a keyed hash of an address, before a workspace is known; ids and times alone",
    "identity.revocations": "which sign-ins have ended, told to every service; ids and times alone",
    "audit.unsealed": "the sequencer asks which workspaces have events waiting; ids, times and proofs alone",
    "audit.unlogged_heads": "the log asks which chains have grown; ids and numbers alone",
    "audit.log_nodes": "one log for all workspaces: hashes of hashes, from which nothing can be told",
    "audit.tree_heads": "one log for all workspaces: its size, root and signature",
    "audit.verifications": "the verifier asks which chains are due; ids, numbers, hashes and times alone",
    "audit.unwitnessed": "the publisher asks which chains have grown; ids, numbers and times alone",
}
# Policies beside the tenant's, each with its reason; those of a relay bind the relay's role alone.
OTHER_POLICIES = {
    "identity.workspace_directory": "read across workspaces by platform administrators; names, kinds, statuses and times of workspaces",
    "identity.sso_directory": "read before anybody has signed in; the words in the addresses at which workspaces sign in, and ids",
    "clinical.search_work": "found across workspaces by the worker that indexes notes; ids and times alone",
    "clients.match_work": "found across workspaces by the worker that compares clients from before; ids alone",
    "clients.due_jobs": "found and claimed across workspaces by the workers; ids, kinds of work and times alone",
    "scheduling.waitlist_due": "found and claimed across workspaces by the workers; ids, kinds of work and times alone",
    "audit.due_jobs": "found and claimed across workspaces by the workers; ids, kinds of work and times alone",
    "notifications.due_work": "found and claimed across workspaces by the senders; ids and times alone",
    "notifications.alert_feeds": "asked for across workspaces by the gateways; the number of a workspace's newest change alone",
    "notifications.webhook_queues": "found and claimed across workspaces by the senders; ids, times and the number of failures alone",
}
# Tables that name clients and are not for their care teams alone, each with its reason (decision 76).
OF_ANY_CLIENT = {
    "clients.terms": "keyed hashes; who finds a client by them is decided where they are asked for",
    "clients.imported_clients": "ids alone, read by jobs",
    "clients.consents": "asked for by the client, whose record the caller then has to be allowed to open",
    "clients.patients": "read by its service for all; which of them are shown, and changed, it asks the care teams",
    "clients.erasure_progress": "which services have erased a client; ids and times alone",
    "clients.match_keys": "keyed hashes; which records share one is told of those that the caller may open",
    "clients.client_access": "who is of which care team",
    "clients.broken_glass": "read by those who review it",
    "clinical.client_access": "who is of which care team",
    "clinical.broken_glass": "who broke the glass: ids and times alone",
    "scheduling.client_access": "who is of which care team",
    "scheduling.broken_glass": "who broke the glass: ids and times alone",
    "scheduling.client_figures": "numbers, which are told of those alone whose record the caller may open",
    "scheduling.client_counter_changes": "numbers on their way into the figures",
    "audit.legal_holds": "who is held, for those who manage holds",
    "clinical.timeline_tallies": "numbers, read by the client's id alone, which is refused",
    "clinical.timeline_counter_changes": "numbers on their way into the tallies",
    "notifications.reminder_consents": "read by the senders; ids alone",
    "notifications.appointments": "read by the senders; ids and times alone",
    "notifications.calendar_invites": "read by the senders; ids and times, and the address sealed",
    "notifications.reminder_links": "read by the senders, and by whoever has a link; ids and times alone",
    "notifications.reminder_opt_outs": "who is not to be mailed; ids alone",
    "notifications.reminders": "that a client is reminded is part of the calendar; ids and times alone",
}
# Unique keys that do not begin with the workspace, each with its reason.
KEYS_ACROSS_WORKSPACES = {
    "pk_outbox": "an event's id is what the inbox of every service knows it by",
    "pk_blacklisted_addresses": "an address is blacklisted in the whole deployment, as a keyed hash",
    "sso_slug_taken": "the address at which a workspace signs in is its own in the deployment",
    "email_taken": "which users have an address, as a keyed hash, is asked across workspaces; it is unique in each",
}


@pytest.fixture(scope="module")
async def catalogue(postgres):
    """An administrator's connection to a database with every service's schema."""
    name = f"catalogue_{uuid7().hex}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name}")
    dsn = _dsn(postgres, database=name)
    for service in SERVICES:
        await provision(dsn, service.name, "for-tests-only", "for-tests-only", "for-tests-only" if service.erases else None)
        await migrate(dsn, service.name)
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def tables(catalogue):
    rows = await catalogue.fetch(
        "SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) AS owner"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p')",
        list(NAMES),
    )
    assert len({row["name"].split(".")[0] for row in rows}) == len(NAMES), "every service has tables"
    return rows


async def policies(catalogue):
    found = {}
    for row in await catalogue.fetch("SELECT * FROM pg_policies WHERE schemaname = ANY($1)", list(NAMES)):
        found.setdefault(f"{row['schemaname']}.{row['tablename']}", []).append(row)
    return found


def confines(expression):
    """Whether a policy's expression lets through one workspace's rows, and none where no workspace is set."""
    return (
        expression is not None
        and expression.count("workspace_id") >= 1
        and "NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid" in expression
        and " OR " not in expression
    )


async def test_every_tenant_table_forces_row_security(catalogue):
    unforced = [row["name"] for row in await tables(catalogue) if not (row["relrowsecurity"] and row["relforcerowsecurity"])]

    assert sorted(unforced) == sorted(OPEN)


async def test_every_tenant_table_confines_reading_and_writing_to_the_workspace(catalogue):
    by_table = await policies(catalogue)
    for row in await tables(catalogue):
        if row["name"] in OPEN or row["name"] in OTHER_POLICIES:
            continue
        tenant = [policy for policy in by_table.get(row["name"], ()) if policy["policyname"] == "tenant"]
        assert len(tenant) == 1, row["name"]
        assert tenant[0]["cmd"] == "ALL", row["name"]
        assert confines(tenant[0]["qual"]), row["name"]
        assert confines(tenant[0]["with_check"]), row["name"]


async def test_no_other_policy_lets_more_through(catalogue):
    by_table = await policies(catalogue)
    assert {f"{name}.outbox" for name in NAMES} <= by_table.keys()
    for name, found in by_table.items():
        for policy in found:
            if policy["policyname"] == "tenant" or name in OTHER_POLICIES or policy["permissive"] == "RESTRICTIVE":
                continue
            assert policy["policyname"] == "relay", (name, policy)
            assert policy["roles"] == [f"{name.split('.')[0]}_relay"], (name, policy)


async def test_rows_of_a_restricted_client_are_their_care_teams_in_every_table_that_names_clients(catalogue):
    by_table = await policies(catalogue)
    named = await catalogue.fetch(
        "SELECT table_schema || '.' || table_name AS name FROM information_schema.columns WHERE column_name = 'client_id' AND table_schema = ANY($1)",
        list(NAMES),
    )
    restricted = {name for name, found in by_table.items() if any(policy["policyname"] == "care_team" for policy in found)}

    assert {row["name"] for row in named} - restricted == set(OF_ANY_CLIENT)
    for name in restricted:
        for policy in by_table[name]:
            if policy["policyname"].startswith("care_team"):
                assert policy["permissive"] == "RESTRICTIVE", name
                assert policy["roles"] == [f"{name.split('.')[0]}_app"], name
                assert "app.reader" in policy["with_check"], name


async def test_roles_own_nothing_and_cannot_pass_row_security(catalogue):
    roles = await catalogue.fetch(
        "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname ~ $1",
        f"^({'|'.join(NAMES)})_",
    )
    assert len(roles) == 5 * len(NAMES)
    served = {f"{name}_{role}" for name in NAMES for role in ("app", "relay")}
    erasing = {f"{service.name}_eraser" for service in SERVICES if service.erases}
    for role in roles:
        assert not (role["rolsuper"] or role["rolbypassrls"] or role["rolcreaterole"] or role["rolcreatedb"]), role
        assert role["rolcanlogin"] == (role["rolname"] in served | erasing), role
    for row in await tables(catalogue):
        assert row["owner"] == f"{row['name'].split('.')[0]}_owner", row["name"]


async def test_no_service_may_touch_another_services_tables(catalogue):
    granted = await catalogue.fetch(
        "SELECT table_schema, table_name, grantee FROM information_schema.role_table_grants"
        " WHERE table_schema = ANY($1) AND grantee <> table_schema || '_owner'",
        list(NAMES),
    )
    assert granted
    for grant in granted:
        assert grant["grantee"] in {f"{grant['table_schema']}_{role}" for role in ("app", "relay", "eraser", "keys")}, grant


async def test_every_key_begins_with_the_workspace(catalogue):
    keys = await catalogue.fetch(
        "SELECT con.conname, c.relname, n.nspname, con.contype::text, a.attname FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = con.conkey[1]"
        " WHERE n.nspname = ANY($1) AND con.contype IN ('p', 'u', 'f', 'x') AND NOT c.relispartition",
        list(NAMES),
    )
    assert keys
    astray = {key["conname"] for key in keys if key["attname"] != "workspace_id" and f"{key['nspname']}.{key['relname']}" not in OPEN}

    assert astray <= set(KEYS_ACROSS_WORKSPACES)


async def test_every_unique_index_begins_with_the_workspace(catalogue):
    indexes = await catalogue.fetch(
        "SELECT i.relname, t.relname AS table, n.nspname, a.attname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
        " JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
        " LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]"
        " WHERE n.nspname = ANY($1) AND x.indisunique AND NOT t.relispartition",
        list(NAMES),
    )
    astray = {row["relname"] for row in indexes if row["attname"] != "workspace_id" and f"{row['nspname']}.{row['table']}" not in OPEN}

    assert astray <= set(KEYS_ACROSS_WORKSPACES)


async def test_no_view_reads_as_its_owner(catalogue):
    views = await catalogue.fetch(
        "SELECT n.nspname || '.' || c.relname AS name, c.reloptions, c.relkind::text FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY($1) AND c.relkind IN ('v', 'm')",
        list(NAMES),
    )

    assert [view["name"] for view in views if "security_invoker=true" not in (view["reloptions"] or [])] == []
