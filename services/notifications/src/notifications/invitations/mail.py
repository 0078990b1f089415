"""The mail with an invitation. Its secret is issued when the mail is composed, and stored nowhere but in the mail."""

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

from caseload.identity.v1 import invitations_pb2
from caseload.identity.v1.invitations_rpc import InvitationsStub
from chassis.protobuf.timestamps import to_datetime
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import templates
from notifications.mail.sender import Composer


def invitation_composer(runtime: Runtime, invitations: InvitationsStub) -> Composer:
    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        """Issues a new secret, which invalidates that of an earlier attempt: its mail was not accepted."""
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
            link=f"{runtime.settings.app_url.rstrip('/')}/accept-invitation?token={quote(invitation.token, safe='')}",
            days=str(max(1, round((to_datetime(invitation.expires_at) - now).total_seconds() / 86400))),
        )

    return compose
