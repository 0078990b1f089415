"""Two clients who are one person: their history becomes one in every service, and two again when that is undone."""

import asyncio
import json
import os
from collections.abc import Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.json_format import MessageToDict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from uuid_utils.compat import uuid7

from caseload.audit.v1 import legal_holds_pb2
from caseload.audit.v1.legal_holds_rpc import LegalHoldsStub
from caseload.clients.v1 import care_teams_pb2, clients_pb2, consents_pb2, merges_pb2
from caseload.clients.v1.care_teams_rpc import CareTeamsStub
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clients.v1.consents_rpc import ConsentsStub
from caseload.clients.v1.merges_rpc import ClientMergesStub
from caseload.clinical.v1 import attachments_pb2, client_attachments_pb2, plans_pb2, sessions_pb2, sync_pb2
from caseload.clinical.v1.attachments_rpc import AttachmentsStub
from caseload.clinical.v1.client_attachments_rpc import ClientAttachmentsStub
from caseload.clinical.v1.plans_rpc import PlansStub
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.clinical.v1.sync_rpc import SyncStub
from caseload.jobs.v1 import jobs_pb2
from caseload.jobs.v1.jobs_rpc import JobsStub
from caseload.notifications.v1 import reminders_pb2
from caseload.notifications.v1.reminders_rpc import RemindersStub
from caseload.scheduling.v1 import appointments_pb2, events_pb2, series_pb2, waitlist_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from caseload.scheduling.v1.series_rpc import AppointmentSeriesStub
from caseload.scheduling.v1.waitlist_rpc import WaitlistStub
from chassis.errors import Conflict, Gone, Invalid, NotFound, Unavailable
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import Environment, pieces, start_environment
from chassis.work.unit_of_work import UnitOfWork
from clients.merges.workflow import KIND, UNDO_KIND
from identity.workspaces.workflow import open_workspace
from scheduling.appointments.clients import ActiveClients
from standalone.services import NAMES, SERVICES

T = TypeVar("T")
_LONGEST_WAIT = 60.0
# More of them in `make drill`.
EXAMPLES = int(os.environ.get("CASELOAD_MERGE_EXAMPLES", "4"))
# Every column that means a client: what a merge does with it. A column that is not here makes the catalogue's test fail.
MOVED = {
    "scheduling.appointments.client_id",
    "scheduling.waitlist_entries.client_id",
    "clinical.sessions.client_id",
    "clinical.attachments.client_id",
    "clinical.plans.client_id",
    "clinical.history.client_id",
    "clinical.plan_events.client_id",
    "clinical.sync_receipts.client_id",
    "notifications.appointments.client_id",
    "notifications.reminders.client_id",
}
EXCLUDED = {
    "clients.clients.id": "the tombstone itself",
    "clients.clients.merged_into": "points from the tombstone to the survivor",
    "clients.clients.external_id_index": "the tombstone's stays taken, unless the survivor takes it over",
    "clients.terms.client_id": "a tombstone is found by nothing; its own are made again when it is undone",
    "clients.match_keys.client_id": "a tombstone is compared with nobody; its own are made again when it is undone",
    "clients.patients.client_id": "what the front end of json-server's wrote stays with the record; a tombstone's is not shown",
    "clients.imported_clients.client_id": "whom an import has created; it is not undone while one of them was merged, or another one into them",
    "clients.merges.merged_id": "the merge itself",
    "clients.merges.survivor_id": "the merge itself",
    "scheduling.client_figures.client_id": "a counter; it follows its appointments by their trigger",
    "scheduling.client_counter_changes.client_id": "a counter; it follows its appointments by their trigger",
    "scheduling.client_figures.merged_into": "refuses late bookings",
    "clients.consents.client_id": "what somebody has agreed to stays with the record; whoever mails asks for all records of the person",
    "notifications.reminder_consents.client_id": "as the consents",
    "notifications.calendar_invites.client_id": "of a mail that is out; whoever follows it looks up whose the appointment is by now",
    "notifications.reminder_links.client_id": "of a mail that is out; whoever opts out by it has opted out for the whole person",
    "notifications.reminder_opt_outs.client_id": "stays with the record; whoever mails looks at all records of the person",
    "clients.erasure_progress.client_id": "an erasure takes all that a client was along",
    "audit.legal_holds.client_id": "who is held is not merged",
    "audit.kept_events.client_ids": "the trail tells of the past",
    **{
        f"{service}.{table}.client_id": "who is restricted is not merged"
        for service in ("clients", "scheduling", "clinical")
        for table in ("client_access", "broken_glass")
    },
    **{
        f"clinical.{table}.client_id": "a counter; it follows its events by their trigger"
        for table in ("timeline_tallies", "timeline_counter_changes")
    },
    "clinical.clients.id": "locks notes that are being written, and refuses late ones",
    "clinical.clients.erased_at": "the same",
    "clinical.clients.merged_into": "the same",
    "notifications.merged_clients.id": "whom late events mean",
    "notifications.merged_clients.merged_into": "the same",
    **{
        f"{service}.moved_rows.{name}": "the manifest"
        for service in ("scheduling", "clinical", "notifications")
        for name in ("old_owner", "new_owner")
    },
}
# Where a merged client's id may still be read afterwards, beside the columns above: what tells of the past.
TELLS_OF_THE_PAST = {"outbox", "inbox", "jobs", "audit_events", "touched", "kept_events", "kept_mentions", "erasures", "idempotency"}


@dataclass(frozen=True)
class Practice:
    environment: Environment
    workspace_id: UUID
    owner_id: UUID

    def caller(self) -> Any:
        return self.environment.caller(workspace_id=self.workspace_id, user_id=self.owner_id)

    def stub(self, kind: Any) -> Any:
        return self.environment.stub(kind)

    async def client(self, **fields: Any) -> clients_pb2.Client:
        request = clients_pb2.CreateClientRequest(**{"first_name": "Ada", "last_name": "Jones", **fields})
        return await self.stub(ClientsStub).CreateClient(request, self.caller())

    async def read(self, client_id: str) -> clients_pb2.Client:
        return await self.stub(ClientsStub).GetClient(clients_pb2.GetClientRequest(client_id=client_id), self.caller())

    async def book(self, client_id: str, days: float) -> Any:
        start = datetime.now(UTC) + timedelta(days=days)
        request = appointments_pb2.BookAppointmentRequest(
            client_id=client_id,
            scheduled_start=to_timestamp(start),
            scheduled_end=to_timestamp(start + timedelta(minutes=10)),
            location_type=appointments_pb2.LOCATION_TYPE_CLINIC,
            notes="by the window",
        )
        return await self.stub(AppointmentsStub).BookAppointment(request, self.caller())

    async def appointments(self, client_id: str) -> set[str]:
        request = appointments_pb2.ListAppointmentsRequest(client_id=client_id, page=1, page_size=100)
        return {item.id for item in (await self.stub(AppointmentsStub).ListAppointments(request, self.caller())).items}

    async def changes(self, appointment_id: str) -> list[tuple[str, str, str, str]]:
        """What was changed of the appointment, newest first: by whom, the field, and its value before and after."""
        request = appointments_pb2.ListStatusChangesRequest(appointment_id=appointment_id)
        found = (await self.stub(AppointmentsStub).ListStatusChanges(request, self.caller())).items
        return [(change.changed_by, field.name, field.before, field.after) for change in found for field in change.fields]

    async def write(self, client_id: str, **fields: Any) -> sessions_pb2.Session:
        dated = {} if "appointment_id" in fields else {"session_date": to_timestamp(datetime.now(UTC))}
        request = sessions_pb2.CreateSessionRequest(client_id=client_id, **dated, **{"subjective": "Worse.", **fields})
        return await self.stub(SessionsStub).CreateSession(request, self.caller())

    async def sign(self, session_id: str) -> sessions_pb2.Session:
        return await self.stub(SessionsStub).FinalizeSession(sessions_pb2.FinalizeSessionRequest(session_id=session_id), self.caller())

    async def amend(self, session_id: str, text: str) -> None:
        request = sessions_pb2.SaveSessionRequest(session_id=session_id, mask=FieldMask(paths=["plan"]), plan=text, reason="a slip")
        await self.stub(SessionsStub).SaveSession(request, self.caller())

    async def verified(self, session_id: str) -> tuple[bool, int]:
        found = await self.stub(SessionsStub).VerifySession(sessions_pb2.VerifySessionRequest(session_id=session_id), self.caller())
        return found.intact, found.versions

    async def notes(self, client_id: str) -> set[str]:
        request = sessions_pb2.ListSessionsRequest(client_id=client_id, page=1, page_size=100, include_deleted=True)
        return {item.id for item in (await self.stub(SessionsStub).ListSessions(request, self.caller())).items}

    async def files(self, client_id: str) -> set[str]:
        request = client_attachments_pb2.ListClientAttachmentsRequest(client_id=client_id)
        with suppress(Gone):
            return {item.id for item in (await self.stub(ClientAttachmentsStub).ListClientAttachments(request, self.caller())).items}
        return set()

    async def counted(self, client_id: str) -> tuple[int, int]:
        """How many timeline events clinical has counted of the client, and how many there are."""
        tables = {
            "history": "SELECT 1::bigint AS events, client_id, hidden FROM clinical.history",
            "plans": "SELECT 1, client_id, hidden FROM clinical.plan_events",
        }
        async with self.environment.superuser() as db:
            counted = await db.fetchval(
                "SELECT coalesce(sum(events), 0)::bigint FROM (SELECT client_id, events FROM clinical.timeline_tallies"
                " UNION ALL SELECT client_id, events FROM clinical.timeline_counter_changes) AS counted WHERE client_id = $1",
                client_id,
            )
            there = await db.fetchval(
                f"SELECT count(*) FROM ({' UNION ALL '.join(tables.values())}) AS shown WHERE client_id = $1 AND NOT hidden", client_id
            )
        return counted, there

    async def plans(self, client_id: str) -> set[str]:
        request = plans_pb2.ListPlansRequest(client_id=client_id, page=1, page_size=100)
        return {item.id for item in (await self.stub(PlansStub).ListPlans(request, self.caller())).items}

    async def reminders(self, client_id: str) -> set[str]:
        await self.environment.settle()
        request = reminders_pb2.ListLogsRequest(client_id=client_id, page=1, page_size=100)
        return {item.id for item in (await self.stub(RemindersStub).ListLogs(request, self.caller())).items}

    async def merge(self, survivor_id: str, duplicate_id: str) -> merges_pb2.MergedClient:
        request = merges_pb2.MergeClientsRequest(client_id=survivor_id, duplicate_id=duplicate_id)
        return await self.stub(ClientMergesStub).MergeClients(request, self.caller())

    async def merged(self, survivor_id: str, duplicate_id: str) -> jobs_pb2.Job:
        return await self.finished((await self.merge(survivor_id, duplicate_id)).job_id)

    async def undo(self, client_id: str) -> jobs_pb2.Job:
        return await self.stub(ClientMergesStub).UndoMerge(merges_pb2.UndoMergeRequest(client_id=client_id), self.caller())

    async def undone(self, client_id: str) -> dict[str, Any]:
        job = await self.finished((await self.undo(client_id)).id)
        assert job.status == jobs_pb2.JOB_STATUS_DONE, job
        return MessageToDict(job.result)

    async def hold(self, client_id: str) -> legal_holds_pb2.LegalHold:
        request = legal_holds_pb2.PlaceLegalHoldRequest(client_id=client_id, reason="a court asks")
        return await self.stub(LegalHoldsStub).PlaceLegalHold(request, self.caller())

    async def finished(self, job_id: str) -> jobs_pb2.Job:
        jobs = JobsStub(self.environment.peer("clients"))
        async with asyncio.timeout(_LONGEST_WAIT):
            while True:
                job = await jobs.GetJob(jobs_pb2.GetJobRequest(job_id=job_id), self.caller())
                if job.HasField("finished_at"):
                    return job
                await asyncio.sleep(0.05)

    async def lines(self, *event_types: str) -> list[dict[str, Any]]:
        """The rows of the audit trail about these, oldest first."""
        await self.environment.settle()
        async with self.environment.superuser() as connection:
            rows = await connection.fetch(
                "SELECT * FROM audit.audit_events WHERE workspace_id = $1 AND event_type = ANY($2) ORDER BY created_at, id",
                self.workspace_id,
                list(event_types),
            )
        return [{**row, **json.loads(row["metadata"])} for row in rows]


@pytest.fixture(scope="module")
async def environment(postgres: str):
    quiet = {"identity": {"argon2_passes": 1, "argon2_memory_kib": 8}, "notifications": {"smtp_url": "smtp://127.0.0.1:1"}}
    async with start_environment(postgres, *SERVICES, settings=quiet) as started:
        yield started


@pytest.fixture
async def practice(environment):
    opened = await open_workspace(
        environment.runtime("identity"),
        name="Lakeside",
        kind="practice",
        time_zone="UTC",
        locale="en-GB",
        owner_email=f"{uuid7().hex}@example.com",
        owner_full_name="Olga Orlov",
        role="owner",
    )
    await environment.settle()
    return Practice(environment, *opened)


def picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (4, 4)).save(drawn, "PNG")
    return drawn.getvalue()


@dataclass
class History:
    """What a client has in every service, by the ids."""

    appointments: set[str]
    deleted: str
    signed: str
    draft: str
    files: set[str]
    plan: str
    item: sync_pb2.SyncSessionRequest
    synced: str


async def live_through(practice: Practice, client_id: str, day: float) -> History:
    """A client who has something of everything."""
    first, second, deleted = [await practice.book(client_id, day + hour / 24) for hour in range(3)]
    gone = appointments_pb2.DeleteAppointmentRequest(appointment_id=deleted.id, reason="a cold")
    await practice.stub(AppointmentsStub).DeleteAppointment(gone, practice.caller())
    signed = await practice.write(client_id, appointment_id=first.id)
    await practice.sign(signed.id)
    await practice.amend(signed.id, "rest")
    draft = await practice.write(client_id)
    upload = attachments_pb2.UploadAttachmentRequest(session_id=draft.id, file_name="knee.png")
    of_note = await practice.stub(AttachmentsStub).UploadAttachment(upload, pieces(picture()), practice.caller())
    upload = client_attachments_pb2.UploadClientAttachmentRequest(client_id=client_id, file_name="letter.png")
    own = await practice.stub(ClientAttachmentsStub).UploadClientAttachment(upload, pieces(picture()), practice.caller())
    plan = await practice.stub(PlansStub).CreatePlan(
        plans_pb2.CreatePlanRequest(client_id=client_id, title="Knee", goals=["walk"]), practice.caller()
    )
    item = sync_pb2.SyncSessionRequest(
        client_session_id=str(uuid7()),
        client_id=client_id,
        mask=FieldMask(paths=["subjective"]),
        subjective="On the road.",
        created_at_client=to_timestamp(datetime.now(UTC)),
    )
    synced = await practice.stub(SyncStub).SyncSession(item, practice.caller())
    return History({first.id, second.id}, deleted.id, signed.id, draft.id, {of_note.id, own.id}, plan.id, item, synced.session_id)


async def owned(practice: Practice, client_id: str) -> dict[str, set[str]]:
    return {
        "appointments": await practice.appointments(client_id),
        "notes": await practice.notes(client_id),
        "files": await practice.files(client_id),
        "plans": await practice.plans(client_id),
        "reminders": await practice.reminders(client_id),
    }


NOTHING: dict[str, set[str]] = {name: set() for name in ("appointments", "notes", "files", "plans", "reminders")}


async def test_history_follows_in_every_service_and_comes_back(practice):
    survivor = await practice.client(phone="+49 30 1", external_id="S-1", medical_history="Asthma.")
    duplicate = await practice.client(
        first_name="Adah", email="ada@example.org", phone="+49 30 2", external_id="D-1", tags=["knee"], medical_history="Allergic to latex."
    )
    lived = await live_through(practice, duplicate.id, 20)
    before = await owned(practice, duplicate.id)
    assert before["appointments"] == lived.appointments
    assert len(before["notes"]) == 3
    assert before["files"] == lived.files
    assert before["reminders"]
    counted = await practice.counted(duplicate.id)
    assert counted[0] == counted[1] > 0

    reply = await practice.merge(survivor.id, duplicate.id)
    assert (reply.client.email, reply.client.phone, list(reply.client.tags)) == ("ada@example.org", "+49 30 1", ["knee"])
    assert (reply.client.external_id, reply.client.full_name) == ("S-1", "Ada Jones")
    assert reply.client.medical_history == "Asthma.\n\nAllergic to latex."
    job = await practice.finished(reply.job_id)
    assert (job.kind, job.status) == (KIND, jobs_pb2.JOB_STATUS_DONE), job

    assert await owned(practice, survivor.id) == before
    assert await practice.counted(survivor.id) == (counted[1], counted[1])
    assert await owned(practice, duplicate.id) == NOTHING
    assert await practice.verified(lived.signed) == (True, 2)
    await practice.amend(lived.signed, "rest, and walk")
    assert await practice.verified(lived.signed) == (True, 3)
    with pytest.raises(Gone) as gone:
        await practice.read(duplicate.id)
    assert (gone.value.code, gone.value.facts) == ("client_merged", {"merged_into": survivor.id})
    page = await practice.stub(ClientsStub).ListClients(clients_pb2.ListClientsRequest(include_inactive=True), practice.caller())
    assert [client.id for client in page.items] == [survivor.id]

    born = await practice.book(survivor.id, 40)
    changed = next(iter(lived.appointments))
    assert await practice.changes(changed) == [(str(practice.owner_id), "client_id", duplicate.id, survivor.id)]
    request = appointments_pb2.ChangeAppointmentRequest(appointment_id=changed, mask=FieldMask(paths=["notes"]), notes="by the door")
    await practice.stub(AppointmentsStub).ChangeAppointment(request, practice.caller())

    told = await practice.undone(survivor.id)
    assert sorted((row["kind"], row["id"]) for row in told["changed"]) == sorted([("appointments", changed), ("sessions", lived.signed)])
    assert (told.get("kept", []), told.get("fields", [])) == ([], [])
    assert await owned(practice, duplicate.id) == before
    assert await practice.appointments(survivor.id) == {born.id}
    assert (await practice.changes(changed))[0] == (str(practice.owner_id), "client_id", survivor.id, duplicate.id)
    assert await practice.verified(lived.signed) == (True, 3)
    await practice.amend(lived.signed, "as before")
    assert await practice.verified(lived.signed) == (True, 4)
    restored, left = await practice.read(duplicate.id), await practice.read(survivor.id)
    assert (restored.email, restored.external_id, list(restored.tags)) == ("ada@example.org", "D-1", ["knee"])
    assert (left.HasField("email"), left.phone, list(left.tags)) == (False, "+49 30 1", [])
    assert (restored.medical_history, left.medical_history) == ("Allergic to latex.", "Asthma.")
    assert (await practice.book(duplicate.id, 50)).client_id == duplicate.id


async def test_every_moved_record_has_a_line_and_a_place_in_the_manifest(practice):
    survivor, duplicate = await practice.client(), await practice.client()
    await live_through(practice, duplicate.id, 20)
    await practice.reminders(duplicate.id)
    job = await practice.merged(survivor.id, duplicate.id)
    moved = {"move_appointment", "move_note", "move_file", "move_plan", "move_appointments", "move_reminders"}
    lines = [line for line in await practice.lines(*moved) if "merge" in line["facts"]]
    assert all(line["resource_id"] is not None for line in lines), "a line is about one record"
    assert {line["facts"]["merge"] for line in lines} == {job.result["merge_id"]}
    async with practice.environment.superuser() as db:
        manifest = [
            (name, row["table_name"], str(row["id"]))
            for name in ("scheduling", "clinical", "notifications")
            for row in await db.fetch(f"SELECT * FROM {name}.moved_rows WHERE workspace_id = $1", practice.workspace_id)
        ]
    receipts = {id_ for _, table, id_ in manifest if table == "sync_receipts"}
    assert receipts
    assert sorted(id_ for _, _, id_ in manifest if id_ not in receipts) == sorted(str(line["resource_id"]) for line in lines)
    assert job.result["moved"] == len(manifest)


async def test_nothing_of_a_merged_client_is_left_behind(practice):
    survivor, duplicate = await practice.client(), await practice.client()
    await live_through(practice, duplicate.id, 20)
    await practice.merged(survivor.id, duplicate.id)
    await practice.environment.settle()
    left = set()
    async with practice.environment.superuser() as db:
        columns = await db.fetch(
            "SELECT c.table_schema AS service, c.table_name AS name, c.column_name AS column FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE t.table_type = 'BASE TABLE' AND c.table_schema = ANY($1) AND c.data_type IN ('uuid', 'text', 'ARRAY')",
            list(NAMES),
        )
        for service, name, column in columns:
            if name not in TELLS_OF_THE_PAST and not name.startswith("audit_events") and not name.startswith("touched"):
                held = f"SELECT count(*) FROM {service}.{name} WHERE {column}::text LIKE '%' || $1 || '%'"
                if await db.fetchval(held, duplicate.id):
                    left.add(f"{service}.{name}.{column}")
    assert left - {"clinical.sessions.signed_for"} <= EXCLUDED.keys()
    assert {"clients.clients.id", "clinical.sessions.signed_for", "scheduling.moved_rows.old_owner"} <= left


async def test_every_column_that_means_a_client_is_moved_or_has_a_reason(practice):
    async with practice.environment.superuser() as db:
        columns = await db.fetch(
            "SELECT n.nspname AS service, c.relname AS name, a.attname AS column FROM pg_attribute a"
            " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped"
            " AND (a.attname ~ '(client|patient|survivor|merged|_owner$)' AND a.attname !~ '_at$' AND a.atttypid IN ('uuid'::regtype, 'uuid[]'::regtype)"
            "   OR c.relname IN ('clients', 'merged_clients') AND a.attname IN ('id', 'external_id_index', 'erased_at') AND n.nspname <> 'audit')",
            list(NAMES),
        )
    found = {f"{row['service']}.{row['name']}.{row['column']}" for row in columns}
    assert found - {"clients.merges.merged_by"} == MOVED | EXCLUDED.keys()


async def test_late_bookings_are_refused_and_late_events_and_devices_reach_the_survivor(practice):
    survivor, duplicate = await practice.client(email="ada@example.org"), await practice.client()
    lived = await live_through(practice, duplicate.id, 20)
    await practice.merged(survivor.id, duplicate.id)
    with pytest.raises(Gone):
        await practice.book(duplicate.id, 30)
    with pytest.raises(Gone):
        await practice.write(duplicate.id)

    # A booking that scheduling has written before it heard of the merge.
    late = events_pb2.AppointmentBooked(
        appointment_id=str(uuid7()),
        client_id=duplicate.id,
        practitioner_id=str(practice.owner_id),
        starts_at=to_timestamp(datetime.now(UTC) + timedelta(days=9)),
        ends_at=to_timestamp(datetime.now(UTC) + timedelta(days=9, hours=1)),
        version=1,
    )
    known = await practice.reminders(survivor.id)
    async with practice.environment.runtime("scheduling").background(practice.workspace_id) as work:
        work.emit(late)
    assert len(await practice.reminders(survivor.id) - known) == 1
    assert await practice.reminders(duplicate.id) == set()

    again = await practice.stub(SyncStub).SyncSession(lived.item, practice.caller())
    assert again.session_id == lived.synced
    fresh = sync_pb2.SyncSessionRequest()
    fresh.CopyFrom(lived.item)
    fresh.client_session_id, fresh.subjective = str(uuid7()), "Later."
    taken = await practice.stub(SyncStub).SyncSession(fresh, practice.caller())
    assert {lived.synced, taken.session_id} <= await practice.notes(survivor.id)

    contact = clients_pb2.GetContactRequest(client_id=duplicate.id)
    stub = practice.environment.stub(ClientsStub, as_service="notifications")
    assert (await stub.GetContact(contact, practice.environment.on_behalf_of(practice.workspace_id))).email == "ada@example.org"


async def test_a_booking_in_flight_is_moved_or_refused(practice):
    """Bookings race with the merge: each ends with the survivor, or was refused; none is left behind."""
    survivor, duplicate = await practice.client(), await practice.client()
    bookings = [asyncio.create_task(practice.book(duplicate.id, 60 + number / 24)) for number in range(12)]
    merging = asyncio.create_task(practice.merged(survivor.id, duplicate.id))
    booked = await asyncio.gather(*bookings, return_exceptions=True)
    await merging
    written = {each.id for each in booked if not isinstance(each, BaseException)}
    refused = [each for each in booked if isinstance(each, BaseException)]
    assert {(type(each), each.code, each.facts["merged_into"]) for each in refused} <= {(Gone, "client_merged", survivor.id)}
    assert await practice.appointments(survivor.id) == written
    assert await practice.appointments(duplicate.id) == set()


async def test_who_asked_for_the_client_before_the_merge_is_told_who_is_left(practice, monkeypatch):
    """The booking, the series and the place on the waitlist come when scheduling has moved what there was."""
    survivor, duplicate = await practice.client(), await practice.client()

    async def was_active(_self, _client_id, _work, _voucher=b""):
        return True

    await practice.merged(survivor.id, duplicate.id)
    monkeypatch.setattr(ActiveClients, "is_active", was_active)
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    series = series_pb2.CreateSeriesRequest(
        client_id=duplicate.id,
        rrule="FREQ=WEEKLY;COUNT=2",
        first_start=to_timestamp(start),
        duration_minutes=30,
        time_zone="Europe/Berlin",
        on_conflict=series_pb2.ON_CONFLICT_FAIL,
        location_type=appointments_pb2.LOCATION_TYPE_CLINIC,
    )
    entry = waitlist_pb2.JoinWaitlistRequest(
        client_id=duplicate.id, earliest=to_timestamp(start), latest=to_timestamp(start + timedelta(days=1))
    )
    for asked in (
        practice.book(duplicate.id, 401),
        practice.stub(AppointmentSeriesStub).CreateSeries(series, practice.caller()),
        practice.stub(WaitlistStub).JoinWaitlist(entry, practice.caller()),
    ):
        with pytest.raises(Gone) as gone:
            await asked
        assert (gone.value.code, gone.value.facts) == ("client_merged", {"merged_into": survivor.id})
    assert await practice.appointments(duplicate.id) == await practice.appointments(survivor.id) == set()


async def test_who_is_left_of_several_merges_is_named_and_nobody_once_they_are_undone(practice, monkeypatch):
    first, second, third = [await practice.client() for _ in range(3)]
    await practice.merged(second.id, third.id)
    await practice.merged(first.id, second.id)

    async def was_active(_self, _client_id, _work, _voucher=b""):
        return True

    monkeypatch.setattr(ActiveClients, "is_active", was_active)
    with pytest.raises(Gone) as gone:
        await practice.book(third.id, 402)
    assert (gone.value.code, gone.value.facts) == ("client_merged", {"merged_into": first.id})

    beside = UnitOfWork.beside

    @asynccontextmanager
    async def undone_before(work, workspace_id):
        # Between the refusal and the look at who is left.
        async with practice.environment.superuser() as db:
            await db.execute("UPDATE scheduling.client_figures SET merged_into = NULL WHERE client_id = $1", third.id)
        async with beside(work, workspace_id) as tx:
            yield tx

    monkeypatch.setattr(UnitOfWork, "beside", undone_before)
    with pytest.raises(Conflict) as refused:
        await practice.book(third.id, 402)
    assert refused.value.code == "merge_under_way"


async def test_who_is_left_of_several_merges_is_named_to_whoever_adds_what_is_treated(practice, monkeypatch):
    first, second, third = [await practice.client() for _ in range(3)]
    await practice.merged(second.id, third.id)
    await practice.merged(first.id, second.id)

    async def was_one_of_two(_row, _work):
        """As whoever has found the client before the merges."""

    monkeypatch.setattr("clients.clients.rpc.check_not_merged", was_one_of_two)
    picture_of = client_attachments_pb2.UploadClientAttachmentRequest(client_id=third.id, file_name="letter.png")
    plan = plans_pb2.CreatePlanRequest(client_id=third.id, title="Knee", goals=["walk"])
    for asked in (
        practice.write(third.id),
        practice.stub(PlansStub).CreatePlan(plan, practice.caller()),
        practice.stub(ClientAttachmentsStub).UploadClientAttachment(picture_of, pieces(picture()), practice.caller()),
    ):
        with pytest.raises(Gone) as gone:
            await asked
        assert (gone.value.code, gone.value.facts) == ("client_merged", {"merged_into": first.id})


async def test_merges_and_undoings_of_the_same_clients_at_once_wait_for_each_other_in_no_circle(practice):
    clients = [(await practice.client()).id for _ in range(4)]
    booked = {(await practice.book(client, 500 + number)).id for number, client in enumerate(clients)}
    refusals = set()
    for turn in range(3):
        first, second, third, fourth = clients[turn:] + clients[:turn]
        asked = await asyncio.gather(
            *(
                attempt(change)
                for change in (
                    practice.merge(first, second),
                    practice.merge(second, first),
                    practice.merge(first, third),
                    practice.merge(fourth, first),
                    practice.undo(first),
                    practice.undo(third),
                )
            )
        )
        refusals |= {code for _, code in asked}
        for begun, _ in asked:
            if begun is not None:
                job = await practice.finished(getattr(begun, "job_id", "") or begun.id)
                assert job.status == jobs_pb2.JOB_STATUS_DONE, job
        owned = [await practice.appointments(client) for client in clients]
        assert (set().union(*owned), sum(map(len, owned))) == (booked, 4)
    assert None in refusals
    assert refusals <= {None, "merge_under_way", "client_merged", "already_merged", "not_merged", "merge_not_last"}


async def test_what_cannot_be_merged_is_refused_and_changes_nothing(practice, environment):
    first, second, third = [await practice.client() for _ in range(3)]
    elsewhere = Practice(environment, environment.workspace(), uuid7())
    stranger = await elsewhere.client()
    with pytest.raises(Invalid) as refused:
        await practice.merge(first.id, first.id)
    assert refused.value.code == "merge_with_itself"
    for pair in ((first.id, stranger.id), (stranger.id, first.id), (first.id, str(uuid7()))):
        with pytest.raises(NotFound):
            await practice.merge(*pair)
    with pytest.raises(NotFound):
        await elsewhere.undo(first.id)
    erased = await practice.client()
    await practice.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=erased.id), practice.caller())
    for pair in ((first.id, erased.id), (erased.id, first.id)):
        with pytest.raises(NotFound):
            await practice.merge(*pair)
    with pytest.raises(Conflict) as refused:
        await practice.undo(first.id)
    assert refused.value.code == "not_merged"

    await practice.merged(second.id, first.id)
    for survivor in (second.id, third.id):
        with pytest.raises(Conflict) as refused:
            await practice.merge(survivor, first.id)
        assert (refused.value.code, refused.value.facts) == ("already_merged", {"merged_into": second.id})
    with pytest.raises(Gone) as gone:
        await practice.merge(first.id, third.id)
    assert gone.value.facts == {"merged_into": second.id}


async def test_who_is_restricted_or_held_is_neither_merged_nor_parted(practice):
    survivor, duplicate, third = [await practice.client() for _ in range(3)]
    await practice.merged(survivor.id, duplicate.id)
    async with practice.environment.superuser() as db:
        await db.execute(
            "INSERT INTO clients.client_access (workspace_id, client_id, version, restricted, user_ids) VALUES ($1, $2, 1, true, ARRAY[$3::uuid])",
            practice.workspace_id,
            survivor.id,
            practice.owner_id,
        )
    for attempted in (practice.merge(survivor.id, third.id), practice.merge(third.id, survivor.id), practice.undo(duplicate.id)):
        assert await attempt(attempted) == (None, "restricted_not_merged")
    async with practice.environment.superuser() as db:
        await db.execute("UPDATE clients.client_access SET restricted = false, version = 2 WHERE client_id = $1", survivor.id)
    await practice.hold(third.id)
    for attempted in (practice.merge(survivor.id, third.id), practice.merge(third.id, survivor.id)):
        assert await attempt(attempted) == (None, "held_not_merged")
    await practice.undone(duplicate.id)


async def test_nobody_is_restricted_while_half_of_their_history_is_on_the_way_and_no_tombstone_is(practice):
    survivor, duplicate = [await practice.client() for _ in range(2)]
    await practice.merged(survivor.id, duplicate.id)

    def restricted(client):
        team = care_teams_pb2.SetCareTeamRequest(client_id=client.id, restricted=True, user_ids=[str(practice.owner_id)])
        return practice.stub(CareTeamsStub).SetCareTeam(team, practice.caller())

    assert await attempt(restricted(duplicate)) == (None, "client_merged")
    for unfinished in ("moved_at = NULL", "moved_at = now(), undo_requested_at = now()"):
        async with practice.environment.superuser() as db:
            await db.execute(f"UPDATE clients.merges SET {unfinished} WHERE survivor_id = $1", survivor.id)
        assert await attempt(restricted(survivor)) == (None, "merge_under_way")
    async with practice.environment.superuser() as db:
        await db.execute("UPDATE clients.merges SET undo_requested_at = NULL WHERE survivor_id = $1", survivor.id)
    assert (await restricted(survivor)).restricted


async def test_a_legal_hold_is_on_the_survivor_and_not_on_the_tombstone(practice):
    survivor, duplicate = [await practice.client() for _ in range(2)]
    await practice.merged(survivor.id, duplicate.id)
    with pytest.raises(Gone) as refused:
        await practice.hold(duplicate.id)
    assert refused.value.facts == {"merged_into": survivor.id}
    async with practice.environment.superuser() as db:
        await db.execute("UPDATE clients.merges SET undo_requested_at = now() WHERE survivor_id = $1", survivor.id)
    assert await attempt(practice.hold(survivor.id)) == (None, "merge_under_way"), "what is on its way would be nobody's who is held"


async def test_what_protects_a_record_is_not_set_for_one_that_was_merged(practice):
    """It would say that the record is closed or held, while all that was in it is the survivor's."""
    survivor, duplicate = await practice.client(), await practice.client()
    await practice.merged(survivor.id, duplicate.id)
    teams, caller = practice.stub(CareTeamsStub), practice.caller()
    team = care_teams_pb2.SetCareTeamRequest(client_id=duplicate.id, restricted=True, user_ids=[str(practice.owner_id)])
    glass = care_teams_pb2.BreakGlassRequest(client_id=duplicate.id, reason="found unconscious")
    hold = legal_holds_pb2.PlaceLegalHoldRequest(client_id=duplicate.id, reason="a court asks")
    for attempted in (
        teams.GetCareTeam(care_teams_pb2.GetCareTeamRequest(client_id=duplicate.id), caller),
        teams.SetCareTeam(team, caller),
        teams.BreakGlass(glass, caller),
        practice.stub(LegalHoldsStub).PlaceLegalHold(hold, caller),
    ):
        with pytest.raises(Gone) as gone:
            await attempted
        assert (gone.value.code, gone.value.facts) == ("client_merged", {"merged_into": survivor.id})
    assert not (await practice.stub(LegalHoldsStub).ListLegalHolds(legal_holds_pb2.ListLegalHoldsRequest(), caller)).items
    await practice.undone(duplicate.id)


async def test_what_was_agreed_to_under_either_record_is_seen_and_taken_back_with_the_survivor(practice):
    survivor, duplicate = await practice.client(), await practice.client()
    stub, caller = practice.stub(ConsentsStub), practice.caller()
    reminders = {"purpose": consents_pb2.CONSENT_PURPOSE_REMINDERS, "text_version": "2026"}
    given = await stub.GiveConsent(consents_pb2.GiveConsentRequest(client_id=duplicate.id, **reminders), caller)
    await practice.merged(survivor.id, duplicate.id)

    of_survivor = consents_pb2.ListConsentsRequest(client_id=survivor.id)
    assert [(consent.id, consent.client_id) for consent in (await stub.ListConsents(of_survivor, caller)).items] == [
        (given.id, duplicate.id)
    ]
    with pytest.raises(Gone):
        await stub.ListConsents(consents_pb2.ListConsentsRequest(client_id=duplicate.id), caller)
    withdrawn = await stub.WithdrawConsent(consents_pb2.WithdrawConsentRequest(client_id=survivor.id, consent_id=given.id), caller)
    assert withdrawn.HasField("withdrawn_at")
    contact = clients_pb2.GetContactRequest(client_id=survivor.id)
    notifications = practice.environment.stub(ClientsStub, as_service="notifications")
    assert (await notifications.GetContact(contact, practice.environment.on_behalf_of(practice.workspace_id))).reminders_withdrawn

    await practice.undone(duplicate.id)
    assert not (await stub.ListConsents(of_survivor, caller)).items


async def test_a_chain_is_undone_from_its_end(practice):
    first, second, third = [await practice.client() for _ in range(3)]
    booked = [(await practice.book(client.id, 20 + day)).id for day, client in enumerate((first, second, third))]
    await practice.merged(second.id, first.id)
    await practice.merged(third.id, second.id)
    assert await practice.appointments(third.id) == set(booked)
    with pytest.raises(Gone) as gone:
        await practice.read(first.id)
    assert gone.value.facts == {"merged_into": third.id}
    with pytest.raises(Conflict) as refused:
        await practice.undo(first.id)
    assert (refused.value.code, refused.value.facts) == ("merge_not_last", {"merged_into": third.id})
    await practice.undone(third.id)
    assert await practice.appointments(second.id) == set(booked[:2])
    await practice.undone(first.id)
    assert [await practice.appointments(client.id) for client in (first, second, third)] == [{each} for each in booked]


async def test_thirty_days_later_a_merge_is_final(practice):
    survivor, duplicate = await practice.client(), await practice.client()
    await practice.merged(survivor.id, duplicate.id)
    async with practice.environment.superuser() as db:
        left = await db.fetchval("SELECT undo_until - merged_at FROM clients.merges WHERE workspace_id = $1", practice.workspace_id)
        assert left == timedelta(days=30)
        await db.execute(
            "UPDATE clients.merges SET undo_until = now() - interval '1 second' WHERE workspace_id = $1", practice.workspace_id
        )
    with pytest.raises(Gone) as gone:
        await practice.undo(survivor.id)
    assert gone.value.code == "merge_final"


async def test_an_erased_survivor_takes_those_along_who_were_merged_into_it(practice):
    first, second, third = [await practice.client() for _ in range(3)]
    await live_through(practice, first.id, 20)
    await practice.merged(second.id, first.id)
    await practice.merged(third.id, second.id)
    await practice.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=third.id), practice.caller())
    await practice.environment.settle()
    async with practice.environment.superuser() as db:
        for table in (
            "clients.clients",
            "clients.merges",
            "scheduling.appointments",
            "scheduling.moved_rows",
            "clinical.moved_rows",
            "notifications.moved_rows",
        ):
            assert await db.fetchval(f"SELECT count(*) FROM {table} WHERE workspace_id = $1", practice.workspace_id) == 0, table
    for client in (first, second, third):
        with pytest.raises(NotFound):
            await practice.read(client.id)


async def test_nobody_is_erased_with_a_survivor_from_whom_they_are_being_parted(practice, monkeypatch):
    """Also where the undoing has ended before its time: somebody has decided that the two are not one person."""
    survivor, duplicate, third = [await practice.client() for _ in range(3)]
    await live_through(practice, duplicate.id, 20)
    await practice.merged(survivor.id, duplicate.id)
    await practice.merged(third.id, survivor.id)
    clinical = practice.environment.runtime("clinical")
    keys_of = clinical.keys.of

    async def away(workspace_id: UUID) -> Any:
        if workspace_id == practice.workspace_id:
            raise Unavailable("clinical_away")
        return await keys_of(workspace_id)

    def erased(client):
        return practice.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=client.id), practice.caller())

    monkeypatch.setattr(clinical.keys, "of", away)
    undo = await practice.undo(survivor.id)
    assert await attempt(erased(third)) == (None, "merge_under_way")
    jobs = JobsStub(practice.environment.peer("clients"))
    await jobs.CancelJob(jobs_pb2.CancelJobRequest(job_id=undo.id), practice.caller())
    async with practice.environment.superuser() as db:
        await db.execute("UPDATE clients.due_jobs SET due_at = now() WHERE job_id = $1", UUID(undo.id))
    assert (await practice.finished(undo.id)).status == jobs_pb2.JOB_STATUS_CANCELLED
    assert await attempt(erased(third)) == (None, "merge_under_way")
    monkeypatch.setattr(clinical.keys, "of", keys_of)
    assert (await practice.finished((await practice.undo(survivor.id)).id)).status == jobs_pb2.JOB_STATUS_DONE
    assert (await attempt(erased(third)))[1] is None
    assert (await practice.read(survivor.id)).id == survivor.id


async def test_an_external_id_goes_with_the_survivor_who_had_none_and_back(practice):
    survivor, duplicate = await practice.client(), await practice.client(external_id="D-7")
    reply = await practice.merge(survivor.id, duplicate.id)
    assert reply.client.external_id == "D-7"
    await practice.finished(reply.job_id)
    request = clients_pb2.UpdateClientRequest(client_id=survivor.id, mask=FieldMask(paths=["external_id"]))
    await practice.stub(ClientsStub).UpdateClient(request, practice.caller())
    other = await practice.client(external_id="D-7")
    told = await practice.undone(duplicate.id)
    assert told["fields"] == ["external_id"]
    assert not (await practice.read(duplicate.id)).HasField("external_id")
    assert (await practice.read(other.id)).external_id == "D-7"


async def test_whoever_is_looked_for_by_the_number_of_a_merged_record_is_the_survivor(practice):
    """It stays taken: somebody who is found by nothing under it could be registered under no other."""
    first, second, third = [await practice.client(external_id=number) for number in ("A-1", "B-2", "C-3")]
    await practice.merged(second.id, first.id)
    await practice.merged(third.id, second.id)

    async def found(number):
        request = clients_pb2.ListClientsRequest(search=number, page_size=10)
        return [client.id for client in (await practice.stub(ClientsStub).ListClients(request, practice.caller())).items]

    assert [await found(number) for number in ("A-1", "b-2", "C-3")] == [[third.id]] * 3
    await practice.undone(second.id)
    assert [await found(number) for number in ("A-1", "B-2", "C-3")] == [[second.id], [second.id], [third.id]]


async def test_a_merge_that_was_stopped_half_way_goes_on_or_is_undone(practice, monkeypatch):
    """Its job is cancelled after scheduling has moved its rows; asked for once more, the merge goes on where it was."""
    survivor, duplicate = await practice.client(), await practice.client()
    lived = await live_through(practice, duplicate.id, 20)
    clinical = practice.environment.runtime("clinical")
    keys_of = clinical.keys.of

    async def away(workspace_id: UUID) -> Any:
        if workspace_id == practice.workspace_id:
            raise RuntimeError("clinical is in trouble")
        return await keys_of(workspace_id)

    monkeypatch.setattr(clinical.keys, "of", away)
    reply = await practice.merge(survivor.id, duplicate.id)
    async with asyncio.timeout(_LONGEST_WAIT):
        while True:
            if await practice.appointments(survivor.id) == lived.appointments:
                break
            await asyncio.sleep(0.05)
    jobs = JobsStub(practice.environment.peer("clients"))
    await jobs.CancelJob(jobs_pb2.CancelJobRequest(job_id=reply.job_id), practice.caller())
    monkeypatch.setattr(clinical.keys, "of", keys_of)
    assert (await practice.finished(reply.job_id)).status == jobs_pb2.JOB_STATUS_CANCELLED

    job = await practice.merged(survivor.id, duplicate.id)
    assert (job.kind, job.status) == (KIND, jobs_pb2.JOB_STATUS_DONE)
    assert await practice.files(survivor.id) == lived.files
    undo = await practice.finished((await practice.undo(survivor.id)).id)
    assert (undo.kind, undo.status) == (UNDO_KIND, jobs_pb2.JOB_STATUS_DONE)
    assert await practice.files(duplicate.id) == lived.files


steps = st.lists(
    st.tuples(
        st.sampled_from(["merge", "merge", "undo", "nothing"]),
        st.permutations(range(4)).map(lambda order: order[:2]),
        st.lists(st.tuples(st.sampled_from(["book", "write", "sign"]), st.integers(0, 3)), max_size=4),
    ),
    min_size=3,
    max_size=7,
)


_days = count(80)


async def attempt(asked: Awaitable[T]) -> tuple[T | None, str | None]:
    """The answer, or the code of what was refused. Who was merged is refused in one way, whichever service says so, and however late it hears of it."""
    try:
        return await asked, None
    except (Gone, Conflict) as refused:
        is_named = isinstance(refused, Gone) and UUID(refused.facts["merged_into"])
        return None, refused.code if refused.code != "client_merged" or is_named else f"{refused.code} without a name"


class Ward:
    """Four clients who are merged and parted, and what each has: `owner` says whose everything is, as it should be."""

    def __init__(self, practice: Practice, clients: list[str]) -> None:
        self.practice = practice
        self.clients = clients
        self.owner: dict[str, int] = {}
        self.signed: set[str] = set()
        self.merges: list[tuple[int, int, set[str]]] = []

    def merged_into(self, client: int) -> int | None:
        return next((survivor for merged, survivor, _ in self.merges if merged == client), None)

    async def step(self, change: str, pair: list[int], meanwhile: list[tuple[str, int]]) -> None:
        """Books, writes and signs while two clients are merged or parted."""
        before = set(self.owner)
        changing = getattr(self, change)(*pair)
        made = await asyncio.gather(changing, *(self.add(kind, client) for kind, client in meanwhile))
        merge = made[0]
        for added in made[1:]:
            if added is not None:
                id_, client = added
                self.owner[id_] = client
        if change == "merge" and merge:
            merged, survivor = pair
            moved = {id_ for id_, owner in self.owner.items() if owner == merged}
            self.merges.append((merged, survivor, moved))
            self.owner |= dict.fromkeys(moved, survivor)
        if change == "undo" and merge:
            merged, survivor, moved = merge
            self.merges.remove(merge)
            self.owner |= {id_: merged for id_ in moved & before if self.owner[id_] == survivor}

    async def add(self, kind: str, client: int) -> tuple[str, int] | None:
        """What was added for the client; None where it was refused, because the client is merged."""
        make = partial(self.practice.book, days=next(_days) / 4) if kind == "book" else self.practice.write
        made, refused = await attempt(make(self.clients[client]))
        assert refused in {None, "client_merged"}
        if made is None:
            return None
        if kind == "sign":
            await self.practice.sign(made.id)
            self.signed.add(made.id)
        return made.id, client

    async def nothing(self, _one: int, _other: int) -> None:
        return None

    async def merge(self, merged: int, survivor: int) -> bool:
        expected = (
            "client_merged"
            if self.merged_into(survivor) is not None
            else "already_merged"
            if self.merged_into(merged) is not None
            else None
        )
        job, refused = await attempt(self.practice.merged(self.clients[survivor], self.clients[merged]))
        assert refused == expected
        assert job is None or job.status == jobs_pb2.JOB_STATUS_DONE, job
        return job is not None

    async def undo(self, client: int, _other: int) -> tuple[int, int, set[str]] | None:
        own = [merge for merge in self.merges if merge[0] == client]
        found = (own or [merge for merge in self.merges if merge[1] == client])[-1:]
        expected = "not_merged" if not found else "merge_not_last" if self.merged_into(found[0][1]) is not None else None
        _, refused = await attempt(self.practice.undone(self.clients[client]))
        assert refused == expected
        return None if refused else found[0]

    async def check(self) -> None:
        """Everything is whose it should be, nothing is lost or twice, and what was signed verifies."""
        for client, client_id in enumerate(self.clients):
            mine = {id_ for id_, owner in self.owner.items() if owner == client}
            assert await self.practice.appointments(client_id) | await self.practice.notes(client_id) == mine
            if self.merged_into(client) is not None:
                assert mine == set()
                with pytest.raises(Gone):
                    await self.practice.read(client_id)
            else:
                assert (await self.practice.read(client_id)).id == client_id
        for note in self.signed:
            assert (await self.practice.verified(note))[0], note


@settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(lived=steps)
async def test_whatever_is_merged_and_parted_while_people_work_nothing_is_lost(practice, lived):
    ward = Ward(practice, [(await practice.client()).id for _ in range(4)])
    for client in range(4):
        added = await ward.add("sign", client)
        assert added is not None
        ward.owner[added[0]] = client
    for change, pair, meanwhile in lived:
        await ward.step(change, list(pair), meanwhile)
        await ward.check()
