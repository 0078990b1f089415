"""Statements on one reminder that is being sent. Row security limits every one to the caller's workspace."""

from sqlalchemy import ARRAY, DateTime, Text, Uuid, and_, any_, bindparam, case, literal, select, update

from chassis.db.statement import command, query
from notifications.tables import appointments, reminder_configurations, reminders

_id = bindparam("id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))

_rules = reminder_configurations
_later = reminders.alias("later")
# Another reminder of the same appointment by the same channel, nearer to its start, is due or was sent: it replaces this one.
_superseded = (
    select(literal(1))
    .where(_later.c.appointment_id == reminders.c.appointment_id)
    .where(_later.c.channel == reminders.c.channel)
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

# `statuses` are those that are changed: who has composed a reminder changes none that another is sending by now.
_statuses = reminders.c.status == any_(bindparam("statuses", type_=ARRAY(Text)))
finish = command(
    update(reminders)
    .where(reminders.c.id == _id)
    .where(_statuses)
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
    .where(_statuses)
    .values(
        status=case((and_(_is_current, ~_replaced), "pending"), else_="cancelled"),
        next_attempt_at=bindparam("at", type_=DateTime(timezone=True)),
        last_error=bindparam("reason"),
    )
)
