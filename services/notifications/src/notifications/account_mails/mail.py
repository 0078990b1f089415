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
from notifications.mail.channel import NotToBeSent
from notifications.mail.message import message_id
from notifications.mail.security_notices import SECURITY_KINDS
from notifications.mail.sender import MailKind
from notifications.reminder_templates import composing
from notifications.staff_texts import NOTICES, StaffText

Composer: TypeAlias = Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]
Record: TypeAlias = Callable[[UnitOfWork, Any, str, str | None], None]

# Somebody is waiting: of what a killed process has claimed another takes this long to take it up.
_CLAIMED_FOR = timedelta(seconds=8)
# The pause between attempts, and for how long they go on. A person is waiting, but for an invitation. A link that has expired earlier is not issued.
_PAUSE, _VALID = timedelta(seconds=3), timedelta(hours=1)
_UNHURRIED = (
    "invitation",
    "payment_request",
    *NOTICES,
    "cancellation_asked",
    "cancellation_declined",
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
_TRIED_EVERYWHERE = {"magic_link", "password_reset", "invitation", "alert", "alert_unattended"} | SECURITY_KINDS
# They are of a day, and are created as of when they were due.
_DAILY = ("agenda_today", "agenda_tomorrow", "notes_waiting")
_PATIENCE = {
    **dict.fromkeys(_UNHURRIED, (timedelta(minutes=1), timedelta(days=1))),
    **dict.fromkeys(_DAILY, (timedelta(minutes=1), timedelta(hours=12))),
}
# Per kind of mail with a link: the beginning of its Message-ID, and where it leads.
_LINKS = {
    "magic_link": ("sign-in", "/auth/verify"),
    "password_reset": ("password-reset", "/auth/reset-password"),
    "invitation": ("invitation", "/accept-invitation"),
}
WITH_A_LINK = tuple(_LINKS)


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
                return await _with_link(row, work)
        except Unavailable:
            raise
        except Refusal as refusal:
            # The link or invitation has expired, was used, or was replaced by a newer one; the person is gone.
            raise NotToBeSent("dropped", refusal.code) from refusal
        except ValueError:
            raise NotToBeSent("failed", "address_malformed") from None

    async def _with_link(row: Any, work: UnitOfWork) -> EmailMessage:
        name, path = _LINKS[row["kind"]]
        issued: invitations_pb2.InvitationMail | sign_in_pb2.MagicLink
        if row["kind"] == "invitation":
            issued = await invitations.IssueInvitation(invitations_pb2.IssueInvitationRequest(invitation_id=str(row["id"])), work.context)
            workspace = issued.workspace_name
        else:
            issued = await sign_in.IssueMagicLink(sign_in_pb2.IssueMagicLinkRequest(magic_link_id=str(row["id"])), work.context)
            workspace = ""
        now = datetime.now(UTC)
        rendered = StaffText.of(issued.locale).link(
            row["kind"],
            name=issued.full_name,
            workspace=workspace,
            lasts=to_datetime(issued.expires_at) - now,
            link=f"{app_url}{path}?token={quote(issued.token, safe='')}",
        )
        return composing.compose(rendered, runtime.settings, to=issued.email, message_id=message_id(name, row["id"]), now=now)

    return MailKind(
        name="mail",
        load=store.load,
        begin_sending=store.begin_sending,
        finish=store.finish,
        reschedule=store.reschedule,
        compose=compose,
        claimed_for=_CLAIMED_FOR,
        next_attempt_at=_next_attempt_at,
        held_status="dropped",
        may_be_held=lambda row: row["kind"] not in _TRIED_EVERYWHERE,
        record=record,
    )


def _next_attempt_at(row: Any, now: datetime, asked: timedelta) -> datetime | None:
    usual, valid = _PATIENCE.get(row["kind"], (_PAUSE, _VALID))
    pause = max(usual, asked)
    return now + pause if now + pause < row["created_at"] + valid else None
