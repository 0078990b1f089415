"""Puts a rendered text into a mail."""

from datetime import datetime
from email.message import EmailMessage

from caseload.identity.v1 import workspaces_pb2
from notifications.mail.message import build, is_address
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


def compose_to_client(
    rendered: Rendered,
    settings: NotificationsSettings,
    workspace: workspaces_pb2.Workspace,
    *,
    to: str,
    message_id: str,
    now: datetime,
) -> EmailMessage:
    """The same for a client, whose answer goes to the practice where its settings name an address."""
    message = compose(rendered, settings, workspace, to=to, message_id=message_id, now=now)
    if "reply_to" in workspace.settings and is_address(reply_to := workspace.settings["reply_to"]):
        message["Reply-To"] = reply_to
    return message
