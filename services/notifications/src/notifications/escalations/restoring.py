"""Takes alerts on after a restore: the step that was due in the time that is lost may have been taken, so nobody is told of it again."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from notifications.alert_records import store as records
from notifications.alert_records import workflow as alert_records
from notifications.escalation_policies.rules import Policy
from notifications.escalations import rules

_DUE: Final = "SELECT workspace_id, id FROM notifications.alerts WHERE status IN ('active', 'acknowledged') AND escalates_at <= now()"


async def pass_over_due_steps(connection: Any, runtime: Runtime) -> int:
    """How many steps were due: of alerts that nobody has answered, and of those that were acknowledged and forgotten. `connection` sees every workspace."""
    return sum([await pass_over_due_step(runtime, row["workspace_id"], row["id"]) for row in await connection.fetch(_DUE)])


async def pass_over_due_step(runtime: Runtime, workspace_id: UUID, alert_id: UUID) -> bool:
    """Whether a step was due. It counts as taken, and the alert goes on with the next one in that one's own time from now."""
    keys = await runtime.keys.of(workspace_id)
    async with runtime.background(workspace_id) as work:
        row = await work.db.maybe(records.lock, id=alert_id)
        if row is None or row["status"] not in {"active", "acknowledged"} or not rules.is_due(row, "escalates_at"):
            return False
        policy, now = Policy.read(row["policy"]), row["now"]
        level = min(row["escalation_level"] + 1, len(policy.levels))
        goes_on_at = now + timedelta(seconds=policy.seconds_until_next(level))
        goes_on = {"escalation_level": level, "escalates_at": goes_on_at, **alert_records.NOBODYS}
        await alert_records.change(work, keys, row, "escalate", now=now, **goes_on)
        record_effect(
            work,
            "pass_over_alert_step",
            options_pb2.RESOURCE_ALERT,
            options_pb2.ACTION_UPDATE,
            [row["id"]],
            drill=row["drill"],
            level=level,
        )
    return True
