"""Statements on known appointments and the reminders that are planned of them. Row security limits every one to the caller's workspace."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Interval,
    Text,
    Uuid,
    all_,
    any_,
    bindparam,
    case,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import TypeEngine

from chassis.db.lists import DatedList
from chassis.db.statement import command, query
from chassis.rpc.server import idempotency
from notifications.reminders.consent_store import all_are_withdrawn
from notifications.tables import appointments, reminder_consents, reminder_counters, reminders

_workspace = bindparam("workspace_id", type_=Uuid)
_id = bindparam("id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))
_appointment_id = bindparam("appointment_id", type_=Uuid)
_hours = bindparam("hours_before", type_=Integer)
_client_id = bindparam("client_id", type_=Uuid)
_limit = bindparam("limit", type_=Integer)
_offset = bindparam("offset", type_=Integer)

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

# Latest due first.
log = DatedList(
    reminders,
    reminders.c.due_at,
    counters=reminder_counters.totals,
    count_column="reminder_count",
    selective=("appointment_id", "client_id"),
    counter_columns={"told_status": "status"},
    bounds=(EARLIEST, LATEST),
    latest_first=True,
)

_time = DateTime(timezone=True)


def _elements(name: str, type_: TypeEngine[Any]) -> ColumnElement[Any]:
    """The elements of an array parameter, one row each."""
    return func.unnest(bindparam(name, type_=ARRAY(type_)))


appointments_for_update = command(
    select(appointments).where(appointments.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))).order_by(appointments.c.id).with_for_update()
)

# Returns the appointments of which no newer version is known, and which of them are new.
_open = upsert(appointments).from_select(
    ["workspace_id", "id", "client_id", "starts_at", "is_open", "version"],
    select(
        _workspace, _elements("ids", Uuid()), _elements("clients", Uuid()), _elements("starts", _time), true(),
        _elements("versions", BigInteger()),
    ),
)  # fmt: skip
record_appointments = command(
    _open.on_conflict_do_update(
        constraint="pk_appointments",
        set_={name: _open.excluded[name] for name in ("client_id", "starts_at", "is_open", "version")},
        where=appointments.c.version < _open.excluded.version,
        # A row that was inserted has no other transaction in xmax.
    ).returning(appointments.c.id, literal_column("appointments.xmax = 0", Boolean).label("is_new"))
)

# Returns no row if a newer version is known.
_closed = upsert(appointments).values(workspace_id=_workspace, id=_id, is_open=False, version=bindparam("version"))
record_closed = command(
    _closed.on_conflict_do_update(
        constraint="pk_appointments",
        set_={"is_open": False, "version": _closed.excluded.version},
        where=appointments.c.version < _closed.excluded.version,
    ).returning(appointments.c.id)
)

erase_appointments = command(delete(appointments).where(appointments.c.client_id == _client_id).returning(appointments.c.id))
erase_reminders = command(delete(reminders).where(reminders.c.client_id == _client_id).returning(reminders.c.appointment_id))
forget_answers = idempotency.forget_answers("notifications")

# A pending reminder moves with its appointment; one that was sent or is being sent does not change.
_moved = {
    "client_id": _client_id,
    "starts_at": bindparam("starts_at", type_=DateTime(timezone=True)),
    "appointment_version": bindparam("version"),
    "due_at": bindparam("due_at", type_=DateTime(timezone=True)),
    "next_attempt_at": bindparam("look_at", type_=DateTime(timezone=True)),
    "attempts": 0,
    "last_error": None,
}
move_pending = command(
    update(reminders)
    .where(reminders.c.appointment_id == _appointment_id)
    .where(reminders.c.hours_before == _hours)
    .where(reminders.c.channel == bindparam("channel"))
    .where(reminders.c.status == "pending")
    .values(**_moved)
)

_planned = upsert(reminders).values(
    workspace_id=_workspace,
    id=_id,
    appointment_id=_appointment_id,
    hours_before=_hours,
    channel=bindparam("channel"),
    created_at=_now,
    **_moved,
)
_columns: dict[str, TypeEngine[Any]] = {
    "id": Uuid(),
    "appointment_id": Uuid(),
    "client_id": Uuid(),
    "hours_before": Integer(),
    "channel": Text(),
    "version": BigInteger(),
    "starts_at": _time,
    "due_at": _time,
    "look_at": _time,
}
_new = select(*(_elements(f"{name}_list", type_).label(name) for name, type_ in _columns.items())).subquery("planned")
plan = command(
    upsert(reminders)
    .from_select(
        [
            "workspace_id", "id", "appointment_id", "client_id", "hours_before", "channel", "appointment_version", "starts_at",
            "due_at", "next_attempt_at", "created_at",
        ],
        select(
            _workspace, _new.c.id, _new.c.appointment_id, _new.c.client_id, _new.c.hours_before, _new.c.channel, _new.c.version,
            _new.c.starts_at, _new.c.due_at, _new.c.look_at, _now,
        ),
    )
    .on_conflict_do_nothing()
)  # fmt: skip

# For a rule that was deleted and is back: its cancelled reminders become pending again; others do not change.
plan_again = command(
    _planned.on_conflict_do_update(
        constraint="reminder_planned_once",
        set_={
            "status": "pending",
            "due_at": _planned.excluded.due_at,
            "next_attempt_at": _planned.excluded.next_attempt_at,
            "last_error": None,
        },
        where=reminders.c.status == "cancelled",
    )
)

# The open appointments from a time on that have no pending reminder of a rule.
_after = bindparam("after", type_=DateTime(timezone=True))
_has_pending = (
    select(literal(1))
    .where(reminders.c.appointment_id == appointments.c.id)
    .where(reminders.c.hours_before == _hours)
    .where(reminders.c.channel == bindparam("channel"))
    .where(reminders.c.status == "pending")
)
_takes_none = select(all_are_withdrawn).where(reminder_consents.c.client_id == appointments.c.client_id).scalar_subquery()
_without_reminder = (
    select(appointments.c.id, appointments.c.client_id, appointments.c.starts_at, appointments.c.version)
    .where(appointments.c.is_open)
    .where(appointments.c.starts_at >= _after)
    .where(~_has_pending.exists())
    .where(_takes_none.is_not(True))
)
# The next open appointments by start and id, and which of them have a pending reminder of the rule or get none: a batch reads so many rows.
next_appointments = query(
    select(
        appointments.c.id,
        appointments.c.client_id,
        appointments.c.starts_at,
        appointments.c.version,
        or_(_has_pending.exists(), func.coalesce(_takes_none, literal(False))).label("needs_none"),
    )
    .where(appointments.c.is_open)
    .where(appointments.c.starts_at >= _after)
    .where(tuple_(appointments.c.starts_at, appointments.c.id) > tuple_(_after, bindparam("after_id", type_=Uuid)))
    .order_by(appointments.c.starts_at, appointments.c.id)
    .limit(_limit)
)
of_client_without_reminder = query(_without_reminder.where(appointments.c.client_id == _client_id))

_cancelled = {"status": "cancelled", "last_error": bindparam("reason")}

cancel_pending = command(
    update(reminders).where(reminders.c.appointment_id == _appointment_id).where(reminders.c.status == "pending").values(**_cancelled)
)

_of_client = update(reminders).where(reminders.c.client_id == _client_id).where(reminders.c.status == "pending").values(**_cancelled)
cancel_of_client = command(_of_client)
cancel_of_channel = command(_of_client.where(reminders.c.channel == bindparam("channel")))

# The pending reminders whose rules, as "24 email", no longer apply to the appointment.
cancel_others = command(
    update(reminders)
    .where(reminders.c.appointment_id == _appointment_id)
    .where(reminders.c.status == "pending")
    .where(func.concat(reminders.c.hours_before, literal_column("' '"), reminders.c.channel) != all_(bindparam("rules", type_=ARRAY(Text))))
    .values(**_cancelled)
)

_next_of_rule = (
    select(reminders.c.id)
    .where(reminders.c.hours_before == _hours)
    .where(reminders.c.channel == bindparam("channel"))
    .where(reminders.c.status == "pending")
    .order_by(reminders.c.appointment_id)
    .limit(_limit)
)
cancel_of_rule = command(
    update(reminders).where(reminders.c.id.in_(_next_of_rule)).where(reminders.c.status == "pending").values(**_cancelled)
)

# The next pending reminders by appointment and rule. One whose mail was not accepted keeps its time.
_place = (reminders.c.appointment_id, reminders.c.hours_before, reminders.c.channel)
_next_pending = (
    select(reminders.c.id)
    .where(reminders.c.status == "pending")
    .where(
        tuple_(*_place)
        > tuple_(bindparam("after_id", type_=Uuid), bindparam("after_hours", type_=Integer), bindparam("after_channel", type_=Text))
    )
    .order_by(*_place)
    .limit(_limit)
)
look_again = command(
    update(reminders)
    .where(reminders.c.id.in_(_next_pending))
    .where(reminders.c.status == "pending")
    .values(
        next_attempt_at=case(
            (reminders.c.attempts == 0, reminders.c.due_at + bindparam("early", type_=Interval)), else_=reminders.c.next_attempt_at
        )
    )
    .returning(*_place)
)
