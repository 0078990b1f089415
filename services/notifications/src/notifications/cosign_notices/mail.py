"""The mails about co-signatures. None says of whose note it is."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from caseload.identity.v1 import sign_in_pb2
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import templates
from notifications.stubs import Stubs

# Per kind of mail: its template, and the beginning of its Message-ID.
_NOTICES = {
    "cosign_overdue": (templates.COSIGN_OVERDUE, "cosign-overdue"),
    "cosign_unattended": (templates.COSIGN_UNATTENDED, "cosign-unattended"),
    "note_returned": (templates.NOTE_RETURNED, "note-returned"),
}


def cosign_notice_mails(runtime: Runtime, stubs: Stubs) -> Mapping[str, Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]]:
    """Per kind, what composes the mail of a row. It raises a Refusal where the person is gone."""

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        template, name = _NOTICES[row["kind"]]
        request = sign_in_pb2.GetMailRecipientRequest(user_id=str(row["user_id"]))
        person = await stubs.sign_in.GetMailRecipient(request, work.context)
        return template.render(
            sender=runtime.settings.mail_from,
            to=person.email,
            message_id=templates.message_id(name, row["id"]),
            now=datetime.now(UTC),
            full_name=person.full_name,
        )

    return dict.fromkeys(_NOTICES, compose)
