"""The mails that tell people of an alert. They say of what type it is, where, since when and how urgent, and nothing that an alert's text may say of a client.

Of one that the workspace's rules have raised they say what has happened: those texts are ours, and name nobody.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from caseload.identity.v1 import departments_pb2, sign_in_pb2, workspaces_pb2
from chassis.errors import NotFound
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.alert_rules.rules import TEXTS
from notifications.escalations import store
from notifications.mail import dates
from notifications.mail.channel import NotToBeSent
from notifications.mail.message import message_id
from notifications.reminder_templates import composing
from notifications.staff_texts import StaffText
from notifications.stubs import Stubs

KINDS = ("alert", "alert_unattended")


def alert_mails(runtime: Runtime, stubs: Stubs) -> Mapping[str, Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]]:
    """Per kind, what composes the mail of a row. It raises a Refusal where the person is gone."""
    app_url = runtime.settings.app_url.rstrip("/")

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        alert = await work.db.maybe(store.mailed, id=row["id"])
        if alert is None or alert["status"] != "active":
            raise NotToBeSent("dropped", "alert_answered")
        person = await stubs.sign_in.GetMailRecipient(sign_in_pb2.GetMailRecipientRequest(user_id=str(row["user_id"])), work.context)
        workspace = await stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        if workspace.status != workspaces_pb2.WORKSPACE_STATUS_ACTIVE:
            # Nobody could sign in and answer.
            raise NotToBeSent("dropped", "workspace_suspended")
        text = StaffText.of(workspace.locale)
        raised = text.when(alert["created_at"], dates.zone("", workspace.time_zone))
        rendered = text.alert(
            row["kind"],
            drill=alert["drill"],
            priority=alert["priority"],
            what=alert["alert_type"],
            department=await department(alert, work),
            room=alert["room_number"] or "",
            since=f"{raised['date']}, {raised['time']}",
            name=person.full_name,
            link=f"{app_url}/alerts/{alert['id']}",
            notice=TEXTS[alert["alert_type"]] if alert["created_by"] == alert["workspace_id"] else "",
        )
        own_id = message_id(row["kind"].replace("_", "-"), row["id"])
        return composing.compose(rendered, runtime.settings, workspace, to=person.email, message_id=own_id, now=datetime.now(UTC))

    async def department(alert: Any, work: UnitOfWork) -> str:
        """Its name; empty for an alert of the whole house, and for a department that was deleted meanwhile."""
        if alert["department_id"] is not None:
            asked = departments_pb2.GetDepartmentRequest(department_id=str(alert["department_id"]))
            with suppress(NotFound):
                return (await stubs.departments.GetDepartment(asked, work.context)).name
        return ""

    return dict.fromkeys(KINDS, compose)
