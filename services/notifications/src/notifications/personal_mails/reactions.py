"""Tells practitioners what others have done to their appointments, where they want to know."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from caseload.scheduling.v1 import appointments_pb2, events_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.db.transaction import Transaction
from chassis.errors import NotFound
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on, on_many
from chassis.protobuf.timestamps import to_datetime
from notifications.mail.store import add_mail
from notifications.notification_settings import rules, store, workflow


def reactions(wake: Callable[[], None], appointments: AppointmentsStub) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on_many(events_pb2.AppointmentBooked, queue="notifications.mail-of-booking")
    async def mail_of_booking(events: Sequence[events_pb2.AppointmentBooked], delivery: Delivery) -> None:
        await _expect(events, delivery)
        for event, envelope in zip(events, delivery.taken, strict=True):
            await _tell("appointment_booked", event.practitioner_id, event, delivery, envelope.id)

    @on_many(events_pb2.AppointmentMoved, queue="notifications.mail-of-move")
    async def mail_of_move(events: Sequence[events_pb2.AppointmentMoved], delivery: Delivery) -> None:
        await _expect(events, delivery)
        for event, envelope in zip(events, delivery.taken, strict=True):
            await _tell("appointment_rescheduled", event.practitioner_id, event, delivery, envelope.id)

    @on(events_pb2.AppointmentClosed, queue="notifications.mail-of-cancellation")
    async def mail_of_cancellation(event: events_pb2.AppointmentClosed, delivery: Delivery) -> None:
        # An event from before an update names no practitioner.
        if event.status == "cancelled" and event.practitioner_id:
            await _tell("appointment_cancelled", event.practitioner_id, event, delivery, delivery.event_id)

    @on(events_pb2.AppointmentConfirmed, queue="notifications.mail-of-confirmation")
    async def mail_of_confirmation(event: events_pb2.AppointmentConfirmed, delivery: Delivery) -> None:
        try:
            slot = await appointments.GetSlot(appointments_pb2.GetSlotRequest(appointment_id=event.appointment_id), delivery.context)
        except NotFound:
            # It was deleted meanwhile.
            return
        await _tell("appointment_confirmed", slot.practitioner_id, event, delivery, delivery.event_id)

    async def _tell(
        single: str,
        user_id: str,
        event: events_pb2.AppointmentBooked | events_pb2.AppointmentMoved | events_pb2.AppointmentClosed | events_pb2.AppointmentConfirmed,
        delivery: Delivery,
        event_id: UUID,
    ) -> None:
        """Adds the mail, unless the person does not want it, or has done it: nobody is told what they did themselves."""
        kind = _kind_of(single, getattr(event, "batch_part", events_pb2.BATCH_PART_UNSPECIFIED))
        if (
            kind is None
            or getattr(event, "by_user_id", "") == user_id
            or not rules.wants(await workflow.current(delivery.db, user_id), kind)
        ):
            return
        mail_id = uuid5(UUID(str(event_id)), kind)
        await delivery.db.run(add_mail, id=mail_id, kind=kind, user_id=user_id, appointment_id=event.appointment_id, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_of_booking, mail_of_move, mail_of_cancellation, mail_of_confirmation]


async def _expect(events: Sequence[events_pb2.AppointmentBooked | events_pb2.AppointmentMoved], delivery: Delivery) -> None:
    """Has each practitioner's next reminder thought of again, given the first of their appointments that are still to come."""
    first: dict[str, datetime] = {}
    for event in events:
        starts_at = to_datetime(event.starts_at)
        if starts_at > delivery.now:
            first[event.practitioner_id] = min(starts_at, first.get(event.practitioner_id, starts_at))
    # In one order, so that two deliveries never wait for each other in a circle.
    for user_id, starts_at in sorted(first.items()):
        await delivery.db.run(store.expect, user_id=user_id, starts_at=starts_at, now=delivery.now)


def _kind_of(single: str, part: events_pb2.BatchPart) -> str | None:
    """The kind of mail that tells it, given that of one appointment by itself. None: that of another appointment does."""
    match part:
        case events_pb2.BATCH_PART_UNSPECIFIED:
            return single
        case events_pb2.BATCH_PART_FIRST:
            return rules.ABOUT_SEVERAL[single]
    return None
