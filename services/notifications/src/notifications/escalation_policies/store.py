"""Statements on escalation policies. Row security limits every one to the caller's workspace."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, DateTime, Integer, Text, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from chassis.db.transaction import Transaction
from notifications.escalation_policies import rules
from notifications.escalation_policies.rules import Policy
from notifications.tables import escalation_policies

_set = {
    "repeat_last_every_seconds": bindparam("repeat_last_every_seconds", type_=Integer),
    "acknowledged_again_after_seconds": bindparam("acknowledged_again_after_seconds", type_=Integer),
    "levels": bindparam("levels", type_=JSONB),
    "updated_at": bindparam("now", type_=DateTime(timezone=True)),
}

of_priorities = query(select(escalation_policies).where(escalation_policies.c.priority == any_(bindparam("priorities", type_=ARRAY(Text)))))

put = command(
    upsert(escalation_policies)
    .values(workspace_id=bindparam("workspace_id", type_=Uuid), priority=bindparam("priority", type_=Text), **_set)
    .on_conflict_do_update(index_elements=["workspace_id", "priority"], set_=_set)
)


async def in_force(db: Transaction, priority: str) -> Policy:
    """The priority's own policy, else the workspace's default, else the built-in one."""
    found = {row["priority"]: row for row in await db.all(of_priorities, priorities=[priority, rules.DEFAULT])}
    row = _first(found, (priority, rules.DEFAULT))
    return rules.built_in(priority) if row is None else Policy.of(row)


def _first(found: dict[str, Any], names: Iterable[str]) -> Any:
    return next((found[name] for name in names if name in found), None)
