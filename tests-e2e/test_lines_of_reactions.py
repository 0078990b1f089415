"""What services change or destroy on their own behalf is in the audit trail: from the event through the reaction to the trail's row."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from PIL import Image

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import attachments_pb2, sessions_pb2
from caseload.clinical.v1.attachments_rpc import AttachmentsStub
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import Environment, pieces, start_environment
from identity.workspaces.workflow import open_workspace
from standalone.operations import queues_of
from standalone.services import SERVICES

# Every reaction's queue: the line that its effect leaves, or why it leaves none.
LINES = {
    "audit.erase-workspace": "only begins; what is deleted is told at the end",
    "audit.go-on-erasing": "erase_workspace",
    "audit.record": "writes the trail itself",
    "clients.announce-overdue-review": "miss_break_glass_review",
    "clients.erase-broken-glass": "erase_broken_glass",
    "clients.erase-workspace": "destroy_workspace_keys",
    "clients.go-on-erasing": "erase_workspace",
    "clinical.announce-overdue-cosignature": "miss_cosign_deadline",
    "clinical.erase-client": "erase_notes",
    "clinical.erase-note": "erase_deleted_note",
    "clinical.erase-workspace": "destroy_workspace_keys",
    "clinical.follow-broken-glass": "only goes by what clients has told; who changed it is on record there",
    "clinical.follow-care-team": "only goes by what clients has told; who changed it is on record there",
    "clinical.follow-supervision": "pass_on_cosignature",
    "clients.note-erasure-in-clinical": "only notes what a service has told; its own lines say what it erased",
    "clients.note-erasure-in-notifications": "only notes what a service has told; its own lines say what it erased",
    "clients.note-erasure-in-scheduling": "only notes what a service has told; its own lines say what it erased",
    "clinical.remove-client-files": "only sees to what clinical.remove-files does, too, and tells",
    "clinical.forget-client-access": "only forgets who opened the record; what is erased with the client is told",
    "clinical.go-on-after-hold": "only announces what is over; what is erased then is told",
    "clinical.go-on-erasing": "erase_workspace",
    "clinical.release-note": "release_note",
    "clinical.remove-files": "remove_file",
    "identity.begin-erasure": "begin_workspace_erasure",
    "identity.erase-workspace": "destroy_workspace_keys",
    "identity.go-on-erasing": "erase_workspace",
    "identity.note-erasure-in-audit": "only notes what a service has told; its own line says so too",
    "identity.note-erasure-in-clients": "only notes what a service has told; its own line says so too",
    "identity.note-erasure-in-clinical": "only notes what a service has told; its own line says so too",
    "identity.note-erasure-in-identity": "only notes what a service has told; its own line says so too",
    "identity.note-erasure-in-notifications": "only notes what a service has told; its own line says so too",
    "identity.note-erasure-in-scheduling": "only notes what a service has told; its own line says so too",
    "notifications.answer-client": "only tells what the practice has declined, which is on record; its mail leaves a line of its own",
    "notifications.cancel-invite": "only adds a mail, which leaves a line of its own",
    "notifications.cancel-reminders": "cancel_reminders",
    "notifications.move-invite": "only adds a mail, which leaves a line of its own",
    "notifications.erase-workspace": "destroy_workspace_keys",
    "notifications.follow-policy": "only changes when reminders are looked at; whoever has changed the policy is on record",
    "notifications.forget-client": "erase_reminders",
    "notifications.go-on-erasing": "erase_workspace",
    "notifications.mail-invitation": "only adds a mail; whoever added the user is on record, and so is the sign-in",
    "notifications.mail-magic-link": "only adds a mail; the sign-in by its link is on record",
    **dict.fromkeys(
        (
            "notifications.mail-of-booking",
            "notifications.mail-of-move",
            "notifications.mail-of-cancellation",
            "notifications.mail-of-confirmation",
        ),
        "only adds a mail to the practitioner; who changed the appointment is on record",
    ),
    "notifications.mail-held-address": "only adds a mail; that a mail has bounced is on record. An alert leaves raise_alert",
    "notifications.mail-overdue-cosignature": "only adds a mail; that the deadline was missed is on record. An alert leaves raise_alert",
    "notifications.tell-broken-trail": "raise_alert",
    "notifications.tell-troubled-backups": "raise_alert",
    "notifications.mail-overdue-review": "only adds a mail; that the review is overdue is on record",
    "notifications.mail-password-reset": "only adds a mail; whoever asked for it and the reset by its link are on record",
    "notifications.mail-payment-request": "only adds a mail, which leaves a line of its own",
    "notifications.mail-returned-note": "only adds a mail; that the note was returned is on record",
    "notifications.mail-security-notice": "only adds a mail; what it is about is on record",
    "notifications.mail-undelivered-offer": "only adds a mail; that the offer went on is on record",
    "notifications.mail-waitlist-offer": "only adds a mail; that a time was offered is on record, and so is what the mail tells",
    "notifications.move-reminders": "move_reminders",
    "notifications.plan-reminders": "only adds reminders; a booking that is known already is a move, and leaves its line",
    "notifications.resume-reminders": "resume_reminders",
    "notifications.set-first-rule": "set_first_rule",
    "notifications.settle-rule": "only carries out what a rule says; whoever has changed the rule is on record",
    "notifications.stop-reminders": "stop_reminders",
    "scheduling.ask-to-cancel": "ask_to_cancel_appointment",
    "scheduling.cancel-appointment": "cancel_appointment",
    "scheduling.confirm-appointment": "confirm_appointment",
    **dict.fromkeys(
        (
            f"notifications.tell-{what}"
            for what in (
                "booked",
                "moved",
                "confirmed",
                "cancellation-asked",
                "cancellation-declined",
                "closed",
                "finalized",
                "client-created",
                "client-changed",
            )
        ),
        "only adds messages to webhooks; what they tell of is on record",
    ),
    "notifications.tell-client-erased": "forgets what was told of the client, and tells that; the erasure is on record",
    "scheduling.erase-appointments": "erase_appointments",
    "scheduling.erase-workspace": "destroy_workspace_keys",
    "scheduling.follow-broken-glass": "only goes by what clients has told; who changed it is on record there",
    "scheduling.follow-care-team": "only goes by what clients has told; who changed it is on record there",
    "scheduling.forget-client-access": "only forgets who opened the record; what is erased with the client is told",
    "scheduling.go-on-erasing": "erase_workspace",
    "scheduling.pass-on-offer": "pass_on_waitlist_offer",
}


@dataclass(frozen=True)
class Practice:
    environment: Environment
    workspace_id: UUID
    owner_id: UUID

    def caller(self) -> Any:
        return self.environment.caller(workspace_id=self.workspace_id, user_id=self.owner_id)

    async def client(self) -> str:
        request = clients_pb2.CreateClientRequest(first_name="Ada", last_name="Jones", email="ada@example.org")
        return (await self.environment.stub(ClientsStub).CreateClient(request, self.caller())).id

    async def book(self, client_id: str, days: int) -> str:
        start = datetime.now(UTC) + timedelta(days=days)
        request = appointments_pb2.BookAppointmentRequest(
            client_id=client_id,
            scheduled_start=to_timestamp(start),
            scheduled_end=to_timestamp(start + timedelta(hours=1)),
            location_type=appointments_pb2.LOCATION_TYPE_CLINIC,
        )
        booked = await self.environment.stub(AppointmentsStub).BookAppointment(request, self.caller())
        await self.environment.settle()
        return booked.id

    async def trail(self, event_type: str) -> list[dict[str, Any]]:
        """The rows of the audit trail, oldest first."""
        await self.environment.settle()
        async with self.environment.superuser() as connection:
            rows = await connection.fetch(
                "SELECT * FROM audit.audit_events WHERE workspace_id = $1 AND event_type = $2 ORDER BY created_at, id",
                self.workspace_id,
                event_type,
            )
        return [{**row, **json.loads(row["metadata"])} for row in rows]


@pytest.fixture(scope="module")
async def practice(postgres: str):
    quiet = {"identity": {"argon2_passes": 1, "argon2_memory_kib": 8}, "notifications": {"smtp_url": "smtp://127.0.0.1:1"}}
    async with start_environment(postgres, *SERVICES, settings=quiet) as environment:
        opened = await open_workspace(
            environment.runtime("identity"),
            name="Lakeside",
            kind="practice",
            time_zone="UTC",
            locale="en-GB",
            owner_email="owner@example.com",
            owner_full_name="Olga Orlov",
            role="owner",
        )
        await environment.settle()
        yield Practice(environment, *opened)


def test_every_reaction_leaves_a_line_or_says_why_not(practice):
    queues = {queue for service in SERVICES for queue in queues_of(service, practice.environment.runtime(service.name).settings)}
    assert queues == LINES.keys()


def says(line: dict[str, Any], *, service: str, resource: str, action: str, request_id: str) -> None:
    assert (line["user_id"], line["service"]) == (None, service)
    assert (line["resource_type"], line["action"], line["outcome"]) == (resource, action, "success")
    assert line["request_id"] == request_id


def ids(line: dict[str, Any]) -> set[str]:
    return {str(line["resource_id"])} if line["resource_id"] else set(line["resource_ids"])


async def test_everything_that_an_erased_client_takes_along_is_on_record(practice):
    client_id = await practice.client()
    booked = {await practice.book(client_id, days) for days in (10, 11)}
    note = await practice.environment.stub(SessionsStub).CreateSession(
        sessions_pb2.CreateSessionRequest(client_id=client_id, session_date=to_timestamp(datetime.now(UTC)), subjective="Worse."),
        practice.caller(),
    )
    picture = BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    upload = attachments_pb2.UploadAttachmentRequest(session_id=note.id, file_name="knee.png")
    file = await practice.environment.stub(AttachmentsStub).UploadAttachment(upload, pieces(picture.getvalue()), practice.caller())

    eraser = practice.caller()
    await practice.environment.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=client_id), eraser)

    cause = {"action": "DELETE", "request_id": eraser.request_id}
    (appointments,) = await practice.trail("erase_appointments")
    says(appointments, service="scheduling", resource="Appointment", **cause)
    assert ids(appointments) == booked
    assert appointments["facts"] == {"client_id": client_id}
    notes, files = sorted(await practice.trail("erase_notes"), key=lambda line: line["resource_type"])
    says(notes, service="clinical", resource="Session", **cause)
    assert ids(notes) == {note.id}
    says(files, service="clinical", resource="SessionAttachment", **cause)
    assert ids(files) == {file.id}
    (removed,) = await practice.trail("remove_file")
    says(removed, service="clinical", resource="SessionAttachment", **cause)
    assert ids(removed) == {file.id}
    (reminders,) = await practice.trail("erase_reminders")
    says(reminders, service="notifications", resource="Appointment", **cause)
    assert ids(reminders) == booked
    assert reminders["facts"]["client_id"] == client_id


async def test_a_deleted_note_that_is_erased_is_on_record(practice):
    sessions, client_id = practice.environment.stub(SessionsStub), await practice.client()
    created = sessions_pb2.CreateSessionRequest(client_id=client_id, session_date=to_timestamp(datetime.now(UTC)), subjective="Worse.")
    note = await sessions.CreateSession(created, practice.caller())
    await sessions.DeleteSession(sessions_pb2.DeleteSessionRequest(session_id=note.id), practice.caller())
    eraser = practice.caller()
    await sessions.EraseSession(sessions_pb2.EraseSessionRequest(session_id=note.id), eraser)

    (line,) = await practice.trail("erase_deleted_note")
    says(line, service="clinical", resource="Session", action="DELETE", request_id=eraser.request_id)
    assert ids(line) == {note.id}


async def test_moved_and_cancelled_reminders_are_on_record_and_new_ones_are_not(practice):
    client_id = await practice.client()
    appointment_id = await practice.book(client_id, 20)
    before = [line for line in await practice.trail("move_reminders") if ids(line) == {appointment_id}]
    assert before == []
    appointments = practice.environment.stub(AppointmentsStub)
    start = datetime.now(UTC) + timedelta(days=21)
    mover, canceller = practice.caller(), practice.caller()
    await appointments.ChangeAppointment(
        appointments_pb2.ChangeAppointmentRequest(
            appointment_id=appointment_id,
            mask=FieldMask(paths=["scheduled_start", "scheduled_end"]),
            scheduled_start=to_timestamp(start),
            scheduled_end=to_timestamp(start + timedelta(hours=1)),
        ),
        mover,
    )
    await practice.environment.settle()
    await appointments.ChangeAppointment(
        appointments_pb2.ChangeAppointmentRequest(
            appointment_id=appointment_id, mask=FieldMask(paths=["status"]), status=appointments_pb2.APPOINTMENT_STATUS_CANCELLED
        ),
        canceller,
    )

    for event_type, cause in (("move_reminders", mover), ("cancel_reminders", canceller)):
        (line,) = [line for line in await practice.trail(event_type) if ids(line) == {appointment_id}]
        says(line, service="notifications", resource="Appointment", action="UPDATE", request_id=cause.request_id)
        assert line["facts"] == {"reminders": "1"}


async def test_the_first_rule_of_a_workspace_is_on_record(practice):
    (line,) = await practice.trail("set_first_rule")
    assert (line["service"], line["resource_type"], line["action"]) == ("notifications", "Workspace", "UPDATE")
