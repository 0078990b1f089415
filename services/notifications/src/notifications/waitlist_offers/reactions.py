"""Mails the clients who are offered a time."""

from collections.abc import Callable

from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.mail import store
from notifications.waitlist_offers.mail import KIND


def reactions(wake: Callable[[], None]) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.WaitlistChanged, queue="notifications.mail-waitlist-offer")
    async def mail_waitlist_offer(event: events_pb2.WaitlistChanged, delivery: Delivery) -> None:
        """What becomes of an offer after it is made, its mail asks when it is sent."""
        if event.status != "offered":
            return
        await delivery.db.run(store.add_mail, id=event.offer_id, kind=KIND, user_id=None, appointment_id=None, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_waitlist_offer]
