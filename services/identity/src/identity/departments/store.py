"""Statements about departments. Row security confines each to the caller's workspace."""

from typing import Any

from sqlalchemy import Integer, Select, Uuid, bindparam, delete, func, insert, select, update

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from identity.tables import departments, users

_this_department = departments.c.id == bindparam("department_id", type_=Uuid)
_now = bindparam("now", type_=departments.c.updated_at.type)
_values = {name: bindparam(name, type_=departments.c[name].type) for name in ("name", "code", "is_active")}

add_department = command(
    insert(departments)
    .values(workspace_id=bindparam("workspace_id"), id=bindparam("id"), **_values, created_at=_now, updated_at=_now)
    .returning(departments)
)


def _matching(select_from: Select[Any], names: FilterNames) -> Select[Any]:
    return select_from.where(*(departments.c[name] == bindparam(name, type_=departments.c[name].type) for name in sorted(names)))


list_departments = FilteredStatement(
    lambda names: (
        _matching(select(departments), names)
        .order_by(departments.c.name, departments.c.id)
        .offset(bindparam("skip", type_=Integer))
        .limit(bindparam("limit", type_=Integer))
    )
)
count_departments = FilteredStatement(lambda names: _matching(select(func.count().label("total")).select_from(departments), names))

get_department = query(select(departments).where(_this_department))

# Users who are given the department hold its row until they commit, so a count that follows misses none.
lock_department = command(select(departments).where(_this_department).with_for_update())

count_users = query(
    select(func.count().label("users")).select_from(users).where(users.c.department_id == bindparam("department_id", type_=Uuid))
)

update_department = command(update(departments).where(_this_department).values(**_values, updated_at=_now).returning(departments))

delete_department = command(delete(departments).where(_this_department))
