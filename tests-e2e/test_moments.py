"""An installation whose database is lost is restored to the moment that is asked for: with what was committed, and without what was erased or sent."""

import asyncio
import os
import pwd
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest
from drill.builds import add_migration, copy_migrations, root_of
from walkthrough import paste, shell_blocks

from caseload.identity.v1 import events_pb2
from chassis.events.broker.in_process import InProcessBroker
from chassis.local.postgres import LocalPostgres
from chassis.migrations.roles import newest_revision
from chassis.service.runtime import Runtime
from standalone.backups.journal.state import JournalStatus
from standalone.backups.status import BackupStatus
from standalone.home import Home
from standalone.installation import Installation
from standalone.selftest.operations import now, picture, text
from standalone.services import IDENTITY

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "operations" / "disaster.md"
PASSPHRASE = "orbit-lemon-quarry-violin-72"
SOON = {"CASELOAD_BACKUP_JOURNAL_SECONDS": "0.3"}


def settings(folder):
    (folder / ".venv").symlink_to(ROOT / ".venv")
    passphrase = folder / "backup-passphrase"
    if not passphrase.exists():
        passphrase.touch(mode=0o600)
        passphrase.write_text(PASSPHRASE)
    return SOON | {"CASELOAD_BACKUP_TARGET": str(folder / "target"), "CASELOAD_BACKUP_PASSPHRASE_FILE": str(passphrase)}


def caseload(home, environment, *words):
    return subprocess.run(command(*words), env=given(home, environment), capture_output=True, text=True, check=False)


def command(*words):
    return [sys.executable, "-m", "standalone", *words]


def given(home, environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_")}
    return {**inherited, **environment, "CASELOAD_HOME": str(home)}


def lose(installation):
    """Everything of it is killed at once, and its database's files are removed."""
    me = psutil.Process(installation.pid)
    processes = [me, *me.children(recursive=True)]
    for process in processes:
        # Children end by themselves when their parent is gone.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, 30)
    installation.kill()
    shutil.rmtree(installation.home / "postgres")


def until_reached(home, moment, eventually):
    eventually(lambda: (JournalStatus.read(Home(home)).reached_at or moment) > moment, seconds=30)


def download(api, path):
    return httpx.get(api.get(path).json()["download_url"]).content


def named(api, last_name):
    made = api.post("/clients", json={"first_name": "Ada", "last_name": last_name})
    assert made.status_code == 201, made.text
    return made.json()["id"]


@pytest.fixture
def running(homes, tmp_path):
    """An installation whose journal goes to a folder beside it."""
    installation = Installation("run", homes.copy(tmp_path / "home"), settings(tmp_path))
    installation.start()
    yield installation
    if installation.alive:
        installation.kill()


@pytest.mark.drill
def test_a_lost_database_is_restored_to_any_moment(running, sign_in, eventually, tmp_path):
    environment, home = running.environment, running.home
    api = sign_in(running)
    eventually(lambda: BackupStatus.read(Home(home)).made_at, seconds=60)
    kept = named(api, "Kept")
    note = api.post("/sessions", json={"client_id": kept, "session_date": text(now())}).json()["id"]
    written = api.patch(f"/sessions/{note}/draft", json={"subjective": "Dreams of a lighthouse."}, headers={"If-Match": '"1"'})
    assert written.status_code == 200, written.text
    attached = api.post(f"/sessions/{note}/attachments", files={"file": ("lighthouse.png", picture(), "image/png")}).json()["id"]
    # It is encoded anew.
    image = download(api, f"/sessions/{note}/attachments/{attached}/download")
    assert api.post(f"/sessions/{note}/finalize").status_code == 200
    erased = named(api, "Erased")
    # Two records of one person: the one that was merged is in the ledger of erasures as well, and before the other one.
    duplicate, survivor = named(api, "Duplicate"), named(api, "Survivor")
    assert api.post(f"/clients/{survivor}/merge", json={"duplicate_id": duplicate}).status_code == 200
    assert api.post("/reminders/configurations", json={"hours_before": 1, "channel": "email"}).status_code == 201
    reminded = api.post("/clients", json={"first_name": "Ada", "last_name": "Reminded", "email": "ada@example.org"}).json()["id"]
    start = now() + timedelta(hours=1, seconds=4)
    booking = {"client_id": reminded, "scheduled_start": text(start), "scheduled_end": text(start + timedelta(minutes=9))}
    booked = api.post("/appointments", json={**booking, "location_type": "online"})
    assert booked.status_code == 201, booked.text
    reminders = f"/appointments/{booked.json()['id']}/reminders"
    eventually(lambda: len(api.get(reminders).json()) == 2)
    time.sleep(0.05)
    moment = datetime.now(UTC)
    time.sleep(0.05)
    later = named(api, "Later")
    assert api.delete(f"/clients/{erased}/permanent").status_code == 204
    eventually(lambda: api.delete(f"/clients/{survivor}/permanent").status_code == 204)
    hospital = asyncio.run(erase_workspace(home, "General Hospital"))
    eventually(lambda: asyncio.run(keys_of(home, hospital)) == {b""})
    eventually(lambda: {each["status"] for each in api.get(reminders).json()} == {"sent"})
    until_reached(home, datetime.now(UTC), eventually)
    lose(running)

    killed = subprocess.Popen(command("restore"), env=given(tmp_path / "then", environment), stdout=subprocess.DEVNULL)
    eventually(lambda: list((tmp_path / "then.restoring" / "postgres").glob("journal/*")), seconds=60)
    killed.kill()
    assert killed.wait() < 0
    assert not (tmp_path / "then").exists()
    # The release that restores it has a migration that the journal knows nothing of.
    newer = environment | {"CASELOAD_ROOT": str(copy_migrations(tmp_path / "newer"))}
    with root_of(tmp_path / "newer"):
        added = add_migration("clients", "ALTER TABLE clients.clients ADD favourite_colour text")
    told = caseload(tmp_path / "then", newer, "restore", "--to", moment.isoformat())
    assert told.returncode == 0, told.stdout + told.stderr
    assert "erased again: 2 clients, 1 workspaces" in told.stdout
    newest = "".join(paste([f"export HOME=$PWD BACKUPS={tmp_path / 'target'}", *shell_blocks(PAGE.read_text())], "", tmp_path).values())
    assert "erased again: 0 clients" in newest
    assert "whole, to any moment until" in newest
    assert "0 findings" in newest
    if os.geteuid() == 0:
        given_away = caseload(tmp_path / "theirs", environment, "restore", "--owner", "nobody")
        assert given_away.returncode == 0, given_away.stdout + given_away.stderr
        assert {path.lstat().st_uid for path in (tmp_path / "theirs").rglob("*")} == {pwd.getpwnam("nobody").pw_uid}
    gone = dict.fromkeys((erased, duplicate, survivor), 404)
    for name, expected in (("then", {kept: 200, later: 404, **gone}), ("restored", {kept: 200, later: 200, **gone})):
        again = Installation("run", tmp_path / name, {"CASELOAD_ROOT": newer["CASELOAD_ROOT"]} if name == "then" else {})
        again.start()
        try:
            assert asyncio.run(revision_of(again.home)) == (added if name == "then" else newest_revision("clients"))
            stolen = {"Authorization": api.headers["Authorization"]}
            assert httpx.get(f"{again.gateway_url}/api/v1/clients", headers=stolen).status_code == 401
            fresh = sign_in(again)
            assert {client: fresh.get(f"/clients/{client}").status_code for client in expected} == expected
            assert fresh.get(f"/sessions/{note}/verify").json()["intact"] is True
            assert fresh.get("/audit/verify").json()["intact"] is True
            assert download(fresh, f"/sessions/{note}/attachments/{attached}/download") == image
            statuses = {each["status"] for each in fresh.get(reminders).json()}
            assert statuses == {"sent"} if name == "restored" else "unknown" in statuses <= {"sent", "unknown"}
            assert [mail["subject"] for mail in again.mail() if "appointment" in mail["subject"]] == []
            login = {"email": "admin@example.com", "password": "caseload-demo"}
            assert httpx.post(f"{again.gateway_url}/api/v1/auth/login", json=login).status_code == 401
            assert asyncio.run(keys_of(again.home, hospital)) == {b""}
        finally:
            assert again.stop() == 0


async def revision_of(home):
    connection = await asyncpg.connect(LocalPostgres(home / "postgres").dsn)
    try:
        return await connection.fetchval("SELECT version_num FROM clients.alembic_version")
    finally:
        await connection.close()


async def erase_workspace(home, name):
    """As retention announces it when the time of a deleted workspace is over; its id."""
    dsn = LocalPostgres(home / "postgres").dsn
    connection = await asyncpg.connect(dsn)
    try:
        workspace_id = await connection.fetchval(
            "UPDATE identity.workspaces SET status = 'suspended', deleted_at = now() - interval '31 days', erase_after = now() - interval '1 day'"
            " WHERE name = $1 RETURNING workspace_id",
            name,
        )
    finally:
        await connection.close()
    runtime = Runtime(
        IDENTITY, Home(home).settings(IDENTITY, dsn, broker_url="inprocess://", smtp_url="smtp://127.0.0.1"), broker=InProcessBroker()
    )
    try:
        async with runtime.background(workspace_id) as work:
            work.emit(events_pb2.DeletedWorkspaceOver(workspace_id=str(workspace_id)))
    finally:
        await runtime.stop()
    return workspace_id


async def keys_of(home, workspace_id):
    """What is left of a workspace's keys in a database that runs."""
    connection = await asyncpg.connect(LocalPostgres(home / "postgres").dsn)
    try:
        return {row[0] for row in await connection.fetch("SELECT wrapped FROM identity.data_keys WHERE workspace_id = $1", workspace_id)}
    finally:
        await connection.close()
