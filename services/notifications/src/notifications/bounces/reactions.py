"""Tells those who administer a workspace that an address is not mailed any more."""

from collections.abc import Callable
from uuid import uuid5

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.mail import store

KIND = "address_held"


def reactions(wake: Callable[[], None], users: UsersStub) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.AddressHeld, queue="notifications.mail-held-address")
    async def mail_held_address(_event: events_pb2.AddressHeld, delivery: Delivery) -> None:
        """Once for an address. The mail does not say whose it is: the list of reminders does."""
        told = (await users.ListOverseers(users_pb2.ListOverseersRequest(), delivery.context)).user_ids
        for user_id in told:
            mail_id = uuid5(delivery.event_id, user_id)
            await delivery.db.run(store.add_mail, id=mail_id, kind=KIND, user_id=user_id, appointment_id=None, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_held_address]
