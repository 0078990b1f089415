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
from notifications.mail import dates, templates
from notifications.mail.sender import NotToBeSent
from notifications.stubs import Stubs

KIND = "cancellation_asked"
_OWN, _OF_NOBODY = "your appointment", "an appointment whose practitioner is no longer here"


def cancellation_mail(runtime: Runtime, stubs: Stubs) -> Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]:
    """Composes the mail of a row. Raises a Refusal where the person or the appointment is gone."""

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        person = await stubs.sign_in.GetMailRecipient(sign_in_pb2.GetMailRecipientRequest(user_id=str(row["user_id"])), work.context)
        slot = await stubs.appointments.GetSlot(appointments_pb2.GetSlotRequest(appointment_id=str(row["appointment_id"])), work.context)
        workspace = await stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        if slot.status != appointments_pb2.APPOINTMENT_STATUS_SCHEDULED:
            raise NotToBeSent("dropped", "appointment_closed")
        zone, starts_at, locale = dates.zone("", workspace.time_zone), to_datetime(slot.starts_at), dates.english(workspace.locale)
        return templates.CANCELLATION_ASKED.render(
            sender=runtime.settings.mail_from,
            to=person.email,
            message_id=templates.message_id("cancellation-asked", row["id"]),
            now=datetime.now(UTC),
            full_name=person.full_name,
            which=_OWN if slot.practitioner_id == str(row["user_id"]) else _OF_NOBODY,
            day=dates.format_day(starts_at, zone, locale),
            time=dates.format_time(starts_at, zone, locale),
        )

    return compose
