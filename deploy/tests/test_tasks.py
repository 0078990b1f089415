"""An operator's tasks, as the commands they are, on a real database."""

import http.server
import os
import re
import shutil
import ssl
import subprocess
import sys
import threading
from urllib.parse import urlsplit, urlunsplit

import aiosmtplib
import asyncpg
import pytest
from uuid_utils.compat import uuid7

from chassis.local.processes import free_port
from chassis.migrations.roles import expanded_revision, is_current, newest_revision
from chassis.settings import Settings
from deployment.__main__ import TASKS, main
from deployment.ledger_role import SEES_ALL, THROUGH_FUNCTIONS
from deployment.mail import certificate
from deployment.processes import DATABASE_ROLES, SERVICES
from deployment.secret_files import Installation
from standalone.backups.ledger import Ledger, Writer
from standalone.backups.targets import DirectoryTarget
from standalone.home import as_role
from standalone.mail import Mailbox, MailServer

EVERYTHING = ("help", *SERVICES, "gateway", *TASKS)


class Site:
    """An installation's secrets and a database of its own; commands run as processes, told what a container would be."""

    def __init__(self, folder, admin_dsn):
        self.folder = folder
        self.admin_dsn = admin_dsn

    def run(self, *command, **more):
        told = {
            "CASELOAD_ENVIRONMENT": "production",
            "CASELOAD_ADMIN_DATABASE_URL": self.admin_dsn,
            "CASELOAD_DATABASE_URLS_DIR": str(self.folder),
            **more,
        }
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_")}
        return subprocess.run(
            [sys.executable, "-m", "deployment", *command], env=environment | told, capture_output=True, text=True, check=False
        )

    def as_identity(self, *command, **more):
        return self.run(
            *command,
            CASELOAD_DATABASE_URL_FILE=str(self.folder / "identity-database-url"),
            CASELOAD_KEYRING_FILE=str(self.folder / "keyring"),
            CASELOAD_ACCESS_KEY_FILE=str(self.folder / "access-key"),
            CASELOAD_SERVICE_KEYS_DIR=str(self.folder / "service-keys"),
            **more,
        )


@pytest.fixture(scope="module")
async def site(postgres, tmp_path_factory):
    """Before anything was done there. The secrets name the database of the test."""
    name = f"site_{uuid7().hex}"
    administrator = await asyncpg.connect(postgres)
    await administrator.execute(f"CREATE DATABASE {name}")
    dsn = urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    folder = tmp_path_factory.mktemp("site")
    Installation(folder).make(database="postgres:5432", broker="rabbitmq:5671")
    # As both compositions mount them.
    (folder / "service-keys").mkdir()
    shutil.copy(folder / "identity-service-key", folder / "service-keys" / "identity.key")
    for service in SERVICES:
        shutil.copy(folder / f"{service}-service-key-public", folder / "service-keys" / f"{service}.pub")
    for service, kinds in DATABASE_ROLES.items():
        for kind in kinds:
            made = urlsplit((folder / f"{service}-{kind}").read_text())
            (folder / f"{service}-{kind}").write_text(as_role(dsn, made.username, made.password))
    for file in (folder / "backups-database-url", folder / "ledger-database-url"):
        made = urlsplit(file.read_text())
        file.write_text(as_role(dsn, made.username, made.password))
    yield Site(folder, dsn)
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()


@pytest.fixture(scope="module")
async def prepared(site):
    """After provisioning and the migrations, as the compositions run them."""
    for command in (["provision"], *([name, "migrate", "expand"] for name in SERVICES)):
        done = site.run(*command)
        assert done.returncode == 0, (command, done.stderr)
    return site


async def test_provisioning_and_migrations_make_a_database_that_the_services_own_roles_can_use(prepared):
    again = prepared.run("provision")
    assert again.returncode == 0, again.stderr
    for service in SERVICES:
        assert await is_current(prepared.admin_dsn, service)
        connection = await asyncpg.connect((prepared.folder / f"{service}-database-url").read_text())
        assert await connection.fetchval("SELECT current_user") == f"{service}_app"
        await connection.close()


async def test_revisions_are_told_and_those_of_a_newer_release(prepared):
    async def told():
        done = prepared.run("revisions")
        assert done.returncode == 0, done.stderr
        return {name: rest for name, *rest in map(str.split, done.stdout.splitlines())}

    newest = newest_revision("clients")
    assert (await told())["clients"] == [newest, expanded_revision("clients"), newest]
    connection = await asyncpg.connect(prepared.admin_dsn)
    await connection.execute("UPDATE clients.alembic_version SET version_num = '9999'")
    try:
        assert (await told())["clients"][0] == "newer"
    finally:
        await connection.execute("UPDATE clients.alembic_version SET version_num = $1", newest)
        await connection.close()


async def test_a_role_whose_address_is_anothers_is_not_provisioned(prepared, tmp_path):
    for path in prepared.folder.glob("*-database-url"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "clients-database-url").write_text((prepared.folder / "audit-database-url").read_text())

    done = prepared.run("provision", CASELOAD_DATABASE_URLS_DIR=str(tmp_path))

    assert done.returncode == 1
    assert "clients-database-url has to be the address of the role clients_app" in done.stderr


async def test_the_first_workspace_is_opened_once(prepared):
    command = ("open-workspace", "Lindenhof", "ada@example.org", "Ada Winter", "--kind", "hospital", "--time-zone", "Europe/Berlin")
    opened = prepared.as_identity(*command)
    assert opened.returncode == 0, opened.stderr
    assert re.fullmatch(r"workspace [0-9a-f-]{36}, admin [0-9a-f-]{36}\n", opened.stdout)

    assert prepared.as_identity(*command).stdout == opened.stdout
    connection = await asyncpg.connect(prepared.admin_dsn)
    rows = await connection.fetch("SELECT name, kind, time_zone FROM identity.workspaces WHERE name = 'Lindenhof'")
    await connection.close()
    assert [tuple(row) for row in rows] == [("Lindenhof", "hospital", "Europe/Berlin")]


async def test_records_are_held_against_the_trail_and_sealed_again(prepared, tmp_path):
    """With the secrets that the task is given, and nothing of a service that runs."""
    given = {
        "CASELOAD_KEYRING_FILE": str(prepared.folder / "keyring"),
        "CASELOAD_SERVICE_KEYS_DIR": str(prepared.folder / "service-keys"),
        "CASELOAD_BLOB_URL": f"file://{tmp_path}",
        "CASELOAD_BLOB_SECRET": "of-this-test-alone-of-this-test-alone",
    }
    opened = prepared.as_identity("open-workspace", "Seeblick", "eva@example.org", "Eva Sommer")
    workspace_id = opened.stdout.split()[1].rstrip(",")
    verify = ("records", "verify", "--workspace", workspace_id)

    intact = prepared.run(*verify, **given)
    assert (intact.returncode, intact.stderr) == (0, "")
    assert "1 records, 0 findings, 0 from before, 1 not yet told; the audit trail is intact" in intact.stdout
    keys = shutil.copytree(prepared.folder / "service-keys", tmp_path / "keys")
    for service in SERVICES:
        shutil.copy(prepared.folder / f"{service}-service-key", keys / f"{service}.key")
    resealed = prepared.run("records", "reseal", **given | {"CASELOAD_SERVICE_KEYS_DIR": str(keys)})
    assert (resealed.returncode, resealed.stdout, resealed.stderr) == (0, "", "")
    added = prepared.run("records", "keys", "add", "--workspace", workspace_id, **given | {"CASELOAD_SERVICE_KEYS_DIR": str(keys)})
    assert (added.returncode, added.stdout.splitlines()[0]) == (0, f"{workspace_id} identity: key 2 waits to be promoted")

    connection = await asyncpg.connect(prepared.admin_dsn)
    await connection.execute("UPDATE identity.users SET role = 'therapist' WHERE workspace_id = $1::uuid", workspace_id)
    await connection.close()
    tampered = prepared.run(*verify, **given)
    assert tampered.returncode == 1
    assert ": does not open" in tampered.stdout


async def test_a_lost_second_factor_is_removed(prepared):
    opened = prepared.as_identity("open-workspace", "Waldhof", "ida@example.org", "Ida Herbst")
    user_id = opened.stdout.split()[-1]
    command = ("remove-second-factor", "Ida@example.org")
    nothing = prepared.as_identity(*command)
    assert (nothing.returncode, nothing.stderr) == (1, "nobody with this address has a second factor\n")
    connection = await asyncpg.connect(prepared.admin_dsn)
    await connection.execute(
        "INSERT INTO identity.second_factors (workspace_id, user_id, secret_sealed, created_at, confirmed_at)"
        " SELECT workspace_id, id, 'sealed', now(), now() FROM identity.users WHERE id = $1::text::uuid",
        user_id,
    )
    await connection.execute("UPDATE identity.sign_ins SET second_factor = true WHERE user_id = $1::text::uuid", user_id)

    removed = prepared.as_identity(*command)

    assert (removed.returncode, removed.stderr) == (0, "")
    assert await connection.fetchval("SELECT count(*) FROM identity.second_factors WHERE user_id = $1::text::uuid", user_id) == 0
    assert await connection.fetchval("SELECT second_factor FROM identity.sign_ins WHERE user_id = $1::text::uuid", user_id) is False
    assert await connection.fetchval("SELECT count(*) FROM identity.outbox WHERE type LIKE '%SecurityNoticeRaised'") == 1
    await connection.close()
    assert prepared.as_identity(*command).returncode == 1


async def test_the_role_of_backups_begins_and_ends_them_and_reads_no_table(prepared):
    connection = await asyncpg.connect((prepared.folder / "backups-database-url").read_text())
    try:
        assert await connection.fetchval("SELECT current_user") == "backups"
        await connection.execute("SELECT pg_backup_start('of a test', true)")
        assert await connection.fetchval("SELECT lsn IS NOT NULL FROM pg_backup_stop(false)")
        await connection.fetch("SELECT name FROM pg_ls_archive_statusdir()")
        for service in SERVICES:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM {service}.outbox")
    finally:
        await connection.close()


async def test_the_role_of_the_ledger_calls_its_functions_and_reads_no_table(prepared):
    connection = await asyncpg.connect((prepared.folder / "ledger-database-url").read_text())
    try:
        assert await connection.fetchval(SEES_ALL) is True
        for name in ("changed", "clients", "workspaces", "holds"):
            await connection.fetch(getattr(THROUGH_FUNCTIONS, name))
        for table in ("clients.erasures", "identity.workspaces", "audit.legal_holds"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM {table}")
    finally:
        await connection.close()
    other = await asyncpg.connect((prepared.folder / "clients-database-url").read_text())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await other.fetch(THROUGH_FUNCTIONS.workspaces)
    await other.close()


async def test_the_ledger_reads_tables_only_where_somebody_has_committed_anything(prepared, tmp_path):
    ledger = Ledger.under(DirectoryTarget(tmp_path), b"of this test alone")
    connection = await asyncpg.connect((prepared.folder / "ledger-database-url").read_text())
    somebody = await asyncpg.connect(prepared.admin_dsn)
    try:
        writer = Writer(ledger, THROUGH_FUNCTIONS)
        assert await writer.write(connection) == 0
        seen = writer.looks
        for _ in range(50):
            await writer.write(connection)
        # The server itself may have swept in between.
        assert writer.looks - seen < 5
        seen = writer.looks
        for _ in range(50):
            # As the writer of the journal does, which counts its own.
            await somebody.execute("SELECT pg_logical_emit_message(true, 'of a test', '')")
            await writer.write(connection, own=1)
        assert writer.looks - seen < 5
        seen = writer.looks
        for _ in range(10):
            await somebody.execute("CREATE TEMPORARY TABLE IF NOT EXISTS held (id int); INSERT INTO held VALUES (1)")
            await writer.write(connection)
        assert writer.looks - seen >= 10
        async with somebody.transaction():
            # It may be an erasure.
            await somebody.execute("INSERT INTO held VALUES (2)")
            await writer.write(connection)
            seen = writer.looks
        await writer.write(connection)
        assert writer.looks > seen, "it is seen once it is committed"
    finally:
        await connection.close()
        await somebody.close()


async def test_the_doctor_says_that_nothing_is_archived_and_that_nobody_looks_at_backups(prepared):
    unwatched = f"http://127.0.0.1:{free_port()}/state"

    done = prepared.run("doctor", CASELOAD_BACKUPS_STATE_URL=unwatched, CASELOAD_LEDGER_HEALTH_URL=unwatched)

    assert done.returncode == 1
    assert "FAIL archive      the log is not archived" in done.stdout
    assert re.search(r"FAIL backups +could not be looked at", done.stdout)
    assert {line.split()[1] for line in done.stdout.splitlines() if line.startswith("ok ")} >= {"migrations", "grants", "clocks", "events"}
    assert re.search(r"FAIL ledger +could not be looked at", done.stdout)
    elsewhere = prepared.run("doctor", CASELOAD_BACKUPS_STATE_URL="", CASELOAD_LEDGER_HEALTH_URL=unwatched)
    assert "backups" not in elsewhere.stdout


async def test_what_a_workspace_cannot_be_is_said(prepared):
    refused = prepared.as_identity("open-workspace", "Lindenhof", "eve@example.org", "Eve", "--time-zone", "Europe/Nowhere")

    assert refused.returncode == 1
    assert "/time_zone is not an IANA time zone" in refused.stderr


async def test_the_demonstration_is_not_opened_where_others_reach_the_gateway(prepared):
    refused = prepared.as_identity("demo", CASELOAD_PUBLIC_URL="https://caseload.example.org")
    assert refused.returncode == 1
    assert "whose password they know" in refused.stderr
    connection = await asyncpg.connect(prepared.admin_dsn)
    assert await connection.fetchval("SELECT count(*) FROM identity.workspaces WHERE name = 'Riverside Practice'") == 0

    opened = prepared.as_identity("demo", CASELOAD_PUBLIC_URL="http://localhost:8000")
    assert opened.returncode == 0, opened.stderr
    assert "owner@example.com" in opened.stdout
    assert await connection.fetchval("SELECT count(*) FROM identity.workspaces WHERE name = 'Riverside Practice'") == 1
    await connection.close()


def test_a_service_without_its_secrets_refuses_to_start(prepared):
    refused = prepared.run("clients", "serve")

    assert refused.returncode == 1
    assert "CASELOAD_KEYRING_FILE is not set" in refused.stderr


def test_what_is_no_command_is_answered_with_what_there_is():
    for arguments in ([], ["help"], ["gateway", "--port"], ["nonsense"]):
        with pytest.raises(SystemExit) as refused:
            main(arguments)
        assert all(command in str(refused.value) for command in EVERYTHING[1:])


def test_healthy_says_what_the_process_says(servers):
    """The image's own check, on a process that is ready, one that is not, and none."""
    answers = iter([200, 503])

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            assert self.path == "/health/ready"
            self.send_response(next(answers))
            self.end_headers()

        def log_message(self, *_):
            return

    server = http.server.HTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    healthy = __file__.replace("tests/test_tasks.py", "image/healthy")

    def asked(port):
        environment = {"CASELOAD_HTTP_LISTEN": f"0.0.0.0:{port}"}
        return subprocess.run([sys.executable, "-IS", healthy], env=environment, capture_output=True, check=False).returncode

    assert asked(server.server_address[1]) == 0
    assert asked(server.server_address[1]) == 1
    server.shutdown()
    server.server_close()
    assert asked(free_port()) == 1


async def test_the_mail_catcher_offers_starttls_and_shows_what_came(tmp_path):
    installation = Installation(tmp_path / "secrets")
    installation.make(database="postgres:5432", broker="rabbitmq:5671")
    settings = Settings(
        tls_certificate_file=tmp_path / "secrets" / "mail-tls-certificate", tls_key_file=tmp_path / "secrets" / "mail-tls-key"
    )
    server = MailServer(Mailbox(tmp_path))
    address = urlsplit(await server.start(tls=certificate(settings)))
    trusting = ssl.create_default_context(cafile=tmp_path / "secrets" / "authority-certificate")
    try:
        await aiosmtplib.send(
            "Subject: Hello\r\n\r\nThere.",
            sender="from@example.org",
            recipients=["to@example.org"],
            hostname=address.hostname,
            port=address.port,
            start_tls=True,
            tls_context=trusting,
        )
    finally:
        await server.close()
    assert [mail["subject"] for mail in Mailbox(tmp_path).mails()] == ["Hello"]
