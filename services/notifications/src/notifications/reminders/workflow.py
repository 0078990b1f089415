"""Planning: what the calendar and the rules together make due. Reactions, calls and senders all come through here."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.db.transaction import Transaction
from notifications.reminders import rules, store


async def know(
    db: Transaction, appointment_id: UUID | str, client_id: UUID | str, starts_at: datetime, version: int, *, now: datetime
) -> None:
    """Takes note of an appointment as it stands, and plans one reminder per rule that has something to say of it."""
    await db.run(store.hold_rules)
    before = await db.maybe(store.appointment, id=appointment_id)
    known = {"id": appointment_id, "client_id": client_id, "starts_at": starts_at, "is_open": True, "version": version}
    if await db.maybe(store.know_appointment, **known) is None:
        return
    if before and before["is_open"] and (str(before["client_id"]), before["starts_at"]) == (str(client_id), starts_at):
        return
    active = await db.all(store.active_rules)
    due = rules.due((rule["hours_before"] for rule in active), starts_at, now=now)
    await db.run(store.cancel_others, appointment_id=appointment_id, hours=list(due), reason="appointment_moved")
    for rule in active:
        if rule["hours_before"] in due:
            about = {
                "appointment_id": appointment_id,
                "client_id": client_id,
                "starts_at": starts_at,
                "version": version,
                "hours_before": rule["hours_before"],
                "channel": rule["channel"],
                "due_at": due[rule["hours_before"]],
            }
            if not await db.run(store.move_pending, **about):
                await db.run(store.plan, id=uuid7(), now=now, **about)


async def close(db: Transaction, appointment_id: UUID | str, version: int) -> None:
    """Takes note that an appointment is over or called off: nobody is reminded of it."""
    ended = {"id": appointment_id, "client_id": None, "starts_at": None, "is_open": False, "version": version}
    if await db.maybe(store.know_appointment, **ended) is not None:
        await db.run(store.cancel_pending, appointment_id=appointment_id, reason="appointment_closed")


async def introduce(db: Transaction, rule: Any, *, now: datetime) -> None:
    """Plans by a new rule for the appointments known already, where its time is still to come: a rule mails nobody at once."""
    hours, channel = rule["hours_before"], rule["channel"]
    before = timedelta(hours=hours)
    found = await db.all(store.appointments_after, after=now + before, hours_before=hours, channel=channel)
    planned = [
        {
            "id": uuid7(),
            "appointment_id": row["id"],
            "client_id": row["client_id"],
            "starts_at": row["starts_at"],
            "version": row["version"],
            "due_at": row["starts_at"] - before,
            "hours_before": hours,
            "channel": channel,
            "now": now,
        }
        for row in found
    ]
    await db.many(store.plan_again, planned)


async def withdraw(db: Transaction, rule: Any) -> None:
    """Cancels what waits because of a rule."""
    await db.run(store.cancel_rule, hours_before=rule["hours_before"], channel=rule["channel"], reason="rule_withdrawn")


async def forget_client(db: Transaction, client_id: UUID | str) -> None:
    """Leaves nothing of an erased client."""
    await db.run(store.hold_rules)
    await db.run(store.forget_reminders, client_id=client_id)
    await db.run(store.forget_appointments, client_id=client_id)
