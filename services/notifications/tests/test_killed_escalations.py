"""How late the steps of alerts are, while all goes well and when a process that is taking them is killed."""

import asyncio
import signal
from uuid import UUID

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


async def test_steps_are_taken_within_two_seconds_and_within_five_when_their_process_is_killed(hospital, tmp_path):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy({}, {}, {}, repeat=86400)
    victim = await _sender(hospital.environment, tmp_path)
    try:
        alerts = {UUID((await nurse.raise_alert()).id) for _ in range(ALERTS)}
        assert max(await lateness(hospital, 1, await come_due(hospital, 0))) < 2

        due_at = await come_due(hospital, 1)
        await hospital.until(lambda: steps(hospital, 2))
        victim.kill()
        assert await victim.wait() == -signal.SIGKILL
        await asyncio.sleep(1)
        held = "SELECT item_id FROM notifications.due_work WHERE workspace_id = $1 AND due_at > now() AND due_at < now() + interval '5 s'"
        held_by_victim = {row["item_id"] for row in await hospital.look(held, hospital.workspace_id)}
        assert held_by_victim & alerts, "it was killed over no step"
        assert max(await lateness(hospital, 2, due_at)) < 5
    finally:
        if victim.returncode is None:
            victim.kill()
            await victim.wait()
