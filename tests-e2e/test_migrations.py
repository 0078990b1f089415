"""Every service's migrations: self-contained, right for the data of every release, and going back and forth on it."""

import asyncio
import contextlib
import json
import shutil
from dataclasses import replace

import asyncpg
import pytest
from drill.environment import until
from releases import journey
from releases.journey import use
from sqlalchemy import Column, MetaData, Text

from chassis.db.counters import counters_of
from chassis.local.postgres import LocalPostgres
from chassis.migrations.roles import VERSION_TABLE, expanded_revision, is_current, versions_of
from chassis.migrations.runner import drift, migrate
from clients.__main__ import SERVICE as CLIENTS
from scheduling.__main__ import SERVICE as SCHEDULING
from standalone.installation import Installation
from standalone.releases import disagreements, scratch_database, stored, upgrade
from standalone.schema import check, foreign, write
from standalone.selftest.worlds import furnish
from standalone.services import NAMES, SERVICES
from standalone.source_releases import ROOT, last_release

# What every service has for its own upkeep; which of these a service uses is its own affair.
UPKEEP = {"outbox", "inbox", "idempotency", "data_keys", "dead_letters"}
# A counter is in one table until it is folded into the other, and an installation may have stopped before or after.
COUNTERS = {table.name for service in SERVICES for counter in counters_of(service.metadata) for table in (counter.folded, counter.changes)}
# Tables that are empty in an installation that stands still, each with its reason.
EMPTY = {
    **dict.fromkeys(("identity.second_factors", "identity.backup_codes", "identity.second_steps"), "nobody in it has a second factor"),
    "audit.closed_runs": "nothing in it is old enough to be dropped",
    **dict.fromkeys(
        ("audit.kept_events", "audit.kept_kinds", "audit.kept_mentions", "audit.kept_origins"), "no month of its trail is over"
    ),
    "scheduling.payment_requests": "nobody in it is asked to pay",
    "scheduling.clock_rules": "what clocks say of its appointments is looked at when it starts, and there were none yet",
    "scheduling.availability": "nobody in it has said when they work",
    "scheduling.waitlist_offers": "whoever waits in it is who has given something back",
    **dict.fromkeys(
        (
            "notifications.calendar_invites",
            "notifications.reminder_links",
            "notifications.reminder_opt_outs",
            "notifications.reminder_policies",
            "notifications.sms_channels",
        ),
        "nobody in it has changed how clients are reminded",
    ),
    **dict.fromkeys(
        ("notifications.address_troubles", "notifications.return_paths"), "no mail of it was not delivered, nor would it be told"
    ),
    "audit.retention_periods": "nobody in it has chosen how long the trail is kept",
    **dict.fromkeys(("identity.activities", "identity.blacklist", "identity.blacklisted_addresses"), "nobody in it runs the installation"),
    **dict.fromkeys(("identity.passkeys", "identity.used_challenges"), "nobody in it has a passkey"),
    **dict.fromkeys(
        ("identity.sso_providers", "identity.sso_directory", "identity.sso_accounts", "identity.sso_attempts"),
        "no workspace in it has a provider",
    ),
    **dict.fromkeys(("identity.erasure_progress", *(f"{name}.erased_workspaces" for name in NAMES)), "no workspace in it is erased"),
    **dict.fromkeys(
        (f"{name}.{table}" for name in ("audit", "clients") for table in ("due_jobs", "job_inputs")),
        "every job in it is over, unless it was stopped before",
    ),
    "clients.job_file_pieces": "no job in it makes a file",
    **dict.fromkeys(
        ("clients.merges", "notifications.merged_clients", *(f"{name}.moved_rows" for name in ("scheduling", "clinical", "notifications"))),
        "nobody in it was merged",
    ),
    **dict.fromkeys(("clients.patients", "clients.patient_numbers"), "no front end of json-server's was used with it"),
    "clients.match_work": "all clients of an upgrade have their match keys",
    "clients.imported_clients": "nothing was imported in it but for a trial",
    "clinical.storage_quotas": "every workspace in it has the quota of the settings",
    "clinical.erased_sessions": "no note in it was deleted",
    "clinical.sync_receipts": "no device had sent notes by then",
    "clinical.appointments": "no appointment with a note was deleted in it",
    **dict.fromkeys(
        ("clinical.search_segments", "clinical.search_blocks"), "its notes were written within the last seconds, if it was stopped before"
    ),
    "clinical.search_work": "all notes are indexed, unless it was stopped before",
    **dict.fromkeys(("clinical.supervised_users", "clinical.cosign_requests", "clinical.cosignatures"), "nobody in it is supervised"),
    **dict.fromkeys(("notifications.alert_escalations", "notifications.alert_mails"), "no alert in it has waited for its first level"),
    **dict.fromkeys(("notifications.escalation_policies", "notifications.alert_rules"), "nobody in it has set any"),
    "notifications.notification_settings": "nobody in it has set any",
    "audit.unsealed": "all events have their seal, unless it was stopped a moment before they got it",
    "audit.chain_nodes": "no chain in it has 256 lines",
    "audit.unlogged_heads": "all chains are logged, unless it was stopped within a minute",
    "audit.unwitnessed": "all chains have their checkpoint, unless it was stopped some seconds before they got it",
}


@pytest.fixture
def filled(homes, tmp_path, sign_in, eventually):
    """An installation that stands still after people have used it; its database's address."""
    installation = Installation("run", homes.copy(tmp_path / "home"))
    installation.start()
    use(installation, sign_in)
    eventually(installation.mail)
    installation.stop()
    server = LocalPostgres(installation.home / "postgres", fast=True).start()
    yield installation, server
    server.stop()
    installation.stop()


async def fill_of(dsn):
    """How many rows each table has, partitions counted with their table."""
    return {name: len(rows) for name, rows in (await rows_of(dsn)).items()}


async def rows_of(dsn):
    """Every table's rows, as dictionaries, sorted."""
    connection = await asyncpg.connect(dsn)
    try:
        names = await connection.fetch(
            "SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> $2 ORDER BY 1",
            list(NAMES),
            VERSION_TABLE,
        )
        found = {row["name"]: await connection.fetch(f"SELECT * FROM {row['name']}") for row in names}
        return {name: sorted((dict(row) for row in rows), key=repr) for name, rows in found.items()}
    finally:
        await connection.close()


async def test_every_migration_goes_down_and_up_again_on_data_and_what_comes_of_it_serves(filled, sign_in, eventually):
    installation, server = filled
    before = await fill_of(server.dsn)
    empty = {name for name, rows in before.items() if not rows and name.partition(".")[2] not in UPKEEP | COUNTERS}
    sooner_or_later = {
        "audit.unsealed",
        "audit.unwitnessed",
        "audit.unlogged_heads",
        "clinical.search_segments",
        "clinical.search_blocks",
        "clinical.search_work",
        "clients.due_jobs",
    }
    assert empty | sooner_or_later == set(EMPTY)

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
    (installation.home / "demo-opened").unlink()
    installation.start()
    api = sign_in(installation)
    ids = furnish(api, lambda: sign_in(installation))
    eventually(lambda: api.get("/audit-events", params={"resource_id": ids["client_id"]}).json()["total"])
    assert api.get("/audit/verify").json()["intact"]


@pytest.fixture(scope="module")
async def fresh(postgres):
    """A newly installed database."""
    async with scratch_database(postgres) as dsn:
        await upgrade(dsn)
        yield dsn


RELEASES = [pytest.param(release, id=release.name) for release in stored()]
# Tables whose rows or columns a later migration changed on purpose, as (release, table), each with its reason.
REWRITTEN = {("0.1.0", "identity.login_sessions"): "method, how somebody signed in, became amr, the list of the steps"}


def test_a_release_is_stored():
    assert [release.name for release in stored()][:2] == ["0.1.0", "0.2.0"]


@pytest.mark.parametrize("release", RELEASES)
async def test_a_stored_release_keeps_every_row_and_ends_as_a_new_installation_begins(postgres, fresh, release):
    async with scratch_database(postgres) as dsn:
        await release.load(dsn)
        before = await rows_of(dsn)
        empty = {name for name, rows in before.items() if not rows}
        may_be = {table for table in before if table in EMPTY or table.partition(".")[2] in COUNTERS}
        assert empty <= (may_be if release.name != "0.1.0" else set()), "every other table has rows to migrate"

        await upgrade(dsn)

        after = await rows_of(dsn)
        kept = {
            name: sorted(({column: row.get(column) for column in rows[0]} for row in after.get(name, ())), key=repr)
            for name, rows in before.items()
        }
        assert [name for name, rows in before.items() if kept[name] != rows and (release.name, name) not in REWRITTEN] == []
        assert await disagreements(dsn, fresh) == []
        assert [line for service in SERVICES for line in await drift(dsn, service.name, service.metadata)] == []


@pytest.mark.parametrize("release", RELEASES)
async def test_what_a_stored_release_wrote_is_read_and_finished_by_this_one(servers, release, tmp_path):
    installation = Installation("run", tmp_path / "home")
    await asyncio.to_thread(release.to_home, installation.home)

    with contextlib.ExitStack() as stack:
        installation.start()
        stack.callback(installation.stop)
        for email, said in json.loads((release.folder / "answers.json").read_text()).items():
            api = journey.sign_in(installation, stack, email)
            paths = [path for path in said if not path.endswith("/download")]
            assert journey.lost(said, journey.answers(api, paths)) == []

        # What the older release had begun: an event on its way to its queue, an audit event outside the chain.
        api = journey.sign_in(installation, stack)
        running = await asyncpg.connect(LocalPostgres(installation.home / "postgres").dsn)
        begun = "(SELECT FROM scheduling.outbox WHERE published_at IS NULL UNION ALL SELECT FROM audit.unsealed)"
        await until(lambda: running.fetchval(f"SELECT NOT EXISTS {begun}"), 30, "what was begun is finished")
        assert await running.fetchval("SELECT count(*) FROM notifications.dead_letters WHERE error = 'Unsigned'") == 0
        await running.close()
        assert api.get("/audit/verify").json()["intact"]
        furnish(api, lambda: journey.sign_in(installation, stack))


async def test_a_migration_changed_after_its_release_is_told(postgres, tmp_path, monkeypatch):
    """In agreement with tables.py, so that an installation of today has nothing to show for it."""
    versions = tmp_path / "services" / "clients" / "migrations" / "versions"
    shutil.copytree(versions_of("clients"), versions)
    (first,) = versions.glob("0001_*.py")
    column = 'sa.Column("time_zone", sa.Text(), nullable=True),'
    first.write_text(first.read_text().replace(column, f'{column} sa.Column("colour", sa.Text(), nullable=True),'))
    monkeypatch.setenv("CASELOAD_ROOT", str(tmp_path))
    changed = replace(CLIENTS, metadata=copied(CLIENTS.metadata))
    changed.metadata.tables["clients.clients"].append_column(Column("colour", Text))

    async with scratch_database(postgres) as dsn:
        found = await check(dsn, [changed], stored()[:1])

    assert "from 0.1.0: clients: column clients.colour: expected text, found none" in found
    assert all(line.startswith("from 0.1.0: ") for line in found), found


async def test_a_chassis_table_changed_without_migrations_is_told_for_every_service(fresh):
    for service in SERVICES:
        metadata = copied(service.metadata)
        metadata.tables[f"{service.name}.outbox"].append_column(Column("priority", Text))

        found = await drift(fresh, service.name, metadata)

        assert "column outbox.priority: expected text, found none" in found


async def test_a_chassis_change_is_written_at_once_for_every_service_that_lacks_it(postgres, tmp_path, monkeypatch):
    for name in ("clients", "scheduling"):
        shutil.copytree(versions_of(name), tmp_path / "services" / name / "migrations" / "versions")
    monkeypatch.setenv("CASELOAD_ROOT", str(tmp_path))
    changed = replace(CLIENTS, metadata=copied(CLIENTS.metadata))
    changed.metadata.tables["clients.outbox"].append_column(Column("priority", Text))

    async with scratch_database(postgres) as dsn:
        written = await write(dsn, "all", "events have a priority", [changed, SCHEDULING])
    async with scratch_database(postgres) as dsn:
        assert await check(dsn, [changed, SCHEDULING]) == []

    assert written == list(versions_of("clients").glob("*_events_have_a_priority.py"))
    assert len(written) == 1


def copied(metadata):
    """The same tables, for a test to change."""
    copy = MetaData(schema=metadata.schema)
    for table in metadata.sorted_tables:
        table.to_metadata(copy)
    return copy


def test_no_migration_imports_anything_of_the_product():
    migrations = [path for service in SERVICES for path in versions_of(service.name).glob("*.py")]
    assert len(migrations) >= len(SERVICES)

    assert [(path.name, foreign(path)) for path in migrations if foreign(path)] == []


@pytest.mark.parametrize("service", NAMES)
def test_what_takes_away_comes_after_all_that_only_adds_since_the_last_release(servers, service, tmp_path):
    """An upgrade takes what only adds, up to the last of it. What takes away would be taken along, and nobody could go back."""
    folder = versions_of(service).relative_to(ROOT)
    released = {path.name for path in (last_release().unpack(tmp_path, str(folder)) / folder).glob("[0-9]*.py")}
    assert released
    since = sorted(path.name for path in versions_of(service).glob("[0-9]*.py") if path.name not in released)
    waits = [name for name in since if name.split("_")[0] > expanded_revision(service)]

    assert [name for name in since if "\ncontract = True\n" in (versions_of(service) / name).read_text()] == waits


@pytest.mark.parametrize(
    "statement",
    [
        "import chassis",
        "from chassis.migrations.runner import drift",
        "from clients import tables",
        "from . import helpers",
        "import importlib",
        "def upgrade():\n    import clients.tables as t",
    ],
)
def test_an_import_of_the_product_in_a_migration_is_told(tmp_path, statement):
    migration = tmp_path / "0002_lean.py"
    migration.write_text(f"import sqlalchemy as sa\nfrom alembic import op\n{statement}\n")

    assert len(foreign(migration)) == 1
