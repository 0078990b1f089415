"""The mail with an invitation. Its secret is issued when the mail is composed, and stored nowhere but in the mail."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote
from uuid import UUID

from caseload.identity.v1 import invitations_pb2
from caseload.identity.v1.invitations_rpc import InvitationsStub
from chassis.errors import Refusal, Unavailable
from chassis.protobuf.timestamps import when
from chassis.service.runtime import Runtime
from notifications.mail import templates
from notifications.mail.sender import NotToBeSent


def invitation_composer(runtime: Runtime, invitations: InvitationsStub) -> Callable[[UUID, Any], Awaitable[EmailMessage]]:
    async def compose(workspace_id: UUID, row: Any) -> EmailMessage:
        """Issues a new secret, which invalidates that of an earlier attempt: its mail was not accepted."""
        request = invitations_pb2.IssueInvitationRequest(invitation_id=str(row["id"]))
        try:
            async with runtime.background(workspace_id) as work:
                invitation = await invitations.IssueInvitation(request, work.context)
        except Unavailable:
            raise
        except Refusal as refusal:
            # It was accepted, replaced by a newer one, or is too old.
            raise NotToBeSent("dropped", refusal.code) from refusal
        return _render(row["id"], invitation, runtime.settings, now=datetime.now(UTC))

    return compose


def _render(mail_id: UUID, invitation: invitations_pb2.InvitationMail, settings: Any, *, now: datetime) -> EmailMessage:
    try:
        return templates.INVITATION.render(
            sender=settings.mail_from,
            to=invitation.email,
            message_id=templates.message_id("invitation", mail_id),
            now=now,
            full_name=invitation.full_name,
            workspace=invitation.workspace_name,
            link=f"{settings.app_url.rstrip('/')}/accept-invitation?token={quote(invitation.token, safe='')}",
            days=str(max(1, round((when(invitation.expires_at) - now).total_seconds() / 86400))),
        )
    except ValueError:
        raise NotToBeSent("failed", "address_malformed") from None
