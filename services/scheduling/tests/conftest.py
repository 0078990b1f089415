"""One scheduling service with the services it calls, and a new workspace for each test."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_pb
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.scheduling.v1 import appointments_pb2 as pb
from caseload.scheduling.v1 import events_pb2, services_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from caseload.scheduling.v1.services_rpc import ServicesStub
from chassis.context import TREATS, RequestContext
from chassis.testing.environment import Environment, start_environment
from clients.__main__ import SERVICE as CLIENTS
from identity.__main__ import SERVICE as IDENTITY
from identity.workspaces.workflow import open_workspace
from scheduling.__main__ import SERVICE as SCHEDULING

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
# What has begun can be completed.
YESTERDAY = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
EVENTS = (events_pb2.AppointmentBooked, events_pb2.AppointmentMoved, events_pb2.AppointmentClosed)
ENUMS = {"location_type": pb.LocationType, "status": pb.AppointmentStatus}


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def enum_value(name: str, text: str) -> int:
    return ENUMS[name].Value(f"{'LOCATION_TYPE' if name == 'location_type' else 'APPOINTMENT_STATUS'}_{text.upper()}")


def message_values(values: dict[str, Any]) -> dict[str, Any]:
    """The values for a message: enums by their text, without the fields whose value is None."""
    return {n: enum_value(n, v) if n in ENUMS and isinstance(v, str) else v for n, v in values.items() if v is not None}


@dataclass(frozen=True)
class Member:
    """A member of a workspace, and the calls that the member makes."""

    environment: Environment
    workspace_id: UUID
    owner_id: UUID
    user_id: UUID
    client_id: str = ""
    scopes: frozenset[str] | None = None

    @property
    def call(self) -> RequestContext:
        scopes = self.scopes
        if scopes is None:
            # Somebody who treats. No method of these services asks for it, so it is none of theirs.
            methods = [method for runtime in self.environment.runtimes.values() for method in runtime.server.methods]
            needed = {method.needs for method in methods}.union(*(method.more_with for method in methods))
            scopes = frozenset(needed - {"", "public"} | {TREATS})
        return self.environment.caller(workspace_id=self.workspace_id, user_id=self.user_id, scopes=scopes)

    @property
    def stub(self) -> AppointmentsStub:
        return self.environment.stub(AppointmentsStub)

    def colleague(self) -> "Member":
        """Another member of the same workspace."""
        return replace(self, user_id=uuid7())

    def only(self, *scopes: str) -> "Member":
        return replace(self, scopes=frozenset(scopes))

    async def new_client(self) -> str:
        request = clients_pb2.CreateClientRequest(first_name="Ada", last_name="Lovelace")
        return (await self.environment.stub(ClientsStub).CreateClient(request, self.call)).id

    async def offer(self, *, before: int = 0, after: int = 0, **fields: Any) -> str:
        """Creates a service with these buffers in minutes. Returns its id."""
        request = services_pb2.CreateServiceRequest(
            **{"name": "Massage", "default_duration_minutes": 60, "buffer_before_minutes": before, "buffer_after_minutes": after, **fields}
        )
        return (await self.environment.stub(ServicesStub).CreateService(request, self.call)).id

    async def withdraw(self, service_id: str) -> None:
        await self.environment.stub(ServicesStub).DeleteService(services_pb2.DeleteServiceRequest(service_id=service_id), self.call)

    def booking(self, **fields: Any) -> pb.BookAppointmentRequest:
        """A valid request for an hour, except for the given fields."""
        start = fields.get("scheduled_start", NINE)
        request = {"client_id": self.client_id, "scheduled_start": start, "scheduled_end": start + minutes(60), "location_type": "clinic"}
        return pb.BookAppointmentRequest(**message_values({**request, **fields}))

    async def book(self, **fields: Any) -> pb.Appointment:
        return await self.stub.BookAppointment(self.booking(**fields), self.call)

    async def change(self, appointment: pb.Appointment, *, allow_conflict: bool = False, **changes: Any) -> pb.Appointment:
        """Changes the given fields. None clears a field."""
        request = pb.ChangeAppointmentRequest(
            appointment_id=appointment.id, mask=FieldMask(paths=list(changes)), allow_conflict=allow_conflict, **message_values(changes)
        )
        return await self.stub.ChangeAppointment(request, self.call)

    async def move(self, appointment: pb.Appointment, start: datetime, length: int = 60, **fields: Any) -> pb.Appointment:
        return await self.change(appointment, scheduled_start=start, scheduled_end=start + minutes(length), **fields)

    async def get(self, appointment_id: str) -> pb.Appointment:
        return await self.stub.GetAppointment(pb.GetAppointmentRequest(appointment_id=appointment_id), self.call)

    async def delete(self, appointment: pb.Appointment, reason: str | None = None) -> None:
        await self.stub.DeleteAppointment(pb.DeleteAppointmentRequest(appointment_id=appointment.id, reason=reason), self.call)

    async def status_changes(self, appointment: pb.Appointment) -> list[pb.StatusChange]:
        request = pb.ListStatusChangesRequest(appointment_id=appointment.id)
        return list((await self.stub.ListStatusChanges(request, self.call)).items)

    async def page(self, **filters: Any) -> pb.AppointmentPage:
        return await self.stub.ListAppointments(pb.ListAppointmentsRequest(**message_values(filters)), self.call)

    async def conflicts(self, start: datetime, length: int = 60, **fields: Any) -> list[str]:
        request = pb.CheckConflictsRequest(scheduled_start=start, scheduled_end=start + minutes(length), **fields)
        return [conflict.id for conflict in (await self.stub.CheckConflicts(request, self.call)).items]

    async def summaries(self, *client_ids: str) -> list[pb.Figures]:
        return list((await self.stub.GetFigures(pb.GetFiguresRequest(client_ids=client_ids), self.call)).items)

    async def timeline(self, **place: Any) -> pb.History:
        return await self.stub.ListHistory(pb.ListHistoryRequest(**{"client_id": self.client_id, **place}), self.call)

    async def events(self) -> list[Message]:
        """All events about appointments of this workspace, grouped by type."""
        return [event for kind in EVENTS for event in await self.environment.emitted(kind, self.workspace_id)]

    async def audited(self, event_type: str) -> list[audit_pb.AuditRecorded]:
        lines = await self.environment.emitted(audit_pb.AuditRecorded, self.workspace_id)
        return [line for line in lines if line.event_type == event_type]

    async def double_bookings(self) -> int:
        """How many pairs of appointments in this workspace overlap without being overbooked, read from the database itself."""
        async with self.environment.superuser() as connection:
            return await connection.fetchval(
                """
                SELECT count(*) FROM scheduling.appointments a JOIN scheduling.appointments b
                USING (workspace_id, practitioner_id)
                WHERE workspace_id = $1 AND a.id < b.id AND a.scheduled_start < b.scheduled_end AND b.scheduled_start < a.scheduled_end
                AND a.status IN ('scheduled', 'completed') AND b.status IN ('scheduled', 'completed')
                AND a.deleted_at IS NULL AND b.deleted_at IS NULL AND NOT a.overbooked AND NOT b.overbooked
                """,
                self.workspace_id,
            )


async def new_member(h: Environment) -> Member:
    workspace_id, owner_id = await open_workspace(
        h.runtime("identity"),
        name="Lakeside",
        kind="practice",
        time_zone="Europe/London",
        locale="en-GB",
        owner_email=f"{uuid7().hex}@example.com",
        owner_full_name="Henrietta Castellanos",
        role="owner",
    )
    return Member(h, workspace_id, owner_id, user_id=uuid7())


@pytest.fixture(scope="session")
async def scheduling_environment(postgres: str) -> AsyncIterator[Environment]:
    async with start_environment(postgres, SCHEDULING, CLIENTS, IDENTITY) as h:
        yield h


@pytest.fixture
async def member(scheduling_environment: Environment) -> Member:
    opened = await new_member(scheduling_environment)
    return replace(opened, client_id=await opened.new_client())


@pytest.fixture
async def outsider(scheduling_environment: Environment) -> Member:
    """A member of another workspace."""
    opened = await new_member(scheduling_environment)
    return replace(opened, client_id=await opened.new_client())
