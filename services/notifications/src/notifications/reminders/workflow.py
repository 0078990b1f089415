"""Plans reminders from the known appointments and the active rules. Used by reactions, calls and the mail sender."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.db.transaction import Transaction
from notifications.reminders import rules, store


async def record_appointment(
    db: Transaction, appointment_id: UUID | str, client_id: UUID | str, starts_at: datetime, version: int, *, now: datetime
) -> None:
    """Records an appointment unless a newer version is known, and plans one reminder per active rule that applies to it."""
    await db.run(store.lock_rules_shared)
    before = await db.maybe(store.appointment, id=appointment_id)
    current = {"id": appointment_id, "client_id": client_id, "starts_at": starts_at, "is_open": True, "version": version}
    if await db.maybe(store.record_appointment, **current) is None:
        return
    if before and before["is_open"] and (str(before["client_id"]), before["starts_at"]) == (str(client_id), starts_at):
        return
    active = await db.all(store.active_rules)
    due = rules.due_times((rule["hours_before"] for rule in active), starts_at, now=now)
    await db.run(store.cancel_others, appointment_id=appointment_id, hours=list(due), reason="appointment_moved")
    for rule in active:
        if rule["hours_before"] in due:
            values = {
                "appointment_id": appointment_id,
                "client_id": client_id,
                "starts_at": starts_at,
                "version": version,
                "hours_before": rule["hours_before"],
                "channel": rule["channel"],
                "due_at": due[rule["hours_before"]],
            }
            if not await db.run(store.move_pending, **values):
                await db.run(store.plan, id=uuid7(), now=now, **values)


async def close_appointment(db: Transaction, appointment_id: UUID | str, version: int) -> None:
    """Records that an appointment is completed or cancelled, and cancels its pending reminders."""
    closed = {"id": appointment_id, "client_id": None, "starts_at": None, "is_open": False, "version": version}
    if await db.maybe(store.record_appointment, **closed) is not None:
        await db.run(store.cancel_pending, appointment_id=appointment_id, reason="appointment_closed")


async def plan_for_rule(db: Transaction, rule: Any, *, now: datetime) -> None:
    """Plans the reminders of a new rule for known appointments, if they are due in the future: a new rule sends no mail at once."""
    hours, channel = rule["hours_before"], rule["channel"]
    before = timedelta(hours=hours)
    found = await db.all(store.appointments_without_reminder, after=now + before, hours_before=hours, channel=channel)
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


async def cancel_for_rule(db: Transaction, rule: Any) -> None:
    """Cancels the pending reminders of a rule."""
    await db.run(store.cancel_rule, hours_before=rule["hours_before"], channel=rule["channel"], reason="rule_withdrawn")


async def erase_client(db: Transaction, client_id: UUID | str) -> None:
    """Deletes the appointments and reminders of an erased client."""
    await db.run(store.lock_rules_shared)
    await db.run(store.erase_reminders, client_id=client_id)
    await db.run(store.erase_appointments, client_id=client_id)
