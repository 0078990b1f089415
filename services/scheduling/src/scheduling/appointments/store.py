"""Where appointments are kept. Row security confines every statement to the caller's workspace.

Overlap is searched for among the starts near by, for an appointment with its buffers reaches no further than a day and
eight hours: under row security no index serves `&&` on ranges, unless a superuser has marked it leakproof.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import BigInteger, Boolean, DateTime, Integer, Interval, Text, Uuid

from chassis.db.paging import DatedPages
from chassis.db.statement import statement
from scheduling.appointments.rules import EARLIEST, LATEST, LONGEST, LONGEST_BUFFER, OCCUPYING
from scheduling.tables import appointments, client_figures, day_figures, locations, services

_TIME = DateTime(timezone=True)
_a = appointments.c
_kept = _a.deleted_at.is_(None)
# Earliest start first.
agenda = DatedPages(
    appointments,
    _a.scheduled_start,
    figures=day_figures,
    held="appointment_count",
    narrow=("client_id", "practitioner_id"),
    wide={"status": "status"},
    within=(EARLIEST, LATEST),
    only=_kept,
)
_occupying = or_(*(_a.status == status for status in sorted(OCCUPYING)))


def _given(*names: str) -> dict[str, Any]:
    """A parameter of the column's own type for each column."""
    return {name: bindparam(name, type_=_a[name].type) for name in names}


def _overlapping() -> ColumnElement[bool]:
    """What takes the practitioner's time within `during`, but for the appointment `id` itself."""
    within = bindparam("during", type_=TSTZRANGE)
    reach = literal(LONGEST + 2 * LONGEST_BUFFER, Interval)
    return (
        (_a.practitioner_id == bindparam("practitioner_id", type_=Uuid))
        & (_a.scheduled_start > func.lower(within, type_=_TIME) - reach)
        & (_a.scheduled_start < func.upper(within, type_=_TIME) + reach)
        & _a.during.op("&&", is_comparison=True)(within)
        & _occupying
        & _kept
        & (_a.id != bindparam("id", type_=Uuid))
    )


# An overbooking is outside the constraint, being two in one place on purpose, so a later booking asks for it by itself.
# The calendar's lock makes the answer hold: whoever overbooks holds the calendar alone, whoever books shares it.
_calendar = func.hashtextextended(
    cast(bindparam("workspace_id", type_=Uuid), Text) + cast(bindparam("practitioner_id", type_=Uuid), Text), literal(0, BigInteger)
)
share_calendar = statement(select(func.pg_advisory_xact_lock_shared(_calendar)))
hold_calendar = statement(select(func.pg_advisory_xact_lock(_calendar)))

_free = or_(bindparam("overbooked", type_=Boolean), ~exists().where(_overlapping(), _a.overbooked))

_booked = _given(
    "workspace_id", "id", "client_id", "practitioner_id", "scheduled_start", "scheduled_end", "during", "location_type",
    "location_id", "service_id", "status", "sealed", "overbooked", "overbooked_by", "overbooked_at", "created_by",
    "created_at", "updated_at",
)  # fmt: skip

# No row when the time is taken. `ON CONFLICT` finds that out of the exclusion constraint without ending the transaction.
book = statement(
    upsert(appointments).from_select(list(_booked), select(*_booked.values()).where(_free)).on_conflict_do_nothing().returning(*_a)
)

clashes = statement(
    select(_a.id, _a.scheduled_start, _a.scheduled_end, _a.client_id, _a.location_type, _a.status)
    .where(_overlapping())
    .order_by(_a.scheduled_start, _a.id)
)

_one = (_a.id == bindparam("id", type_=Uuid)) & _kept

get = statement(select(*_a).where(_one))

get_to_change = statement(select(*_a).where(_one).with_for_update())

_changed = _given(
    "client_id", "practitioner_id", "scheduled_start", "scheduled_end", "during", "location_type", "location_id", "service_id",
    "status", "sealed", "overbooked", "overbooked_by", "overbooked_at", "cancelled_by", "cancelled_at", "edited_at",
)  # fmt: skip

_change = (
    update(appointments)
    .values(**_changed, version=_a.version + 1, edit_count=_a.edit_count + 1, updated_at=_changed["edited_at"])
    .returning(*_a)
)

# For a change that takes no time.
change = statement(_change.where(_one))

# No row when the time is taken by an overbooking; the constraint speaks for all others.
move = statement(_change.where(_one, _free))

_removed = _given("sealed", "deletion_reason", "deleted_by", "deleted_at")

remove = statement(update(appointments).where(_one).values(**_removed, version=_a.version + 1, updated_at=_removed["deleted_at"]))

slot = statement(
    select(
        _a.id.label("appointment_id"),
        _a.client_id,
        _a.practitioner_id,
        _a.scheduled_start.label("starts_at"),
        _a.scheduled_end.label("ends_at"),
        _a.status,
        _a.location_type,
        _a.version,
    ).where(_one)
)

service = statement(
    select(services.c.is_active, services.c.deleted_at, services.c.buffer_before_minutes, services.c.buffer_after_minutes).where(
        services.c.id == bindparam("id", type_=Uuid)
    )
)

location = statement(select(locations.c.is_active, locations.c.deleted_at).where(locations.c.id == bindparam("id", type_=Uuid)))


def _figures() -> Select[Any]:
    asked = func.unnest(bindparam("ids", type_=ARRAY(Uuid))).table_valued(column("client_id", Uuid)).render_derived("asked")
    client_id = asked.c.client_id
    theirs = (_a.client_id == client_id) & _kept
    upcoming = (
        select(_a.scheduled_start.label("at"))
        .where(theirs, _a.status == "scheduled", _a.scheduled_start > bindparam("now", type_=_TIME))
        .order_by(_a.scheduled_start)
        .limit(literal(1))
        .lateral("upcoming")
    )
    past = (
        select(_a.scheduled_start.label("at"))
        .where(theirs, _a.status == "completed")
        .order_by(_a.scheduled_start.desc())
        .limit(literal(1))
        .lateral("past")
    )
    return select(
        client_id,
        upcoming.c.at.label("next_appointment"),
        past.c.at.label("last_appointment"),
        func.coalesce(client_figures.c.appointment_count, 0).label("appointment_count"),
    ).select_from(
        asked.outerjoin(client_figures, client_figures.c.client_id == client_id).outerjoin(upcoming, true()).outerjoin(past, true())
    )


figures = statement(_figures())

_theirs = (_a.client_id == bindparam("client_id", type_=Uuid)) & _kept
_history = (
    select(_a.id.label("appointment_id"), _a.scheduled_start.label("at"), _a.status, _a.location_type)
    .where(_theirs)
    .order_by(_a.scheduled_start.desc(), _a.id.desc())
    .limit(bindparam("limit", type_=Integer))
)

history = statement(_history)

history_before = statement(
    _history.where(tuple_(_a.scheduled_start, _a.id) < tuple_(bindparam("before", type_=_TIME), bindparam("before_id", type_=Uuid)))
)

count_of_client = statement(
    select(client_figures.c.appointment_count).where(client_figures.c.client_id == bindparam("client_id", type_=Uuid))
)

# Whoever erases a client holds its figures: a booking still on its way waits for them at its commit, and is refused there.
hold_figures = statement(
    upsert(client_figures)
    .values(**_given("workspace_id", "client_id"), appointment_count=0)
    .on_conflict_do_update(constraint="pk_client_figures", set_={"appointment_count": client_figures.c.appointment_count})
)

# Earliest first, as every change of the figures goes, so that no two wait for each other.
of_client = statement(
    select(_a.id, _a.client_id, _a.status, _a.version, _a.scheduled_start, _a.deleted_at)
    .where(_a.client_id == bindparam("client_id", type_=Uuid))
    .order_by(_a.scheduled_start, _a.id)
    .with_for_update()
)

erase = statement(delete(appointments).where(_a.id == bindparam("id", type_=Uuid)))

mark_erased = statement(
    update(client_figures)
    .where(client_figures.c.client_id == bindparam("client_id", type_=Uuid))
    .values(erased_at=bindparam("now", type_=_TIME))
)
