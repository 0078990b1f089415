"""Mails that an event sends to several people who work in a practice."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from uuid import UUID, uuid5

from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from notifications.mail import store


async def mail_staff(delivery: Delivery, kind: str, user_ids: Iterable[str], wake: Callable[[], None]) -> None:
    """Adds a mail to each of them: one for the event, however often it is delivered. `wake` is called when that is committed."""
    await _add(delivery, kind, {user_id: uuid5(delivery.event_id, user_id) for user_id in user_ids}, wake)


async def mail_staff_daily(delivery: Delivery, kind: str, user_ids: Iterable[str], wake: Callable[[], None]) -> None:
    """Adds a mail of this kind to each of them, unless they have got one today (UTC)."""
    day = f"{kind} {delivery.now.astimezone(UTC):%Y-%m-%d}"
    await _add(delivery, kind, {user_id: uuid5(UUID(user_id), day) for user_id in user_ids}, wake)


async def _add(delivery: Delivery, kind: str, ids: Mapping[str, UUID], wake: Callable[[], None]) -> None:
    for user_id, mail_id in ids.items():
        await delivery.db.run(store.add_mail, id=mail_id, kind=kind, user_id=user_id, appointment_id=None, now=delivery.now)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    delivery.afterwards(wake_poller)
