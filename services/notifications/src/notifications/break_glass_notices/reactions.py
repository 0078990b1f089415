"""Tells those who administer a workspace that a use of broken glass still waits for its review."""

from collections.abc import Callable

from caseload.clients.v1 import events_pb2
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.mail.to_staff import mail_staff


def reactions(wake: Callable[[], None], users: UsersStub) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.BreakGlassReviewOverdue, queue="notifications.mail-overdue-review")
    async def mail_overdue_review(event: events_pb2.BreakGlassReviewOverdue, delivery: Delivery) -> None:
        """To those who may give it. Where whoever broke the glass is the only one, to them: somebody else has to be found."""
        found = (await users.ListOverseers(users_pb2.ListOverseersRequest(), delivery.context)).user_ids
        able = [user_id for user_id in found if user_id != event.user_id]
        await mail_staff(delivery, "review_overdue", able or found, wake)

    return [mail_overdue_review]
