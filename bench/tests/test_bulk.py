"""What the benchmark loads in bulk is what the services would have written."""

from datetime import UTC, datetime
from uuid import UUID

from bench import bulk, plain, staff
from bench.dataset import workspace_keys
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import sessions_pb2
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.identity.v1 import sign_in_pb2, users_pb2
from caseload.identity.v1.sign_in_rpc import SignInStub
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import reminders_pb2
from caseload.notifications.v1.reminders_rpc import RemindersStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.protobuf.timestamps import to_datetime
from chassis.testing.environment import Environment, start_environment
from clients.__main__ import SERVICE as CLIENTS
from clinical.__main__ import SERVICE as CLINICAL
from identity.__main__ import SERVICE as IDENTITY
from identity.demo import PASSWORD
from identity.workspaces.workflow import open_workspace
from notifications.__main__ import SERVICE as NOTIFICATIONS
from scheduling.__main__ import SERVICE as SCHEDULING


async def lakeside(environment: Environment) -> tuple[UUID, UUID]:
    """A new practice and its owner."""
    return await open_workspace(
        environment.runtime("identity"),
        name="Lakeside",
        kind="practice",
        time_zone="UTC",
        locale="en",
        owner_email="owner@lakeside.example",
        owner_full_name="Henrietta Castellanos",
        role="owner",
    )


async def test_loaded_records_are_opened_found_listed_and_counted_by_the_services(postgres, monkeypatch):
    for name, value in {"CLIENTS": 60, "PRACTITIONERS": 2, "DAYS": 6, "PER_DAY": 4}.items():
        monkeypatch.setattr(bulk, name, value)
    async with start_environment(postgres, CLIENTS, SCHEDULING, NOTIFICATIONS, CLINICAL, IDENTITY) as environment:
        workspace_id, user_id = await lakeside(environment)
        call = environment.caller(workspace_id=workspace_id, user_id=user_id)
        clients, appointments = environment.stub(ClientsStub), environment.stub(AppointmentsStub)
        await clients.CreateClient(clients_pb2.CreateClientRequest(first_name="Ada", last_name="Lovelace"), call)
        keys = await workspace_keys(environment.admin_dsn, environment.runtime("clients").keyring, workspace_id)

        await bulk.load(environment.admin_dsn, workspace_id, keys)

        page = await clients.ListClients(clients_pb2.ListClientsRequest(page=1, page_size=100), call)
        assert (page.total, len(page.items)) == (61, 61)
        assert all(client.medical_history == bulk.TEXT for client in page.items if client.last_name != "Lovelace")
        found = await clients.ListClients(clients_pb2.ListClientsRequest(search="patient7@example.com"), call)
        assert [client.email for client in found.items] == ["patient7@example.com"]

        agenda = await appointments.ListAppointments(appointments_pb2.ListAppointmentsRequest(page=1, page_size=100), call)
        assert (agenda.total, len(agenda.items)) == (48, 48)
        assert {appointment.notes for appointment in agenda.items} == {"Bring the last findings."}
        over = [appointment for appointment in agenda.items if to_datetime(appointment.scheduled_end) < datetime.now(UTC)]
        assert len(over) == 24
        assert all(appointment.status != appointments_pb2.APPOINTMENT_STATUS_SCHEDULED for appointment in over)
        ids = sorted({appointment.client_id for appointment in agenda.items})
        figures = await appointments.GetFigures(appointments_pb2.GetFiguresRequest(client_ids=ids), call)
        assert sum(figure.appointment_count for figure in figures.items) == 48

        reminders = environment.stub(RemindersStub)
        waiting = reminders_pb2.ListLogsRequest(status=reminders_pb2.REMINDER_STATUS_PENDING, page=1, page_size=100)
        assert (await reminders.ListLogs(waiting, call)).total == 24

        # The chain that is compared with is made of the service as it is.
        assert [type(servicer) for servicer in plain.servicers(environment.runtime("clinical"))] == [plain.PlainSessions]
        sessions = environment.stub(SessionsStub)
        drafts = await bulk.load_drafts(environment.admin_dsn, workspace_id, user_id, [UUID(ids[0])], 3, keys["clinical"])
        signed = await sessions.FinalizeSession(sessions_pb2.FinalizeSessionRequest(session_id=str(drafts[0])), call)
        assert signed.assessment == bulk.TEXT
        notes = await sessions.ListSessions(sessions_pb2.ListSessionsRequest(client_id=ids[0]), call)
        assert [note.id for note in notes.items] == list(map(str, drafts))
        assert (await sessions.ListSessions(sessions_pb2.ListSessionsRequest(is_draft=True), call)).total == 2
        assert (await sessions.ListHistory(sessions_pb2.ListHistoryRequest(client_id=ids[0]), call)).total == 4


async def test_loaded_users_are_listed_and_those_with_a_password_sign_in(postgres, monkeypatch):
    monkeypatch.setattr(staff, "STAFF", 60)
    monkeypatch.setattr(staff, "WITH_PASSWORD", 2)
    async with start_environment(postgres, IDENTITY) as environment:
        runtime = environment.runtime("identity")
        workspace_id, user_id = await lakeside(environment)
        keys = await runtime.keys.of(workspace_id)
        await staff.load(environment.admin_dsn, workspace_id, keys, runtime.keyring)

        call = environment.caller(workspace_id=workspace_id, user_id=user_id)
        page = await environment.stub(UsersStub).ListUsers(users_pb2.ListUsersRequest(page=1, page_size=100), call)
        assert (page.total, len(page.items)) == (61, 61)
        assert {user.email for user in page.items} >= {staff.email_of(number) for number in range(60)}
        request = sign_in_pb2.LoginRequest(email=staff.email_of(1), password=PASSWORD)
        signed_in = await environment.stub(SignInStub).Login(request, environment.nobody())
        assert signed_in.signed_in.user.email == staff.email_of(1)
