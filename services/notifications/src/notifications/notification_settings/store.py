"""Statements on people's settings. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import ARRAY, DateTime, Interval, Uuid, and_, any_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from notifications.notification_settings.rules import DEFAULTS
from notifications.tables import notification_settings

_s = notification_settings.c
_now = bindparam("now", type_=DateTime(timezone=True))
_user_id = bindparam("user_id", type_=Uuid)
_settings: dict[str, Any] = {name: bindparam(name, type_=_s[name].type) for name in DEFAULTS}

get = query(select(notification_settings).where(_s.user_id == _user_id))

lock = command(select(notification_settings, func.clock_timestamp().label("now")).where(_s.user_id == _user_id).with_for_update())

begin = command(
    upsert(notification_settings)
    .values(
        workspace_id=bindparam("workspace_id", type_=Uuid), user_id=_user_id, **_settings,
        revision=0, done_until=_now, next_at=None, created_at=_now, updated_at=_now,
    )
    .on_conflict_do_nothing()
)  # fmt: skip

put = command(
    update(notification_settings)
    .where(_s.user_id == _user_id)
    .values(
        **_settings,
        revision=_s.revision + 1,
        done_until=bindparam("done_until", type_=DateTime(timezone=True)),
        next_at=bindparam("next_at", type_=DateTime(timezone=True)),
        updated_at=_now,
    )
    .returning(notification_settings)
)

# Those of the users who are not to be mailed about alerts.
without_alerts = query(
    select(_s.user_id)
    .where(_s.user_id == any_(bindparam("user_ids", type_=ARRAY(Uuid))))
    .where(or_(_s.email_enabled.is_(False), _s.notify_alerts.is_(False)))
)

done = command(
    update(notification_settings)
    .where(_s.user_id == _user_id)
    .values(done_until=_now, next_at=bindparam("next_at", type_=DateTime(timezone=True)))
)

# An appointment of theirs begins at `starts_at`: it is looked for in time.
_notice = _s.reminder_minutes * literal_column("interval '1 minute'", Interval)
expect = command(
    update(notification_settings)
    .where(_s.user_id == _user_id)
    .where(and_(_s.email_enabled, _s.reminder_enabled))
    .values(
        revision=_s.revision + 1,
        next_at=func.least(_s.next_at, func.greatest(bindparam("starts_at", type_=DateTime(timezone=True)) - _notice, _now)),
    )
)
