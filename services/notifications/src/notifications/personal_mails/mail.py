"""The mails to people about their own work. They say when something is, and how much of it there is, and nothing of any client: mail is not encrypted."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from caseload.clinical.v1 import sessions_pb2
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.identity.v1 import sign_in_pb2, workspaces_pb2
from caseload.scheduling.v1 import appointments_pb2
from chassis.errors import NotFound
from chassis.protobuf.timestamps import to_datetime, to_timestamp
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates
from notifications.mail.channel import NotToBeSent
from notifications.mail.message import message_id
from notifications.notification_settings import rules, workflow
from notifications.personal_mails.ids import of_appointment_soon
from notifications.reminder_templates import composing
from notifications.staff_texts import StaffText
from notifications.stubs import Stubs

_SCHEDULED = appointments_pb2.APPOINTMENT_STATUS_SCHEDULED


def personal_mails(runtime: Runtime, stubs: Stubs) -> Mapping[str, Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]]:
    """Per kind, what composes the mail of a row. It raises a Refusal where the person is gone, or inactive."""
    return dict.fromkeys((*rules.DAILY, *rules.ABOUT_AN_APPOINTMENT, *rules.ABOUT_SEVERAL.values()), _PersonalMails(runtime, stubs).compose)


class _PersonalMails:
    def __init__(self, runtime: Runtime, stubs: Stubs) -> None:
        self._runtime = runtime
        self._stubs = stubs

    async def compose(self, row: Any, work: UnitOfWork) -> EmailMessage:
        settings = await workflow.current(work.db, row["user_id"])
        if not rules.wants(settings, row["kind"]):
            raise NotToBeSent("dropped", "switched_off")
        request = sign_in_pb2.GetMailRecipientRequest(user_id=str(row["user_id"]))
        person = await self._stubs.sign_in.GetMailRecipient(request, work.context)
        workspace = await self._stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        if workspace.status != workspaces_pb2.WORKSPACE_STATUS_ACTIVE:
            raise NotToBeSent("dropped", "workspace_suspended")
        zone, text = dates.zone(settings["time_zone"] or "", workspace.time_zone), StaffText.of(workspace.locale)
        about = await self._about(row, work, zone, text)
        rendered = text.render(**about, name=person.full_name, link=self._runtime.settings.app_url.rstrip("/"))
        return composing.compose(
            rendered,
            self._runtime.settings,
            workspace,
            to=person.email,
            message_id=message_id(row["kind"].replace("_", "-"), row["id"]),
            now=datetime.now(UTC),
        )

    async def _about(self, row: Any, work: UnitOfWork, zone: ZoneInfo, text: StaffText) -> dict[str, Any]:
        """Which text it is, and what it says."""
        if row["kind"] in rules.ABOUT_AN_APPOINTMENT:
            try:
                return {"which": row["kind"], **text.when(await self._start(row, work), zone)}
            except NotFound:
                if row["kind"] == "appointment_cancelled":
                    # What is deleted is told to nobody, not even when it was.
                    return {"which": "appointment_deleted"}
                raise
        if row["kind"] in rules.ABOUT_SEVERAL.values():
            # Which of its appointments are when, the calendar shows: some may have been moved by now.
            return {"which": row["kind"]}
        if row["kind"] == "notes_waiting":
            return {"which": row["kind"], "count": str(await self._drafts(row, work))}
        return await self._agenda(row, work, zone, text)

    async def _agenda(self, row: Any, work: UnitOfWork, zone: ZoneInfo, text: StaffText) -> dict[str, Any]:
        # A daily mail is created as of when it was due.
        day = rules.agenda_day(row["kind"], row["created_at"], zone)
        since, until = (to_timestamp(at) for at in rules.of_day(day, zone))
        request = appointments_pb2.ListAgendaRequest(practitioner_id=str(row["user_id"]), since=since, until=until)
        found = (await self._stubs.appointments.ListAgenda(request, work.context)).items
        times = [text.times(to_datetime(entry.starts_at), to_datetime(entry.ends_at), zone) for entry in found]
        return {"which": "agenda" if times else "agenda_empty", "times": times, "date": text.day(day), "count": str(len(times))}

    async def _drafts(self, row: Any, work: UnitOfWork) -> int:
        sessions = SessionsStub(self._runtime.peers["clinical"])
        number = (await sessions.CountDrafts(sessions_pb2.CountDraftsRequest(user_id=str(row["user_id"])), work.context)).drafts
        if not number:
            raise NotToBeSent("dropped", "nothing_waits")
        return number

    async def _start(self, row: Any, work: UnitOfWork) -> datetime:
        """When the appointment begins, as the calendar is now. Raises NotToBeSent where the mail would not be true any more."""
        request = appointments_pb2.GetSlotRequest(appointment_id=str(row["appointment_id"]))
        slot = await self._stubs.appointments.GetSlot(request, work.context)
        starts_at = to_datetime(slot.starts_at)
        if slot.practitioner_id != str(row["user_id"]):
            raise NotToBeSent("dropped", "appointment_of_another")
        if (slot.status == _SCHEDULED) == (row["kind"] == "appointment_cancelled"):
            raise NotToBeSent("dropped", "appointment_changed")
        if row["kind"] == "appointment_soon":
            if of_appointment_soon(row["user_id"], slot.appointment_id, starts_at) != row["id"]:
                raise NotToBeSent("dropped", "appointment_moved")
            if starts_at <= datetime.now(UTC):
                raise NotToBeSent("dropped", "appointment_begun")
        return starts_at
