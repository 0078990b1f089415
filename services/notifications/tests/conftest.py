"""The real notifications service with the services it calls, and a mail server that fails on command."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.notifications.v1 import notification_settings_pb2
from caseload.notifications.v1 import reminders_pb2 as pb
from caseload.notifications.v1.notification_settings_rpc import NotificationSettingsStub
from caseload.notifications.v1.reminders_rpc import RemindersStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.context import RequestContext
from chassis.local.processes import free_port
from chassis.testing.environment import Environment, start_environment
from clients.__main__ import SERVICE as CLIENTS
from clinical.__main__ import SERVICE as CLINICAL
from identity.__main__ import SERVICE as IDENTITY
from identity.workspaces.workflow import open_workspace
from notifications.__main__ import SERVICE
from scheduling.__main__ import SERVICE as SCHEDULING

BRISK = {
    "sending_poll_seconds": 0.1,
    "retry_seconds": 0.2,
    "mail_seconds": 1.0,
    "lease_seconds": 2.0,
    "app_url": "https://app.example.com",
    "mail_from": "Caseload <no-reply@mail.example.com>",
    # Receivers of webhooks are on this machine.
    "webhook_private_networks": "127.0.0.0/8",
    "webhook_settling_seconds": 0.05,
    "webhook_seconds": 5.0,
    "webhook_lease_seconds": 15.0,
}
# The smallest Argon2 parameters: nobody signs in with a password here.
CHEAP = {"argon2_passes": 1, "argon2_memory_kib": 8}


@dataclass
class FakeMailServer:
    """A mail server. `behaviour` says what it does with mail to an address; `accepted` holds the mails it accepted, by whom they are to."""

    port: int = 0
    accepted: dict[str, list[EmailMessage]] = field(default_factory=lambda: defaultdict(list))
    # The number of RCPT commands, by address.
    attempts: Counter[str] = field(default_factory=Counter)
    behaviour: dict[str, str] = field(default_factory=dict)
    is_closed: bool = False
    refused_connections: int = 0
    # Those that are open: senders keep them for their next mails.
    conversations: set[Any] = field(default_factory=set)
    return_paths: dict[str, str] = field(default_factory=dict)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    on_data: Callable[[str], None] | None = None

    def close(self) -> None:
        """Closes every connection, and new ones at once."""
        self.is_closed = True
        for conversation in list(self.conversations):
            conversation.transport.abort()

    def to(self, address: str) -> list[EmailMessage]:
        return list(self.accepted.get(address, ()))

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.attempts[address] += 1
        match self.behaviour.get(address):
            case "bounces":
                return "550 5.1.1 no such mailbox: ada.lovelace"
            case "defers":
                return "451 4.7.1 try again later"
            case "is silent":
                await self.release.wait()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        address = envelope.rcpt_tos[0]
        behaviour = self.behaviour.get(address)
        if behaviour == "rejects":
            return "554 5.6.0 not this"
        if behaviour == "defers the mail":
            return "451 4.3.0 not now"
        self.return_paths[address] = envelope.mail_from
        mail = message_from_bytes(envelope.content, policy=policy.default)
        # Python reads a header anew each time that somebody looks at it.
        self.accepted[str(mail["To"])].append(mail)
        if self.on_data is not None:
            self.on_data(address)
        if behaviour == "hangs up after the mail":
            session.peer_transport.abort()
        if behaviour == "is silent after the mail":
            await self.release.wait()
        return "250 OK"


class Conversation(SMTP):
    """Closes new connections while the server `is_closed`, and lets a handler close one in the middle."""

    def connection_made(self, transport: Any) -> None:
        if self.event_handler.is_closed:
            self.event_handler.refused_connections += 1
            transport.abort()
            return
        super().connection_made(transport)
        self.session.peer_transport = transport
        self.event_handler.conversations.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.conversations.discard(self)
        if self.transport is not None:
            super().connection_lost(error)


@dataclass(frozen=True)
class Practice:
    """A workspace as its owner sees it, and the mail server that its mail goes to."""

    environment: Environment
    mail_server: FakeMailServer
    workspace_id: UUID
    owner_id: UUID
    owner_email: str

    @property
    def call(self) -> RequestContext:
        return self.environment.caller(workspace_id=self.workspace_id, user_id=self.owner_id)

    @property
    def stub(self) -> RemindersStub:
        return self.environment.stub(RemindersStub)

    async def client(self, **but: Any) -> clients_pb2.Client:
        request = {"first_name": "Ada", "last_name": "Lovelace", "email": f"ada-{uuid7().hex}@example.com", **but}
        request = {name: value for name, value in request.items() if value is not None}
        return await self.environment.stub(ClientsStub).CreateClient(clients_pb2.CreateClientRequest(**request), self.call)

    async def book(self, client: clients_pb2.Client, ahead: timedelta, *, settle: bool = True) -> appointments_pb2.Appointment:
        """An appointment of an hour that starts after `ahead`. It may overlap with others."""
        start = datetime.now(UTC) + ahead
        request = appointments_pb2.BookAppointmentRequest(
            client_id=client.id,
            scheduled_start=start,
            scheduled_end=start + timedelta(hours=1),
            location_type=appointments_pb2.LOCATION_TYPE_CLINIC,
            allow_conflict=True,
        )
        booked = await self.environment.stub(AppointmentsStub).BookAppointment(request, self.call)
        if settle:
            await self.environment.settle()
        return booked

    async def change(self, appointment: appointments_pb2.Appointment, *, settle: bool = True, **changes: Any) -> None:
        request = appointments_pb2.ChangeAppointmentRequest(
            appointment_id=appointment.id, mask=FieldMask(paths=list(changes)), allow_conflict=True, **changes
        )
        await self.environment.stub(AppointmentsStub).ChangeAppointment(request, self.call)
        if settle:
            await self.environment.settle()

    async def move(self, appointment: appointments_pb2.Appointment, ahead: timedelta, *, settle: bool = True) -> None:
        start = datetime.now(UTC) + ahead
        await self.change(appointment, settle=settle, scheduled_start=start, scheduled_end=start + timedelta(hours=1))

    async def cancel(self, appointment: appointments_pb2.Appointment, *, settle: bool = True) -> None:
        await self.change(appointment, settle=settle, status=appointments_pb2.APPOINTMENT_STATUS_CANCELLED)

    async def rule(self, hours: int, *, settle: bool = True, **but: Any) -> pb.ReminderConfiguration:
        request = {"hours_before": hours, "channel": pb.CHANNEL_EMAIL, **but}
        made = await self.stub.CreateConfiguration(pb.CreateConfigurationRequest(**request), self.call)
        if settle:
            await self.environment.settle()
        return made

    async def rules(self) -> list[pb.ReminderConfiguration]:
        return list((await self.stub.ListConfigurations(pb.ListConfigurationsRequest(), self.call)).items)

    async def reminders(self, appointment: appointments_pb2.Appointment) -> list[pb.ReminderLog]:
        request = pb.ListForAppointmentRequest(appointment_id=appointment.id)
        return list((await self.stub.ListForAppointment(request, self.call)).items)

    async def statuses(self, appointment: appointments_pb2.Appointment) -> list[str]:
        """The statuses of its reminders, latest due first."""
        return [_status(reminder) for reminder in await self.reminders(appointment)]

    async def finished_reminder(self, appointment: appointments_pb2.Appointment, seconds: float = 15.0) -> pb.ReminderLog:
        """Waits until the only reminder of an appointment is no longer pending, and returns it."""

        async def finished() -> pb.ReminderLog | None:
            (reminder,) = await self.reminders(appointment)
            return None if _status(reminder) == "pending" else reminder

        return await self.until(finished, seconds)

    async def until(self, condition: Callable[[], Any], seconds: float = 15.0) -> Any:
        async with asyncio.timeout(seconds):
            while True:
                found = condition()
                if asyncio.iscoroutine(found):
                    found = await found
                if found:
                    return found
                await asyncio.sleep(0.03)

    async def make_due(self, appointment: appointments_pb2.Appointment) -> None:
        """Makes the pending reminders of an appointment due now."""
        async with self.environment.superuser() as connection:
            status = await connection.execute(
                "UPDATE notifications.reminders SET due_at = now(), next_attempt_at = now() WHERE appointment_id = $1 AND status = 'pending'",
                UUID(appointment.id),
            )
        assert not status.endswith(" 0"), "no reminder was pending"

    async def has_nothing_due(self) -> None:
        """No sender takes up anything of this practice again, now or later: what none of them finds, none of them sends."""
        assert (
            await self.look("SELECT kind, due_at FROM notifications.due_work WHERE workspace_id = $1 AND kind <> 'mail'", self.workspace_id)
            == []
        )

        async def staff_has_been_told() -> bool:
            return not await self.look("SELECT FROM notifications.due_work WHERE workspace_id = $1", self.workspace_id)

        # Of a bounce, for instance: that mail goes out at the same time.
        await self.until(staff_has_been_told)

    async def look(self, sql: str, *arguments: Any) -> list[Any]:
        async with self.environment.superuser() as connection:
            return await connection.fetch(sql, *arguments)


def _status(reminder: pb.ReminderLog) -> str:
    return pb.ReminderStatus.Name(reminder.status).removeprefix("REMINDER_STATUS_").lower()


async def set_settings(practice: Practice, call: RequestContext, **settings: Any) -> notification_settings_pb2.PersonalSettings:
    """Sets what the caller wants to be mailed."""
    request = notification_settings_pb2.SetNotificationSettingsRequest(mask=FieldMask(paths=list(settings)), **settings)
    return await practice.environment.stub(NotificationSettingsStub).SetNotificationSettings(request, call)


@pytest.fixture
def mail_server(shared_mail_server: FakeMailServer) -> Iterator[FakeMailServer]:
    """The mail server. It accepts everything again when the test is over."""
    yield shared_mail_server
    shared_mail_server.behaviour.clear()
    shared_mail_server.is_closed = False
    shared_mail_server.on_data = None


@pytest.fixture(scope="session")
async def shared_mail_server() -> AsyncIterator[FakeMailServer]:
    made = FakeMailServer()
    server = await asyncio.get_running_loop().create_server(lambda: Conversation(made, enable_SMTPUTF8=True), "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    made.release.set()
    server.close()


@pytest.fixture(scope="session")
async def notifications_environment(postgres: str, shared_mail_server: FakeMailServer) -> AsyncIterator[Environment]:
    reports = {"bounce_domain": "bounces.example.com", "bounce_listen": f"127.0.0.1:{free_port()}"}
    own = {**BRISK, **reports, "smtp_url": f"smtp://127.0.0.1:{shared_mail_server.port}"}
    async with start_environment(
        postgres, IDENTITY, CLIENTS, SCHEDULING, CLINICAL, SERVICE, settings={"identity": CHEAP, "notifications": own}
    ) as environment:
        yield environment


@pytest.fixture
async def practice(notifications_environment: Environment, mail_server: FakeMailServer) -> Practice:
    """A new practice with its first rule."""
    return await open_practice(notifications_environment, mail_server)


@pytest.fixture
async def neighbour(notifications_environment: Environment, mail_server: FakeMailServer) -> Practice:
    return await open_practice(notifications_environment, mail_server)


async def open_practice(environment: Environment, mail_server: FakeMailServer, **but: Any) -> Practice:
    values = {
        "name": "Lakeside & Partners",
        "kind": "practice",
        "time_zone": "Europe/Berlin",
        "locale": "en-GB",
        "owner_email": f"owner-{uuid7().hex}@example.com",
        "owner_full_name": "Henrietta Castellanos",
        "role": "owner",
        **but,
    }
    workspace_id, owner_id = await open_workspace(environment.runtime("identity"), **values)
    await environment.settle()
    return Practice(environment, mail_server, workspace_id, owner_id, str(values["owner_email"]))
