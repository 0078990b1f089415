"""Statements about calendar feeds. Row security limits each to the caller's workspace."""

from typing import Any

from sqlalchemy import bindparam, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import DateTime, Integer, LargeBinary, Uuid

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from scheduling.calendar_feeds.rules import MAX_EVENTS, MAX_FEEDS
from scheduling.tables import appointments, calendar_feeds, locations

_TIME = DateTime(timezone=True)
_f, _a = calendar_feeds.c, appointments.c
_shown = (_f.id, _f.practitioner_id, _f.shows_initials, _f.created_at, _f.last_read_at)
_practitioner = bindparam("practitioner_id", type_=Uuid)
_by_id = _f.id == bindparam("id", type_=Uuid)

# Held until the end of the transaction, so that feeds of a practitioner are counted and added one after the other.
lock_feeds = command(select(func.pg_advisory_xact_lock(lock_number("feeds", bindparam("workspace_id", type_=Uuid), _practitioner))))

of_practitioner = query(select(*_shown).where(_f.practitioner_id == _practitioner).order_by(_f.created_at, _f.id).limit(literal(MAX_FEEDS)))

_values: dict[str, Any] = {
    name: bindparam(name, type_=_f[name].type)
    for name in ("workspace_id", "id", "practitioner_id", "token_hash", "shows_initials", "created_at")
}
add = command(upsert(calendar_feeds).values(**_values).returning(*_shown))

find = query(select(_f.practitioner_id, _f.shows_initials).where(_by_id, _f.token_hash == bindparam("token_hash", type_=LargeBinary)))

get = query(select(*_shown).where(_by_id))

remove = command(delete(calendar_feeds).where(_by_id).returning(_f.practitioner_id))

note_reading = command(
    update(calendar_feeds)
    .where(_by_id, or_(_f.last_read_at.is_(None), _f.last_read_at < bindparam("before", type_=_TIME)))
    .values(last_read_at=bindparam("now", type_=_TIME))
)

_told = (
    _a.id,
    _a.client_id,
    _a.scheduled_start,
    _a.scheduled_end,
    _a.location_type,
    _a.status,
    _a.version,
    _a.updated_at,
    _a.cancelled_at,
    _a.deleted_at,
    locations.c.name.label("location"),
)
_start = _a.scheduled_start
_in_window = (_a.practitioner_id == _practitioner) & _start.between(bindparam("since", type_=_TIME), bindparam("until", type_=_TIME))
_gone_since = bindparam("gone_since", type_=_TIME)
_joined = appointments.outerjoin(locations, (locations.c.workspace_id == _a.workspace_id) & (locations.c.id == _a.location_id))
_limit = bindparam("limit", MAX_EVENTS, type_=Integer)

agenda = query(
    select(*_told)
    .select_from(_joined)
    .where(_in_window, _a.deleted_at.is_(None), or_(_a.cancelled_at.is_(None), _a.cancelled_at > _gone_since))
    .order_by(_start, _a.id)
    .limit(_limit)
)

deleted = query(
    select(*_told)
    .select_from(_joined)
    .where(_in_window, _a.deleted_at.is_not(None), _a.deleted_at > _gone_since)
    .order_by(_a.deleted_at.desc(), _a.id)
    .limit(_limit)
)
