"""The mails that tell people of an alert. They say of what type it is, where and how urgent, and nothing that an alert's text may say of a client."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from caseload.identity.v1 import departments_pb2, sign_in_pb2
from chassis.errors import NotFound
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.escalations import store
from notifications.mail import templates
from notifications.mail.sender import NotToBeSent
from notifications.stubs import Stubs

# Per kind of mail: its template, and the beginning of its Message-ID.
_MAILS = {"alert": (templates.ALERT, "alert"), "alert_unattended": (templates.ALERT_UNATTENDED, "alert-unattended")}


def alert_mails(runtime: Runtime, stubs: Stubs) -> Mapping[str, Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]]:
    """Per kind, what composes the mail of a row. It raises a Refusal where the person is gone."""
    app_url = runtime.settings.app_url.rstrip("/")

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        template, name = _MAILS[row["kind"]]
        alert = await work.db.maybe(store.mailed, id=row["id"])
        if alert is None or alert["status"] != "active":
            raise NotToBeSent("dropped", "alert_answered")
        person = await stubs.sign_in.GetMailRecipient(sign_in_pb2.GetMailRecipientRequest(user_id=str(row["user_id"])), work.context)
        return template.render(
            sender=runtime.settings.mail_from,
            to=person.email,
            message_id=templates.message_id(name, row["id"]),
            now=datetime.now(UTC),
            full_name=person.full_name,
            drill="DRILL: " if alert["drill"] else "",
            priority=alert["priority"],
            what=alert["alert_type"],
            where=await where(alert, work),
            link=f"{app_url}/alerts/{alert['id']}",
        )

    async def where(alert: Any, work: UnitOfWork) -> str:
        named = [] if alert["room_number"] is None else [f"room {alert['room_number']}"]
        if alert["department_id"] is not None:
            asked = departments_pb2.GetDepartmentRequest(department_id=str(alert["department_id"]))
            # One that was deleted meanwhile has no name.
            with suppress(NotFound):
                named.insert(0, (await stubs.departments.GetDepartment(asked, work.context)).name)
        return ", ".join(named) or "the whole house"

    return dict.fromkeys(_MAILS, compose)
