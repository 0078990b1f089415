"""The mail about a webhook that was disabled. It does not say where the webhook led: an address may hold a credential."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from caseload.identity.v1 import sign_in_pb2
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import templates
from notifications.stubs import Stubs


def webhook_mails(runtime: Runtime, stubs: Stubs) -> Mapping[str, Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]]:
    """What composes the mail of a row. It raises a Refusal where the person is gone."""

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        request = sign_in_pb2.GetMailRecipientRequest(user_id=str(row["user_id"]))
        person = await stubs.sign_in.GetMailRecipient(request, work.context)
        return templates.WEBHOOK_DISABLED.render(
            sender=runtime.settings.mail_from,
            to=person.email,
            message_id=templates.message_id("webhook-disabled", row["id"]),
            now=datetime.now(UTC),
            full_name=person.full_name,
        )

    return {"webhook_disabled": compose}
