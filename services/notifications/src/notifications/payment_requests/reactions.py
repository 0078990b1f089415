"""Mails the clients that a practice asks to pay."""

from collections.abc import Callable

from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.mail import store


def reactions(wake: Callable[[], None]) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.PaymentRequested, queue="notifications.mail-payment-request")
    async def mail_payment_request(event: events_pb2.PaymentRequested, delivery: Delivery) -> None:
        mail = {"id": event.payment_request_id, "kind": "payment_request", "user_id": None, "appointment_id": event.appointment_id}
        await delivery.db.run(store.add_mail, **mail, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_payment_request]
