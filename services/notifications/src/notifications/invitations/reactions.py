"""Sends an invitation when a user has been added."""

from collections.abc import Callable

from caseload.identity.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.invitations import store


def reactions(wake: Callable[[], None]) -> list[Reaction]:
    """`wake` makes the poller of mails look for work at once."""

    @on(events_pb2.UserInvited, queue="notifications.mail-invitation")
    async def mail_invitation(event: events_pb2.UserInvited, delivery: Delivery) -> None:
        """Records the mail, and wakes the poller after the commit."""
        await delivery.db.run(store.add, id=event.invitation_id, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_invitation]
