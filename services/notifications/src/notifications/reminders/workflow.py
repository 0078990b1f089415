"""Plans reminders from the known appointments and the active rules. Used by reactions, calls and the mail sender.

What changes or deletes a reminder on the service's own behalf leaves an audit line, which names the appointment.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record, Transaction
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.merged_clients.store import MOVED
from notifications.merged_clients.workflow import owners
from notifications.reminders import rules, store
from notifications.reminders.rules import KnownAppointment


async def record_appointments(work: UnitOfWork, appointments: Sequence[KnownAppointment], *, now: datetime) -> bool:
    """Records appointments unless newer versions are known, and plans a reminder per active rule that applies to each.

    Returns whether any of the reminders is due at once.
    """
    db = work.db
    await db.run(store.lock_rules_shared)
    owner = await owners(work, {appointment.client_id for appointment in appointments})
    # In the order of ids, so that two transactions that record several appointments never wait for each other in a circle.
    current = {appointment.id: replace(appointment, client_id=owner[appointment.client_id]) for appointment in rules.newest(appointments)}
    before = {row["id"]: row for row in await db.all(store.appointments_for_update, ids=list(current))}
    recorded = await db.all(
        store.record_appointments,
        ids=list(current),
        clients=[appointment.client_id for appointment in current.values()],
        starts=[appointment.starts_at for appointment in current.values()],
        versions=[appointment.version for appointment in current.values()],
    )
    if not recorded:
        return False
    active = await db.all(store.active_rules)
    take_none = {row["client_id"] for row in await db.all(store.who_take_none, client_ids=[each.client_id for each in current.values()])}
    planned: list[dict[str, Any]] = []
    due_at_once = False
    for row in recorded:
        appointment = current[row["id"]]
        if _is_unchanged(before.get(appointment.id), appointment):
            continue
        apply = [] if appointment.client_id in take_none else active
        due = rules.due_times((rule["hours_before"] for rule in apply), appointment.starts_at, now=now)
        due_at_once |= any(time <= now for time in due.values())
        reminders = [_reminder(appointment, rule, due[rule["hours_before"]]) for rule in apply if rule["hours_before"] in due]
        # One that was not known before has no reminders that could be cancelled or moved.
        planned += reminders if row["is_new"] else await _not_moved(work, appointment, reminders)
    if planned:
        columns = {f"{name}_list": [reminder[name] for reminder in planned] for name in planned[0]}
        await db.run(store.plan, id_list=[uuid7() for _ in planned], now=now, **columns)
    return due_at_once


async def _not_moved(work: UnitOfWork, appointment: KnownAppointment, reminders: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cancels and moves the appointment's pending reminders. Returns those of the reminders that are to be planned anew."""
    hours = [reminder["hours_before"] for reminder in reminders]
    changed = await work.db.run(store.cancel_others, appointment_id=appointment.id, hours=hours, reason="appointment_moved")
    moved = [await work.db.run(store.move_pending, **reminder) for reminder in reminders]
    _record_change(work, "move_reminders", appointment.id, changed + sum(moved))
    return [reminder for reminder, was_moved in zip(reminders, moved, strict=True) if not was_moved]


def _is_unchanged(before: Record | None, appointment: KnownAppointment) -> bool:
    return (
        before is not None
        and before["is_open"]
        and (before["client_id"], before["starts_at"]) == (appointment.client_id, appointment.starts_at)
    )


def _reminder(appointment: KnownAppointment, rule: Record, due_at: datetime) -> dict[str, Any]:
    return {
        "appointment_id": appointment.id,
        "client_id": appointment.client_id,
        "starts_at": appointment.starts_at,
        "version": appointment.version,
        "hours_before": rule["hours_before"],
        "channel": rule["channel"],
        "due_at": due_at,
    }


async def close_appointment(work: UnitOfWork, appointment_id: UUID | str, version: int) -> None:
    """Records that an appointment is completed or cancelled, and cancels its pending reminders."""
    if await work.db.maybe(store.record_closed, id=appointment_id, version=version) is not None:
        cancelled = await work.db.run(store.cancel_pending, appointment_id=appointment_id, reason="appointment_closed")
        _record_change(work, "cancel_reminders", appointment_id, cancelled)


async def plan_for_rule(db: Transaction, rule: Any, *, now: datetime) -> None:
    """Plans the reminders of a new rule for known appointments, if they are due in the future: a new rule sends no mail at once."""
    hours, channel = rule["hours_before"], rule["channel"]
    after = now + timedelta(hours=hours)
    await plan_again(db, rule, await db.all(store.appointments_without_reminder, after=after, hours_before=hours, channel=channel), now=now)


async def plan_again(db: Transaction, rule: Any, found: Sequence[Record], *, now: datetime) -> int:
    """Plans the rule's reminders of these appointments; how many they are."""
    hours, channel = rule["hours_before"], rule["channel"]
    before = timedelta(hours=hours)
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
    return len(planned)


async def cancel_for_rule(db: Transaction, rule: Any) -> None:
    """Cancels the pending reminders of a rule."""
    await db.run(store.cancel_rule, hours_before=rule["hours_before"], channel=rule["channel"], reason="rule_withdrawn")


async def erase_client(work: UnitOfWork, client_id: UUID | str) -> int:
    """Deletes the appointments and reminders of an erased client; how many they were."""
    await work.db.run(store.lock_rules_shared)
    await work.db.run(store.erase_consents, client_id=client_id)
    reminders = await work.db.all(store.erase_reminders, client_id=client_id)
    appointments = await work.db.all(store.erase_appointments, client_id=client_id)
    await work.db.run(MOVED.forget, owner=client_id)
    await work.db.run(store.forget_answers, ids=[UUID(str(client_id))])
    ids = {row["appointment_id"] for row in reminders} | {row["id"] for row in appointments}
    facts = {"client_id": client_id, "reminders": len(reminders)}
    record_effect(work, "erase_reminders", options_pb2.RESOURCE_APPOINTMENT, options_pb2.ACTION_DELETE, sorted(ids), **facts)
    return len(reminders) + len(appointments)


def _record_change(work: UnitOfWork, event_type: str, appointment_id: UUID | str, reminders: int) -> None:
    if reminders:
        record_effect(work, event_type, options_pb2.RESOURCE_APPOINTMENT, options_pb2.ACTION_UPDATE, [appointment_id], reminders=reminders)
