"""The mail of a reminder, written in the client's time zone, with the appointment as a part for calendars."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from caseload.clients.v1 import clients_pb2
from caseload.identity.v1 import workspaces_pb2
from chassis.protobuf.timestamps import to_datetime
from chassis.service.runtime import Runtime
from notifications.calendar_invites.ics import Invite, attach
from notifications.calendar_invites.workflow import record
from notifications.mail.channel import NotToBeSent
from notifications.mail.message import message_id
from notifications.mail.sender import MailKind
from notifications.reminder_templates import composing, rendering
from notifications.reminders import sending
from notifications.stubs import Stubs


def reminder_mail(runtime: Runtime, stubs: Stubs, *, first_pause: timedelta) -> MailKind[EmailMessage]:
    async def compose(workspace_id: UUID, row: Any) -> EmailMessage | None:
        now = datetime.now(UTC)
        sending.check_is_due(row)
        async with runtime.background(workspace_id) as work:
            ready = await sending.ready(work, row, stubs, public_url=runtime.settings.public_url, address="email")
            if ready is None:
                return None
            invite = Invite(row["appointment_id"], ready.slot.version - 1, row["starts_at"], to_datetime(ready.slot.ends_at))
            keys = await runtime.keys.of(workspace_id)
            invite = await record(work, keys, invite, client_id=row["client_id"], email=ready.contact.email, told_by=row["id"])
        text = rendering.ReminderText.of(ready.template, ready.workspace.locale)
        shown = rendering.render(text, ready.values(text, row["starts_at"]))
        rendered = rendering.with_links(shown, text.locale.language, **asdict(ready.links))
        message = _message(row, ready.contact, ready.workspace, rendered, runtime.settings, now=now)
        attach(message, invite, now=now)
        message["List-Unsubscribe"] = f"<{ready.links.opt_out}>"
        # RFC 8058: whoever shows the mail may opt out by a POST of its own, at a person's click.
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        sending.observe_lateness(row)
        return message

    return sending.reminders_by("reminder", compose, first_pause=first_pause)


def _message(
    row: Any,
    contact: clients_pb2.Contact,
    workspace: workspaces_pb2.Workspace,
    rendered: rendering.Rendered,
    settings: Any,
    *,
    now: datetime,
) -> EmailMessage:
    try:
        return composing.compose_to_client(
            rendered, settings, workspace, to=contact.email, message_id=message_id("reminder", row["id"]), now=now
        )
    except ValueError:
        raise NotToBeSent("failed", "address_malformed") from None
