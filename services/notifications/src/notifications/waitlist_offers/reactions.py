"""Mails the clients who are offered a time, and tells the practice of those whom that mail does not reach."""

from collections.abc import Callable

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import events_pb2 as own_events
from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.mail import store
from notifications.mail.to_staff import mail_staff_daily
from notifications.waitlist_offers.workflow import KIND


def reactions(wake: Callable[[], None], users: UsersStub) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.WaitlistChanged, queue="notifications.mail-waitlist-offer")
    async def mail_waitlist_offer(event: events_pb2.WaitlistChanged, delivery: Delivery) -> None:
        """What becomes of an offer after it is made, its mail asks when it is sent."""
        if event.status != "offered":
            return
        await delivery.db.run(store.add_mail, id=event.offer_id, kind=KIND, user_id=None, appointment_id=None, now=delivery.now)
        delivery.afterwards(wake_poller)

    @on(own_events.OfferNotMailed, queue="notifications.mail-undelivered-offer")
    async def mail_undelivered_offer(_event: own_events.OfferNotMailed, delivery: Delivery) -> None:
        """Once a day, to those who administer the workspace. Scheduling has the time offered to the next one."""
        found = await users.ListOverseers(users_pb2.ListOverseersRequest(), delivery.context)
        await mail_staff_daily(delivery, "offer_undelivered", found.user_ids, wake)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_waitlist_offer, mail_undelivered_offer]
