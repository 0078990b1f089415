"""Statements on rules, known appointments and reminders. Row security limits every one to the caller's workspace."""

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
    and_,
    any_,
    bindparam,
    case,
    delete,
    func,
    insert,
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

from chassis.db.advisory_locks import lock_number
from chassis.db.lists import DatedList
from chassis.db.statement import command, query
from chassis.rpc.server import idempotency
from notifications.tables import appointments, reminder_configurations, reminder_consents, reminder_counters, reminders

_workspace = bindparam("workspace_id", type_=Uuid)
_id = bindparam("id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))
_appointment_id = bindparam("appointment_id", type_=Uuid)
_hours = bindparam("hours_before", type_=Integer)
_template_id = bindparam("template_id", type_=Uuid)
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

# --- rules

# Planning takes this lock shared, changing a rule takes it exclusively: a booking sees a rule, or the rule sees the booking.
_rules_number = lock_number("reminder rules", _workspace)
lock_rules_shared = command(select(func.pg_advisory_xact_lock_shared(_rules_number)))
lock_rules = command(select(func.pg_advisory_xact_lock(_rules_number)))

_rules = reminder_configurations

active_rules = query(select(_rules.c.hours_before, _rules.c.channel).where(_rules.c.is_active))
_of_hours = (_rules.c.is_active, _rules.c.hours_before == _hours, _rules.c.channel == bindparam("channel"))
active_rule = query(select(_rules.c.hours_before, _rules.c.channel).where(*_of_hours))

create_rule = command(
    insert(_rules)
    .values(
        workspace_id=_workspace,
        id=_id,
        hours_before=_hours,
        channel=bindparam("channel"),
        template_id=_template_id,
        is_active=bindparam("is_active"),
        created_at=_now,
        updated_at=_now,
    )
    .returning(_rules)
)

# A workspace's first rule. Does nothing if there is an active one of these hours already.
create_first_rule = command(
    upsert(_rules)
    .values(workspace_id=_workspace, id=_id, hours_before=_hours, channel="email", is_active=True, created_at=_now, updated_at=_now)
    .on_conflict_do_nothing()
    .returning(_rules)
)

lock_rule = command(select(_rules).where(_rules.c.id == _id).with_for_update())

change_rule = command(
    update(_rules)
    .where(_rules.c.id == _id)
    .values(hours_before=_hours, channel=bindparam("channel"), template_id=_template_id, is_active=bindparam("is_active"), updated_at=_now)
    .returning(_rules)
)

delete_rule = command(delete(_rules).where(_rules.c.id == _id))

list_rules = query(select(_rules).order_by(_rules.c.hours_before.desc(), _rules.c.id).limit(_limit).offset(_offset))
count_rules = query(select(func.count().label("total")).select_from(_rules))

# --- known appointments

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
erase_consents = command(delete(reminder_consents).where(reminder_consents.c.client_id == _client_id))
erase_reminders = command(delete(reminders).where(reminders.c.client_id == _client_id).returning(reminders.c.appointment_id))
forget_answers = idempotency.forget_answers("notifications")

# --- consents to reminders

_consent = {"workspace_id": _workspace, "client_id": _client_id, "consent_id": bindparam("consent_id", type_=Uuid)}
record_consent = command(upsert(reminder_consents).values(is_withdrawn=False, **_consent).on_conflict_do_nothing())
record_withdrawal = command(
    upsert(reminder_consents)
    .values(is_withdrawn=True, **_consent)
    .on_conflict_do_update(constraint="pk_reminder_consents", set_={"is_withdrawn": True})
)
_all_are_withdrawn = func.bool_and(reminder_consents.c.is_withdrawn)
# Those of the clients who want no reminders any more.
who_take_none = query(
    select(reminder_consents.c.client_id)
    .where(reminder_consents.c.client_id == any_(bindparam("client_ids", type_=ARRAY(Uuid))))
    .group_by(reminder_consents.c.client_id)
    .having(_all_are_withdrawn)
)

# --- planning

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
_takes_none = select(_all_are_withdrawn).where(reminder_consents.c.client_id == appointments.c.client_id).scalar_subquery()
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

cancel_of_client = command(
    update(reminders).where(reminders.c.client_id == _client_id).where(reminders.c.status == "pending").values(**_cancelled)
)

# The pending reminders whose rules no longer apply to the appointment.
cancel_others = command(
    update(reminders)
    .where(reminders.c.appointment_id == _appointment_id)
    .where(reminders.c.status == "pending")
    .where(reminders.c.hours_before != all_(bindparam("hours", type_=ARRAY(Integer))))
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
_place = (reminders.c.appointment_id, reminders.c.hours_before)
_next_pending = (
    select(reminders.c.id)
    .where(reminders.c.status == "pending")
    .where(tuple_(*_place) > tuple_(bindparam("after_id", type_=Uuid), bindparam("after_hours", type_=Integer)))
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

# --- sending

_later = reminders.alias("later")
# Another reminder of the same appointment, nearer to its start, is due or was sent: it replaces this one.
_superseded = (
    select(literal(1))
    .where(_later.c.appointment_id == reminders.c.appointment_id)
    .where(_later.c.due_at > reminders.c.due_at)
    .where(_later.c.due_at <= _now)
    .where(_later.c.status == any_(literal(["pending", "sending", "sent", "unknown"], ARRAY(Text))))
    .exists()
)
# Its rule is in force. One that is not cancels it, in a moment.
_ruled = (
    select(literal(1))
    .where(_rules.c.is_active)
    .where(_rules.c.hours_before == reminders.c.hours_before)
    .where(_rules.c.channel == reminders.c.channel)
    .exists()
)
load = query(select(reminders, _superseded.label("is_superseded"), _ruled.label("is_ruled")).where(reminders.c.id == _id))

# Returns no row if the reminder was cancelled, moved or sent meanwhile.
begin_sending = command(
    update(reminders)
    .where(reminders.c.id == _id)
    .where(reminders.c.status == "pending")
    .where(reminders.c.appointment_version == bindparam("appointment_version"))
    .values(status="sending", attempts=reminders.c.attempts + 1)
    .returning(reminders.c.attempts)
)

# Also from `unknown`: a sender whose lease expired may still record the outcome.
finish = command(
    update(reminders)
    .where(reminders.c.id == _id)
    .where(reminders.c.status == any_(literal(["pending", "sending", "unknown"], ARRAY(Text))))
    .values(status=bindparam("status"), sent_at=bindparam("sent_at", type_=DateTime(timezone=True)), last_error=bindparam("reason"))
)

# Pending again, or cancelled if the appointment is closed or was moved, or has a newer reminder of the same rule.
_is_current = (
    select(literal(1))
    .where(appointments.c.id == reminders.c.appointment_id)
    .where(appointments.c.is_open)
    .where(appointments.c.client_id == reminders.c.client_id)
    .where(appointments.c.starts_at == reminders.c.starts_at)
    .exists()
)
_replaced = (
    select(literal(1))
    .where(_later.c.appointment_id == reminders.c.appointment_id)
    .where(_later.c.hours_before == reminders.c.hours_before)
    .where(_later.c.channel == reminders.c.channel)
    .where(_later.c.appointment_version > reminders.c.appointment_version)
    .exists()
)
reschedule = command(
    update(reminders)
    .where(reminders.c.id == _id)
    .where(reminders.c.status == any_(literal(["pending", "sending"], ARRAY(Text))))
    .values(
        status=case((and_(_is_current, ~_replaced), "pending"), else_="cancelled"),
        next_attempt_at=bindparam("at", type_=DateTime(timezone=True)),
        last_error=bindparam("reason"),
    )
)
