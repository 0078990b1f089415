"""What an installation finds out about itself is an alert: a trail that somebody has changed, found by the verification that runs, and a backup that failed."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from standalone.backups.schedule import run_command
from standalone.backups.workspace_notices import WorkspaceNotices
from standalone.doctor.home_checks import wrong_with_backups
from standalone.home import Home
from standalone.settings import StandaloneSettings

# The second entry of the workspace's trail, changed by whoever owns the database.
TAMPERING = """
    UPDATE audit.audit_events SET outcome = 'failure'
    WHERE workspace_id = $1 AND id = (SELECT event_id FROM audit.seals WHERE workspace_id = $1 AND sequence = 2)
"""


async def until(question):
    """What the question is answered with as soon as that is something."""
    async with asyncio.timeout(60):
        while True:
            if found := await question():
                return found
            await asyncio.sleep(0.2)


async def test_a_change_of_the_trail_that_the_running_verification_finds_is_an_alert(attacked):
    owner = await attacked.open_practice()
    workspace_id = UUID(owner.workspace_id)
    with attacked.api_as(owner) as api:
        api.post("/clients", json={"first_name": "Ada", "last_name": "Lovelace"}).raise_for_status()
        async with attacked.superuser() as connection:
            await connection.execute("SET session_replication_role = replica")

            async def is_verified():
                sql = "SELECT 1 FROM audit.verifications WHERE workspace_id = $1 AND passed_at IS NOT NULL"
                await its_turn()
                return await connection.fetchval(sql, workspace_id)

            async def its_turn():
                # It comes by itself within forty seconds.
                await connection.execute("UPDATE audit.verifications SET due_at = '2000-01-01' WHERE workspace_id = $1", workspace_id)

            async def raised():
                await its_turn()
                return api.get("/alerts/active").raise_for_status().json()

            await until(is_verified)
            assert await raised() == []
            assert await connection.execute(TAMPERING, workspace_id) == "UPDATE 1"
            (alert,) = await until(raised)
    assert (alert["alert_type"], alert["created_by"]) == ("audit trail", owner.workspace_id)


async def test_a_backup_that_fails_is_an_alert_where_the_workspace_wants_one(attacked, monkeypatch, tmp_path):
    owner = await attacked.open_practice()
    home, target, passphrase = Home(tmp_path / "home"), tmp_path / "disk", tmp_path / "passphrase"
    home.postgres.mkdir(parents=True)
    (home.postgres / "initialised").touch()
    target.write_text("no folder")
    passphrase.write_text("orbit-lemon-quarry-violin-72")
    passphrase.chmod(0o600)
    monkeypatch.setenv("CASELOAD_BACKUP_TARGET", str(target))
    monkeypatch.setenv("CASELOAD_BACKUP_PASSPHRASE_FILE", str(passphrase))
    with attacked.api_as(owner) as api:
        chosen = {"action": "alert", "priority": "critical"}
        api.put("/alerts/rules", params={"happening": "backup_failed"}, json=chosen).raise_for_status()
        # As `caseload run` does when one is due.
        assert await run_command(home, home.backups / "backups.log", "--expire") != 0
        look = partial(wrong_with_backups, home, StandaloneSettings())
        assert "the last attempt failed" in look(datetime.now(UTC))["backups"]
        async with attacked.identity() as runtime:
            # It looks every minute, and tells nobody of what was late at a start and is being made.
            assert await WorkspaceNotices(runtime, look).watch.step(datetime.now(UTC) + timedelta(hours=1)) > 0

        async def raised():
            return api.get("/alerts/active").raise_for_status().json()

        (alert,) = await until(raised)
    assert (alert["alert_type"], alert["priority"], alert["created_by"]) == ("backup", "critical", owner.workspace_id)
