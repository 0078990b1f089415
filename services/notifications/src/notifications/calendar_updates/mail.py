"""The mail that tells a client that an appointment in their calendar was moved or cancelled. It goes to the address that was invited."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from caseload.clients.v1 import clients_pb2
from caseload.identity.v1 import workspaces_pb2
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import appointments_pb2
from chassis.db.transaction import Record
from chassis.errors import NotFound
from chassis.protobuf.timestamps import to_datetime
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.calendar_invites import store
from notifications.calendar_invites.ics import Invite, attach
from notifications.calendar_invites.workflow import address_of, record
from notifications.mail import dates
from notifications.mail.channel import NotToBeSent
from notifications.mail.message import message_id
from notifications.merged_clients.workflow import owners
from notifications.reminder_links import store as links
from notifications.reminder_templates import composing, rendering
from notifications.stubs import Stubs

KIND = "calendar_update"
_CANCELLED = appointments_pb2.APPOINTMENT_STATUS_CANCELLED


def calendar_mail(runtime: Runtime, stubs: Stubs) -> Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]:
    """Composes the mail of a row. Raises NotToBeSent where something else tells it, or the client is to get no mail any more."""

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        keys = await runtime.keys.of(work.workspace_id)
        slot = await _slot(row, work)
        found = await work.db.maybe(store.to_be_told_by, appointment_id=row["appointment_id"], told_by=row["id"])
        if found is None:
            raise NotToBeSent("dropped", "told_by_another")
        if found["starts_at"] <= work.now and (slot is None or to_datetime(slot.starts_at) <= work.now):
            raise NotToBeSent("dropped", "appointment_begun")
        client_id = (await owners(work.db, [found["client_id"]]))[found["client_id"]]
        contact = await _contact(client_id, work)
        workspace = await stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        if workspace.status != workspaces_pb2.WORKSPACE_STATUS_ACTIVE:
            raise NotToBeSent("dropped", "workspace_suspended")
        email = address_of(found, keys)
        invite = _invite(found, slot, client_id)
        invite = await record(work, keys, invite, client_id=found["client_id"], email=email, told_by=row["id"])
        text = rendering.notice("cancelled" if invite.is_cancelled else "moved", workspace.locale)
        zone = dates.zone(contact.time_zone, workspace.time_zone)
        values = rendering.values(text.locale, workspace, first_name=contact.first_name, starts_at=invite.starts_at, zone=zone)
        rendered = rendering.render(text, values)
        message = composing.compose_to_client(
            rendered, runtime.settings, workspace, to=email, message_id=message_id("calendar", row["id"]), now=datetime.now(UTC)
        )
        attach(message, invite, now=datetime.now(UTC))
        return message

    async def _slot(row: Any, work: UnitOfWork) -> appointments_pb2.Slot | None:
        """The appointment as it is now. None: it was deleted."""
        request = appointments_pb2.GetSlotRequest(appointment_id=str(row["appointment_id"]))
        try:
            slot = await stubs.appointments.GetSlot(request, work.context)
        except NotFound:
            return None
        if slot.status not in (appointments_pb2.APPOINTMENT_STATUS_SCHEDULED, _CANCELLED):
            raise NotToBeSent("dropped", "appointment_over")
        return slot

    async def _contact(client_id: UUID, work: UnitOfWork) -> clients_pb2.Contact:
        if "email" in {each["channel"] for each in await work.db.all(links.opt_outs_of, client_id=client_id)}:
            raise NotToBeSent("dropped", "opted_out")
        # NotFound for somebody who was erased: nothing is sent.
        contact = await stubs.clients.GetContact(clients_pb2.GetContactRequest(client_id=str(client_id)), work.context)
        if not contact.is_active or contact.reminders_withdrawn:
            raise NotToBeSent("dropped", "client_takes_none")
        return contact

    return compose


def _invite(found: Record, slot: appointments_pb2.Slot | None, client_id: UUID) -> Invite:
    """What the calendar is to show: that the appointment is cancelled, or when it is now."""
    if slot is None or slot.status == _CANCELLED or slot.client_id != str(client_id):
        return Invite(found["appointment_id"], found["sequence"] + 1, found["starts_at"], found["ends_at"], is_cancelled=True)
    return Invite(found["appointment_id"], slot.version - 1, to_datetime(slot.starts_at), to_datetime(slot.ends_at))


def record_calendar_mail(work: UnitOfWork, row: Any, status: str, reason: str | None) -> None:
    """The audit line of a mail that is not tried again. What was sent, or may have been, has told somebody of an appointment."""
    if row["kind"] != KIND:
        return
    action = options_pb2.ACTION_SHARE if status in {"sent", "unknown"} else options_pb2.ACTION_UPDATE
    facts = {"mail_id": row["id"], "status": status, **({"reason": reason} if reason else {})}
    record_effect(work, "send_calendar_update", options_pb2.RESOURCE_APPOINTMENT, action, [row["appointment_id"]], **facts)
