"""Mails about accounts: invitations, and links to sign in or to reset a password.

The secret of an invitation or a link is issued when its mail is composed, and stored nowhere but in the mail.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, TypeAlias
from urllib.parse import quote
from uuid import UUID

from caseload.identity.v1 import invitations_pb2, sign_in_pb2
from caseload.identity.v1.invitations_rpc import InvitationsStub
from caseload.identity.v1.sign_in_rpc import SignInStub
from chassis.errors import Refusal, Unavailable
from chassis.protobuf.timestamps import to_datetime
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.account_mails import store
from notifications.mail import templates
from notifications.mail.channel import NotToBeSent
from notifications.mail.sender import MailKind

Composer: TypeAlias = Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]
Record: TypeAlias = Callable[[UnitOfWork, Any, str, str | None], None]

# The pause between attempts, and for how long they go on. A person is waiting, but for an invitation. A link that has expired earlier is not issued.
_PAUSE, _VALID = timedelta(seconds=3), timedelta(hours=1)
_UNHURRIED = (
    "invitation",
    "payment_request",
    "cosign_overdue",
    "cosign_unattended",
    "note_returned",
    "review_overdue",
    "webhook_disabled",
    "address_held",
    "cancellation_asked",
    "calendar_update",
    "appointment_booked",
    "appointment_cancelled",
    "appointment_rescheduled",
    "appointment_confirmed",
    "several_booked",
    "several_cancelled",
    "several_rescheduled",
)
# Somebody has just asked for it and is looking for it, or has to know: they go to addresses that other mail does not go to any more.
_TRIED_EVERYWHERE = {"magic_link", "password_reset", "invitation", "alert", "alert_unattended"} | templates.SECURITY_KINDS
# They are of a day, and are created as of when they were due.
_DAILY = ("agenda_today", "agenda_tomorrow", "notes_waiting")
_PATIENCE = {
    **dict.fromkeys(_UNHURRIED, (timedelta(minutes=1), timedelta(days=1))),
    **dict.fromkeys(_DAILY, (timedelta(minutes=1), timedelta(hours=12))),
}
# Per kind of mail with a link: its template, the beginning of its Message-ID, and where it leads.
_LINKS = {
    "magic_link": (templates.MAGIC_LINK, "sign-in", "/auth/verify"),
    "password_reset": (templates.PASSWORD_RESET, "password-reset", "/auth/reset-password"),
}


def account_mail(
    runtime: Runtime, sign_in: SignInStub, invitations: InvitationsStub, *, other: Mapping[str, Composer], record: Record
) -> MailKind[EmailMessage]:
    """Mails that somebody is waiting for; `other` composes the kinds that are not about accounts, and `record` leaves their audit lines."""
    app_url = runtime.settings.app_url.rstrip("/")

    async def compose(workspace_id: UUID, row: Any) -> EmailMessage:
        """Issues a new secret for an invitation or a link, which invalidates that of an earlier attempt: its mail was not accepted."""
        try:
            async with runtime.background(workspace_id) as work:
                if row["kind"] in other:
                    return await other[row["kind"]](row, work)
                if row["kind"] == "invitation":
                    return await _invitation(row, work)
                return await _link(row, work)
        except Unavailable:
            raise
        except Refusal as refusal:
            # The link or invitation has expired, was used, or was replaced by a newer one; the person is gone.
            raise NotToBeSent("dropped", refusal.code) from refusal
        except ValueError:
            raise NotToBeSent("failed", "address_malformed") from None

    async def _invitation(row: Any, work: UnitOfWork) -> EmailMessage:
        request = invitations_pb2.IssueInvitationRequest(invitation_id=str(row["id"]))
        invitation = await invitations.IssueInvitation(request, work.context)
        now = datetime.now(UTC)
        return templates.INVITATION.render(
            sender=runtime.settings.mail_from,
            to=invitation.email,
            message_id=templates.message_id("invitation", row["id"]),
            now=now,
            full_name=invitation.full_name,
            workspace=invitation.workspace_name,
            link=f"{app_url}/accept-invitation?token={quote(invitation.token, safe='')}",
            days=str(max(1, round((to_datetime(invitation.expires_at) - now).total_seconds() / 86400))),
        )

    async def _link(row: Any, work: UnitOfWork) -> EmailMessage:
        template, name, path = _LINKS[row["kind"]]
        link = await sign_in.IssueMagicLink(sign_in_pb2.IssueMagicLinkRequest(magic_link_id=str(row["id"])), work.context)
        now = datetime.now(UTC)
        return template.render(
            sender=runtime.settings.mail_from,
            to=link.email,
            message_id=templates.message_id(name, row["id"]),
            now=now,
            full_name=link.full_name,
            link=f"{app_url}{path}?token={quote(link.token, safe='')}",
            minutes=str(max(1, round((to_datetime(link.expires_at) - now).total_seconds() / 60))),
        )

    return MailKind(
        name="mail",
        load=store.load,
        begin_sending=store.begin_sending,
        finish=store.finish,
        reschedule=store.reschedule,
        compose=compose,
        next_attempt_at=_next_attempt_at,
        held_status="dropped",
        may_be_held=lambda row: row["kind"] not in _TRIED_EVERYWHERE,
        record=record,
    )


def _next_attempt_at(row: Any, now: datetime) -> datetime | None:
    pause, valid = _PATIENCE.get(row["kind"], (_PAUSE, _VALID))
    return now + pause if now + pause < row["created_at"] + valid else None
