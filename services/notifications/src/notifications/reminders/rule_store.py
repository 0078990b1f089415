"""Statements on the rules of when clients are reminded. Row security limits every one to the caller's workspace."""

from sqlalchemy import DateTime, Integer, Uuid, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from notifications.tables import reminder_configurations

_workspace = bindparam("workspace_id", type_=Uuid)
_id = bindparam("id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))
_hours = bindparam("hours_before", type_=Integer)
_template_id = bindparam("template_id", type_=Uuid)
_limit = bindparam("limit", type_=Integer)
_offset = bindparam("offset", type_=Integer)

# Planning takes this lock shared, changing a rule takes it exclusively: a booking sees a rule, or the rule sees the booking.
_rules_number = lock_number("reminder rules", _workspace)
lock_rules_shared = command(select(func.pg_advisory_xact_lock_shared(_rules_number)))
lock_rules = command(select(func.pg_advisory_xact_lock(_rules_number)))

_rules = reminder_configurations

active_rules = query(select(_rules.c.hours_before, _rules.c.channel).where(_rules.c.is_active))
_of_hours = (_rules.c.is_active, _rules.c.hours_before == _hours, _rules.c.channel == bindparam("channel"))
active_rule = query(select(_rules.c.hours_before, _rules.c.channel).where(*_of_hours))

create_rule = command(
    insert(_rules)
    .values(
        workspace_id=_workspace,
        id=_id,
        hours_before=_hours,
        channel=bindparam("channel"),
        template_id=_template_id,
        is_active=bindparam("is_active"),
        created_at=_now,
        updated_at=_now,
    )
    .returning(_rules)
)

# A workspace's first rule. Does nothing if there is an active one of these hours already.
create_first_rule = command(
    upsert(_rules)
    .values(workspace_id=_workspace, id=_id, hours_before=_hours, channel="email", is_active=True, created_at=_now, updated_at=_now)
    .on_conflict_do_nothing()
    .returning(_rules)
)

lock_rule = command(select(_rules).where(_rules.c.id == _id).with_for_update())

change_rule = command(
    update(_rules)
    .where(_rules.c.id == _id)
    .values(hours_before=_hours, channel=bindparam("channel"), template_id=_template_id, is_active=bindparam("is_active"), updated_at=_now)
    .returning(_rules)
)

delete_rule = command(delete(_rules).where(_rules.c.id == _id))

list_rules = query(select(_rules).order_by(_rules.c.hours_before.desc(), _rules.c.id).limit(_limit).offset(_offset))
count_rules = query(select(func.count().label("total")).select_from(_rules))
