"""How late the steps of alerts are, while all goes well and when a process that is taking them is killed."""

import signal
from contextlib import asynccontextmanager

import pytest

from .hospital import open_hospital
from .test_mail_faults import _sender

ALERTS = 60


@pytest.fixture
async def hospital(notifications_environment, mail_server):
    return await open_hospital(notifications_environment, mail_server)


async def come_due(hospital, level):
    """Has the next step of all alerts come now."""
    await hospital.look(
        "UPDATE notifications.alerts SET escalates_at = now() WHERE workspace_id = $1 AND escalation_level = $2",
        hospital.workspace_id,
        level,
    )
    (row,) = await hospital.look("SELECT max(due_at) AS due_at FROM notifications.due_work WHERE workspace_id = $1", hospital.workspace_id)
    return row["due_at"]


async def steps(hospital, level):
    sql = "SELECT alert_id, escalated_at FROM notifications.alert_escalations WHERE workspace_id = $1 AND to_level = $2"
    return await hospital.look(sql, hospital.workspace_id, level)


async def lateness(hospital, level, due_at):
    """Of each alert's step to the level: the seconds since it was due."""

    async def are_taken():
        found = await steps(hospital, level)
        return found if len({row["alert_id"] for row in found}) == ALERTS else None

    found = await hospital.until(are_taken, 30)
    assert len(found) == ALERTS, "a step was taken twice"
    return [(row["escalated_at"] - due_at).total_seconds() for row in found]


@asynccontextmanager
async def both_have_claimed(hospital):
    """Nobody can take a step, and so many alerts are claimed as one process does not claim at once."""
    at_once = hospital.environment.runtime("notifications").settings.alerts_at_once
    async with hospital.environment.superuser() as connection, connection.transaction():
        await connection.execute("SELECT FROM notifications.alerts WHERE workspace_id = $1 FOR UPDATE", hospital.workspace_id)

        async def both():
            sql = (
                "SELECT count(*) FROM notifications.due_work WHERE workspace_id = $1 AND due_at > now() AND due_at < now() + interval '5 s'"
            )
            return (await hospital.look(sql, hospital.workspace_id))[0]["count"] > at_once

        await hospital.until(both, 30)
        yield


async def test_steps_are_taken_within_two_seconds_and_within_five_when_their_process_is_killed(hospital, tmp_path):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(*[{}] * 4, repeat=86400)
    for _ in range(ALERTS):
        await nurse.raise_alert()
    victim = await _sender(hospital.environment, tmp_path)
    try:
        due_at = await come_due(hospital, 0)
        async with both_have_claimed(hospital):
            pass  # The other process is there.
        await lateness(hospital, 1, due_at)
        assert max(await lateness(hospital, 2, await come_due(hospital, 1))) < 2

        due_at = await come_due(hospital, 2)
        async with both_have_claimed(hospital):
            victim.kill()
            assert await victim.wait() == -signal.SIGKILL
        assert max(await lateness(hospital, 3, due_at)) < 5
    finally:
        if victim.returncode is None:
            victim.kill()
            await victim.wait()
