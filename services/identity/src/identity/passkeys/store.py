"""Statements about passkeys and used challenges. Row security confines each to one workspace."""

from sqlalchemy import DateTime, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from identity.login_sessions.store import MAY_SIGN_IN, USER_AND_READ_TIME
from identity.tables import passkeys, second_steps, used_challenges, users

_now = bindparam("now", type_=DateTime(timezone=True))
_mine = passkeys.c.user_id == bindparam("user_id")
_this = _mine & (passkeys.c.id == bindparam("passkey_id"))
_SHOWN = tuple(passkeys.c[name] for name in ("id", "name", "created_at", "last_used_at"))

_WRITTEN = (
    "workspace_id",
    "id",
    "user_id",
    "credential_id",
    "public_key",
    "sign_count",
    "transports",
    "aaguid",
    "backup_eligible",
    "backed_up",
    "name",
)

# --- one's own passkeys ---

# Held while one is added or removed: they are counted meanwhile.
lock_user = command(select(*USER_AND_READ_TIME).where(MAY_SIGN_IN).with_for_update(key_share=True, of=users))

count_passkeys = query(select(func.count().label("passkeys")).select_from(passkeys).where(_mine))

# Violates `passkey_registered` where somebody has it.
add_passkey = command(insert(passkeys).values(**{name: bindparam(name) for name in _WRITTEN}, created_at=_now).returning(*_SHOWN))

list_passkeys = query(select(*_SHOWN).where(_mine).order_by(passkeys.c.created_at, passkeys.c.id))

credentials_of = query(select(passkeys.c.credential_id, passkeys.c.transports).where(_mine).order_by(passkeys.c.created_at))

rename_passkey = command(update(passkeys).where(_this).values(name=bindparam("name")).returning(*_SHOWN))

remove_passkey = command(delete(passkeys).where(_this).returning(passkeys.c.id))

# --- signing in ---

find_passkey = query(
    select(passkeys.c.id, passkeys.c.user_id, passkeys.c.public_key, passkeys.c.backup_eligible).where(
        passkeys.c.credential_id == bindparam("credential_id")
    )
)

_counts = or_(bindparam("sign_count") > passkeys.c.sign_count, (bindparam("sign_count") == 0) & (passkeys.c.sign_count == 0))

# No row if the counter went back, or if the passkey was removed.
use_passkey = command(
    update(passkeys)
    .where(_this)
    .where(_counts)
    .values(sign_count=bindparam("sign_count"), backed_up=bindparam("backed_up"), last_used_at=_now)
    .returning(passkeys.c.id)
)

# No row if it was used: of many who show one challenge, one wins.
use_challenge = command(
    upsert(used_challenges)
    .values(workspace_id=bindparam("workspace_id"), id=bindparam("challenge_id"), expires_at=bindparam("expires_at"))
    .on_conflict_do_nothing(index_elements=[used_challenges.c.workspace_id, used_challenges.c.id])
    .returning(used_challenges.c.id)
)

find_open_second_step = query(
    select(second_steps.c.user_id)
    .where(second_steps.c.id == bindparam("second_step_id"))
    .where(second_steps.c.hash == bindparam("hash"))
    .where(second_steps.c.used_at.is_(None))
    .where(second_steps.c.expires_at > _now)
)
