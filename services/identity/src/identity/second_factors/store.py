"""Statements about second factors, their backup codes, and first steps that wait for the second."""

from sqlalchemy import DateTime, Text, Uuid, all_, bindparam, delete, func, insert, select, update

from chassis.db.statement import command, query
from identity.tables import backup_codes, login_sessions, second_factors, second_steps, users

_now = bindparam("now", type_=DateTime(timezone=True))
_mine = second_factors.c.user_id == bindparam("user_id")

# --- second factors ---

# Of an enrolment that was not finished.
delete_unconfirmed = command(delete(second_factors).where(_mine).where(second_factors.c.confirmed_at.is_(None)))

# Violates `second_factor_enabled` where a confirmed one is left.
add_second_factor = command(
    insert(second_factors).values(
        workspace_id=bindparam("workspace_id"), user_id=bindparam("user_id"), secret_sealed=bindparam("secret_sealed"), created_at=_now
    )
)

add_backup_code = command(
    insert(backup_codes).values(workspace_id=bindparam("workspace_id"), user_id=bindparam("user_id"), hash=bindparam("hash"))
)

find_second_factor = query(select(second_factors.c.secret_sealed, second_factors.c.confirmed_at).where(_mine))

# No row if the step, or a later one, was used: of many who show one code, one wins.
_unused_step = second_factors.c.last_step < bindparam("step")

confirm_second_factor = command(
    update(second_factors)
    .where(_mine)
    .where(second_factors.c.confirmed_at.is_(None))
    .where(second_factors.c.secret_sealed == bindparam("secret_sealed"))
    .where(_unused_step)
    .values(confirmed_at=_now, last_step=bindparam("step"))
    .returning(second_factors.c.user_id)
)

use_step = command(
    update(second_factors)
    .where(_mine)
    .where(second_factors.c.confirmed_at.is_not(None))
    .where(_unused_step)
    .values(last_step=bindparam("step"))
    .returning(second_factors.c.user_id)
)

use_backup_code = command(
    update(backup_codes)
    .where(backup_codes.c.user_id == bindparam("user_id"))
    .where(backup_codes.c.hash == bindparam("hash"))
    .where(backup_codes.c.used_at.is_(None))
    .values(used_at=_now)
    .returning(backup_codes.c.user_id)
)

# Its backup codes go with it.
delete_second_factor = command(delete(second_factors).where(_mine).where(second_factors.c.confirmed_at.is_not(None)))

# Whose second factor an administrator removes. Held until the commit.
lock_user = command(
    select(users.c.role, users.c.is_platform_admin)
    .where(users.c.id == bindparam("user_id", type_=Uuid))
    .with_for_update(key_share=True, of=users)
)

# --- first steps ---

add_second_step = command(
    insert(second_steps).values(
        **{name: bindparam(name) for name in ("workspace_id", "id", "user_id", "hash", "amr", "expires_at")}, created_at=_now
    )
)

_step = (second_steps.c.id == bindparam("second_step_id")) & (second_steps.c.hash == bindparam("hash"))

find_second_step = query(select(second_steps.c.user_id).where(_step))

use_second_step = command(
    update(second_steps)
    .where(_step)
    .where(second_steps.c.used_at.is_(None))
    .where(second_steps.c.expires_at > _now)
    .values(used_at=_now)
    .returning(second_steps.c.amr)
)

# --- sign-ins ---

# A second factor that is set up is the second step of the login session that it is set up in.
add_step_to_login_session = command(
    update(login_sessions)
    .where(login_sessions.c.id == bindparam("session_id"))
    .where(bindparam("step", type_=Text) != all_(login_sessions.c.amr))
    .values(amr=func.array_append(login_sessions.c.amr, bindparam("step", type_=Text)))
)
