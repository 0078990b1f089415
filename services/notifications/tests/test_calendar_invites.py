"""Appointments in the calendars of clients: a reminder puts one there, a move moves it, a cancellation takes it out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from icalendar import Calendar

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import workspaces_pb2
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.protobuf.timestamps import to_datetime
from notifications.calendar_invites.ics import Invite, write

HOUR = timedelta(hours=1)


def told(mail):
    """The method and the event that a mail tells a calendar program; the same in the alternative and in the file."""
    alternative = mail.get_body(("related", "html", "plain"))
    assert alternative is not None
    (body, attached) = mail.iter_parts()
    *_, last = body.iter_parts()
    assert (body.get_content_type(), last.get_content_type(), attached.get_content_type()) == (
        "multipart/alternative", "text/calendar", "application/ics",
    )  # fmt: skip
    text = last.get_content().encode().replace(b"\r\n", b"\n")
    assert text.strip() == attached.get_content().replace(b"\r\n", b"\n").strip()
    calendar = Calendar.from_ical(attached.get_content())
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == last.get_param("method")
    return calendar["METHOD"], event


@pytest.fixture
async def reminded(practice):
    """A client who was reminded of an appointment, and the event that was put into their calendar."""
    client = await practice.client()
    appointment = await practice.book(client, 5 * HOUR)
    await practice.finished_reminder(appointment)
    (mail,) = practice.mail_server.to(client.email)
    # So that what comes next is no further reminder.
    await practice.look("UPDATE notifications.reminder_configurations SET is_active = false WHERE workspace_id = $1", practice.workspace_id)
    return client, appointment, mail


async def next_mail(practice, client, number):
    await practice.until(lambda: len(practice.mail_server.to(client.email)) == number)
    return practice.mail_server.to(client.email)[-1]


async def test_a_reminder_puts_the_appointment_into_the_calendar_and_tells_no_more_than_its_text(practice, reminded):
    client, appointment, mail = reminded
    method, event = told(mail)
    assert (method, event["STATUS"], event["SEQUENCE"], event["CLASS"]) == ("REQUEST", "CONFIRMED", 0, "PRIVATE")
    assert event["UID"] == f"{appointment.id}@appointments.caseload"
    assert (event.start, event.end) == tuple(
        to_datetime(at).replace(microsecond=0) for at in (appointment.scheduled_start, appointment.scheduled_end)
    )
    assert event["SUMMARY"] == "Lakeside & Partners"
    assert event["ORGANIZER"] == "mailto:no-reply@mail.example.com"
    assert (event["ATTENDEE"], event["ATTENDEE"].params["RSVP"]) == (f"mailto:{client.email}", "FALSE")
    assert event.keys() == {
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "CLASS", "ORGANIZER", "ATTENDEE",
    }  # fmt: skip
    assert not [word for word in ("Ada", "Lovelace", client.id) if word in event.to_ical().decode()]


async def test_a_moved_appointment_moves_in_the_calendar_and_a_cancelled_one_disappears(practice, reminded):
    client, appointment, _ = reminded
    await practice.move(appointment, 7 * HOUR)
    moved = await next_mail(practice, client, 2)
    method, event = told(moved)
    assert (method, event["UID"], event["STATUS"]) == ("REQUEST", f"{appointment.id}@appointments.caseload", "CONFIRMED")
    assert event["SEQUENCE"] == 1
    assert event.start > to_datetime(appointment.scheduled_start) + HOUR
    assert moved["Subject"] == "Your appointment was moved"

    await practice.cancel(appointment)
    cancelled = await next_mail(practice, client, 3)
    method, gone = told(cancelled)
    assert (method, gone["UID"], gone["STATUS"], gone["SEQUENCE"]) == ("CANCEL", event["UID"], "CANCELLED", 2)
    assert cancelled["Subject"] == "Your appointment was cancelled"

    async def shared():
        lines = await practice.environment.emitted(AuditRecorded, practice.workspace_id)
        found = [line for line in lines if line.event_type == "send_calendar_update"]
        # A mail has arrived before its line is written.
        return found if len(found) > 1 else None

    lines = await practice.until(shared)
    assert [(line.action, line.facts["status"]) for line in lines] == [(options_pb2.ACTION_SHARE, "sent")] * 2


async def test_the_address_that_was_invited_hears_of_it_and_a_deleted_appointment_disappears_too(practice, reminded):
    client, appointment, _ = reminded
    change = clients_pb2.UpdateClientRequest(client_id=client.id, mask=FieldMask(paths=["email"]), email="new@example.com")
    await practice.environment.stub(ClientsStub).UpdateClient(change, practice.call)
    request = appointments_pb2.DeleteAppointmentRequest(appointment_id=appointment.id)
    await practice.environment.stub(AppointmentsStub).DeleteAppointment(request, practice.call)
    await practice.environment.settle()

    method, event = told(await next_mail(practice, client, 2))
    assert (method, event["SEQUENCE"]) == ("CANCEL", 1)
    assert practice.mail_server.to("new@example.com") == []


async def test_an_appointment_that_is_given_to_another_client_leaves_the_first_ones_calendar(practice, reminded):
    client, appointment, _ = reminded
    other = await practice.client(first_name="Grace")
    await practice.change(appointment, client_id=other.id)

    assert told(await next_mail(practice, client, 2))[0] == "CANCEL"
    assert practice.mail_server.to(other.email) == []


async def test_nothing_is_mailed_where_nothing_is_in_a_calendar_or_nothing_has_changed_there(practice, reminded):
    client, appointment, _ = reminded
    far = await practice.book(client, 100 * HOUR)
    await practice.move(far, 120 * HOUR)
    await practice.cancel(far)
    await practice.change(appointment, notes="Brings her sister.")
    await practice.look(
        "INSERT INTO notifications.reminder_opt_outs (workspace_id, client_id, channel, opted_out_at) VALUES ($1, $2, 'email', now())",
        practice.workspace_id,
        UUID(client.id),
    )
    await practice.move(appointment, 7 * HOUR)

    async def outcomes():
        return [(row["kind"], row["last_error"]) for row in await practice.look(
            "SELECT kind, last_error FROM notifications.mails WHERE workspace_id = $1 AND status <> 'pending'", practice.workspace_id
        )]  # fmt: skip

    await practice.until(outcomes)
    assert await outcomes() == [("calendar_update", "opted_out")]
    assert len(practice.mail_server.to(client.email)) == 1


async def test_replies_of_clients_go_to_the_practice_where_it_says_to_which_address(practice, reminded):
    client, appointment, mail = reminded
    assert mail["Reply-To"] is None
    request = workspaces_pb2.UpdateWorkspaceRequest(mask=FieldMask(paths=["settings"]))
    request.settings.update({"reply_to": "Front-Desk@lakeside.example"})
    await practice.environment.stub(WorkspacesStub).UpdateWorkspace(request, practice.call)
    await practice.move(appointment, 7 * HOUR)
    moved = await next_mail(practice, client, 2)
    assert (moved["Reply-To"], moved["From"]) == ("Front-Desk@lakeside.example", "Lakeside & Partners <no-reply@mail.example.com>")
    # Programs answer to nobody: what a client says is for people.
    assert told(moved)[1]["ORGANIZER"] == "mailto:no-reply@mail.example.com"


async def test_whoever_wants_no_text_messages_still_hears_by_mail_that_an_appointment_was_moved(practice, reminded):
    client, appointment, _ = reminded
    await practice.look(
        "INSERT INTO notifications.reminder_opt_outs (workspace_id, client_id, channel, opted_out_at) VALUES ($1, $2, 'sms', now())",
        practice.workspace_id,
        UUID(client.id),
    )
    await practice.move(appointment, 7 * HOUR)
    assert told(await next_mail(practice, client, 2))[0] == "REQUEST"


def test_what_a_practice_is_called_breaks_no_line_and_adds_no_property():
    name = '"Ünïcode; Practice, and a very long name that has to be folded" <no-reply@example.com>'
    invite = Invite(UUID(int=7), 3, datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC))
    written = write(invite, "REQUEST", organizer=name, attendee="ada@example.com", now=datetime(2026, 3, 1, tzinfo=UTC))

    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    assert event["SUMMARY"] == "Ünïcode; Practice, and a very long name that has to be folded"
    assert b"DTSTART:20260329T010000Z" in written
