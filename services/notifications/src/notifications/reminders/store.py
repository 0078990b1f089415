"""Where rules, known appointments and reminders are kept. Row security confines every statement to the caller's workspace."""

from datetime import UTC, datetime

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
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
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.paging import DatedPages
from chassis.db.statement import statement
from notifications.tables import appointments, reminder_configurations, reminder_figures, reminders

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
log = DatedPages(
    reminders,
    reminders.c.due_at,
    figures=reminder_figures,
    held="reminder_count",
    narrow=("appointment_id", "client_id"),
    wide={"told_status": "status"},
    within=(EARLIEST, LATEST),
    latest_first=True,
)

# --- rules

# Whoever plans by the rules holds them shared, whoever changes one holds them alone: no booking falls between.
_rules_key = func.hashtextextended(func.concat("reminder rules ", _workspace), 0)
hold_rules = statement(select(func.pg_advisory_xact_lock_shared(_rules_key)))
hold_rules_alone = statement(select(func.pg_advisory_xact_lock(_rules_key)))

_rules = reminder_configurations

active_rules = statement(select(_rules.c.hours_before, _rules.c.channel).where(_rules.c.is_active))

create_rule = statement(
    insert(_rules)
    .values(
        workspace_id=_workspace,
        id=_id,
        hours_before=_hours,
        channel=bindparam("channel"),
        is_active=bindparam("is_active"),
        created_at=_now,
        updated_at=_now,
    )
    .returning(_rules)
)

# A workspace's first rule, unless somebody was faster.
create_first_rule = statement(
    upsert(_rules)
    .values(workspace_id=_workspace, id=_id, hours_before=_hours, channel="email", is_active=True, created_at=_now, updated_at=_now)
    .on_conflict_do_nothing()
    .returning(_rules)
)

lock_rule = statement(select(_rules).where(_rules.c.id == _id).with_for_update())

change_rule = statement(
    update(_rules)
    .where(_rules.c.id == _id)
    .values(hours_before=_hours, channel=bindparam("channel"), is_active=bindparam("is_active"), updated_at=_now)
    .returning(_rules)
)

delete_rule = statement(delete(_rules).where(_rules.c.id == _id))

list_rules = statement(select(_rules).order_by(_rules.c.hours_before.desc(), _rules.c.id).limit(_limit).offset(_offset))
count_rules = statement(select(func.count().label("total")).select_from(_rules))

# --- the calendar as known here

appointment = statement(select(appointments).where(appointments.c.id == _id).with_for_update())

_known = upsert(appointments).values(
    workspace_id=_workspace,
    id=_id,
    client_id=_client_id,
    starts_at=bindparam("starts_at", type_=DateTime(timezone=True)),
    is_open=bindparam("is_open"),
    version=bindparam("version"),
)
# No row when something newer is known already.
know_appointment = statement(
    _known.on_conflict_do_update(
        constraint="pk_appointments",
        set_={
            "client_id": func.coalesce(_known.excluded.client_id, appointments.c.client_id),
            "starts_at": func.coalesce(_known.excluded.starts_at, appointments.c.starts_at),
            "is_open": _known.excluded.is_open,
            "version": _known.excluded.version,
        },
        where=appointments.c.version < _known.excluded.version,
    ).returning(appointments.c.id)
)

forget_appointments = statement(delete(appointments).where(appointments.c.client_id == _client_id))
forget_reminders = statement(delete(reminders).where(reminders.c.client_id == _client_id))

# --- planning

# What waits moves along with its appointment; what was sent, or is being sent, stays as it was.
_moved = {
    "client_id": _client_id,
    "starts_at": bindparam("starts_at", type_=DateTime(timezone=True)),
    "appointment_version": bindparam("version"),
    "due_at": bindparam("due_at", type_=DateTime(timezone=True)),
    "next_attempt_at": bindparam("due_at", type_=DateTime(timezone=True)),
    "attempts": 0,
    "last_error": None,
}
move_pending = statement(
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
plan = statement(_planned.on_conflict_do_nothing())

# The same for a rule that is there again: what was cancelled with it is taken up, what went out is left alone.
plan_again = statement(
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

# The known appointments to come that a rule has something to say of, and has not said yet.
_waits = (
    select(literal(1))
    .where(reminders.c.appointment_id == appointments.c.id)
    .where(reminders.c.hours_before == _hours)
    .where(reminders.c.channel == bindparam("channel"))
    .where(reminders.c.status == "pending")
)
appointments_after = statement(
    select(appointments.c.id, appointments.c.client_id, appointments.c.starts_at, appointments.c.version)
    .where(appointments.c.is_open)
    .where(appointments.c.starts_at > bindparam("after", type_=DateTime(timezone=True)))
    .where(~_waits.exists())
)

_cancelled = {"status": "cancelled", "last_error": bindparam("reason")}

cancel_pending = statement(
    update(reminders).where(reminders.c.appointment_id == _appointment_id).where(reminders.c.status == "pending").values(**_cancelled)
)

# Those whose rules have nothing to say of the appointment as it is now.
cancel_others = statement(
    update(reminders)
    .where(reminders.c.appointment_id == _appointment_id)
    .where(reminders.c.status == "pending")
    .where(reminders.c.hours_before != all_(bindparam("hours", type_=ARRAY(Integer))))
    .values(**_cancelled)
)

cancel_rule = statement(
    update(reminders)
    .where(reminders.c.hours_before == _hours)
    .where(reminders.c.channel == bindparam("channel"))
    .where(reminders.c.status == "pending")
    .values(**_cancelled)
)

# --- sending

_later = reminders.alias("later")
# Another one of the same appointment, nearer to the start, is due as well or has gone out: it says what this one would.
_superseded = (
    select(literal(1))
    .where(_later.c.appointment_id == reminders.c.appointment_id)
    .where(_later.c.due_at > reminders.c.due_at)
    .where(_later.c.due_at <= _now)
    .where(_later.c.status == any_(literal(["pending", "sending", "sent", "unknown"], ARRAY(Text))))
    .exists()
)
to_send = statement(select(reminders, _superseded.label("is_superseded")).where(reminders.c.id == _id))

# Ours from here on, unless it was cancelled, moved or taken meanwhile.
begin_sending = statement(
    update(reminders)
    .where(reminders.c.id == _id)
    .where(reminders.c.status == "pending")
    .where(reminders.c.appointment_version == bindparam("appointment_version"))
    .values(status="sending", attempts=reminders.c.attempts + 1)
    .returning(reminders.c.attempts)
)

# A sender that had been given up for lost may still tell what became of its mail.
end = statement(
    update(reminders)
    .where(reminders.c.id == _id)
    .where(reminders.c.status == any_(literal(["pending", "sending", "unknown"], ARRAY(Text))))
    .values(status=bindparam("status"), sent_at=bindparam("sent_at", type_=DateTime(timezone=True)), last_error=bindparam("reason"))
)

# Back to waiting; cancelled where the appointment it speaks of is over, or is planned anew already.
_still_stands = (
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
put_back = statement(
    update(reminders)
    .where(reminders.c.id == _id)
    .where(reminders.c.status == any_(literal(["pending", "sending"], ARRAY(Text))))
    .values(
        status=case((and_(_still_stands, ~_replaced), "pending"), else_="cancelled"),
        next_attempt_at=bindparam("at", type_=DateTime(timezone=True)),
        last_error=bindparam("reason"),
    )
)
