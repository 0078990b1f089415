"""A record that was changed behind the suite's back: it does not open, or `caseload verify records` names it. By the superuser."""

import asyncio
import json
import logging
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import sessions_pb2
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import alerts_pb2
from caseload.notifications.v1.alerts_rpc import AlertsStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.protobuf.timestamps import to_timestamp
from chassis.rpc.client.attempts import InternalFault
from chassis.testing.environment import Environment, start_environment
from identity.workspaces.workflow import open_workspace
from standalone import operations
from standalone.operations import verify_all
from standalone.records.resealing import reseal
from standalone.records.verification import Report, verify_records
from standalone.services import SERVICES


@dataclass(frozen=True)
class Practice:
    environment: Environment
    workspace_id: UUID
    owner_id: UUID

    def caller(self) -> Any:
        return self.environment.caller(workspace_id=self.workspace_id, user_id=self.owner_id)

    async def client(self) -> str:
        request = clients_pb2.CreateClientRequest(first_name="Ada", last_name="Jones")
        return (await self.environment.stub(ClientsStub).CreateClient(request, self.caller())).id

    async def note(self, client_id: str) -> str:
        request = sessions_pb2.CreateSessionRequest(client_id=client_id, session_date=to_timestamp(datetime.now(UTC)), subjective="Worse.")
        return (await self.environment.stub(SessionsStub).CreateSession(request, self.caller())).id

    async def save(self, note_id: str, text: str) -> None:
        request = sessions_pb2.SaveDraftRequest(session_id=note_id, mask=FieldMask(paths=["subjective"]), subjective=text)
        await self.environment.stub(SessionsStub).SaveDraft(request, self.caller())

    async def sign(self, note_id: str) -> None:
        request = sessions_pb2.FinalizeSessionRequest(session_id=note_id)
        await self.environment.stub(SessionsStub).FinalizeSession(request, self.caller())

    async def read(self, note_id: str) -> sessions_pb2.Session:
        return await self.environment.stub(SessionsStub).GetSession(sessions_pb2.GetSessionRequest(session_id=note_id), self.caller())

    async def tamper(self, sql: str, *arguments: Any) -> list[Any]:
        """What a superuser does with the triggers disabled."""
        async with self.environment.superuser() as connection:
            await connection.execute("SET session_replication_role = replica")
            return await connection.fetch(sql, *arguments)

    async def verify(self, *, settle: bool = True) -> Report:
        if settle:
            await self.environment.settle()
        async with self.environment.superuser() as connection:
            return await verify_records(connection, self.environment.runtimes, self.workspace_id)


@pytest.fixture(scope="module")
async def environment(postgres):
    quiet = {"identity": {"argon2_passes": 1, "argon2_memory_kib": 8}, "notifications": {"smtp_url": "smtp://127.0.0.1:1"}}
    async with start_environment(postgres, *SERVICES, settings=quiet) as environment:
        yield environment


@pytest.fixture
async def practice(environment):
    names = {
        "name": "Lakeside",
        "kind": "practice",
        "time_zone": "UTC",
        "locale": "en-GB",
        "owner_full_name": "Olga Orlov",
        "role": "owner",
    }
    opened = await open_workspace(environment.runtime("identity"), owner_email=f"owner-{environment.workspace()}@example.com", **names)
    return Practice(environment, *opened)


FORGERIES = {
    "who signed it": "finalized_by_user_id = gen_random_uuid()",
    "when it was signed": "finalized_at = finalized_at - interval '1 day'",
    "whose it is": "client_id = gen_random_uuid()",
    "who wrote it": "created_by_user_id = gen_random_uuid()",
    "that it was never amended": "amendment_count = amendment_count + 1",
    "which visit it is about": "appointment_id = gen_random_uuid()",
    "that it is not signed": "status = 'draft', finalized_at = NULL, finalized_by_user_id = NULL",
    "how long it took": "duration_minutes = 45",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=list(FORGERIES))
async def test_a_note_with_a_forged_column_does_not_open_and_is_found(practice, forgery, caplog):
    note_id = await practice.note(await practice.client())
    await practice.sign(note_id)
    assert (await practice.read(note_id)).finalized_by_user_id == str(practice.owner_id)

    await practice.tamper(f"UPDATE clinical.sessions SET {forgery} WHERE id = $1", UUID(note_id))

    with caplog.at_level(logging.ERROR), pytest.raises(InternalFault):
        await practice.read(note_id)
    assert "does not open at revision" in caplog.text
    report = await practice.verify()
    assert report.trail_is_intact
    assert report.findings == [f"clinical.sessions {note_id}: does not open"]


async def test_a_note_moved_to_another_client_is_in_nobodys_list(practice):
    mine, theirs = await practice.client(), await practice.client()
    note_id = await practice.note(mine)
    await practice.tamper("UPDATE clinical.sessions SET client_id = $2 WHERE id = $1", UUID(note_id), UUID(theirs))
    with pytest.raises(InternalFault):
        await practice.environment.stub(SessionsStub).ListSessions(sessions_pb2.ListSessionsRequest(client_id=theirs), practice.caller())


async def test_a_user_whose_role_was_forged_does_not_open(practice):
    await practice.tamper("UPDATE identity.users SET role = 'therapist' WHERE id = $1", practice.owner_id)
    with pytest.raises(InternalFault):
        await practice.environment.stub(UsersStub).GetMe(users_pb2.GetMeRequest(), practice.caller())


async def test_an_older_pair_that_was_put_back_opens_and_is_found(practice):
    note_id = await practice.note(await practice.client())
    (older,) = await practice.tamper("SELECT * FROM clinical.sessions WHERE id = $1", UUID(note_id))
    await practice.save(note_id, "Much better.")
    assert (await practice.verify()).findings == []

    columns = [name for name in dict(older) if name not in {"workspace_id", "id"}]
    values = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, 2))
    await practice.tamper(f"UPDATE clinical.sessions SET {values} WHERE id = $1", UUID(note_id), *(older[name] for name in columns))

    assert (await practice.read(note_id)).subjective == "Worse."
    report = await practice.verify()
    assert report.findings == [f"clinical.sessions {note_id}: is at revision 1, and the trail tells of 2"]


async def test_a_deleted_record_that_was_put_back_and_one_that_is_gone_are_found(practice):
    client_id, other = await practice.client(), await practice.client()
    (kept,) = await practice.tamper("SELECT * FROM clients.clients WHERE id = $1", UUID(client_id))
    await practice.environment.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=client_id), practice.caller())
    assert (await practice.verify()).findings == []

    places = ", ".join(f"${place}" for place in range(1, len(kept) + 1))
    await practice.tamper(f"INSERT INTO clients.clients ({', '.join(kept.keys())}) VALUES ({places})", *kept.values())
    await practice.tamper("DELETE FROM clients.clients WHERE id = $1", UUID(other))

    assert set((await practice.verify()).findings) == {
        f"clients.clients {client_id}: was put back after its deletion",
        f"clients.clients {other}: is gone, and the trail tells of no deletion",
    }


async def test_records_that_went_with_their_keys_are_found_unless_the_trail_tells_of_an_erasure(practice):
    await practice.client()
    await practice.environment.settle()
    await practice.tamper("UPDATE clients.data_keys SET state = 'destroyed', wrapped = '' WHERE workspace_id = $1", practice.workspace_id)
    await practice.tamper("DELETE FROM clients.clients WHERE workspace_id = $1", practice.workspace_id)

    report = await practice.verify()
    assert report.trail_is_intact
    assert report.findings == ["clients.data_keys: are destroyed, and the trail tells of no erasure"]


async def test_a_deletion_that_only_the_database_tells_of_is_found(practice):
    """The superuser writes the line himself, into the service's outbox and into the trail, as what only a service with its keys can tell."""
    in_outbox, in_trail = UUID(await practice.client()), UUID(await practice.client())
    await practice.environment.settle()
    tombstone = events_pb2.RecordDigest(table="clients.clients", record_id=str(in_outbox), revision=2)
    line = events_pb2.AuditRecorded(id=str(uuid7()), event_type="erase_client", records=[tombstone])
    await practice.tamper("DELETE FROM clients.clients WHERE id = ANY($1::uuid[])", [in_outbox, in_trail])
    forged = uuid7()
    await practice.tamper(
        "INSERT INTO clients.outbox (workspace_id, id, type, payload, occurred_at, published_at, signature)"
        " SELECT workspace_id, $2, type, $3, occurred_at, published_at, signature FROM clients.outbox"
        " WHERE workspace_id = $1 AND type = 'caseload.audit.v1.AuditRecorded' LIMIT 1",
        practice.workspace_id,
        forged,
        line.SerializeToString(),
    )
    records = json.dumps([{"table": "clients.clients", "id": str(in_trail), "revision": 2, "digest": ""}])
    for revision, recorded_by in ((2, "clients"), (3, "identity")):
        await practice.tamper(
            "INSERT INTO audit.audit_events SELECT workspace_id, gen_random_uuid(), created_at, user_id, 'erase_client', resource_type, resource_id,"
            " action, outcome, ip_address, user_agent, session_id, metadata || jsonb_build_object('records', $2::jsonb, 'recorded_by', $3::text),"
            " retention_until FROM audit.audit_events WHERE workspace_id = $1 AND resource_id = $4 LIMIT 1",
            practice.workspace_id,
            records.replace('"revision": 2', f'"revision": {revision}'),
            recorded_by,
            in_trail,
        )

    report = await practice.verify(settle=False)

    assert not report.trail_is_intact
    assert {finding for finding in report.findings if not finding.startswith("audit.")} == {
        f"clients.clients {in_outbox}: is gone, and the trail tells of no deletion",
        f"clients.clients {in_trail}: is gone, and the trail tells of no deletion",
        f"clients.outbox {forged}: is not signed by clients",
    }
    elsewhere = [finding.partition(": ")[2] for finding in report.findings if finding.startswith("audit.audit_events")]
    assert sorted(elsewhere) == ["identity tells of clients.clients, which is another service's", *["was not taken from any service"] * 2]
    await practice.tamper("DELETE FROM clients.outbox WHERE id = $1", forged)


async def test_a_reason_of_a_deletion_that_was_taken_away_is_found(practice):
    start = datetime.now(UTC) + timedelta(days=3)
    appointments = practice.environment.stub(AppointmentsStub)
    request = appointments_pb2.BookAppointmentRequest(
        client_id=await practice.client(),
        location_type=appointments_pb2.LOCATION_TYPE_CLINIC,
        scheduled_start=to_timestamp(start),
        scheduled_end=to_timestamp(start + timedelta(hours=1)),
    )
    booked = await appointments.BookAppointment(request, practice.caller())
    await appointments.DeleteAppointment(
        appointments_pb2.DeleteAppointmentRequest(appointment_id=booked.id, reason="Twice"), practice.caller()
    )
    assert (await practice.verify()).findings == []

    await practice.tamper("UPDATE scheduling.appointments SET deletion_reason = NULL WHERE id = $1", UUID(booked.id))

    assert (await practice.verify()).findings == [f"scheduling.appointments {booked.id}: is not what the trail tells of revision 2"]


async def test_a_name_in_lists_that_is_not_the_clients_is_found(practice):
    client_id, other = await practice.client(), await practice.client()
    await practice.tamper(
        "UPDATE clients.clients SET sealed_name = (SELECT sealed_name FROM clients.clients WHERE id = $2) WHERE id = $1",
        UUID(client_id),
        UUID(other),
    )
    assert (await practice.verify()).findings == [f"clients.clients {client_id}: does not open"]


async def test_what_audit_has_not_taken_yet_is_not_yet_told_and_no_finding(practice):
    """Audit cannot keep what it is told, so the line dies there; long after, the outbox still has it."""
    told = await practice.client()
    await practice.environment.settle()
    await practice.tamper("REVOKE INSERT ON audit.audit_events FROM audit_app")
    try:
        client_id = await practice.client()
        await practice.environment.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=told), practice.caller())
        await practice.environment.settle()
        dead = await practice.tamper("SELECT id FROM audit.dead_letters WHERE workspace_id = $1", practice.workspace_id)
        assert len(dead) >= 2
    finally:
        await practice.tamper("GRANT INSERT ON audit.audit_events TO audit_app")
    await practice.tamper(
        "UPDATE clients.outbox SET published_at = published_at - interval '2 hours' WHERE workspace_id = $1", practice.workspace_id
    )

    report = await practice.verify()

    assert (report.trail_is_intact, report.findings, report.not_yet_told) == (True, [], 2)
    await practice.tamper("DELETE FROM clients.outbox WHERE workspace_id = $1", practice.workspace_id)
    assert set((await practice.verify()).findings) == {
        f"clients.clients {client_id}: the trail does not tell of it",
        f"clients.clients {told}: is gone, and the trail tells of no deletion",
    }


async def test_a_row_that_only_keys_could_make_and_no_line_tells_of_is_found(practice):
    note_id = await practice.note(await practice.client())
    await practice.environment.settle()
    async with asyncio.timeout(10):
        while True:
            if not await practice.tamper("SELECT 1 FROM audit.unsealed WHERE workspace_id = $1", practice.workspace_id):
                break
            await asyncio.sleep(0.02)
    await practice.tamper(
        "UPDATE audit.audit_events SET metadata = metadata - 'records' WHERE workspace_id = $1 AND event_type = 'create_session'",
        practice.workspace_id,
    )
    await practice.tamper("DELETE FROM clinical.outbox WHERE workspace_id = $1", practice.workspace_id)
    report = await practice.verify()
    assert not report.trail_is_intact
    assert report.findings == [f"clinical.sessions {note_id}: the trail does not tell of it"]


async def test_records_of_every_kind_are_as_the_trail_says_in_every_state(practice):
    """Booked, moved, overbooked, cancelled and deleted appointments; saved, late, signed and amended notes; changed people."""
    client_id = await practice.client()
    appointments, clients, sessions = (practice.environment.stub(kind) for kind in (AppointmentsStub, ClientsStub, SessionsStub))
    start = datetime.now(UTC) + timedelta(days=3)
    slot = {"scheduled_start": to_timestamp(start), "scheduled_end": to_timestamp(start + timedelta(hours=1))}

    async def book(**but: Any) -> str:
        request = {"client_id": client_id, "location_type": appointments_pb2.LOCATION_TYPE_CLINIC, "notes": "Bring shoes", **slot, **but}
        return (await appointments.BookAppointment(appointments_pb2.BookAppointmentRequest(**request), practice.caller())).id

    async def change(appointment_id: str, **changes: Any) -> None:
        request = appointments_pb2.ChangeAppointmentRequest(appointment_id=appointment_id, mask=FieldMask(paths=list(changes)), **changes)
        await appointments.ChangeAppointment(request, practice.caller())

    first, second = await book(), await book(allow_conflict=True)
    later = start + timedelta(days=1)
    await change(first, scheduled_start=to_timestamp(later), scheduled_end=to_timestamp(later + timedelta(hours=2)))
    await change(first, status=appointments_pb2.APPOINTMENT_STATUS_CANCELLED)
    await appointments.DeleteAppointment(
        appointments_pb2.DeleteAppointmentRequest(appointment_id=second, reason="Twice"), practice.caller()
    )

    note_id = await practice.note(client_id)
    await practice.save(note_id, "Better.")
    late = sessions_pb2.SaveDraftRequest(session_id=note_id, mask=FieldMask(paths=["plan"]), plan="Rest.", expected_version=1)
    assert (await sessions.SaveDraft(late, practice.caller())).conflict_session_id
    await practice.sign(note_id)
    amend = sessions_pb2.SaveSessionRequest(session_id=note_id, mask=FieldMask(paths=["plan"]), plan="Walk.", reason="Forgotten")
    await sessions.SaveSession(amend, practice.caller())

    mask = FieldMask(paths=["phone", "is_active"])
    await clients.UpdateClient(clients_pb2.UpdateClientRequest(client_id=client_id, mask=mask, phone="0301234567"), practice.caller())
    rename = users_pb2.UpdateUserRequest(user_id=str(practice.owner_id), mask=FieldMask(paths=["full_name"]), full_name="Olga O.")
    await practice.environment.stub(UsersStub).UpdateUser(rename, practice.caller())

    # While lines are on their way, when they have arrived, and when the outboxes have forgotten them.
    for state in ("on their way", "arrived", "in the trail alone"):
        if state == "in the trail alone":
            for service in practice.environment.runtimes:
                await practice.tamper(f"DELETE FROM {service}.outbox WHERE workspace_id = $1", practice.workspace_id)
        report = await practice.verify(settle=state == "arrived")
        assert (report.trail_is_intact, report.findings, report.untold) == (True, [], 0)
        # A user, a client, two appointments, a note, its conflict draft and what a save has taken out of it, and two versions.
        assert report.records == 9


@pytest.mark.parametrize(
    "records",
    [
        '{"table": "clinical.sessions"}',
        '"x"',
        "null",
        "[1]",
        '[{"table": "clinical.sessions", "id": "none", "revision": 9, "digest": "00"}]',
        '[{"table": "clinical.sessions", "id": 7, "revision": 9, "digest": "00"}]',
        '[{"table": "clinical.sessions", "id": "0198c0de-0000-7000-8000-00000000abcd", "revision": -1, "digest": "00"}]',
        '[{"table": "clinical.sessions", "id": "0198c0de-0000-7000-8000-00000000abcd", "revision": 1e30, "digest": "00"}]',
        '[{"table": "clinical.sessions", "id": "0198c0de-0000-7000-8000-00000000abcd", "revision": "9", "digest": "00"}]',
        '[{"table": "clinical.sessions", "id": "0198c0de-0000-7000-8000-00000000abcd", "revision": 9}]',
    ],
)
async def test_a_line_that_cannot_be_read_hides_nothing(practice, records):
    note_id = await practice.note(await practice.client())
    await practice.environment.settle()
    event_id = uuid7()
    await practice.tamper("UPDATE clinical.sessions SET version = -1 WHERE id = $1", UUID(note_id))
    await practice.tamper(
        "INSERT INTO audit.audit_events (workspace_id, id, created_at, event_type, resource_type, action, outcome, metadata, retention_until)"
        " VALUES ($1, $2, now(), 'save_draft', 'Session', 'UPDATE', 'success',"
        " jsonb_build_object('recorded_by', 'clinical', 'records', $3::text::jsonb), '2033-01-01')",
        practice.workspace_id,
        event_id,
        records,
    )

    report = await practice.verify()

    assert not report.trail_is_intact
    assert set(report.findings) == {
        f"audit.audit_events {event_id}: was not taken from any service",
        f"audit.audit_events {event_id}: tells of records as audit never does",
        f"clinical.sessions {note_id}: does not open",
    }


@asynccontextmanager
async def damaged_workspace(practice):
    """A workspace whose keys do not open: they are those of another one."""
    damaged = UUID(int=1)
    copied = (
        "INSERT INTO clinical.data_keys SELECT (jsonb_populate_record(kept, jsonb_build_object('workspace_id', $2::uuid))).*"
        " FROM clinical.data_keys kept WHERE workspace_id = $1"
    )
    await practice.tamper(copied, practice.workspace_id, damaged)
    try:
        yield damaged
    finally:
        await practice.tamper("DELETE FROM clinical.data_keys WHERE workspace_id = $1", damaged)


async def test_a_workspace_that_cannot_be_verified_hides_no_other(practice, capsys):
    await practice.note(await practice.client())
    await practice.environment.settle()
    async with damaged_workspace(practice) as damaged, practice.environment.superuser() as connection:
        with pytest.raises(SystemExit) as ended:
            await verify_all(connection, practice.environment.runtimes, None)

    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert f"{damaged}: COULD NOT BE VERIFIED (SealBroken)" in said
    assert re.search(rf"^{practice.workspace_id}: [0-9]+ records, 0 findings, .*; the audit trail is intact$", said, re.MULTILINE)


async def test_a_workspace_whose_keys_do_not_open_keeps_no_other_from_being_sealed_again(practice, capsys, monkeypatch):
    await practice.note(await practice.client())
    await practice.environment.settle()
    sealed_again = []

    async def noted(connection, runtime, workspace_id):
        done = await reseal(connection, runtime, workspace_id)
        sealed_again.append((workspace_id, runtime.name))
        return done

    monkeypatch.setattr(operations, "reseal", noted)
    async with damaged_workspace(practice) as damaged, practice.environment.superuser() as connection:
        with pytest.raises(SystemExit) as ended:
            await operations.reseal_all(connection, practice.environment.runtimes, None)

    assert ended.value.code == 1
    assert f"{damaged} clinical: COULD NOT BE SEALED AGAIN (SealBroken)" in capsys.readouterr().out
    assert (damaged, "clinical") not in sealed_again
    # The other services have sealed nothing of the practice.
    assert {(practice.workspace_id, name) for name in ("identity", "clients", "clinical", "audit")} <= set(sealed_again)


async def test_records_whose_keys_were_taken_away_are_found_and_get_no_others(practice):
    client_id = await practice.client()
    assert (await practice.verify()).findings == []
    await practice.tamper("DELETE FROM clients.data_keys WHERE workspace_id = $1", practice.workspace_id)

    report = await practice.verify()

    assert report.findings == [f"clients.clients {client_id}: its service has no keys of the workspace"]
    assert await practice.tamper("SELECT FROM clients.data_keys WHERE workspace_id = $1", practice.workspace_id) == []


async def test_a_service_that_makes_its_first_record_meanwhile_is_not_accused(practice):
    """An alert about the trail is the first thing that notifications seals of many a practice, and is raised by what verifies it."""
    await practice.environment.settle()
    raised = []

    class Meanwhile:
        """The connection, on which an alert is raised as soon as notifications was found to have no keys."""

        def __init__(self, connection: Any) -> None:
            self._connection = connection

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

        async def fetchval(self, sql: str, *arguments: Any) -> Any:
            found = await self._connection.fetchval(sql, *arguments)
            if "notifications.data_keys" in sql and not raised:
                assert found == 0
                request = alerts_pb2.RaiseAlertRequest(
                    alert_type="fall", priority=alerts_pb2.ALERT_PRIORITY_HIGH, title="Help", room_number="4"
                )
                raised.append(await practice.environment.stub(AlertsStub).RaiseAlert(request, practice.caller()))
            return found

    async with practice.environment.superuser() as connection:
        report = await verify_records(Meanwhile(connection), practice.environment.runtimes, practice.workspace_id)

    assert raised
    assert (report.trail_is_intact, report.findings) == (True, [])
    assert (await practice.verify()).findings == []
