"""Where sign-ins are kept. Times of rows are the call's; what decides a race between callers is the database's clock."""

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

from chassis.db import statement
from identity.people.columns import PERSON
from identity.tables import login_sessions, refresh_tokens, revocations, sign_ins, users, workspaces

_now = bindparam("now", type_=DateTime(timezone=True))
_clock = func.clock_timestamp()
_milliseconds = cast(func.floor(extract("epoch", _clock) * 1000), BigInteger)


def _named(*columns: str) -> dict[str, Any]:
    """Columns whose values are parameters of the same name."""
    return {name: bindparam(name) for name in columns}


# --- who may have one ---

MAY_ENTER = (
    (users.c.id == bindparam("user_id"))
    & users.c.is_active
    & exists().where(workspaces.c.workspace_id == users.c.workspace_id).where(workspaces.c.status == "active").correlate(users)
)
ADMITTED = (*PERSON, _milliseconds.label("epoch"))

# Held until the commit, so that a role cannot change between being read here and being signed into a token.
admit_again = statement(select(*ADMITTED).where(MAY_ENTER).with_for_update(read=True, of=users))

# --- sign-ins and their refresh tokens ---

begin_session = statement(
    insert(login_sessions)
    .values(
        **_named("workspace_id", "id", "user_id", "method", "ip_address", "user_agent", "expires_at", "idle_at"),
        created_at=_now,
        last_seen_at=_now,
    )
    .returning(login_sessions)
)

_live = login_sessions.c.ended_at.is_(None) & (login_sessions.c.expires_at > _now) & (login_sessions.c.idle_at > _now)
_session = login_sessions.c.id == bindparam("session_id")

continue_session = statement(
    update(login_sessions)
    .where(_session)
    .where(_live)
    .values(
        last_seen_at=_now,
        idle_at=func.least(login_sessions.c.expires_at, _now + bindparam("idle", type_=Interval)),
    )
    .returning(login_sessions)
)

sessions_of = statement(
    select(login_sessions)
    .where(login_sessions.c.user_id == bindparam("user_id"))
    .where(_live)
    .order_by(login_sessions.c.last_seen_at.desc(), login_sessions.c.id)
)

_ended = {"ended_at": _now, "end_reason": bindparam("reason")}

end_session = statement(
    update(login_sessions)
    .where(_session)
    .where(login_sessions.c.user_id == bindparam("user_id"))
    .where(login_sessions.c.ended_at.is_(None))
    .values(_ended)
    .returning(login_sessions.c.id)
)

end_sessions = statement(
    update(login_sessions)
    .where(login_sessions.c.user_id == bindparam("user_id"))
    .where(or_(bindparam("but", type_=Uuid).is_(None), login_sessions.c.id != bindparam("but", type_=Uuid)))
    .where(login_sessions.c.ended_at.is_(None))
    .values(_ended)
    .returning(login_sessions.c.id)
)

add_refresh_token = statement(insert(refresh_tokens).values(**_named("workspace_id", "session_id", "generation", "hash"), created_at=_now))

_token = (refresh_tokens.c.session_id == bindparam("session_id")) & (refresh_tokens.c.hash == bindparam("hash"))

refresh_token = statement(
    select(refresh_tokens.c.generation, refresh_tokens.c.used_at, refresh_tokens.c.successor_sealed, login_sessions.c.user_id)
    .select_from(
        refresh_tokens.join(
            login_sessions,
            (login_sessions.c.workspace_id == refresh_tokens.c.workspace_id) & (login_sessions.c.id == refresh_tokens.c.session_id),
        )
    )
    .where(_token)
)

use_refresh_token = statement(
    update(refresh_tokens)
    .where(_token)
    .where(refresh_tokens.c.used_at.is_(None))
    .values(used_at=_now, successor_sealed=bindparam("successor_sealed"))
    .returning(refresh_tokens.c.generation)
)

forget_successors = statement(
    update(refresh_tokens)
    .where(refresh_tokens.c.session_id == bindparam("session_id"))
    .where(refresh_tokens.c.used_at < bindparam("before"))
    .where(refresh_tokens.c.successor_sealed.is_not(None))
    .values(successor_sealed=null())
)

# --- revocation ---

_revocation = upsert(revocations).values(subject_id=bindparam("subject_id"), epoch=_milliseconds + 1, created_at=_clock)

revoke = statement(
    _revocation.on_conflict_do_update(
        index_elements=["subject_id"],
        set_={"epoch": func.greatest(revocations.c.epoch, _revocation.excluded.epoch), "created_at": _revocation.excluded.created_at},
    )
)

revoked_since = statement(select(revocations.c.subject_id, revocations.c.epoch).where(revocations.c.created_at > bindparam("since")))

# --- clearing away ---

forget_revocations = statement(delete(revocations).where(revocations.c.created_at < bindparam("before")))
forget_sessions = statement(delete(login_sessions).where(login_sessions.c.expires_at < bindparam("before")))
workspaces_in_use = statement(select(sign_ins.c.workspace_id).distinct())
