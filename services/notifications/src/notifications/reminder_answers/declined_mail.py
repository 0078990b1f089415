"""The mail that tells a client who has asked to cancel an appointment that it stays."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from caseload.clients.v1 import clients_pb2
from caseload.identity.v1 import workspaces_pb2
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import appointments_pb2
from chassis.protobuf.timestamps import to_datetime
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates
from notifications.mail.channel import NotToBeSent
from notifications.mail.message import message_id
from notifications.merged_clients.workflow import owners
from notifications.reminder_links import store as links
from notifications.reminder_templates import composing, rendering
from notifications.stubs import Stubs

KIND = "cancellation_declined"


def declined_mail(runtime: Runtime, stubs: Stubs) -> Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]:
    """Composes the mail of a row. Raises NotToBeSent where it is not so any more, or the client takes no such mail."""

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        request = appointments_pb2.GetSlotRequest(appointment_id=str(row["appointment_id"]))
        slot = await stubs.appointments.GetSlot(request, work.context)
        client_id = await _still_expected(slot, row, work)
        if "email" in {each["channel"] for each in await work.db.all(links.opt_outs_of, client_id=client_id)}:
            raise NotToBeSent("dropped", "opted_out")
        contact = await stubs.clients.GetContact(clients_pb2.GetContactRequest(client_id=str(client_id)), work.context)
        if not contact.is_active or contact.reminders_withdrawn:
            raise NotToBeSent("dropped", "client_takes_none")
        if not contact.email:
            raise NotToBeSent("dropped", "client_without_email")
        workspace = await stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        if workspace.status != workspaces_pb2.WORKSPACE_STATUS_ACTIVE:
            raise NotToBeSent("dropped", "workspace_suspended")
        text = rendering.notice("declined", workspace.locale)
        zone = dates.zone(contact.time_zone, workspace.time_zone)
        starts_at = to_datetime(slot.starts_at)
        values = rendering.values(text.locale, workspace, first_name=contact.first_name, starts_at=starts_at, zone=zone)
        rendered = rendering.render(text, values)
        own_id = message_id("cancellation-declined", row["id"])
        return composing.compose_to_client(
            rendered, runtime.settings, workspace, to=contact.email, message_id=own_id, now=datetime.now(UTC)
        )

    async def _still_expected(slot: appointments_pb2.Slot, row: Any, work: UnitOfWork) -> UUID:
        """The client who has asked and was declined. Raises NotToBeSent unless the appointment is theirs and as it was, and they have not asked again."""
        link = await work.db.maybe(links.last_declined, appointment_id=row["appointment_id"])
        if slot.cancellation_asked:
            raise NotToBeSent("dropped", "asked_again")
        if link is None:
            # They have confirmed it since, or it was moved.
            raise NotToBeSent("dropped", "no_longer_asked")
        client_id, has_it = link["client_id"], UUID(slot.client_id)
        whose = await owners(work.db, [client_id, has_it])
        starts_at = to_datetime(slot.starts_at)
        is_as_it_was = (whose[client_id], link["starts_at"]) == (whose[has_it], starts_at)
        if not is_as_it_was or slot.status != appointments_pb2.APPOINTMENT_STATUS_SCHEDULED:
            raise NotToBeSent("dropped", "appointment_changed")
        if starts_at <= work.now:
            raise NotToBeSent("dropped", "appointment_begun")
        return whose[client_id]

    return compose


def record_declined_mail(work: UnitOfWork, row: Any, status: str, reason: str | None) -> None:
    """The audit line of a mail that is not tried again. What was sent, or may have been, has told somebody of an appointment."""
    if row["kind"] != KIND:
        return
    action = options_pb2.ACTION_SHARE if status in {"sent", "unknown"} else options_pb2.ACTION_UPDATE
    facts = {"mail_id": row["id"], "status": status, **({"reason": reason} if reason else {})}
    record_effect(work, "send_cancellation_declined", options_pb2.RESOURCE_APPOINTMENT, action, [row["appointment_id"]], **facts)
