"""Statements on milestones. Row security limits every one to the caller's workspace.

Whoever changes milestones has locked their plan's row before (`clinical.plans.store.lock`).
"""

from typing import Any

from sqlalchemy import Integer, Uuid, bindparam, delete, func, insert, select, update

from chassis.db.statement import command, query
from clinical.tables import milestones

_id = bindparam("id", type_=Uuid)
_of_plan = milestones.c.plan_id == bindparam("plan_id", type_=Uuid)
_one = (milestones.c.id == _id, _of_plan)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


create = command(
    insert(milestones)
    .values(
        version=1,
        created_at=bindparam("now"),
        updated_at=bindparam("now"),
        **_named("workspace_id", "id", "plan_id", "sealed", "position", "status", "achieved_at"),
    )
    .returning(milestones)
)

get = query(select(milestones).where(*_one))

_in_order = select(milestones).where(_of_plan).order_by(milestones.c.position)
page = query(_in_order.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer)))
of_plan = query(_in_order)
count = query(select(func.count().label("total")).select_from(milestones).where(_of_plan))

save = command(
    update(milestones)
    .where(milestones.c.id == _id)
    .values(version=milestones.c.version + 1, updated_at=bindparam("now"), **_named("sealed", "position", "status", "achieved_at"))
)

remove = command(delete(milestones).where(*_one).returning(milestones.c.id, milestones.c.version))
