"""Tells those who administer a workspace, as its rules say, that an address is not mailed any more."""

from collections.abc import Callable

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import events_pb2
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.alert_rules.workflow import RuledAlerts
from notifications.mail.to_staff import mail_staff_daily

KIND = "address_held"


def reactions(wake: Callable[[], None], users: UsersStub, ruled: RuledAlerts) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.AddressHeld, queue="notifications.mail-held-address")
    async def mail_held_address(_event: events_pb2.AddressHeld, delivery: Delivery) -> None:
        """Once a day, however many addresses it are: a provider that fails has hundreds. The mail does not say whose: the list of held addresses does."""
        if await ruled.apply(delivery, KIND) == "mail":
            found = await users.ListOverseers(users_pb2.ListOverseersRequest(), delivery.context)
            await mail_staff_daily(delivery, KIND, found.user_ids, wake)

    return [mail_held_address]
