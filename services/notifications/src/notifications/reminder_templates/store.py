"""Statements on the workspace's texts of reminders. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import DateTime, Integer, Uuid, bindparam, delete, func, insert, literal, select, update

from chassis.db.statement import command, query
from notifications.reminder_templates.rules import EDITABLE
from notifications.tables import reminder_configurations, reminder_templates

_id = bindparam("id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))
_content: dict[str, Any] = {name: bindparam(name, type_=reminder_templates.c[name].type) for name in EDITABLE}

create = command(
    insert(reminder_templates)
    .values(workspace_id=bindparam("workspace_id", type_=Uuid), id=_id, created_at=_now, updated_at=_now, **_content)
    .returning(reminder_templates)
)

get = query(select(reminder_templates).where(reminder_templates.c.id == _id))

lock = command(select(reminder_templates).where(reminder_templates.c.id == _id).with_for_update())

save = command(
    update(reminder_templates).where(reminder_templates.c.id == _id).values(updated_at=_now, **_content).returning(reminder_templates)
)

# A rule that is about to use the template waits for its row to be unlocked, and then finds none.
count_rules = query(
    select(func.count().label("number")).select_from(reminder_configurations).where(reminder_configurations.c.template_id == _id)
)

# Whether an active rule sends it as a text message.
is_text_message = query(
    select(literal(1))
    .where(reminder_configurations.c.template_id == _id, reminder_configurations.c.channel == "sms", reminder_configurations.c.is_active)
    .limit(1)
)

remove = command(delete(reminder_templates).where(reminder_templates.c.id == _id))

# Ids begin with the time: by id is in the order in which they were made.
page = query(
    select(reminder_templates)
    .order_by(reminder_templates.c.id)
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
count = query(select(func.count().label("total")).select_from(reminder_templates))

# The text of the rule that a reminder was planned by; no row where the rule has none of its own, or is gone.
of_rule = query(
    select(reminder_templates)
    .join(
        reminder_configurations,
        (reminder_configurations.c.workspace_id == reminder_templates.c.workspace_id)
        & (reminder_configurations.c.template_id == reminder_templates.c.id),
    )
    .where(reminder_templates.c.is_active)
    .where(reminder_configurations.c.is_active)
    .where(reminder_configurations.c.hours_before == bindparam("hours_before", type_=Integer))
    .where(reminder_configurations.c.channel == bindparam("channel"))
)
