"""Where users are kept. Row security confines every statement to the caller's workspace."""

from typing import Any

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.statement import statement
from identity.tables import login_attempts, sign_ins, users, workspaces

_is_locked = (
    exists()
    .where(sign_ins.c.workspace_id == users.c.workspace_id)
    .where(sign_ins.c.user_id == users.c.id)
    .where(login_attempts.c.account == sign_ins.c.email_index)
    .where(login_attempts.c.purpose == "password")
    .where(login_attempts.c.blocked_until > func.clock_timestamp())
    .correlate(users)
)

# What a User message is made of.
PERSON: tuple[ColumnElement[Any], ...] = (
    users.c.id,
    users.c.workspace_id,
    users.c.sealed,
    users.c.version,
    users.c.role,
    users.c.is_active,
    users.c.is_platform_admin,
    users.c.department_id,
    users.c.license_number,
    users.c.specialization,
    users.c.shift_schedule,
    users.c.totp_sealed.is_not(None).label("two_factor_enabled"),
    _is_locked.label("is_locked"),
    users.c.last_login_at,
    users.c.created_at,
    users.c.updated_at,
)

_this = users.c.id == bindparam("user_id")
_role = bindparam("role", type_=Text)
_department = bindparam("department_id", type_=Uuid)
_active = bindparam("is_active", type_=users.c.is_active.type)

get = statement(select(*PERSON).where(_this))

# Names are sealed, so people are ordered and searched after they are opened: a workspace has hundreds, not millions.
everybody = statement(
    select(*PERSON)
    .where(or_(_role.is_(None), users.c.role == _role))
    .where(or_(_department.is_(None), users.c.department_id == _department))
    .where(or_(_active.is_(None), users.c.is_active == _active))
)

practitioner = statement(select(users.c.id, users.c.role, users.c.is_active).where(_this))

lock = statement(select(*PERSON).where(_this).with_for_update(key_share=True, of=users))

write = statement(
    update(users)
    .where(_this)
    .values(
        sealed=bindparam("sealed"),
        version=bindparam("version"),
        department_id=bindparam("department_id"),
        license_number=bindparam("license_number"),
        specialization=bindparam("specialization"),
        shift_schedule=bindparam("shift_schedule", type_=JSONB(none_as_null=True)),
        updated_at=bindparam("now"),
    )
    .returning(*PERSON)
)

add = statement(
    insert(users).values(
        {name: bindparam(name) for name in ("workspace_id", "id", "sealed", "version", "role", "is_platform_admin", "password_hash")}
    )
)

# Taken before roles are changed or people switched off, so that two changes cannot each count on the other's owner.
lock_workspace = statement(select(workspaces.c.kind).with_for_update(key_share=True))

other_heads = statement(
    select(func.count().label("others"))
    .select_from(users)
    .where(users.c.role == bindparam("head"))
    .where(users.c.is_active)
    .where(users.c.id != bindparam("user_id"))
)

change_role = statement(update(users).where(_this).values(role=bindparam("role"), updated_at=bindparam("now")).returning(*PERSON))

switch = statement(update(users).where(_this).values(is_active=bindparam("is_active"), updated_at=bindparam("now")).returning(*PERSON))
