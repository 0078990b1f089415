"""Mails that a person is waiting for, and claims on due mail. `claim` works across workspaces; row security limits the others to the caller's."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Interval,
    Select,
    Text,
    Uuid,
    all_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import Statement, command, query
from notifications.tables import due_work, mails

_now = bindparam("now", type_=DateTime(timezone=True))
_kind = bindparam("kind", type_=Text)

# Senders take what has been due longest. Whoever signs in, and whoever is alarmed, does not wait behind the agendas of everybody: their mails are
# due as if they had been for days.
_LINKS, _ALARMS = ("magic_link", "password_reset"), ("alert", "alert_unattended")
_ahead = case(
    (_kind.in_([literal_column(f"'{kind}'") for kind in _LINKS]), literal_column("interval '2 days'", Interval)),
    (_kind.in_([literal_column(f"'{kind}'") for kind in _ALARMS]), literal_column("interval '1 day'", Interval)),
    else_=literal_column("interval '0'", Interval),
)

# Nothing if there is a mail of this id.
add_mail = command(
    upsert(mails)
    .values(
        workspace_id=bindparam("workspace_id", type_=Uuid),
        id=bindparam("id", type_=Uuid),
        kind=_kind,
        user_id=bindparam("user_id", type_=Uuid),
        appointment_id=bindparam("appointment_id", type_=Uuid),
        next_attempt_at=_now - _ahead,
        created_at=_now,
    )
    .on_conflict_do_nothing()
)


_waiting = due_work.alias("waiting")


def _claim(since: ColumnElement[datetime]) -> Statement:
    """What has been due since then, the longest first."""
    due: Select[Any] = (
        select(literal_column("waiting.ctid"))
        .select_from(_waiting)
        .where(_waiting.c.kind == bindparam("kind"))
        .where(_waiting.c.due_at <= since)
        # Those of whom enough is under way already.
        .where(_waiting.c.workspace_id != all_(bindparam("but", type_=ARRAY(Uuid))))
        .order_by(_waiting.c.due_at)
        .limit(bindparam("limit", type_=Integer))
        # Two instances claim different rows, and neither waits for the other.
        .with_for_update(skip_locked=True)
    )
    # Where the rows are is read once, and they are locked by then. A join would be planned for a tenth of all that waits, and read the whole table for
    # each claim.
    return command(
        update(due_work)
        .where(literal_column("due_work.ctid") == any_(func.array(due.scalar_subquery())))
        .values(due_at=func.now() + bindparam("lease", type_=Interval))
        .returning(due_work.c.workspace_id, due_work.c.item_id, due_work.c.due_at)
    )


claim = _claim(func.now())
# Of whoever signs in and whoever is alarmed; beside them what has been due for a day.
claim_ahead = _claim(func.now() - literal_column("interval '1 day'", Interval))
_this = (
    due_work.c.workspace_id == bindparam("workspace_id", type_=Uuid),
    due_work.c.kind == bindparam("kind"),
    due_work.c.item_id == bindparam("item_id", type_=Uuid),
)
# Begins a lease when the SMTP conversation begins.
renew = command(update(due_work).where(*_this).values(due_at=bindparam("expires_at", type_=DateTime(timezone=True))))
# Whether nobody has claimed or begun the work since it was claimed until then.
is_still_claimed = query(select(literal_column("1")).where(*_this, due_work.c.due_at == bindparam("due_at", type_=DateTime(timezone=True))))
