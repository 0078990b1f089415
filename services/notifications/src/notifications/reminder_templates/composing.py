"""Puts a rendered text into a mail."""

from datetime import datetime
from email.message import EmailMessage

from caseload.identity.v1 import workspaces_pb2
from notifications.mail.message import build
from notifications.reminder_templates.rendering import Rendered
from notifications.settings import NotificationsSettings


def compose(
    rendered: Rendered,
    settings: NotificationsSettings,
    workspace: workspaces_pb2.Workspace | None = None,
    *,
    to: str,
    message_id: str,
    now: datetime,
) -> EmailMessage:
    """The complete mail, in the name of the workspace if there is one, else of the installation.

    `message_id` is the left part of its Message-ID. Raises ValueError if `to` is not an address.
    """
    return build(
        sender=settings.mail_from,
        sender_name=workspace.name if workspace else "",
        to=to,
        message_id=message_id,
        now=now,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        language=rendered.language,
        direction=rendered.direction,
    )
