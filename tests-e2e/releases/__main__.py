"""`make snapshot version=0.2.0`: stores what this release makes of an installation that people use, for all later ones to migrate."""

import asyncio
import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg
from drill.environment import until

from chassis.local.postgres import POSTGRES_BIN, LocalPostgres
from releases.journey import HEAD, OWNER, answers, questions, sign_in, treat, use
from standalone.installation import Installation
from standalone.releases import STORED
from standalone.services import NAMES

ROLES = """
-- Roles belong to the cluster; provisioning gives them their passwords and limits.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[{names}] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of the cluster has it
        END;
    END LOOP;
END $$;
"""

# What no operation makes, or what is there for moments only: a department, an event that its reaction gave up on, an event not yet
# carried to its queue, and an audit event that the chain does not have yet.
RARE = """
    INSERT INTO identity.departments (workspace_id, id, name, code)
    SELECT workspace_id, gen_random_uuid(), 'Orthopaedics', 'ORTHO' FROM identity.workspaces WHERE kind = 'hospital';

    INSERT INTO scheduling.outbox (workspace_id, id, type, payload, occurred_at)
    SELECT workspace_id, gen_random_uuid(), type, payload, now() FROM scheduling.outbox
    WHERE type = 'caseload.scheduling.v1.AppointmentBooked' ORDER BY occurred_at LIMIT 1;

    WITH event AS (
        INSERT INTO audit.audit_events (
            workspace_id, id, created_at, user_id, event_type, resource_type, resource_id, action, outcome, metadata, retention_until)
        SELECT workspace_id, gen_random_uuid(), now(), user_id, event_type, resource_type, resource_id, action, outcome, metadata, retention_until
        FROM audit.audit_events ORDER BY created_at DESC LIMIT 1
        RETURNING workspace_id, id, created_at)
    INSERT INTO audit.unsealed (workspace_id, event_id, event_created_at) SELECT * FROM event;
"""
# Every service has these for its upkeep, and not every one has had a use for them.
UPKEEP = {
    "outbox": "(workspace_id, id, type, payload, occurred_at, published_at) VALUES (gen_random_uuid(), gen_random_uuid(), 'example', '', now(), now())",
    "inbox": "(workspace_id, queue, event_id) VALUES (gen_random_uuid(), '{service}.example', gen_random_uuid())",
    "idempotency": "(workspace_id, user_id, method, key, fingerprint, sealed)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), 'Example', 'once', '\\x00', '\\x00')",
    "data_keys": "(workspace_id, purpose, version, wrapped) VALUES (gen_random_uuid(), 'seal', 1, '\\x00')",
    "dead_letters": "(workspace_id, queue, id, type, payload, occurred_at, error, attempts)"
    " VALUES (gen_random_uuid(), '{service}.example', gen_random_uuid(), 'example', '', now(), 'ValueError', 5)",
}


def main():
    version = sys.argv[1] if len(sys.argv) > 1 else ""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise SystemExit("make snapshot version=0.2.0")
    folder = STORED / version
    if folder.exists():
        raise SystemExit(f"{folder} is stored already, and what a release left behind does not change")
    with tempfile.TemporaryDirectory() as directory:
        installation = Installation("run", Path(directory) / "home")
        said = used(installation)
        server = LocalPostgres(installation.home / "postgres").start()
        try:
            asyncio.run(add_rare(server.dsn))
            dump = dumped(server.dsn)
        finally:
            server.stop()
        folder.mkdir(parents=True)
        (folder / "database.sql").write_text(dump)
        (folder / "answers.json").write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")
        shutil.copyfile(installation.home / "keyring.json", folder / "keyring.json")
        shutil.copytree(installation.home / "files", folder / "files")
    sys.stdout.write(f"{folder} is stored\n")


def used(installation):
    """What the API says of an installation that was used, and has finished what that began; it stands still afterwards."""
    with contextlib.ExitStack() as stack:
        installation.start()
        stack.callback(installation.stop)
        ids = use(installation, lambda installation: sign_in(installation, stack))
        owner, head = (sign_in(installation, stack, email) for email in (OWNER, HEAD))
        paths = {OWNER: [*questions(ids), *treat(owner)], HEAD: treat(head)}
        asyncio.run(done(LocalPostgres(installation.home / "postgres").dsn))
        return {OWNER: answers(owner, paths[OWNER]), HEAD: answers(head, paths[HEAD])}


async def done(dsn):
    """Waits until every event has had its effect, mail included."""
    unfinished = [f"SELECT FROM {service}.outbox WHERE published_at IS NULL" for service in NAMES]
    unfinished += ["SELECT FROM audit.unsealed", "SELECT FROM notifications.mails WHERE status IN ('pending', 'sending')"]
    connection = await asyncpg.connect(dsn)
    try:
        await until(
            lambda: connection.fetchval(f"SELECT NOT EXISTS ({' UNION ALL '.join(unfinished)})"), 60, "every event has had its effect"
        )
    finally:
        await connection.close()


async def add_rare(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(RARE)
        for service in NAMES:
            for table, row in UPKEEP.items():
                if not await connection.fetchval(f"SELECT EXISTS (SELECT FROM {service}.{table})"):
                    await connection.execute(f"INSERT INTO {service}.{table} {row.format(service=service)}")
    finally:
        await connection.close()


def dumped(dsn):
    """The database as plain SQL that any client can execute."""
    command = [str(POSTGRES_BIN / "pg_dump"), "--inserts", "--column-inserts", "--rows-per-insert=100", "--no-comments", dsn]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # \restrict and \unrestrict are for psql, and PostgreSQL 17 was the first to know transaction_timeout.
    unwanted = ("\\", "SET transaction_timeout")
    statements = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(unwanted))
    names = ", ".join(f"'{service}_{role}'" for service in NAMES for role in ("owner", "app", "relay", "eraser", "keys"))
    return ROLES.format(names=names).lstrip() + statements


main()
