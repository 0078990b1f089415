"""The mail about a note that was not co-signed in time. It says nothing of whose it is."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from caseload.identity.v1 import sign_in_pb2
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import templates
from notifications.stubs import Stubs


def cosign_notice_mail(runtime: Runtime, stubs: Stubs) -> Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]:
    """Composes the mail of a row. Raises a Refusal where the supervisor is gone."""

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        request = sign_in_pb2.GetMailRecipientRequest(user_id=str(row["user_id"]))
        supervisor = await stubs.sign_in.GetMailRecipient(request, work.context)
        return templates.COSIGN_OVERDUE.render(
            sender=runtime.settings.mail_from,
            to=supervisor.email,
            message_id=templates.message_id("cosign-overdue", row["id"]),
            now=datetime.now(UTC),
            full_name=supervisor.full_name,
        )

    return compose
