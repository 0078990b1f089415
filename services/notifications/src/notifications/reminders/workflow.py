"""Plans reminders from the known appointments and the active rules. Used by reactions, calls and the mail sender.

What changes or deletes a reminder on the service's own behalf leaves an audit line, which names the appointment.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.notifications.v1 import events_pb2, reminders_pb2
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record, Transaction
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_datetime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.calendar_invites import store as calendar_invites
from notifications.merged_clients.store import MOVED
from notifications.merged_clients.workflow import owners
from notifications.reminder_links import store as links
from notifications.reminder_policies import workflow as policies
from notifications.reminder_policies.rules import QuietHours, looked_at
from notifications.reminders import consent_store, rule_store, rules, store
from notifications.reminders.rules import KnownAppointment

# Of what a rule or the policy changes: so many in one transaction.
AT_ONCE = 500
_LOWEST_ID = "00000000-0000-0000-0000-000000000000"


async def record_appointments(work: UnitOfWork, appointments: Sequence[KnownAppointment], *, now: datetime) -> bool:
    """Records appointments unless newer versions are known, and plans a reminder per active rule that applies to each.

    Returns whether any of the reminders is due at once.
    """
    db = work.db
    await db.run(rule_store.lock_rules_shared)
    owner = await owners(work.db, {appointment.client_id for appointment in appointments})
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
    active = await db.all(rule_store.active_rules)
    quiet = QuietHours.of(await policies.current(db))
    take_none = {
        row["client_id"] for row in await db.all(consent_store.who_take_none, client_ids=[each.client_id for each in current.values()])
    }
    planned: list[dict[str, Any]] = []
    agreed_before: set[tuple[UUID, UUID]] = set()
    due_at_once = False
    for row in recorded:
        appointment = current[row["id"]]
        if _is_unchanged(before.get(appointment.id), appointment):
            continue
        apply = [] if appointment.client_id in take_none else active
        due = rules.due_times(((rule["hours_before"], rule["channel"]) for rule in apply), appointment.starts_at, now=now)
        due_at_once |= any(time <= now for time in due.values())
        reminders = [_reminder(appointment, hours, channel, at, quiet) for (hours, channel), at in due.items()]
        # One that was not known before has no reminders that could be cancelled or moved.
        planned += reminders if row["is_new"] else await _not_moved(work, appointment, reminders)
        if appointment.id in before:
            agreed_before.add((appointment.id, before[appointment.id]["client_id"]))
    if agreed_before:
        # What clients have answered was about the time of before. Also where it comes again: the appointment itself has forgotten it.
        ids, clients = [list(each) for each in zip(*sorted(agreed_before), strict=True)]
        await db.run(links.forget_answers, appointment_ids=ids, client_ids=clients)
    if planned:
        columns = {f"{name}_list": [reminder[name] for reminder in planned] for name in planned[0]}
        await db.run(store.plan, id_list=[uuid7() for _ in planned], now=now, **columns)
    return due_at_once


async def _not_moved(work: UnitOfWork, appointment: KnownAppointment, reminders: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cancels and moves the appointment's pending reminders. Returns those of the reminders that are to be planned anew."""
    kept = [f"{reminder['hours_before']} {reminder['channel']}" for reminder in reminders]
    changed = await work.db.run(store.cancel_others, appointment_id=appointment.id, rules=kept, reason="appointment_moved")
    moved = [await work.db.run(store.move_pending, **reminder) for reminder in reminders]
    _record_change(work, "move_reminders", appointment.id, changed + sum(moved))
    return [reminder for reminder, was_moved in zip(reminders, moved, strict=True) if not was_moved]


def _is_unchanged(before: Record | None, appointment: KnownAppointment) -> bool:
    return (
        before is not None
        and before["is_open"]
        and (before["client_id"], before["starts_at"]) == (appointment.client_id, appointment.starts_at)
    )


def _reminder(appointment: KnownAppointment, hours: int, channel: str, due_at: datetime, quiet: QuietHours | None) -> dict[str, Any]:
    return {
        "appointment_id": appointment.id,
        "client_id": appointment.client_id,
        "starts_at": appointment.starts_at,
        "version": appointment.version,
        "hours_before": hours,
        "channel": channel,
        "due_at": due_at,
        "look_at": looked_at(due_at, quiet),
    }


async def close_appointment(work: UnitOfWork, appointment_id: UUID | str, version: int) -> None:
    """Records that an appointment is completed or cancelled, and cancels its pending reminders."""
    if await work.db.maybe(store.record_closed, id=appointment_id, version=version) is not None:
        cancelled = await work.db.run(store.cancel_pending, appointment_id=appointment_id, reason="appointment_closed")
        _record_change(work, "cancel_reminders", appointment_id, cancelled)


def unsettle(work: UnitOfWork, rule: Mapping[str, Any]) -> None:
    """Has the pending reminders of a rule that is new, changed or gone planned or cancelled, a batch at a time: there may be any number."""
    work.emit(fill(events_pb2.ReminderRuleUnsettled(), rule))


async def settle_rule(work: UnitOfWork, event: events_pb2.ReminderRuleUnsettled) -> None:
    """Plans the next batch of reminders of an active rule, or cancels the next batch of one that is not, and announces the one after it.

    Only what is due in the future is planned: a new rule sends no mail at once.
    """
    hours, channel = event.hours_before, enum_text(reminders_pb2.Channel, event.channel)
    # A booking sees the rule as it is now, or is seen.
    await work.db.run(rule_store.lock_rules)
    rule = await work.db.maybe(rule_store.active_rule, hours_before=hours, channel=channel)
    if rule is None:
        if await work.db.run(store.cancel_of_rule, hours_before=hours, channel=channel, limit=AT_ONCE, reason="rule_withdrawn") == AT_ONCE:
            work.emit(event)
        return
    begin = work.now + timedelta(hours=hours)
    after = max(to_datetime(event.after), begin) if event.HasField("after") else begin
    after_id = event.after_id or _LOWEST_ID
    batch = {"after": after, "after_id": after_id, "limit": AT_ONCE}
    found = await work.db.all(store.next_appointments, hours_before=hours, channel=channel, **batch)
    await plan_again(work.db, rule, [row for row in found if not row["needs_none"]], now=work.now)
    if len(found) == AT_ONCE:
        following = events_pb2.ReminderRuleUnsettled(hours_before=hours, channel=event.channel)
        work.emit(fill(following, {"after": found[-1]["starts_at"], "after_id": found[-1]["id"]}))


async def follow_policy(work: UnitOfWork, event: events_pb2.ReminderPolicyChanged) -> None:
    """Changes when the next batch of pending reminders is looked at, and announces the one after it."""
    # What is being planned by the policy of before is there before.
    await work.db.run(rule_store.lock_rules)
    quiet = QuietHours.of(await policies.current(work.db))
    early = looked_at(work.now, quiet) - work.now
    channel = enum_text(reminders_pb2.Channel, event.after_channel) if event.HasField("after_channel") else ""
    after = {"after_id": event.after_id or _LOWEST_ID, "after_hours": event.after_hours, "after_channel": channel}
    seen = await work.db.all(store.look_again, early=early, limit=AT_ONCE, **after)
    if len(seen) == AT_ONCE:
        last_id, hours, channel = max((row["appointment_id"], row["hours_before"], row["channel"]) for row in seen)
        work.emit(fill(events_pb2.ReminderPolicyChanged(), {"after_id": last_id, "after_hours": hours, "after_channel": channel}))


async def plan_again(db: Transaction, rule: Any, found: Sequence[Record], *, now: datetime) -> int:
    """Plans the rule's reminders of these appointments; how many they are."""
    hours, channel = rule["hours_before"], rule["channel"]
    before, quiet = timedelta(hours=hours), QuietHours.of(await policies.current(db))
    planned = [
        {
            "id": uuid7(),
            "appointment_id": row["id"],
            "client_id": row["client_id"],
            "starts_at": row["starts_at"],
            "version": row["version"],
            "due_at": row["starts_at"] - before,
            "look_at": looked_at(row["starts_at"] - before, quiet),
            "hours_before": hours,
            "channel": channel,
            "now": now,
        }
        # By id, as bookings are recorded.
        for row in sorted(found, key=lambda row: row["id"])
    ]
    await db.many(store.plan_again, planned)
    return len(planned)


async def plan_client_again(work: UnitOfWork, client_id: UUID | str, channels: Collection[str] | None = None) -> int:
    """Plans the client's reminders that are due in the future and do not wait already, of these channels or of all; how many they are.

    The caller holds `rule_store.lock_rules`.
    """
    number = 0
    for rule in await work.db.all(rule_store.active_rules):
        hours, channel = rule["hours_before"], rule["channel"]
        if channels is not None and channel not in channels:
            continue
        after = work.now + timedelta(hours=hours)
        found = await work.db.all(store.of_client_without_reminder, client_id=client_id, after=after, hours_before=hours, channel=channel)
        number += await plan_again(work.db, rule, found, now=work.now)
    return number


async def erase_client(work: UnitOfWork, client_id: UUID | str) -> int:
    """Deletes the appointments and reminders of an erased client; how many they were."""
    await work.db.run(rule_store.lock_rules_shared)
    await work.db.run(consent_store.erase_consents, client_id=client_id)
    await work.db.run(links.erase_links, client_id=client_id)
    await work.db.run(links.erase_opt_outs, client_id=client_id)
    await work.db.run(calendar_invites.erase, client_id=client_id)
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
