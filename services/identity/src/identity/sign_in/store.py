"""Where sign-ins are kept. Times of rows are the call's; what decides a race between callers is the database's clock."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Interval,
    LargeBinary,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    delete,
    exists,
    extract,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import Grouping

from chassis.db.statement import statement
from identity.tables import login_attempts, login_sessions, magic_links, refresh_tokens, revocations, sign_ins, users, workspaces
from identity.users.store import PERSON

_now = bindparam("now", type_=DateTime(timezone=True))
_clock = func.clock_timestamp()
_milliseconds = cast(func.floor(extract("epoch", _clock) * 1000), BigInteger)


def _named(*columns: str) -> dict[str, Any]:
    """Columns whose values are parameters of the same name."""
    return {name: bindparam(name) for name in columns}


# --- whose address it is, and how often it was tried --------------------------------------------------------------

sign_in = statement(select(sign_ins.c.workspace_id, sign_ins.c.user_id).where(sign_ins.c.email_index == bindparam("account")))

# No row security here, so the workspace is asked for.
account_of = statement(
    select(sign_ins.c.email_index)
    .where(sign_ins.c.workspace_id == bindparam("workspace_id"))
    .where(sign_ins.c.user_id == bindparam("user_id"))
)

_lane = (
    (login_attempts.c.account == bindparam("account"))
    & (login_attempts.c.purpose == bindparam("purpose"))
    & (login_attempts.c.lane == bindparam("lane"))
)
_tries = case((login_attempts.c.last_at < _clock - bindparam("quiet", type_=Interval), 1), else_=login_attempts.c.count + 1)
_delays = Grouping(bindparam("delays", type_=ARRAY(Integer)))


def _blocked_after(tries: Any) -> ColumnElement[Any]:
    """`delays` are the seconds to wait after the first, second … try; the last of them after every further one."""
    return _clock + _delays[func.least(tries, func.cardinality(_delays))] * literal_column("interval '1 second'")


# Counts a try before it is made, so that a thousand at the same moment are a thousand; no row when it has to wait.
count_try = statement(
    upsert(login_attempts)
    .values(
        account=bindparam("account", type_=LargeBinary),
        purpose=bindparam("purpose", type_=Text),
        lane=bindparam("lane", type_=LargeBinary),
        count=1,
        last_at=_clock,
        blocked_until=_blocked_after(1),
    )
    .on_conflict_do_update(
        index_elements=["account", "purpose", "lane"],
        set_={"count": _tries, "last_at": _clock, "blocked_until": _blocked_after(_tries)},
        where=login_attempts.c.blocked_until <= _clock,
    )
    .returning(login_attempts.c.count)
)

seconds_blocked = statement(select(extract("epoch", login_attempts.c.blocked_until - _clock).label("seconds")).where(_lane))

forget_tries = statement(delete(login_attempts).where(_lane))

take_back_try = statement(
    update(login_attempts).where(_lane).values(count=func.greatest(login_attempts.c.count - 1, 0), blocked_until=_clock)
)

forget_all_tries = statement(
    delete(login_attempts).where(login_attempts.c.account == bindparam("account")).where(login_attempts.c.purpose == bindparam("purpose"))
)

# --- letting somebody in ------------------------------------------------------------------------------------------

credentials = statement(select(users.c.sealed, users.c.version, users.c.password_hash).where(users.c.id == bindparam("user_id")))

_may_enter = (
    (users.c.id == bindparam("user_id"))
    & users.c.is_active
    & exists().where(workspaces.c.workspace_id == users.c.workspace_id).where(workspaces.c.status == "active").correlate(users)
)
_admitted = (*PERSON, _milliseconds.label("epoch"))

# Only while the hash is the one the password was held against: a password changed meanwhile has been wrong.
admit_by_password = statement(
    update(users)
    .where(_may_enter)
    .where(users.c.password_hash == bindparam("seen_hash"))
    .values(password_hash=bindparam("password_hash"), last_login_at=_now)
    .returning(*_admitted)
)

admit_by_link = statement(update(users).where(_may_enter).values(last_login_at=_now).returning(*_admitted))

# Held until the commit, so that a role cannot change between being read here and being signed into a token.
admit_again = statement(select(*_admitted).where(_may_enter).with_for_update(read=True, of=users))

change_password = statement(
    update(users)
    .where(users.c.id == bindparam("user_id"))
    .where(users.c.password_hash == bindparam("seen_hash"))
    .values(password_hash=bindparam("password_hash"), updated_at=_now)
)

# --- sign-ins and their refresh tokens ----------------------------------------------------------------------------

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

# --- magic links --------------------------------------------------------------------------------------------------

ask_for_link = statement(insert(magic_links).values(**_named("workspace_id", "id", "user_id", "expires_at"), created_at=_now))

_usable = magic_links.c.used_at.is_(None) & (magic_links.c.expires_at > _now)

issue_link = statement(
    update(magic_links)
    .where(magic_links.c.id == bindparam("magic_link_id"))
    .where(_usable)
    .where((users.c.workspace_id == magic_links.c.workspace_id) & (users.c.id == magic_links.c.user_id) & users.c.is_active)
    .where((workspaces.c.workspace_id == magic_links.c.workspace_id) & (workspaces.c.status == "active"))
    .values(hash=bindparam("hash"))
    .returning(users.c.id, users.c.sealed, users.c.version, magic_links.c.expires_at, workspaces.c.locale)
)

_link = (magic_links.c.id == bindparam("magic_link_id")) & (magic_links.c.hash == bindparam("hash"))

link = statement(select(magic_links.c.user_id).where(_link))

use_link = statement(update(magic_links).where(_link).where(_usable).values(used_at=_now).returning(magic_links.c.user_id))

# --- revocation ---------------------------------------------------------------------------------------------------

_revocation = upsert(revocations).values(subject_id=bindparam("subject_id"), epoch=_milliseconds + 1, created_at=_clock)

revoke = statement(
    _revocation.on_conflict_do_update(
        index_elements=["subject_id"],
        set_={"epoch": func.greatest(revocations.c.epoch, _revocation.excluded.epoch), "created_at": _revocation.excluded.created_at},
    )
)

revoked_since = statement(select(revocations.c.subject_id, revocations.c.epoch).where(revocations.c.created_at > bindparam("since")))

# --- clearing away ------------------------------------------------------------------------------------------------

forget_revocations = statement(delete(revocations).where(revocations.c.created_at < bindparam("before")))
forget_old_tries = statement(delete(login_attempts).where(login_attempts.c.last_at < bindparam("before")))
forget_links = statement(delete(magic_links).where(magic_links.c.expires_at < bindparam("before")))
forget_sessions = statement(delete(login_sessions).where(login_sessions.c.expires_at < bindparam("before")))
workspaces_in_use = statement(select(sign_ins.c.workspace_id).distinct())
