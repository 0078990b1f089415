"""Confirms and cancels appointments as their clients ask for by a link in a reminder, or records that they ask. What has been moved or closed since stays as it is.

Each answer has a queue of its own, and one may be emptied after the other: what the client has said last holds.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from caseload.notifications.v1 import events_pb2 as notifications_events
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_datetime
from chassis.work.audit import record_effect
from scheduling.appointments import store as appointments
from scheduling.appointments.history_rules import told
from scheduling.appointments.mapping import places_of, seal, to_details, to_event, to_message
from scheduling.busy_periods import store as busy_periods
from scheduling.busy_periods.rules import places
from scheduling.client_answers import store


def reactions(keys: Keys) -> Sequence[Reaction]:
    @on(notifications_events.ClientConfirmed, queue="scheduling.confirm-appointment")
    async def confirm_appointment(event: notifications_events.ClientConfirmed, delivery: Delivery) -> None:
        workspace_keys = await keys.of(delivery.workspace_id)
        row = await _answered(event, delivery)
        if row is None or row["confirmed_at"] is not None or _was_said_since(row["cancellation_asked_at"], delivery):
            return
        said_at = delivery.occurred_at
        after = {**row, "confirmed_at": said_at, "version": row["version"] + 1, "updated_at": delivery.now}
        sealed = seal(to_details(row, to_message(row, workspace_keys)), workspace_keys, after, delivery)
        await delivery.db.run(store.confirm, id=row["id"], sealed=sealed, said_at=said_at, now=delivery.now)
        answer = {"confirmed_at": [None, told(said_at)]}
        if row["cancellation_asked_at"] is not None:
            answer["cancellation_asked_at"] = [told(row["cancellation_asked_at"]), None]
        await _record(delivery, row, row["status"], **answer)
        delivery.emit(fill(events_pb2.AppointmentConfirmed(appointment_id=str(row["id"])), after))
        record_effect(delivery, "confirm_appointment", options_pb2.RESOURCE_APPOINTMENT, options_pb2.ACTION_UPDATE, [row["id"]])

    @on(notifications_events.ClientCancelled, queue="scheduling.cancel-appointment")
    async def cancel_appointment(event: notifications_events.ClientCancelled, delivery: Delivery) -> None:
        workspace_keys = await keys.of(delivery.workspace_id)
        row = await _answered(event, delivery)
        if row is None:
            return
        cancelled = {"status": "cancelled", "cancelled_at": delivery.now, "version": row["version"] + 1, "updated_at": delivery.now}
        after = {**row, **cancelled}
        sealed = seal(to_details(row, to_message(row, workspace_keys)), workspace_keys, after, delivery)
        await delivery.db.run(store.cancel, id=row["id"], sealed=sealed, now=delivery.now)
        await delivery.db.all(busy_periods.release, owner_id=row["id"], **places(places_of(row)))
        await _record(delivery, row, "cancelled")
        delivery.emit(to_event(events_pb2.AppointmentClosed, after))
        record_effect(delivery, "cancel_appointment", options_pb2.RESOURCE_APPOINTMENT, options_pb2.ACTION_UPDATE, [row["id"]])

    @on(notifications_events.ClientAskedToCancel, queue="scheduling.ask-to-cancel")
    async def ask_to_cancel(event: notifications_events.ClientAskedToCancel, delivery: Delivery) -> None:
        """It stays in the calendar, shows that its client has asked, and is not confirmed any more."""
        workspace_keys = await keys.of(delivery.workspace_id)
        row = await _answered(event, delivery)
        if row is None or _was_said_since(row["confirmed_at"], delivery):
            return
        asked_before = row["cancellation_asked_at"]
        said_at = delivery.occurred_at if asked_before is None else max(asked_before, delivery.occurred_at)
        after = {**row, "confirmed_at": None, "version": row["version"] + 1, "updated_at": delivery.now}
        sealed = seal(to_details(row, to_message(row, workspace_keys)), workspace_keys, after, delivery)
        await delivery.db.run(store.ask_to_cancel, id=row["id"], sealed=sealed, said_at=said_at, now=delivery.now)
        answer = {"cancellation_asked_at": [None if asked_before is None else told(asked_before), told(said_at)]}
        if row["confirmed_at"] is not None:
            answer["confirmed_at"] = [told(row["confirmed_at"]), None]
        await _record(delivery, row, row["status"], **answer)
        asked = events_pb2.AppointmentCancellationAsked(appointment_id=str(row["id"]))
        delivery.emit(fill(asked, {**after, "asked_at": said_at}))
        record_effect(delivery, "ask_to_cancel_appointment", options_pb2.RESOURCE_APPOINTMENT, options_pb2.ACTION_UPDATE, [row["id"]])

    return [confirm_appointment, cancel_appointment, ask_to_cancel]


_Answer = notifications_events.ClientConfirmed | notifications_events.ClientCancelled | notifications_events.ClientAskedToCancel


async def _answered(event: _Answer, delivery: Delivery) -> Record | None:
    """The appointment, locked, if it is still to take place at the time that the client has answered about."""
    row = await delivery.db.maybe(appointments.get_for_update, id=event.appointment_id)
    if row is None or row["status"] != "scheduled" or row["scheduled_start"] != to_datetime(event.starts_at):
        return None
    return row


def _was_said_since(other: datetime | None, delivery: Delivery) -> bool:
    """Whether the client has said the other thing after what is delivered."""
    return other is not None and other > delivery.occurred_at


async def _record(delivery: Delivery, row: Record, status: str, **fields: list[str | None]) -> None:
    """Adds the answer to the appointment's history. Nobody of the practice has changed it: the client has."""
    await delivery.db.run(
        appointments.add_change,
        appointment_id=row["id"],
        version=row["version"] + 1,
        status_before=row["status"],
        status_after=status,
        changed_by=row["client_id"],
        changed_at=delivery.now,
        fields=json.dumps(fields),
    )
