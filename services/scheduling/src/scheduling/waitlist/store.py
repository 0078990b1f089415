"""Statements on the waitlist. `claim` works across workspaces; row security limits every other one to the caller's.

Whoever changes more than one row locks the opening first, then the entry, then the calendars.
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Interval, Select, and_, bindparam, column, func, insert, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, LargeBinary, Text, Uuid

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from scheduling.busy_periods import store as busy_periods
from scheduling.busy_periods.rules import HOLD
from scheduling.tables import (
    appointments,
    locations,
    offered_services,
    waitlist_due,
    waitlist_entries,
    waitlist_offers,
    waitlist_openings,
)

FILTERS = ("client_id", "practitioner_id", "status")
_TIME = DateTime(timezone=True)
_a, _e, _o, _f = appointments.c, waitlist_entries.c, waitlist_openings.c, waitlist_offers.c
_others = waitlist_entries.alias("other")
_other = _others.c
_id = bindparam("id", type_=Uuid)
_entry_id = bindparam("entry_id", type_=Uuid)
_opening_id = bindparam("opening_id", type_=Uuid)
_now = bindparam("now", type_=_TIME)
_is_open = _f.status == literal("open", Text)
_is_waiting = _e.status == literal("waiting", Text)


def _new(columns: Any, *names: str) -> dict[str, Any]:
    return {name: bindparam(name, type_=columns[name].type) for name in names}


# --- entries

_OF_ENTRY = ("workspace_id", "id", "client_id", "practitioner_id", "service_id", "earliest", "latest", "created_by")
add = command(
    insert(waitlist_entries)
    .values(**_new(_e, *_OF_ENTRY), status=literal("waiting", Text), created_at=_now, updated_at=_now)
    .returning(*_e)
)

get = query(select(*_e).where(_e.id == _id))
lock = command(select(*_e).where(_e.id == _id).with_for_update())

# While one is offered something, nobody else of the client's is.
lock_others = command(
    select(*_e)
    .where(
        _e.client_id == bindparam("client_id", type_=Uuid),
        _e.id != _id,
        _is_waiting,
        _e.service_id.is_not_distinct_from(bindparam("service_id", type_=Uuid)),
    )
    .order_by(_e.id)
    .with_for_update()
)

change = command(
    update(waitlist_entries)
    .where(_e.id == _id)
    .values(**_new(_e, "status", "offered_until", "appointment_id"), version=_e.version + 1, updated_at=_now)
    .returning(*_e)
)


def _matching(names: FilterNames) -> list[ColumnElement[bool]]:
    return [_e[name] == bindparam(name, type_=_e[name].type) for name in sorted(names)]


def _page(names: FilterNames) -> Select[Any]:
    found = (
        select(*_e)
        .where(*_matching(names))
        .order_by(_e.created_at, _e.id)
        .offset(bindparam("offset", type_=Integer))
        .limit(bindparam("limit", type_=Integer))
    ).subquery("found")
    offer = (_f.workspace_id == found.c.workspace_id) & (_f.entry_id == found.c.id) & _is_open
    opening = (_o.workspace_id == _f.workspace_id) & (_o.id == _f.opening_id)
    return (
        select(
            *found.c,
            _f.starts_at.label("offered_start"),
            _f.ends_at.label("offered_end"),
            _o.practitioner_id.label("offered_practitioner_id"),
        )
        .select_from(found.outerjoin(waitlist_offers, offer).outerjoin(waitlist_openings, opening))
        .order_by(found.c.created_at, found.c.id)
    )


def _count(names: FilterNames) -> Select[Any]:
    return select(func.count().label("total")).select_from(waitlist_entries).where(*_matching(names))


page, count = FilteredStatement(_page), FilteredStatement(_count)

# --- who could be offered an opening

# Whoever waits longest comes first; those after the place `since`, `after`.
_could_be_offered = (
    or_(_e.practitioner_id.is_(None), _e.practitioner_id == bindparam("practitioner_id", type_=Uuid)),
    _e.earliest < bindparam("free_until", type_=_TIME),
    _e.latest > bindparam("free_from", type_=_TIME),
    ~select(literal(1, Integer)).where(_f.opening_id == _opening_id, _f.entry_id == _e.id).correlate(waitlist_entries).exists(),
)
_is_asked = _other.status == literal("offered", Text)
_can_be_offered = (
    _is_waiting,
    *_could_be_offered,
    # Nobody has to choose between two times, one of which somebody else could have.
    ~select(literal(1, Integer)).where(_other.client_id == _e.client_id, _is_asked).correlate(waitlist_entries).exists(),
)
candidates = query(
    select(_e.id, _e.client_id, _e.practitioner_id, _e.service_id, _e.earliest, _e.latest, _e.created_at)
    .where(tuple_(_e.created_at, _e.id) > tuple_(bindparam("since", type_=_TIME), bindparam("after", type_=Uuid)), *_can_be_offered)
    .order_by(_e.created_at, _e.id)
    .limit(bindparam("limit", type_=Integer))
)

_seen = func.unnest(bindparam("seen", type_=ARRAY(Uuid))).table_valued(column("id", Uuid)).render_derived("seen")
_others_wait = select(literal(1, Integer)).where(*_can_be_offered, _e.id.not_in(select(_seen.c.id))).exists()
# When the first of those answers at the latest who could be offered it and are offered something else; null without any. And whether
# anybody waits who was not seen: in one statement, or who is offered something now and waits a moment later would be neither.
next_answer = query(
    select(func.min(_other.offered_until).label("at"), _others_wait.label("others_wait")).where(
        _is_asked,
        select(literal(1, Integer))
        .where(_e.client_id == _other.client_id, _e.status.in_((literal("waiting", Text), literal("offered", Text))), *_could_be_offered)
        .correlate(_others)
        .exists(),
    )
)

service = query(
    select(
        offered_services.c.is_active,
        offered_services.c.default_duration_minutes,
        offered_services.c.buffer_before_minutes,
        offered_services.c.buffer_after_minutes,
    ).where(offered_services.c.id == _id, offered_services.c.deleted_at.is_(None))
)

_asked = (
    func.unnest(
        bindparam("client_ids", type_=ARRAY(Uuid)), bindparam("sinces", type_=ARRAY(_TIME)), bindparam("untils", type_=ARRAY(_TIME))
    )
    .table_valued(column("client_id", Uuid), column("since", _TIME), column("until", _TIME))
    .render_derived("asked")
)
# Which of the clients have an appointment that begins from `since` on and before `until`, those of each at the same place.
with_appointment = query(
    select(_asked.c.client_id)
    .where(
        select(literal(1, Integer))
        .where(
            _a.client_id == _asked.c.client_id,
            _a.scheduled_start >= _asked.c.since,
            _a.scheduled_start < _asked.c.until,
            _a.status == literal("scheduled", Text),
            _a.deleted_at.is_(None),
        )
        .correlate(_asked)
        .exists()
    )
    .order_by(_asked.c.client_id)
)

# On whose clocks the appointment was agreed, deleted or not.
zone_of = query(select(_a.time_zone).where(_a.id == bindparam("appointment_id", type_=Uuid)))

# --- openings and their offers

_with_client = (
    select(*_o, _a.client_id.label("given_back_by"), locations.c.is_room)
    .select_from(
        waitlist_openings.outerjoin(appointments, and_(_a.workspace_id == _o.workspace_id, _a.id == _o.appointment_id)).outerjoin(
            locations, and_(locations.c.workspace_id == _o.workspace_id, locations.c.id == _o.location_id)
        )
    )
    .where(_o.id == _id)
)
get_opening = query(_with_client)
lock_opening = command(select(*_o).where(_o.id == _id).with_for_update())

# Due as soon as the transaction is committed.
wait_until = command(update(waitlist_openings).where(_o.id == _id).values(due_at=bindparam("at", type_=_TIME)))
close_opening = command(update(waitlist_openings).where(_o.id == _id).values(status=literal("closed", Text)))

open_offer = query(select(*_f).where(_f.opening_id == _opening_id, _is_open))
open_offer_of_entry = query(select(*_f).where(_f.entry_id == _entry_id, _is_open))
offered_practitioner = query(
    select(_o.practitioner_id)
    .select_from(waitlist_offers.join(waitlist_openings, (_o.workspace_id == _f.workspace_id) & (_o.id == _f.opening_id)))
    .where(_f.entry_id == _entry_id, _is_open)
)
get_offer = query(select(*_f).where(_f.id == _id))

_OF_OFFER = ("workspace_id", "id", "opening_id", "entry_id", "starts_at", "ends_at", "busy_from", "busy_until", "offered_until")
add_offer = command(insert(waitlist_offers).values(**_new(_f, *_OF_OFFER), status=literal("open", Text), created_at=_now))
keep_token = command(
    update(waitlist_offers).where(_f.id == _id, _is_open).values(token_hash=bindparam("token_hash", type_=LargeBinary)).returning(_f.id)
)
find_offer = query(select(*_f).where(_f.id == _id, _f.token_hash == bindparam("token_hash", type_=LargeBinary)))
end_offer = command(update(waitlist_offers).where(_f.id == _id).values(status=bindparam("status", type_=Text)))

_held = busy_periods.taken(HOLD, expires_at=bindparam("expires_at", type_=_TIME), held_by=bindparam("held_by", type_=Uuid))
# Returns no row if something is in the way.
hold = command(select(_held.c.resource_id).where(busy_periods.all_taken(_held)))

# --- what is due

_d = waitlist_due.c
_due = (
    select(_d.workspace_id, _d.kind, _d.item_id)
    .where(_d.due_at <= func.now())
    .order_by(_d.due_at)
    .limit(bindparam("limit", type_=Integer))
    # Two instances claim different rows, and neither waits for the other.
    .with_for_update(skip_locked=True)
    .cte("due")
)
claim = command(
    update(waitlist_due)
    .where(_d.workspace_id == _due.c.workspace_id, _d.kind == _due.c.kind, _d.item_id == _due.c.item_id)
    .values(due_at=func.now() + bindparam("lease", type_=Interval))
    .returning(_d.workspace_id, _d.kind, _d.item_id)
)
