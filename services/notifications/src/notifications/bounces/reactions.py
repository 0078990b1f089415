"""Tells those who administer a workspace that an address is not mailed any more."""

from collections.abc import Callable
from datetime import UTC
from uuid import UUID, uuid5

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
        """Once a day, however many addresses it are: a provider that fails has hundreds. The mail does not say whose: the list of reminders does."""
        told = (await users.ListOverseers(users_pb2.ListOverseersRequest(), delivery.context)).user_ids
        for user_id in told:
            mail_id = uuid5(UUID(user_id), f"{KIND} {delivery.now.astimezone(UTC):%Y-%m-%d}")
            await delivery.db.run(store.add_mail, id=mail_id, kind=KIND, user_id=user_id, appointment_id=None, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_held_address]
