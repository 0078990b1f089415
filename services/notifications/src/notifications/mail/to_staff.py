"""Mails that an event sends to several people who work in a practice."""

from collections.abc import Callable, Iterable
from uuid import uuid5

from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from notifications.mail import store


async def mail_staff(delivery: Delivery, kind: str, user_ids: Iterable[str], wake: Callable[[], None]) -> None:
    """Adds a mail to each of them: one for the event, however often it is delivered. `wake` is called when that is committed."""
    for user_id in user_ids:
        mail_id = uuid5(delivery.event_id, user_id)
        await delivery.db.run(store.add_mail, id=mail_id, kind=kind, user_id=user_id, appointment_id=None, now=delivery.now)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    delivery.afterwards(wake_poller)
