"""Statements about users. Row security confines each to the caller's workspace."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    extract,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from identity.people.columns import SEALED_COLUMNS, USER_COLUMNS
from identity.tables import api_keys, departments, users, workspaces

_user_id = bindparam("user_id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))
_this_user = users.c.id == _user_id

# Commands although they only read: `is_locked` depends on the clock.
get_user = command(select(*USER_COLUMNS).where(_this_user))

get_users = command(select(*USER_COLUMNS).where(users.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))

FILTERS = ("role", "department_id", "is_active")


def _matching(names: FilterNames) -> Select[Any]:
    return select(users.c.id, users.c.version).where(
        *(users.c[name] == bindparam(name, type_=users.c[name].type) for name in sorted(names))
    )


# Everybody in a list, without the names: `names.py` orders them and looks for a search's words.
matching_users = FilteredStatement(_matching)


def _fingerprint(names: FilterNames) -> Select[Any]:
    matching = _matching(names).subquery()
    return select(func.count().label("users"), func.bit_xor(func.uuid_hash_extended(matching.c.id, matching.c.version)).label("versions"))


# The same while nobody joins or leaves the list and no name in it changes.
fingerprint_of_users = FilteredStatement(_fingerprint)

sealed_names = query(select(*SEALED_COLUMNS).where(users.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))

get_practitioner = query(select(users.c.id, users.c.role, users.c.is_active, users.c.department_id).where(_this_user))

practitioners = query(
    select(users.c.id, users.c.role, users.c.is_active, users.c.department_id)
    .where(users.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(users.c.id)
)

# The first to have come.
active_users_of_roles = query(
    select(users.c.id)
    .where(users.c.role == any_(bindparam("roles", type_=ARRAY(Text))), users.c.is_active, ~users.c.is_platform_admin)
    .order_by(users.c.id)
    .limit(bindparam("limit", type_=Integer))
)

# The active users of some roles, those of some ids and, with shifts, those who have a schedule.
staff = query(
    select(users.c.id, users.c.role, users.c.department_id, users.c.shift_schedule)
    .where(users.c.is_active, ~users.c.is_platform_admin)
    .where(
        or_(
            users.c.role == any_(bindparam("roles", type_=ARRAY(Text))),
            users.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
            and_(bindparam("with_shifts", type_=Boolean), users.c.shift_schedule.is_not(None)),
        )
    )
    .order_by(users.c.id)
    .limit(bindparam("limit", type_=Integer))
)

time_zone = query(select(workspaces.c.time_zone))

lock_user = command(select(*USER_COLUMNS).where(_this_user).with_for_update(key_share=True, of=users))

update_user = command(
    update(users)
    .where(_this_user)
    .values(
        sealed=bindparam("sealed"),
        version=bindparam("version"),
        department_id=bindparam("department_id"),
        supervisor_id=bindparam("supervisor_id"),
        license_number=bindparam("license_number"),
        specialization=bindparam("specialization"),
        shift_schedule=bindparam("shift_schedule", type_=JSONB(none_as_null=True)),
        updated_at=bindparam("now"),
    )
    .returning(*USER_COLUMNS)
)

# Taken before a role changes or a user is deactivated: two administrators cannot remove each other at the same moment.
lock_workspace = command(select(workspaces.c.kind).with_for_update(key_share=True))

# Held until the commit: a department that is given to a user cannot be deleted meanwhile.
hold_department = command(
    select(departments.c.is_active)
    .where(departments.c.id == bindparam("department_id", type_=Uuid))
    .with_for_update(read=True, key_share=True)
)

_supervisor = select(users.c.id, users.c.supervisor_id, users.c.is_active).where(users.c.id == bindparam("supervisor_id"))
_supervisors = _supervisor.cte("supervisors", recursive=True)
_next = select(users.c.id, users.c.supervisor_id, users.c.is_active).where(users.c.id == _supervisors.c.supervisor_id)
# The user with this id, this user's supervisor, and so on.
supervisors = query(select(_supervisors.union(_next)))

supervision = query(
    select(
        select(users.c.supervisor_id).where(_this_user).scalar_subquery().label("supervisor_id"),
        select(users.c.version).where(_this_user).scalar_subquery().label("version"),
        workspaces.c.settings,
    )
)

_own_department = select(users.c.department_id).where(_this_user).scalar_subquery()
colleagues = query(
    select(users.c.id).where(users.c.department_id == _own_department).order_by(users.c.id).limit(bindparam("limit", type_=Integer))
)
heads_of_department_of = query(
    select(users.c.id)
    .where(users.c.department_id == _own_department, users.c.role == any_(bindparam("roles", type_=ARRAY(Text))))
    .where(users.c.is_active, ~users.c.is_platform_admin)
    .order_by(users.c.id)
    .limit(bindparam("limit", type_=Integer))
)

# As of the moment in which the transaction began, before the row is read: what is revoked after it is revoked for what is made of this row.
lending = command(
    select(
        users.c.role,
        users.c.is_platform_admin,
        workspaces.c.status,
        cast(func.floor(extract("epoch", func.now()) * 1000), BigInteger).label("read_at_ms"),
    )
    .select_from(users.join(workspaces, workspaces.c.workspace_id == users.c.workspace_id))
    .where(_this_user, users.c.is_active)
)

# Of a user, or of an API key: one of the two is null.
standing = query(
    select(
        workspaces.c.status,
        select(users.c.role).where(_this_user, users.c.is_active, ~users.c.is_platform_admin).scalar_subquery().label("role"),
        select(api_keys.c.scopes)
        .where(api_keys.c.id == _user_id, or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > _now))
        .scalar_subquery()
        .label("scopes"),
    )
)

_sealed_again: dict[str, Any] = {"sealed": bindparam("sealed"), "version": bindparam("version"), "updated_at": bindparam("now")}

change_role = command(update(users).where(_this_user).values(role=bindparam("role"), **_sealed_again).returning(*USER_COLUMNS))

set_active = command(update(users).where(_this_user).values(is_active=bindparam("is_active"), **_sealed_again).returning(*USER_COLUMNS))
