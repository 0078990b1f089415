"""Statements about throttle buckets, passwords and magic links.

What decides between attempts at the same moment is the database's clock; all other times are the call's.
"""

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

from chassis.db.statement import command, query
from identity.people.blacklist import NOT_BLACKLISTED
from identity.people.columns import SEALED_COLUMNS
from identity.tables import login_attempts, magic_links, users, workspaces

_now = bindparam("now", type_=DateTime(timezone=True))
_clock = func.clock_timestamp()

# --- throttle buckets ---

_bucket = (
    (login_attempts.c.email_index == bindparam("email_index"))
    & (login_attempts.c.purpose == bindparam("purpose"))
    & (login_attempts.c.bucket == bindparam("bucket"))
)
_is_forgotten = login_attempts.c.last_at < _clock - bindparam("forgotten_after", type_=Interval)
_count = case((_is_forgotten, 1), else_=login_attempts.c.count + 1)
_delays = Grouping(bindparam("delays", type_=ARRAY(Integer)))


def _blocked_after(count: Any) -> ColumnElement[Any]:
    """When the next attempt is allowed. `delays` are the seconds after the first, second … attempt; the last one repeats."""
    return _clock + _delays[func.least(count, func.cardinality(_delays))] * literal_column("interval '1 second'")


# Counts an attempt before it is made, so that a thousand at the same moment are a thousand. No row if it must wait.
count_attempt = command(
    upsert(login_attempts)
    .values(
        email_index=bindparam("email_index", type_=LargeBinary),
        purpose=bindparam("purpose", type_=Text),
        bucket=bindparam("bucket", type_=LargeBinary),
        count=1,
        last_at=_clock,
        blocked_until=_blocked_after(1),
    )
    .on_conflict_do_update(
        index_elements=[login_attempts.c.email_index, login_attempts.c.purpose, login_attempts.c.bucket],
        set_={"count": _count, "last_at": _clock, "blocked_until": _blocked_after(_count)},
        where=login_attempts.c.blocked_until <= _clock,
    )
    .returning(login_attempts.c.count)
)

seconds_blocked = command(select(extract("epoch", login_attempts.c.blocked_until - _clock).label("seconds")).where(_bucket))

delete_bucket = command(delete(login_attempts).where(_bucket))

decrement_bucket = command(
    update(login_attempts).where(_bucket).values(count=func.greatest(login_attempts.c.count - 1, 0), blocked_until=_clock)
)

# Attempts at one account take the rows that they share in one order (see LoginThrottle): `guesses` before a source's, `shared` and `lock`
# after it. In any other order this and an attempt could wait for each other.
_guesses = (login_attempts.c.purpose == "password") & (login_attempts.c.bucket == bindparam("anywhere", type_=LargeBinary))
_position = case((_guesses, 0), (login_attempts.c.bucket.in_((bindparam("anywhere"), bindparam("lock", type_=LargeBinary))), 2), else_=1)
_to_forget = (
    select(login_attempts.c.purpose, login_attempts.c.bucket)
    .where(login_attempts.c.email_index == bindparam("email_index", type_=LargeBinary))
    .where(login_attempts.c.purpose == func.any(bindparam("purposes", type_=ARRAY(Text))))
    .order_by(_position, login_attempts.c.purpose, login_attempts.c.bucket)
    .with_for_update()
    .cte("to_forget")
)

delete_buckets_of = command(
    delete(login_attempts)
    .where(login_attempts.c.email_index == bindparam("email_index"))
    .where(login_attempts.c.purpose == _to_forget.c.purpose)
    .where(login_attempts.c.bucket == _to_forget.c.bucket)
)

# --- passwords ---

password_of = query(
    select(*SEALED_COLUMNS, users.c.password_hash, workspaces.c.settings)
    .join(workspaces, workspaces.c.workspace_id == users.c.workspace_id)
    .where(users.c.id == bindparam("user_id"))
)

# No row is updated if the hash is no longer the one that was verified (null where there was none): the password was changed meanwhile.
change_password = command(
    update(users)
    .where(users.c.id == bindparam("user_id"))
    .where(users.c.password_hash.is_not_distinct_from(bindparam("verified_hash", type_=Text)))
    .values(password_hash=bindparam("password_hash"), updated_at=_now)
)

# The same, with a new hash of the same password or with the old one.
keep_password = command(
    update(users)
    .where(users.c.id == bindparam("user_id"))
    .where(users.c.password_hash == bindparam("verified_hash", type_=Text))
    .values(password_hash=bindparam("password_hash"))
)

reset_password = command(
    update(users).where(users.c.id == bindparam("user_id")).values(password_hash=bindparam("password_hash"), updated_at=_now)
)

# --- magic links ---

add_magic_link = command(
    insert(magic_links).values(
        **{name: bindparam(name) for name in ("workspace_id", "id", "purpose", "user_id", "expires_at")}, created_at=_now
    )
)

_usable = magic_links.c.used_at.is_(None) & (magic_links.c.expires_at > _now)

issue_magic_link = command(
    update(magic_links)
    .where(magic_links.c.id == bindparam("magic_link_id"))
    .where(_usable)
    .where((users.c.workspace_id == magic_links.c.workspace_id) & (users.c.id == magic_links.c.user_id) & users.c.is_active)
    .where(NOT_BLACKLISTED)
    .where((workspaces.c.workspace_id == magic_links.c.workspace_id) & (workspaces.c.status == "active"))
    .values(hash=bindparam("hash"))
    .returning(*SEALED_COLUMNS, magic_links.c.expires_at, workspaces.c.locale)
)

_link = (
    (magic_links.c.id == bindparam("magic_link_id"))
    & (magic_links.c.purpose == bindparam("purpose"))
    & (magic_links.c.hash == bindparam("hash"))
)

find_magic_link = query(select(magic_links.c.user_id).where(_link))

# Voids the links of a user that nobody has used.
void_magic_links = command(
    update(magic_links).where(magic_links.c.user_id == bindparam("user_id")).where(magic_links.c.used_at.is_(None)).values(used_at=_now)
)

use_magic_link = command(update(magic_links).where(_link).where(_usable).values(used_at=_now).returning(magic_links.c.user_id))
