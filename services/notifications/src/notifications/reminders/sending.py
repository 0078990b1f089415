"""What holds for a reminder whatever it is sent by: it is checked against the calendar, the client and the workspace as they are now."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prometheus_client import Histogram

from caseload.clients.v1 import clients_pb2
from caseload.identity.v1 import workspaces_pb2
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import appointments_pb2
from chassis.errors import NotFound
from chassis.protobuf.timestamps import to_datetime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates
from notifications.mail.channel import Message, NotToBeSent
from notifications.mail.sender import COMPOSED, MailKind
from notifications.reminder_links import store as links
from notifications.reminder_links.workflow import Links, issue
from notifications.reminder_policies import workflow as policies
from notifications.reminder_policies.rules import QuietHours, is_too_late, send_at
from notifications.reminder_templates import store as templates
from notifications.reminder_templates.rendering import ReminderText, values
from notifications.reminders import rules, sending_store, workflow
from notifications.reminders.rules import KnownAppointment
from notifications.stubs import Stubs

_NO_ADDRESS = {"email": "no_email_address", "phone": "no_phone_number"}
# To compose one asks three services.
_CLAIMED_FOR = timedelta(seconds=20)
# Until a reminder of a suspended workspace is looked at again.
_HELD = timedelta(minutes=1)

_LATENESS = Histogram(
    "caseload_reminder_lateness_seconds",
    "Seconds between the time a reminder was due and the time it was handed to the mail server, or to whoever sends text messages.",
    buckets=(1, 5, 15, 60, 300, 900, 3600, 14400, 86400),
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A reminder that may go out now, and what it is made of. `values` are those of the placeholders of `text`."""

    slot: appointments_pb2.Slot
    contact: clients_pb2.Contact
    workspace: workspaces_pb2.Workspace
    template: Mapping[str, Any] | None
    zone: ZoneInfo
    links: Links

    def values(self, text: ReminderText, starts_at: datetime) -> Mapping[str, str]:
        return values(text.locale, self.workspace, first_name=self.contact.first_name, starts_at=starts_at, zone=self.zone)


def check_is_due(row: Any) -> None:
    """Raises NotToBeSent for one whose appointment has begun, or whose rule is gone."""
    if row["starts_at"] <= datetime.now(UTC):
        raise NotToBeSent("skipped", "appointment_begun")
    if not row["is_ruled"]:
        raise NotToBeSent("cancelled", "rule_withdrawn")


async def ready(work: UnitOfWork, row: Any, stubs: Stubs, *, public_url: str, address: str) -> Ready | None:
    """The reminder's parts; None if it has become due at another time meanwhile. `address` is the contact's field that it goes to.

    Raises NotToBeSent if it is not to go out at all.
    """
    now = datetime.now(UTC)
    slot = await _slot(stubs, row, work)
    if (slot.client_id, to_datetime(slot.starts_at)) != (str(row["client_id"]), row["starts_at"]):
        # The appointment was moved, and its event has not been delivered yet.
        moved = KnownAppointment(UUID(slot.appointment_id), UUID(slot.client_id), to_datetime(slot.starts_at), slot.version)
        await workflow.record_appointments(work, [moved], now=now)
        return None
    contact, workspace = await asyncio.gather(_contact(stubs, row, work), _workspace(stubs, work))
    if not getattr(contact, address):
        raise NotToBeSent("skipped", _NO_ADDRESS[address])
    template = await work.db.maybe(templates.of_rule, hours_before=row["hours_before"], channel=row["channel"])
    if workspace.status == workspaces_pb2.WORKSPACE_STATUS_SUSPENDED:
        # Held until the workspace is active again, or the appointment begins.
        await put_off(work, row, min(now + _HELD, row["starts_at"]), "workspace_suspended")
        return None
    if (at := _send_at(row, await policies.current(work.db), workspace, now=now)) > now:
        await put_off(work, row, at, None)
        return None
    if row["channel"] in {each["channel"] for each in await work.db.all(links.opt_outs_of, client_id=row["client_id"])}:
        raise NotToBeSent("skipped", "opted_out")
    zone = _zone(contact.time_zone, workspace.time_zone)
    return Ready(slot, contact, workspace, template, zone, await issue(work, row, zone, public_url=public_url))


async def put_off(work: UnitOfWork, row: Any, at: datetime, reason: str | None) -> None:
    """Has one that nobody is sending looked at again then. It is no attempt."""
    await work.db.run(sending_store.reschedule, id=row["id"], at=at, reason=reason, statuses=COMPOSED)


def observe_lateness(row: Any) -> None:
    _LATENESS.observe(max(0.0, (datetime.now(UTC) - row["due_at"]).total_seconds()))


def reminders_by(name: str, compose: Callable[[UUID, Any], Awaitable[Message | None]], *, first_pause: timedelta) -> MailKind[Message]:
    """Reminders of one channel: `name` is the kind of due work that they are."""
    return MailKind(
        name=name,
        load=sending_store.load,
        begin_sending=sending_store.begin_sending,
        finish=sending_store.finish,
        reschedule=sending_store.reschedule,
        compose=compose,
        claimed_for=_CLAIMED_FOR,
        next_attempt_at=lambda row, now, asked: rules.next_attempt_at(
            row["attempts"] + 1, first_pause=first_pause, now=now, until=row["starts_at"], asked=asked
        ),
        held_status="skipped",
        may_be_held=lambda _row: True,
        guard=("appointment_version",),
        record=_record_end,
    )


def _record_end(work: UnitOfWork, row: Any, status: str, reason: str | None) -> None:
    """The audit line of a reminder that is not tried again. What was sent, or may have been, has told somebody of an appointment."""
    action = options_pb2.ACTION_SHARE if status in {"sent", "unknown"} else options_pb2.ACTION_UPDATE
    facts = {"reminder_id": row["id"], "channel": row["channel"], "status": status, **({"reason": reason} if reason else {})}
    record_effect(work, "send_reminder", options_pb2.RESOURCE_APPOINTMENT, action, [row["appointment_id"]], **facts)


def _send_at(row: Any, policy: Mapping[str, Any], workspace: workspaces_pb2.Workspace, *, now: datetime) -> datetime:
    """When it goes out by the workspace's policy. Raises NotToBeSent where it does not."""
    if row["is_superseded"] and policy["late_reminders"] != "late":
        raise NotToBeSent("skipped", "later_reminder_due")
    quiet, zone = QuietHours.of(policy), _zone("", workspace.time_zone)
    if policy["late_reminders"] == "skipped" and is_too_late(row["due_at"], quiet=quiet, zone=zone, now=now):
        raise NotToBeSent("skipped", "too_late")
    at = send_at(row["due_at"], latest=row["starts_at"] - rules.LEAST_NOTICE, quiet=quiet, zone=zone, now=now)
    if at is None:
        raise NotToBeSent("skipped", "quiet_hours")
    return at


def _zone(client_zone: str, workspace_zone: str) -> ZoneInfo:
    try:
        return dates.zone(client_zone, workspace_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise NotToBeSent("failed", "time_zone_unknown") from None


async def _slot(stubs: Stubs, row: Any, work: UnitOfWork) -> appointments_pb2.Slot:
    try:
        slot = await stubs.appointments.GetSlot(appointments_pb2.GetSlotRequest(appointment_id=str(row["appointment_id"])), work.context)
    except NotFound:
        raise NotToBeSent("cancelled", "appointment_gone") from None
    if slot.status != appointments_pb2.APPOINTMENT_STATUS_SCHEDULED:
        raise NotToBeSent("cancelled", "appointment_closed")
    return slot


async def _contact(stubs: Stubs, row: Any, work: UnitOfWork) -> clients_pb2.Contact:
    try:
        contact = await stubs.clients.GetContact(clients_pb2.GetContactRequest(client_id=str(row["client_id"])), work.context)
    except NotFound:
        raise NotToBeSent("cancelled", "client_gone") from None
    if not contact.is_active:
        raise NotToBeSent("skipped", "client_inactive")
    if contact.reminders_withdrawn:
        # The event that tells so has not been delivered yet.
        raise NotToBeSent("cancelled", "consent_withdrawn")
    return contact


async def _workspace(stubs: Stubs, work: UnitOfWork) -> workspaces_pb2.Workspace:
    return await stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
