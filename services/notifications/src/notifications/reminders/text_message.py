"""The text message of a reminder: short, plain, in the client's time zone, with a link by which there will be no more of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.service.runtime import Runtime
from notifications.mail.channel import NotToBeSent
from notifications.mail.sender import MailKind
from notifications.reminder_templates import rendering
from notifications.reminder_templates.rules import substitute
from notifications.reminder_templates.text_messages import is_too_long, with_link
from notifications.reminders import sending
from notifications.sms_channels import record
from notifications.sms_channels import rules as sms
from notifications.sms_channels import store as sms_channels
from notifications.sms_channels.channel import HttpChannel, TextMessage
from notifications.stubs import Stubs


def reminder_text_message(runtime: Runtime, stubs: Stubs, channel: HttpChannel, *, first_pause: timedelta) -> MailKind[TextMessage]:
    async def compose(workspace_id: UUID, row: Any) -> TextMessage | None:
        sending.check_is_due(row)
        keys = await runtime.keys.of(workspace_id)
        async with runtime.background(workspace_id) as work:
            configured = await work.db.maybe(sms_channels.get)
            if configured is None or not configured["is_active"]:
                raise NotToBeSent("skipped", "sms_channel_off")
            sealed = record.open_sealed(configured, keys)
            if (until := channel.rests_until(workspace_id, sealed.url, now=datetime.now(UTC))) is not None:
                # Not an attempt, and looked at once more before the appointment begins.
                await sending.put_off(work, row, min(until, row["starts_at"]), "provider_rests")
                return None
            ready = await sending.ready(work, row, stubs, public_url=runtime.settings.public_url, address="phone")
            if ready is None:
                return None
            secrets = record.secrets(configured, sealed, now=work.now)
        number = sms.number_of(ready.contact.phone)
        if number is None:
            raise NotToBeSent("failed", "number_malformed")
        text = _text(row, ready)
        if is_too_long(text):
            raise NotToBeSent("failed", "text_too_long")
        sending.observe_lateness(row)
        return TextMessage(workspace_id, row["id"], number, text, sealed.url, secrets)

    return sending.reminders_by("text_message", compose, first_pause=first_pause)


def _text(row: Any, ready: sending.Ready) -> str:
    """The template's text, or our own, which is shorter than that of a mail."""
    text = rendering.ReminderText.of(ready.template, ready.workspace.locale)
    language = text.locale.language
    own = rendering.own_texts(language)
    said = substitute(own["text_message"] if ready.template is None else text.text, ready.values(text, row["starts_at"]))
    return with_link(said, opt_out=rendering.labelled(own["opt_out"], language), link=ready.links.opt_out)
