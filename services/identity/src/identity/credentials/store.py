"""Where credentials are kept: the password's hash, magic links, and how often an account was tried."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Interval,
    LargeBinary,
    Text,
    bindparam,
    case,
    delete,
    extract,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import Grouping

from chassis.db import statement
from identity.tables import login_attempts, magic_links, users, workspaces

_now = bindparam("now", type_=DateTime(timezone=True))
_clock = func.clock_timestamp()

# --- how often an account was tried ---

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

forget_old_tries = statement(delete(login_attempts).where(login_attempts.c.last_at < bindparam("before")))

# --- passwords ---

credentials = statement(select(users.c.sealed, users.c.version, users.c.password_hash).where(users.c.id == bindparam("user_id")))

change_password = statement(
    update(users)
    .where(users.c.id == bindparam("user_id"))
    .where(users.c.password_hash == bindparam("seen_hash"))
    .values(password_hash=bindparam("password_hash"), updated_at=_now)
)

# --- magic links ---

ask_for_link = statement(
    insert(magic_links).values(**{name: bindparam(name) for name in ("workspace_id", "id", "user_id", "expires_at")}, created_at=_now)
)

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

forget_links = statement(delete(magic_links).where(magic_links.c.expires_at < bindparam("before")))
