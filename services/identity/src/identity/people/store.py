"""Statements that add users and find them by e-mail address. `sign_ins` has no row security: its statements name the workspace themselves."""

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, exists, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.statement import command, query
from identity.roles import ADMINISTRATOR_ROLE
from identity.tables import sign_ins, sso_providers, users, workspaces

add_user = command(
    insert(users).values(
        {name: bindparam(name) for name in ("workspace_id", "id", "sealed", "version", *users.info["sealed"].bound, "password_hash")}
        | {"shift_schedule": bindparam("shift_schedule", type_=JSONB(none_as_null=True))}
    )
)

add_email_index = command(
    insert(sign_ins).values({name: bindparam(name) for name in ("email_index", "workspace_id", "user_id", "proved_at")})
)

_this_user = (sign_ins.c.workspace_id == bindparam("workspace_id", type_=Uuid)) & (sign_ins.c.user_id == bindparam("user_id", type_=Uuid))

email_index_of = query(select(sign_ins.c.email_index).where(_this_user))

# All users with an address.
memberships_of_address = query(select(sign_ins).where(sign_ins.c.email_index == bindparam("email_index")))

_own = sign_ins.alias("own")

# All users with the address of this one.
memberships_of_user = query(
    select(sign_ins)
    .join(_own, _own.c.email_index == sign_ins.c.email_index)
    .where(_own.c.workspace_id == bindparam("workspace_id", type_=Uuid))
    .where(_own.c.user_id == bindparam("user_id", type_=Uuid))
)

# Held until the commit, before any user: nobody switches while the person is signed out everywhere.
hold_memberships = command(
    select(sign_ins)
    .where(sign_ins.c.email_index == bindparam("email_index"))
    .order_by(sign_ins.c.workspace_id)
    .with_for_update(key_share=True)
)

prove = command(update(sign_ins).where(_this_user).where(sign_ins.c.proved_at.is_(None)).values(proved_at=bindparam("now")))

set_passkey = command(update(sign_ins).where(_this_user).values(passkey=bindparam("has_passkey")))

set_second_factor = command(update(sign_ins).where(_this_user).values(second_factor=bindparam("confirmed")))

# Who has never signed in may never: an invitation can be mistyped, or run out. Whoever asks has.
count_other_administrators = query(
    select(func.count().label("others"))
    .select_from(users)
    .where(users.c.role == bindparam("administrator_role"))
    .where(users.c.is_active)
    .where(or_(users.c.last_login_at.is_not(None), users.c.id == bindparam("asked_by", type_=Uuid)))
    .where(users.c.id != bindparam("user_id", type_=Uuid))
)

_sso_required = exists().where(sso_providers.c.workspace_id == users.c.workspace_id).where(sso_providers.c.is_required).correlate(users)

# Whether a password, link or passkey lets the user in (`check_steps` of login_sessions/rules.py).
may_sign_in = query(
    select(users.c.id)
    .where(users.c.id == bindparam("user_id"))
    .where(users.c.is_active)
    .where(or_(~_sso_required, users.c.role == any_(literal(sorted(ADMINISTRATOR_ROLE.values()), ARRAY(Text)))))
    .where(exists().where(workspaces.c.workspace_id == users.c.workspace_id).where(workspaces.c.status == "active").correlate(users))
)
