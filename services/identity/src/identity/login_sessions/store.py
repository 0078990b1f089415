"""Statements about login sessions, refresh tokens and revocations.

Revocation compares times of the database's clock; all other times are the call's.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Interval,
    Uuid,
    bindparam,
    cast,
    delete,
    exists,
    extract,
    func,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from identity.people.blacklist import NOT_BLACKLISTED
from identity.people.columns import USER_COLUMNS
from identity.tables import (
    login_sessions,
    passkeys,
    refresh_tokens,
    revocations,
    second_factors,
    second_steps,
    sign_ins,
    sso_providers,
    users,
    workspaces,
)

_now = bindparam("now", type_=DateTime(timezone=True))
_clock = func.clock_timestamp()
_milliseconds = cast(func.floor(extract("epoch", _clock) * 1000), BigInteger)


def _named(*columns: str) -> dict[str, Any]:
    """Values for these columns: parameters of the same names."""
    return {name: bindparam(name) for name in columns}


# --- the user a token is issued to ---

# The user with this id is active, in a workspace that is not suspended, and has no blacklisted address.
MAY_SIGN_IN = (
    (users.c.id == bindparam("user_id"))
    & users.c.is_active
    & NOT_BLACKLISTED
    & exists().where(workspaces.c.workspace_id == users.c.workspace_id).where(workspaces.c.status == "active").correlate(users)
)
# A token is void if its user was read before a revocation (see `revoke`).
_settings = select(workspaces.c.settings).where(workspaces.c.workspace_id == users.c.workspace_id).correlate(users).scalar_subquery()
_sso_required = exists().where(sso_providers.c.workspace_id == users.c.workspace_id).where(sso_providers.c.is_required).correlate(users)
USER_AND_READ_TIME = (
    *USER_COLUMNS,
    _settings.label("workspace_settings"),
    _sso_required.label("sso_required"),
    _milliseconds.label("read_at_ms"),
)

# Locks the row until the commit: the role cannot change between this statement and the signing of a token.
read_user_for_tokens = command(select(*USER_AND_READ_TIME).where(MAY_SIGN_IN).with_for_update(read=True, of=users))

# The user gets in, by whatever was proved before.
sign_in = command(update(users).where(MAY_SIGN_IN).values(last_login_at=_now).returning(*USER_AND_READ_TIME))

# --- what a user proves the identity with, and whether the address is proved ---

# Both are held until the commit, the membership before the user, as whoever holds all of a person's memberships does.
hold_membership = command(
    select(sign_ins.c.proved_at, sign_ins.c.second_factor, sign_ins.c.passkey)
    .where(sign_ins.c.workspace_id == bindparam("workspace_id", type_=Uuid))
    .where(sign_ins.c.user_id == bindparam("user_id", type_=Uuid))
    .with_for_update(key_share=True)
)

hold_password = command(
    select(users.c.password_hash.is_not(None).label("is_set"))
    .where(users.c.id == bindparam("user_id"))
    .with_for_update(key_share=True, of=users)
)

clear_password = command(update(users).where(users.c.id == bindparam("user_id")).values(password_hash=null()))

clear_second_factor = command(delete(second_factors).where(second_factors.c.user_id == bindparam("user_id")))

clear_passkeys = command(delete(passkeys).where(passkeys.c.user_id == bindparam("user_id")))

# --- login sessions and their refresh tokens ---

add_login_session = command(
    insert(login_sessions)
    .values(
        **_named("workspace_id", "id", "user_id", "amr", "ip_address", "user_agent", "created_at", "expires_at", "idle_at"),
        last_seen_at=_now,
    )
    .returning(login_sessions)
)

_is_active = login_sessions.c.ended_at.is_(None) & (login_sessions.c.expires_at > _now) & (login_sessions.c.idle_at > _now)
_this_session = login_sessions.c.id == bindparam("session_id")

extend_login_session = command(
    update(login_sessions)
    .where(_this_session)
    .where(_is_active)
    .values(
        last_seen_at=_now,
        idle_at=func.least(login_sessions.c.expires_at, _now + bindparam("idle", type_=Interval)),
    )
    .returning(login_sessions)
)

hold_login_session = command(
    select(login_sessions.c.amr)
    .where(_this_session)
    .where(login_sessions.c.user_id == bindparam("user_id"))
    .where(login_sessions.c.ended_at.is_(None))
    .with_for_update(read=True)
)

find_login_session = query(select(login_sessions.c.amr).where(_this_session).where(login_sessions.c.user_id == bindparam("user_id")))

why_login_session_ended = query(select(login_sessions.c.end_reason).where(_this_session))

login_sessions_of = query(
    select(login_sessions)
    .where(login_sessions.c.user_id == bindparam("user_id"))
    .where(_is_active)
    .where(login_sessions.c.id > bindparam("after"))
    .order_by(login_sessions.c.id)
    .limit(bindparam("limit"))
)

_ended = {"ended_at": _now, "end_reason": bindparam("reason")}

end_login_session = command(
    update(login_sessions)
    .where(_this_session)
    .where(login_sessions.c.user_id == bindparam("user_id"))
    .where(login_sessions.c.ended_at.is_(None))
    .values(_ended)
    .returning(login_sessions.c.id)
)

# Of many who leave one session, one does.
leave_login_session = command(
    update(login_sessions)
    .where(_this_session)
    .where(login_sessions.c.user_id == bindparam("user_id"))
    .where(_is_active)
    .values(_ended)
    .returning(login_sessions)
)

# First steps of a sign-in that wait for the second.
void_second_steps = command(
    update(second_steps).where(second_steps.c.user_id == bindparam("user_id")).where(second_steps.c.used_at.is_(None)).values(used_at=_now)
)

end_login_sessions = command(
    update(login_sessions)
    .where(login_sessions.c.user_id == bindparam("user_id"))
    .where(or_(bindparam("except_id", type_=Uuid).is_(None), login_sessions.c.id != bindparam("except_id", type_=Uuid)))
    .where(login_sessions.c.ended_at.is_(None))
    .values(_ended)
    .returning(login_sessions.c.id)
)

add_refresh_token = command(insert(refresh_tokens).values(**_named("workspace_id", "session_id", "generation", "hash"), created_at=_now))

_this_token = (refresh_tokens.c.session_id == bindparam("session_id")) & (refresh_tokens.c.hash == bindparam("hash"))

find_refresh_token = query(
    select(refresh_tokens.c.generation, refresh_tokens.c.used_at, refresh_tokens.c.successor_sealed, login_sessions.c.user_id)
    .select_from(
        refresh_tokens.join(
            login_sessions,
            (login_sessions.c.workspace_id == refresh_tokens.c.workspace_id) & (login_sessions.c.id == refresh_tokens.c.session_id),
        )
    )
    .where(_this_token)
)

use_refresh_token = command(
    update(refresh_tokens)
    .where(_this_token)
    .where(refresh_tokens.c.used_at.is_(None))
    .values(used_at=_now, successor_sealed=bindparam("successor_sealed"))
    .returning(refresh_tokens.c.generation)
)

clear_old_successors = command(
    update(refresh_tokens)
    .where(refresh_tokens.c.session_id == bindparam("session_id"))
    .where(refresh_tokens.c.used_at < bindparam("before"))
    .where(refresh_tokens.c.successor_sealed.is_not(None))
    .values(successor_sealed=null())
)

# --- revocation ---

_revocation = upsert(revocations).values(subject_id=bindparam("subject_id"), revoked_before=_milliseconds + 1, created_at=_clock)

# Voids the tokens of the subject whose user was read until now. A later revocation replaces an earlier one.
revoke = command(
    _revocation.on_conflict_do_update(
        index_elements=[revocations.c.subject_id],
        set_={
            revocations.c.revoked_before: func.greatest(revocations.c.revoked_before, _revocation.excluded.revoked_before),
            revocations.c.created_at: _revocation.excluded.created_at,
        },
    )
)

revocations_since = query(
    select(revocations.c.subject_id, revocations.c.revoked_before.label("revoked_before")).where(
        revocations.c.created_at > bindparam("since")
    )
)
