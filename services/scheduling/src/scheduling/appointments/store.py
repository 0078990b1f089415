"""The statements over appointments. Row security limits every statement to the caller's workspace."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    any_,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import BigInteger, DateTime, Integer, Interval, Uuid

from chassis.db.advisory_locks import lock_number
from chassis.db.lists import DatedList
from chassis.db.statement import command, query
from chassis.rpc.server import idempotency
from scheduling.appointments.history_rules import MAX_STATUS_CHANGES, MOST_IN_AN_AGENDA
from scheduling.appointments.rules import (
    CLOCK_SKEW,
    EARLIEST_START,
    LATEST_START,
)
from scheduling.busy_periods import store as busy_periods
from scheduling.busy_periods.rules import APPOINTMENT
from scheduling.tables import (
    appointments,
    client_counters,
    client_figures,
    day_counters,
    locations,
    offered_services,
    series,
    series_occurrences,
    status_changes,
)

_TIME = DateTime(timezone=True)
_a = appointments.c
_present = _a.deleted_at.is_(None)


def _appointment_list(*, latest_first: bool, is_short: bool = False, where: ColumnElement[bool] = _present) -> DatedList:
    return DatedList(
        appointments,
        _a.scheduled_start,
        counters=day_counters.totals,
        count_column="appointment_count",
        selective=("client_id", "practitioner_id"),
        counter_columns={"status": "status"},
        bounds=(EARLIEST_START, LATEST_START),
        latest_first=latest_first,
        is_short=is_short,
        where=where,
    )


appointment_list = _appointment_list(latest_first=False)
appointment_list_latest_first = _appointment_list(latest_first=True)
# Those whose clients ask to cancel them and wait for an answer.
_asked = _present & _a.cancellation_asked_at.is_not(None)
asked_list = _appointment_list(latest_first=False, is_short=True, where=_asked)
asked_list_latest_first = _appointment_list(latest_first=True, is_short=True, where=_asked)


def _parameters(*names: str) -> dict[str, Any]:
    """A parameter for each column, of the column's type."""
    return {name: bindparam(name, type_=_a[name].type) for name in names}


_booked = _parameters(
    "workspace_id", "id", "client_id", "practitioner_id", "scheduled_start", "scheduled_end", "during", "location_type",
    "location_id", "service_id", "status", "sealed", "overbooked", "overbooked_by", "overbooked_at", "payment_price", "payment_status",
    "payment_method", "paid_at", "time_zone", "local_start", "utc_offset", "created_by", "created_at", "updated_at",
)  # fmt: skip

_taken = busy_periods.taken(APPOINTMENT)
_all_taken = busy_periods.all_taken(_taken)

# With the periods that it takes. Returns no row if something is in the way of one of them; the others are then written all the same.
book = command(insert(appointments).from_select(list(_booked), select(*_booked.values()).where(_all_taken)).add_cte(_taken).returning(*_a))

_by_id = (_a.id == bindparam("id", type_=Uuid)) & _present

get = query(select(*_a).where(_by_id))

get_deleted = query(select(*_a).where(_a.id == bindparam("id", type_=Uuid), ~_present))

get_for_update = command(select(*_a).where(_by_id).with_for_update())

_changed = _parameters(
    "client_id", "practitioner_id", "scheduled_start", "scheduled_end", "during", "location_type", "location_id", "service_id",
    "status", "sealed", "overbooked", "overbooked_by", "overbooked_at", "cancelled_by", "cancelled_at", "confirmed_at", "cancellation_asked_at", "payment_price", "payment_status",
    "payment_method", "paid_at", "time_zone", "local_start", "utc_offset", "edited_at",
)  # fmt: skip

_change = (
    update(appointments)
    .values(**_changed, version=_a.version + 1, edit_count=_a.edit_count + 1, updated_at=_changed["edited_at"])
    .returning(*_a)
)

# For a change that takes no more time.
change = command(_change.where(_by_id))

# With the periods that it takes instead of those it has given back. Returns no row as `book` does.
move = command(_change.where(_by_id, _all_taken).add_cte(_taken))

# The details stay: nothing was edited.
_declined = _parameters("sealed", "updated_at")
decline_cancellation = command(
    update(appointments).where(_by_id).values(cancellation_asked_at=None, version=_a.version + 1, **_declined).returning(*_a)
)

_deletion = _parameters("sealed", "deletion_reason", "deleted_by", "deleted_at")

mark_deleted = command(update(appointments).where(_by_id).values(**_deletion, version=_a.version + 1, updated_at=_deletion["deleted_at"]))

_made = status_changes.c
add_change = command(
    upsert(status_changes).values(
        **{
            name: bindparam(name, type_=_made[name].type)
            for name in ("workspace_id", "appointment_id", "version", "status_before", "status_after", "changed_by", "changed_at", "fields")
        }
    )
)

changes_of = query(
    select(*_made)
    .where(_made.appointment_id == bindparam("appointment_id", type_=Uuid))
    .order_by(_made.version.desc())
    .limit(literal(MAX_STATUS_CHANGES))
)

slot = query(
    select(
        _a.id.label("appointment_id"),
        _a.client_id,
        _a.practitioner_id,
        _a.scheduled_start.label("starts_at"),
        _a.scheduled_end.label("ends_at"),
        _a.status,
        _a.location_type,
        _a.version,
        _a.cancellation_asked_at.is_not(None).label("cancellation_asked"),
    ).where(_by_id)
)

agenda = query(
    select(_a.id.label("appointment_id"), _a.scheduled_start.label("starts_at"), _a.scheduled_end.label("ends_at"))
    .where(_a.practitioner_id == bindparam("practitioner_id", type_=Uuid), _a.deleted_at.is_(None), _a.status == "scheduled")
    .where(_a.scheduled_start >= bindparam("since", type_=DateTime(timezone=True)))
    .where(_a.scheduled_start < bindparam("until", type_=DateTime(timezone=True)))
    .order_by(_a.scheduled_start, _a.id)
    .limit(literal(MOST_IN_AN_AGENDA))
)

service = query(
    select(
        offered_services.c.is_active,
        offered_services.c.deleted_at,
        offered_services.c.default_duration_minutes,
        offered_services.c.buffer_before_minutes,
        offered_services.c.buffer_after_minutes,
        offered_services.c.price_minor_units,
        offered_services.c.currency,
    ).where(offered_services.c.id == bindparam("id", type_=Uuid))
)

series_rules = query(
    select(series.c.id, series.c.rrule, series.c.first_start, series.c.duration_minutes, series.c.time_zone)
    .where(series.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(series.c.id)
)
location = query(
    select(locations.c.is_active, locations.c.deleted_at, locations.c.is_room).where(locations.c.id == bindparam("id", type_=Uuid))
)


def _client_summaries() -> Select[Any]:
    requested = func.unnest(bindparam("ids", type_=ARRAY(Uuid))).table_valued(column("client_id", Uuid)).render_derived("requested")
    client_id = requested.c.client_id
    of_client = (_a.client_id == client_id) & _present
    upcoming = (
        select(_a.scheduled_start.label("at"))
        .where(of_client, _a.status == "scheduled", _a.scheduled_start > bindparam("now", type_=_TIME))
        .order_by(_a.scheduled_start)
        .limit(literal(1))
        .lateral("upcoming")
    )
    past = (
        select(_a.scheduled_start.label("at"))
        # None is completed before it begins, and those to come may be thousands.
        .where(of_client, _a.status == "completed", _a.scheduled_start <= bindparam("now", type_=_TIME) + literal(CLOCK_SKEW, Interval))
        .order_by(_a.scheduled_start.desc())
        .limit(literal(1))
        .lateral("past")
    )
    return select(
        client_id,
        upcoming.c.at.label("next_appointment"),
        past.c.at.label("last_appointment"),
        _appointment_count(client_id).label("appointment_count"),
    ).select_from(requested.outerjoin(upcoming, true()).outerjoin(past, true()))


def _appointment_count(client_id: ColumnElement[UUID]) -> ColumnElement[int]:
    totals = client_counters.totals
    counted = func.coalesce(func.sum(totals.c.appointment_count), 0)
    return select(cast(counted, BigInteger)).select_from(totals).where(totals.c.client_id == client_id).scalar_subquery()


# One row per requested client: its next and its last appointment and the number of its appointments.
client_summaries = query(_client_summaries())

_of_client = (_a.client_id == bindparam("client_id", type_=Uuid)) & _present
_timeline_events = (
    select(_a.id.label("appointment_id"), _a.scheduled_start.label("at"), _a.status, _a.location_type)
    .where(_of_client)
    .order_by(_a.scheduled_start.desc(), _a.id.desc())
    .limit(bindparam("limit", type_=Integer))
)

timeline_events = query(_timeline_events)

timeline_events_before = query(
    _timeline_events.where(tuple_(_a.scheduled_start, _a.id) < tuple_(bindparam("before", type_=_TIME), bindparam("before_id", type_=Uuid)))
)

client_counter = query(select(_appointment_count(bindparam("client_id", type_=Uuid)).label("appointment_count")))

# Held alone until the end of an erasure. The trigger `keep_counts` shares it: a booking that is being written is committed
# before this returns, and one that is written later waits and is then refused.
_client = lock_number("client", bindparam("workspace_id", type_=Uuid), bindparam("client_id", type_=Uuid))
lock_client = command(select(func.pg_advisory_xact_lock(_client)))

of_client_for_update = command(
    select(
        _a.id, _a.client_id, _a.practitioner_id, _a.location_id, _a.status, _a.version, _a.scheduled_start, _a.scheduled_end, _a.during,
        _a.deleted_at,
    )
    .where(_a.client_id == bindparam("client_id", type_=Uuid))
    .order_by(_a.scheduled_start, _a.id)
    .with_for_update()
)  # fmt: skip

_theirs = appointments.alias("others")
_others = _theirs.c
_series_of_client = series.c.id.in_(
    select(_a.series_id).where(_a.client_id == bindparam("client_id", type_=Uuid), _a.series_id.is_not(None))
)
# Whoever changes a series locks it before its appointments and their client.
lock_series = command(select(series.c.id).where(_series_of_client).order_by(series.c.id).with_for_update())
# Before the appointments are erased, which name them. One that has an occurrence of somebody else is theirs as well.
forget_series = command(
    delete(series).where(
        _series_of_client,
        ~select(literal(1, Integer))
        .select_from(series_occurrences.join(_theirs, _others.id == series_occurrences.c.appointment_id))
        .where(series_occurrences.c.series_id == series.c.id, _others.client_id != bindparam("client_id", type_=Uuid))
        .correlate(series)
        .exists(),
    )
)

erase = command(delete(appointments).where(_a.id == bindparam("id", type_=Uuid)))

# The last statement of an erasure, because the folding of counters waits for the row.
mark_client_erased = command(
    upsert(client_figures)
    .values(**_parameters("workspace_id", "client_id"), appointment_count=0, erased_at=bindparam("now", type_=_TIME))
    .on_conflict_do_update(constraint="pk_client_figures", set_={"erased_at": bindparam("now", type_=_TIME)})
)

# The last statement, as that of an erasure.
close_client = command(
    upsert(client_figures)
    .values(**_parameters("workspace_id", "client_id"), appointment_count=0, closed_until=bindparam("until", type_=_TIME))
    .on_conflict_do_update(constraint="pk_client_figures", set_={"closed_until": bindparam("until", type_=_TIME)})
)

forget_answers = idempotency.forget_answers("scheduling")
