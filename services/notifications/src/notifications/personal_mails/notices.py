"""Mails that tell somebody of the practice what needs them, in the practice's language. They say neither of whom nor of what, only that there is something."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from caseload.identity.v1 import sign_in_pb2, workspaces_pb2
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates
from notifications.mail.message import message_id
from notifications.mail.security_notices import SECURITY_KINDS
from notifications.reminder_templates import composing
from notifications.staff_texts import NOTICES, StaffText
from notifications.stubs import Stubs


def notices(runtime: Runtime, stubs: Stubs) -> Mapping[str, Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]]:
    """Per kind, what composes the mail of a row. It raises a Refusal where the person is gone."""
    link = runtime.settings.app_url.rstrip("/")

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        person = await stubs.sign_in.GetMailRecipient(sign_in_pb2.GetMailRecipientRequest(user_id=str(row["user_id"])), work.context)
        workspace = await stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        text = StaffText.of(workspace.locale)
        if row["kind"] in SECURITY_KINDS:
            at = text.when(row["created_at"], dates.zone("", workspace.time_zone))
            rendered = text.security(row["kind"], when=f"{at['date']}, {at['time']}", name=person.full_name)
            own_id = message_id("notice", row["id"])
        else:
            rendered = text.render(row["kind"], name=person.full_name, link=link)
            own_id = message_id(row["kind"].replace("_", "-"), row["id"])
        return composing.compose(rendered, runtime.settings, workspace, to=person.email, message_id=own_id, now=datetime.now(UTC))

    return dict.fromkeys((*NOTICES, *SECURITY_KINDS), compose)
