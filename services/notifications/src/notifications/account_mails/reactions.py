"""Mails invitations, the links that people have asked for, and notices of what has become of their accounts."""

from collections.abc import Callable

from caseload.identity.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.mail import store
from notifications.mail.security_notices import kind_of


def reactions(wake: Callable[[], None]) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.UserInvited, queue="notifications.mail-invitation")
    async def mail_invitation(event: events_pb2.UserInvited, delivery: Delivery) -> None:
        await delivery.db.run(
            store.add_mail, id=event.invitation_id, kind="invitation", user_id=None, appointment_id=None, now=delivery.now
        )
        delivery.afterwards(wake_poller)

    @on(events_pb2.MagicLinkRequested, queue="notifications.mail-magic-link")
    async def mail_magic_link(event: events_pb2.MagicLinkRequested, delivery: Delivery) -> None:
        """Records the mail, and wakes the poller after the commit, because a person is waiting."""
        await delivery.db.run(
            store.add_mail, id=event.magic_link_id, kind="magic_link", user_id=None, appointment_id=None, now=delivery.now
        )
        delivery.afterwards(wake_poller)

    @on(events_pb2.PasswordResetRequested, queue="notifications.mail-password-reset")
    async def mail_password_reset(event: events_pb2.PasswordResetRequested, delivery: Delivery) -> None:
        await delivery.db.run(
            store.add_mail, id=event.magic_link_id, kind="password_reset", user_id=None, appointment_id=None, now=delivery.now
        )
        delivery.afterwards(wake_poller)

    @on(events_pb2.SecurityNoticeRaised, queue="notifications.mail-security-notice")
    async def mail_security_notice(event: events_pb2.SecurityNoticeRaised, delivery: Delivery) -> None:
        """A notice that this release has no words for is left to one that has: it becomes a dead letter."""
        kind = kind_of(event.notice)
        await delivery.db.run(store.add_mail, id=event.notice_id, kind=kind, user_id=event.user_id, appointment_id=None, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_invitation, mail_magic_link, mail_password_reset, mail_security_notice]
