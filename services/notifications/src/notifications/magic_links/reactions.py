"""Somebody asked for a link to sign in with."""

from caseload.identity.v1 import events_pb2
from chassis.events.delivery import Delivery
from chassis.events.handlers import Reaction, on
from notifications.desk import Desk
from notifications.magic_links import store


def reactions(desk: Desk) -> list[Reaction]:
    @on(events_pb2.MagicLinkRequested, queue="notifications.mail-magic-link")
    async def mail_magic_link(event: events_pb2.MagicLinkRequested, delivery: Delivery) -> None:
        """Takes note of it; the sender is woken at once, for somebody sits and waits."""
        await delivery.db.run(store.ask, id=event.magic_link_id, now=delivery.now)
        delivery.afterwards(desk.mails.wake)

    return [mail_magic_link]
