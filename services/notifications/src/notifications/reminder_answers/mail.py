"""The mail that asks somebody to accept a client's cancellation. It says when the appointment is, and not whose."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from caseload.identity.v1 import sign_in_pb2, workspaces_pb2
from caseload.scheduling.v1 import appointments_pb2
from chassis.protobuf.timestamps import to_datetime
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates
from notifications.mail.channel import NotToBeSent
from notifications.mail.message import message_id
from notifications.reminder_links import store as links
from notifications.reminder_templates import composing
from notifications.staff_texts import StaffText
from notifications.stubs import Stubs

KIND = "cancellation_asked"
_OF_NOBODY = "cancellation_of_nobody"


def cancellation_mail(runtime: Runtime, stubs: Stubs) -> Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]:
    """Composes the mail of a row. Raises a Refusal where the person or the appointment is gone."""

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        person = await stubs.sign_in.GetMailRecipient(sign_in_pb2.GetMailRecipientRequest(user_id=str(row["user_id"])), work.context)
        slot = await stubs.appointments.GetSlot(appointments_pb2.GetSlotRequest(appointment_id=str(row["appointment_id"])), work.context)
        workspace = await stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        if slot.status != appointments_pb2.APPOINTMENT_STATUS_SCHEDULED:
            raise NotToBeSent("dropped", "appointment_closed")
        about = {"appointment_id": row["appointment_id"], "starts_at": to_datetime(slot.starts_at)}
        if await work.db.maybe(links.waiting, **about) is None:
            raise NotToBeSent("dropped", "answered")
        text = StaffText.of(workspace.locale)
        rendered = text.render(
            KIND if slot.practitioner_id == str(row["user_id"]) else _OF_NOBODY,
            name=person.full_name,
            link=runtime.settings.app_url.rstrip("/"),
            **text.when(to_datetime(slot.starts_at), dates.zone("", workspace.time_zone)),
        )
        own_id = message_id("cancellation-asked", row["id"])
        return composing.compose(rendered, runtime.settings, workspace, to=person.email, message_id=own_id, now=datetime.now(UTC))

    return compose
