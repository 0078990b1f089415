"""What happens in the suite, as the events that webhooks can be told of. Ids, types and times only."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from google.protobuf.message import Message

from caseload.clients.v1 import events_pb2 as clients_events
from caseload.clinical.v1 import events_pb2 as clinical_events
from caseload.scheduling.v1 import events_pb2 as scheduling_events
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on, on_many
from chassis.protobuf.timestamps import to_datetime
from notifications.webhooks import store, workflow
from notifications.webhooks.messages import Happening

EventT = TypeVar("EventT", bound=Message)
# After everything else that is told of a client.
_LAST = 2**62


def reactions(wake: Callable[[], None], *, settling: timedelta) -> list[Reaction]:
    """`wake` makes the sender look for work at once. For `settling` a delivery waits for others about the same, which may come in any order."""

    @on_many(scheduling_events.AppointmentBooked, queue="notifications.tell-booked")
    async def tell_booked(events: Sequence[scheduling_events.AppointmentBooked], delivery: Delivery) -> None:
        await _tell(delivery, [_of_appointment("appointment.booked", *each) for each in _dated(events, delivery)])

    @on_many(scheduling_events.AppointmentMoved, queue="notifications.tell-moved")
    async def tell_moved(events: Sequence[scheduling_events.AppointmentMoved], delivery: Delivery) -> None:
        await _tell(delivery, [_of_appointment("appointment.moved", *each) for each in _dated(events, delivery)])

    @on_many(scheduling_events.AppointmentConfirmed, queue="notifications.tell-confirmed")
    async def tell_confirmed(events: Sequence[scheduling_events.AppointmentConfirmed], delivery: Delivery) -> None:
        await _tell(delivery, [_of_confirmation(*each) for each in _dated(events, delivery)])

    @on_many(scheduling_events.AppointmentCancellationAsked, queue="notifications.tell-cancellation-asked")
    async def tell_cancellation_asked(events: Sequence[scheduling_events.AppointmentCancellationAsked], delivery: Delivery) -> None:
        await _tell(delivery, [_of_asking(*each) for each in _dated(events, delivery)])

    @on_many(scheduling_events.AppointmentCancellationDeclined, queue="notifications.tell-cancellation-declined")
    async def tell_cancellation_declined(events: Sequence[scheduling_events.AppointmentCancellationDeclined], delivery: Delivery) -> None:
        await _tell(delivery, [_of_declining(*each) for each in _dated(events, delivery)])

    @on(scheduling_events.AppointmentClosed, queue="notifications.tell-closed")
    async def tell_closed(event: scheduling_events.AppointmentClosed, delivery: Delivery) -> None:
        data = {"appointment_id": event.appointment_id, "version": event.version}
        await _tell(delivery, [Happening(f"appointment.{event.status}", event.appointment_id, event.version, delivery.occurred_at, data)])

    @on_many(clinical_events.SessionFinalized, queue="notifications.tell-finalized")
    async def tell_finalized(events: Sequence[clinical_events.SessionFinalized], delivery: Delivery) -> None:
        await _tell(delivery, [_of_signature(*each) for each in _dated(events, delivery)])

    async def _tell(delivery: Delivery, happenings: Sequence[Happening]) -> None:
        if await workflow.tell(delivery, happenings, settling=settling):
            delivery.afterwards(wake_sender)

    async def wake_sender(_transaction: Transaction) -> None:
        wake()

    of_clients_answers = [tell_confirmed, tell_cancellation_asked, tell_cancellation_declined]
    return [tell_booked, tell_moved, *of_clients_answers, tell_closed, tell_finalized, *_of_clients(_tell)]


def _of_clients(tell: Callable[[Delivery, Sequence[Happening]], Awaitable[None]]) -> list[Reaction]:
    @on_many(clients_events.ClientCreated, queue="notifications.tell-client-created")
    async def tell_created(events: Sequence[clients_events.ClientCreated], delivery: Delivery) -> None:
        await tell(delivery, [_of_client("client.created", *each) for each in _dated(events, delivery)])

    @on_many(clients_events.ClientChanged, queue="notifications.tell-client-changed")
    async def tell_changed(events: Sequence[clients_events.ClientChanged], delivery: Delivery) -> None:
        await tell(delivery, [_of_client("client.changed", *each) for each in _dated(events, delivery)])

    @on(clients_events.ClientErased, queue="notifications.tell-client-erased")
    async def tell_erased(event: clients_events.ClientErased, delivery: Delivery) -> None:
        """Tells it once, however often it is announced; what else was to be told of the client is forgotten."""
        await delivery.db.run(store.lock_queues)
        happening = Happening("client.erased", event.client_id, _LAST, delivery.occurred_at, {"client_id": event.client_id})
        await tell(delivery, [happening])
        await delivery.db.run(store.forget_client, client_id=event.client_id, but=happening.type)

    return [tell_created, tell_changed, tell_erased]


def _dated(events: Sequence[EventT], delivery: Delivery) -> list[tuple[EventT, datetime]]:
    """Each event, and when it happened."""
    return [(event, envelope.occurred_at) for event, envelope in zip(events, delivery.taken, strict=True)]


def _of_appointment(
    type_: str, event: scheduling_events.AppointmentBooked | scheduling_events.AppointmentMoved, occurred_at: datetime
) -> Happening:
    data: dict[str, Any] = {
        "appointment_id": event.appointment_id,
        "practitioner_id": event.practitioner_id,
        "starts_at": to_datetime(event.starts_at),
        "ends_at": to_datetime(event.ends_at),
        "version": event.version,
    }
    return Happening(type_, event.appointment_id, event.version, occurred_at, data)


def _of_confirmation(event: scheduling_events.AppointmentConfirmed, occurred_at: datetime) -> Happening:
    data = {"appointment_id": event.appointment_id, "confirmed_at": to_datetime(event.confirmed_at), "version": event.version}
    return Happening("appointment.confirmed", event.appointment_id, event.version, occurred_at, data)


def _of_asking(event: scheduling_events.AppointmentCancellationAsked, occurred_at: datetime) -> Happening:
    data = {"appointment_id": event.appointment_id, "asked_at": to_datetime(event.asked_at), "version": event.version}
    return Happening("appointment.cancellation_asked", event.appointment_id, event.version, occurred_at, data)


def _of_declining(event: scheduling_events.AppointmentCancellationDeclined, occurred_at: datetime) -> Happening:
    data = {"appointment_id": event.appointment_id, "declined_at": to_datetime(event.declined_at), "version": event.version}
    return Happening("appointment.cancellation_declined", event.appointment_id, event.version, occurred_at, data)


def _of_signature(event: clinical_events.SessionFinalized, occurred_at: datetime) -> Happening:
    data = {"session_id": event.session_id, "version": event.number}
    return Happening("session.finalized", event.session_id, event.number, occurred_at, data)


def _of_client(type_: str, event: clients_events.ClientCreated | clients_events.ClientChanged, occurred_at: datetime) -> Happening:
    data = {"client_id": event.client_id, "version": event.version}
    return Happening(type_, event.client_id, event.version, occurred_at, data)
