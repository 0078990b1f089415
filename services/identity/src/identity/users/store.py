"""Statements about users. Row security confines each to the caller's workspace."""

from typing import Any

from sqlalchemy import Text, Uuid, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.statement import command, query
from identity.people.columns import USER_COLUMNS
from identity.tables import users, workspaces

_this_user = users.c.id == bindparam("user_id")
_role = bindparam("role", type_=Text)
_department = bindparam("department_id", type_=Uuid)
_active = bindparam("is_active", type_=users.c.is_active.type)

# Commands although they only read: `is_locked` depends on the clock.
get_user = command(select(*USER_COLUMNS).where(_this_user))

# Names are encrypted, so users are sorted and searched after decryption: a workspace has hundreds, not millions.
list_users = command(
    select(*USER_COLUMNS)
    .where(or_(_role.is_(None), users.c.role == _role))
    .where(or_(_department.is_(None), users.c.department_id == _department))
    .where(or_(_active.is_(None), users.c.is_active == _active))
)

get_practitioner = query(select(users.c.id, users.c.role, users.c.is_active).where(_this_user))

lock_user = command(select(*USER_COLUMNS).where(_this_user).with_for_update(key_share=True, of=users))

update_user = command(
    update(users)
    .where(_this_user)
    .values(
        sealed=bindparam("sealed"),
        version=bindparam("version"),
        department_id=bindparam("department_id"),
        license_number=bindparam("license_number"),
        specialization=bindparam("specialization"),
        shift_schedule=bindparam("shift_schedule", type_=JSONB(none_as_null=True)),
        updated_at=bindparam("now"),
    )
    .returning(*USER_COLUMNS)
)

# Taken before a role changes or a user is deactivated: two administrators cannot remove each other at the same moment.
lock_workspace = command(select(workspaces.c.kind).with_for_update(key_share=True))

count_other_administrators = query(
    select(func.count().label("others"))
    .select_from(users)
    .where(users.c.role == bindparam("administrator_role"))
    .where(users.c.is_active)
    .where(users.c.id != bindparam("user_id"))
)

_sealed_again: dict[str, Any] = {"sealed": bindparam("sealed"), "version": bindparam("version"), "updated_at": bindparam("now")}

change_role = command(update(users).where(_this_user).values(role=bindparam("role"), **_sealed_again).returning(*USER_COLUMNS))

set_active = command(update(users).where(_this_user).values(is_active=bindparam("is_active"), **_sealed_again).returning(*USER_COLUMNS))
