"""Sends a sign-in link when a person has asked for one."""

from collections.abc import Callable

from caseload.identity.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.magic_links import store


def reactions(wake: Callable[[], None]) -> list[Reaction]:
    """`wake` makes the poller of sign-in links look for work at once."""

    @on(events_pb2.MagicLinkRequested, queue="notifications.mail-magic-link")
    async def mail_magic_link(event: events_pb2.MagicLinkRequested, delivery: Delivery) -> None:
        """Records the mail, and wakes the poller after the commit, because a person is waiting."""
        await delivery.db.run(store.add, id=event.magic_link_id, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_magic_link]
