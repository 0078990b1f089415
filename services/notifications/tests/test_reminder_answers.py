"""What clients answer by the links in a reminder, from the mail to the calendar."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import reminder_answers_pb2 as pb
from caseload.notifications.v1 import reminder_policies_pb2, reminders_pb2
from caseload.notifications.v1.events_pb2 import ClientAskedToCancel, ClientConfirmed
from caseload.notifications.v1.reminder_answers_rpc import ReminderAnswersStub
from caseload.notifications.v1.reminder_policies_rpc import ReminderPoliciesStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from caseload.scheduling.v1.events_pb2 import AppointmentCancellationAsked, AppointmentCancellationDeclined
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.errors import Conflict, NotFound
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail_worker import MailWorker
from notifications.reminder_answers import rpc as answers
from notifications.reminder_links.workflow import issue
from scheduling.appointments import cancellations

from .hospital import open_hospital
from .test_staff_notices import announce

SOON = timedelta(minutes=30)
WEEK = timedelta(days=7)
CONFIRM, CANCEL, OPT_OUT = pb.REMINDER_ANSWER_CONFIRM, pb.REMINDER_ANSWER_CANCEL, pb.REMINDER_ANSWER_OPT_OUT


async def reminded(practice, mail_server, client=None):
    """A client who was mailed about an appointment: the client, the appointment, the token and the mail."""
    client = client or await practice.client()
    booked = await practice.book(client, SOON)
    await practice.finished_reminder(booked)
    mail = mail_server.to(client.email)[-1]
    text = mail.get_body(("plain",)).get_content()
    tokens = set(re.findall(r"/reminder/(?:confirm|cancel|unsubscribe)\?token=([\w-]+)", text))
    assert len(tokens) == 1
    return client, booked, tokens.pop(), mail


async def another_link(practice, client, booked):
    """The token that a text message about the appointment would have."""
    reminder = {
        "appointment_id": UUID(booked.id),
        "client_id": UUID(client.id),
        "channel": "sms",
        "starts_at": to_datetime(booked.scheduled_start),
    }
    async with practice.environment.runtime("notifications").background(practice.workspace_id) as work:
        made = await issue(work, reminder, ZoneInfo("Europe/Berlin"), public_url="")
    return made.cancel.partition("?token=")[2]


async def answer(practice, token, choice):
    request = pb.AnswerReminderRequest(token=token, locale="en", answer=choice)
    link = await practice.environment.stub(ReminderAnswersStub).AnswerReminder(request, practice.environment.nobody())
    await practice.environment.settle()
    return link


async def look_at(practice, token, locale="en"):
    request = pb.GetReminderLinkRequest(token=token, locale=locale)
    return await practice.environment.stub(ReminderAnswersStub).GetReminderLink(request, practice.environment.nobody())


async def appointment(practice, booked):
    request = appointments_pb2.GetAppointmentRequest(appointment_id=booked.id)
    return await practice.environment.stub(AppointmentsStub).GetAppointment(request, practice.call)


async def history(practice, booked):
    request = appointments_pb2.ListStatusChangesRequest(appointment_id=booked.id)
    return (await practice.environment.stub(AppointmentsStub).ListStatusChanges(request, practice.call)).items


async def let_cancel(practice):
    await set_policy(practice, cancel_link=reminder_policies_pb2.CANCEL_LINK_CANCEL)


async def set_policy(practice, **but):
    policy = {"late_reminders": reminder_policies_pb2.LATE_REMINDERS_COMBINED, "cancel_link": reminder_policies_pb2.CANCEL_LINK_ASK, **but}
    request = reminder_policies_pb2.SetReminderPolicyRequest(**policy)
    await practice.environment.stub(ReminderPoliciesStub).SetReminderPolicy(request, practice.call)


async def decline(practice, booked, **but):
    request = appointments_pb2.DeclineCancellationRequest(appointment_id=booked.id, **but)
    declined = await practice.environment.stub(AppointmentsStub).DeclineCancellation(request, practice.call)
    assert not declined.HasField("cancellation_asked_at")
    await practice.environment.settle()


async def end_of(practice, kind, but="none"):
    """The status of its only mail of the kind and why, as soon as it was tried; `but` is a status that counts as an end."""

    async def ended():
        sql = "SELECT status, last_error FROM notifications.mails WHERE workspace_id = $1 AND kind = $2 AND (attempts > 0 OR status = 'dropped')"
        ends = [tuple(row) for row in await practice.look(sql, practice.workspace_id, kind)]
        return [end for end in ends if end[0] not in {"pending", "sending"} - {but}]

    (end,) = await practice.until(ended)
    return end


async def test_a_client_confirms_once_and_looking_changes_nothing(practice, mail_server):
    client, booked, token, mail = await reminded(practice, mail_server)
    html = mail.get_body(("html",)).get_content()
    assert all(f"/reminder/{page}?token={token}" in html for page in ("confirm", "cancel", "unsubscribe"))
    for _ in range(3):
        link = await look_at(practice, token, "de")
        assert (link.is_open, link.is_confirmed, link.is_cancelled, link.is_opted_out) == (True, False, False, False)
        assert link.practice == "Lakeside & Partners"
    assert not (await appointment(practice, booked)).HasField("confirmed_at")

    assert (await answer(practice, token, CONFIRM)).is_confirmed
    first = await appointment(practice, booked)
    assert first.HasField("confirmed_at")
    assert first.version == booked.version + 1
    again = await answer(practice, token, CONFIRM)
    assert again.is_confirmed
    assert await appointment(practice, booked) == first
    (change,) = await history(practice, booked)
    assert (change.version, change.changed_by, change.status_before, change.status_after) == (2, client.id, first.status, first.status)
    (field,) = change.fields
    assert (field.name, field.HasField("before")) == ("confirmed_at", False)
    assert datetime.fromisoformat(field.after) == to_datetime(first.confirmed_at)
    # Of the token only its hash is kept.
    (row,) = await practice.look("SELECT * FROM notifications.reminder_links WHERE workspace_id = $1", practice.workspace_id)
    assert row["token_hash"] == OpaqueToken.parse(token).hash
    assert OpaqueToken.parse(token).secret not in [value for value in row.values() if isinstance(value, bytes)]


async def test_a_confirmed_appointment_that_is_moved_is_not_confirmed_any_more(practice, mail_server):
    _, booked, token, _ = await reminded(practice, mail_server)
    await answer(practice, token, CONFIRM)
    await practice.change(booked, notes="Bring the findings.")
    assert (await appointment(practice, booked)).HasField("confirmed_at")
    await practice.move(booked, WEEK)
    assert not (await appointment(practice, booked)).HasField("confirmed_at")
    # The link is about the time of before.
    with pytest.raises(Conflict) as refused:
        await answer(practice, token, CANCEL)
    assert refused.value.code == "appointment_over"
    assert not (await look_at(practice, token)).is_open


async def test_what_a_client_says_last_holds_by_whichever_link(practice, mail_server):
    """They have the mail of the day before, and a text message."""
    client, booked, by_mail, _ = await reminded(practice, mail_server)
    by_message = await another_link(practice, client, booked)

    async def said():
        shown, now = [await look_at(practice, token) for token in (by_mail, by_message)], await appointment(practice, booked)
        pages = [(link.is_confirmed, link.is_cancelled) for link in shown]
        return *pages, (now.HasField("confirmed_at"), now.HasField("cancellation_asked_at"))

    assert (await answer(practice, by_mail, CONFIRM)).is_confirmed
    assert await said() == ((True, False), (False, False), (True, False))
    for number in (1, 2):
        assert (await answer(practice, by_message, CANCEL)).is_cancelled
        assert await said() == ((False, False), (False, True), (False, True))
        # Whoever is asked hears of it each time.
        await practice.until(lambda number=number: len(mail_server.to(practice.owner_email)) == number)
        assert (await answer(practice, by_mail, CONFIRM)).is_confirmed
        assert await said() == ((True, False), (False, False), (True, False))


@pytest.mark.parametrize("choice", [CONFIRM, CANCEL])
async def test_what_a_client_said_is_forgotten_with_the_time_that_it_was_about(practice, mail_server, choice):
    """Also where the appointment comes back to it: a move by mistake is undone."""
    _, booked, token, _ = await reminded(practice, mail_server)
    await answer(practice, token, choice)
    await practice.move(booked, WEEK)
    back = {name: getattr(booked, name) for name in ("scheduled_start", "scheduled_end")}
    await practice.change(booked, **back)
    link = await look_at(practice, token)
    assert (link.is_open, link.is_confirmed, link.is_cancelled) == (True, False, False)
    assert (await answer(practice, token, choice)) != link
    now = await appointment(practice, booked)
    assert (now.HasField("confirmed_at"), now.HasField("cancellation_asked_at")) == (choice == CONFIRM, choice == CANCEL)


async def test_an_appointment_that_was_cancelled_and_takes_place_after_all_is_not_said_to_be_cancelled(practice, mail_server):
    await let_cancel(practice)
    _, booked, token, _ = await reminded(practice, mail_server)
    assert (await answer(practice, token, CANCEL)).is_cancelled
    await practice.change(booked, status=appointments_pb2.APPOINTMENT_STATUS_SCHEDULED)
    link = await look_at(practice, token)
    assert (link.is_open, link.is_cancelled) == (True, False)
    assert (await answer(practice, token, CONFIRM)).is_confirmed


@pytest.mark.parametrize("last", [CONFIRM, CANCEL])
async def test_what_a_client_says_last_holds_also_if_it_is_heard_first(practice, mail_server, last):
    """Each answer has a queue of its own: after an outage of the calendar nobody knows which is emptied first."""
    _, booked, *_ = await reminded(practice, mail_server)
    said = {CONFIRM: ClientConfirmed, CANCEL: ClientAskedToCancel}
    now = datetime.now(UTC)
    for choice in (last, *(said.keys() - {last})):
        event = said[choice](appointment_id=booked.id, starts_at=booked.scheduled_start)
        await announce(practice, event, at=now if choice == last else now - timedelta(minutes=5))
        await practice.environment.settle()
    shown = await appointment(practice, booked)
    assert (shown.HasField("confirmed_at"), shown.HasField("cancellation_asked_at")) == (last == CONFIRM, last == CANCEL)
    # It is when they said so, and not when it was heard.
    assert to_datetime(shown.confirmed_at if last == CONFIRM else shown.cancellation_asked_at) == now
    assert len(await history(practice, booked)) == 1


async def test_where_the_practice_lets_them_a_client_cancels_at_once(practice, mail_server):
    await let_cancel(practice)
    client, booked, token, _ = await reminded(practice, mail_server)
    assert (await answer(practice, token, CANCEL)).is_cancelled
    cancelled = await appointment(practice, booked)
    assert cancelled.status == appointments_pb2.APPOINTMENT_STATUS_CANCELLED
    assert cancelled.HasField("cancelled_at")
    (change,) = await history(practice, booked)
    assert (change.changed_by, change.status_before, change.status_after) == (client.id, booked.status, cancelled.status)
    # Somebody else gets the time.
    assert not (await practice.book(await practice.client(), SOON)).overbooked
    # A second click, and a confirmation afterwards, change nothing.
    assert (await answer(practice, token, CANCEL)).is_cancelled
    assert not (await answer(practice, token, CONFIRM)).is_confirmed
    assert await appointment(practice, booked) == cancelled


async def test_otherwise_the_practitioner_is_asked_and_the_appointment_stays(practice, mail_server):
    client, booked, token, _ = await reminded(practice, mail_server)
    await answer(practice, token, CONFIRM)
    assert (await appointment(practice, booked)).HasField("confirmed_at")
    answered = await asyncio.gather(*(answer(practice, token, CANCEL) for _ in range(3)))
    assert all(link.is_cancelled for link in answered)
    asked = await appointment(practice, booked)
    assert asked.status == appointments_pb2.APPOINTMENT_STATUS_SCHEDULED
    # Nobody takes it for confirmed any more, and its history says who asks for what.
    assert not asked.HasField("confirmed_at")
    change, _ = await history(practice, booked)
    assert (change.version, change.changed_by, change.status_after) == (3, client.id, booked.status)
    assert [(field.name, field.HasField("after")) for field in change.fields] == [("cancellation_asked_at", True), ("confirmed_at", False)]
    (event,) = await practice.environment.emitted(AppointmentCancellationAsked, practice.workspace_id)
    assert (event.appointment_id, event.client_id, event.version) == (booked.id, client.id, 3)
    await practice.until(lambda: mail_server.to(practice.owner_email))
    (mail,) = mail_server.to(practice.owner_email)
    assert mail["Subject"] == "A client asks to cancel an appointment"
    assert not any(word in mail.as_string() for word in ("Ada", "Lovelace", client.id, booked.id))


async def send_again(practice):
    """Has what was deferred come due now."""
    await practice.look("UPDATE notifications.due_work SET due_at = now() WHERE workspace_id = $1 AND kind = 'mail'", practice.workspace_id)
    practice.environment.runtime("notifications").once(MailWorker).account_mails.wake()


@pytest.mark.parametrize("told", ["by the workspace's setting", "not, by the workspace's setting", "as asked for", "not, as asked for"])
async def test_a_client_who_asked_to_cancel_is_told_that_the_appointment_stays_if_the_practice_wants_that(practice, mail_server, told):
    client, booked, token, _ = await reminded(practice, mail_server)
    if told != "by the workspace's setting":
        await set_policy(practice, tell_declined=told == "not, as asked for")
    await answer(practice, token, CANCEL)
    chosen = {"as asked for": {"tell_client": True}, "not, as asked for": {"tell_client": False}}.get(told, {})
    await decline(practice, booked, **chosen)
    rows = await practice.look(
        "SELECT id FROM notifications.mails WHERE workspace_id = $1 AND kind = 'cancellation_declined'", practice.workspace_id
    )
    assert len(rows) == (0 if told.startswith("not") else 1)
    if rows:
        assert await end_of(practice, "cancellation_declined") == ("sent", None)
        _, mail = mail_server.to(client.email)
        text = mail.get_body(("plain",)).get_content()
        assert (mail["Subject"], "It stays in our calendar, and we expect you" in text) == ("Your appointment stays", True)
        assert "Hello Ada," in text
        assert not any(word in mail.as_string() for word in ("Lovelace", client.id, booked.id))


@pytest.mark.parametrize("meanwhile", ["declined", "comes after all", "moved"])
async def test_nobody_is_asked_any_more_to_accept_what_has_been_answered(practice, mail_server, meanwhile):
    client, booked, token, _ = await reminded(practice, mail_server)
    another = await another_link(practice, client, booked)
    mail_server.behaviour[practice.owner_email] = "defers"
    await answer(practice, token, CANCEL)
    assert (await end_of(practice, "cancellation_asked", "pending"))[0] == "pending"
    match meanwhile:
        case "declined":
            await decline(practice, booked, tell_client=False)
        case "comes after all":
            await answer(practice, another, CONFIRM)
        case "moved":
            await practice.move(booked, WEEK)
    mail_server.behaviour.clear()
    await send_again(practice)
    assert await end_of(practice, "cancellation_asked") == ("dropped", "answered")


@pytest.mark.parametrize("meanwhile", ["opted out", "asks again", "confirms", "moved", "another's"])
async def test_a_client_is_not_told_what_is_not_so_any_more_or_what_they_do_not_want(practice, mail_server, meanwhile):
    client, booked, token, _ = await reminded(practice, mail_server)
    await answer(practice, token, CANCEL)
    # The mail waits until something has happened.
    mail_server.behaviour[client.email] = "defers"
    await decline(practice, booked)
    assert (await end_of(practice, "cancellation_declined", "pending"))[0] == "pending"
    match meanwhile:
        case "opted out":
            await answer(practice, token, OPT_OUT)
        case "asks again":
            await answer(practice, token, CANCEL)
        case "confirms":
            await answer(practice, token, CONFIRM)
        case "moved":
            await practice.move(booked, WEEK)
        case "another's":
            await practice.change(booked, client_id=(await practice.client()).id)
    mail_server.behaviour.clear()
    await send_again(practice)
    reasons = {"opted out": "opted_out", "asks again": "asked_again"}
    assert await end_of(practice, "cancellation_declined") == ("dropped", reasons.get(meanwhile, "no_longer_asked"))
    assert "Your appointment stays" not in [mail["Subject"] for mail in mail_server.to(client.email)]


async def test_who_asks_again_after_being_declined_is_heard_again(practice, mail_server):
    client, booked, token, _ = await reminded(practice, mail_server)
    for number in (1, 2, 3):
        assert (await answer(practice, token, CANCEL)).is_cancelled
        assert len(await practice.environment.emitted(AppointmentCancellationAsked, practice.workspace_id)) == number
        await practice.until(lambda number=number: len(mail_server.to(practice.owner_email)) == number)
        await decline(practice, booked, tell_client=False)
        link = await look_at(practice, token)
        assert (link.is_open, link.is_cancelled, link.is_declined) == (True, False, True)
    declined = await practice.environment.emitted(AppointmentCancellationDeclined, practice.workspace_id)
    assert [(event.client_id, event.by_user_id) for event in declined] == [(client.id, str(practice.owner_id))] * 3
    # Heard late, an answer to what was asked before leaves what was asked since.
    assert (await answer(practice, token, CANCEL)).is_cancelled
    await announce(practice, declined[-1])
    await practice.environment.settle()
    assert (await look_at(practice, token)).is_cancelled


@pytest.mark.parametrize("ahead", ["notifications", "scheduling"])
async def test_what_is_answered_is_what_was_asked_whosever_clock_is_ahead(practice, mail_server, monkeypatch, ahead):
    _, booked, token, _ = await reminded(practice, mail_server)
    module, name = {"notifications": (answers, "find"), "scheduling": (cancellations, "decline")}[ahead]
    method = getattr(module, name)

    async def by_another_clock(*given):
        (work,) = [each for each in given if isinstance(each, UnitOfWork)]
        work.now += timedelta(seconds=5)
        return await method(*given)

    monkeypatch.setattr(module, name, by_another_clock)
    await answer(practice, token, CANCEL)
    await decline(practice, booked)
    link = await look_at(practice, token)
    assert (link.is_cancelled, link.is_declined) == (False, True)
    assert await end_of(practice, "cancellation_declined") == ("sent", None)
    # What they ask then, within the seconds that the clocks are apart, is not answered by what was answered before.
    assert (await answer(practice, token, CANCEL)).is_cancelled
    (event,) = await practice.environment.emitted(AppointmentCancellationDeclined, practice.workspace_id)
    await announce(practice, event)
    await practice.environment.settle()
    assert (await look_at(practice, token)).is_cancelled


async def test_where_the_practitioner_has_left_those_who_administer_are_asked(notifications_environment, mail_server):
    hospital = await open_hospital(notifications_environment, mail_server)
    doctor = await hospital.hire("doctor")
    _, booked, token, _ = await reminded(hospital, mail_server)
    await hospital.change(booked, practitioner_id=str(doctor.id))
    await hospital.environment.stub(UsersStub).DeactivateUser(users_pb2.DeactivateUserRequest(user_id=str(doctor.id)), hospital.admin.call)
    assert (await answer(hospital, token, CANCEL)).is_cancelled
    await hospital.until(lambda: mail_server.to(hospital.owner_email))
    (mail,) = mail_server.to(hospital.owner_email)
    assert "whose practitioner is no longer here, asks to cancel it" in mail.get_body(("plain",)).get_content()
    assert not mail_server.to(doctor.email)


async def test_whoever_opts_out_is_mailed_no_more_until_they_want_it_again(practice, mail_server):
    client, _, token, mail = await reminded(practice, mail_server)
    assert mail["List-Unsubscribe"] == f"<http://127.0.0.1:8000/reminder/unsubscribe?token={token}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    waiting = await practice.book(client, WEEK)
    for _ in range(2):
        assert (await answer(practice, token, OPT_OUT)).is_opted_out
    (cancelled,) = await practice.reminders(waiting)
    assert (cancelled.status, cancelled.last_error) == (reminders_pb2.REMINDER_STATUS_CANCELLED, "opted_out")
    later = await practice.finished_reminder(await practice.book(client, timedelta(hours=3)))
    assert (later.status, later.last_error) == (reminders_pb2.REMINDER_STATUS_SKIPPED, "opted_out")
    assert len(mail_server.to(client.email)) == 1

    stub = practice.environment.stub(ReminderAnswersStub)
    page = await stub.ListOptOuts(pb.ListOptOutsRequest(), practice.call)
    assert ([item.client_id for item in page.items], page.total) == ([client.id], 1)
    await stub.TakeBackOptOut(pb.TakeBackOptOutRequest(client_id=client.id), practice.call)
    assert (await stub.ListOptOuts(pb.ListOptOutsRequest(), practice.call)).total == 0
    # What was booked before is reminded of, too.
    (planned,) = await practice.reminders(waiting)
    assert (planned.status, planned.due_at) == (reminders_pb2.REMINDER_STATUS_PENDING, cancelled.due_at)
    assert not planned.HasField("last_error")
    assert not (await look_at(practice, token)).is_opted_out
    booked = await practice.book(client, timedelta(hours=5))
    assert (await practice.finished_reminder(booked)).status == reminders_pb2.REMINDER_STATUS_SENT


async def test_an_opt_out_holds_for_the_person_whose_record_it_was_merged_into(practice, mail_server):
    duplicate, survivor = await practice.client(), await practice.client()
    _, _, token, _ = await reminded(practice, mail_server, duplicate)
    await answer(practice, token, OPT_OUT)
    await practice.look(
        "INSERT INTO notifications.merged_clients (workspace_id, id, merged_into) VALUES ($1, $2::text::uuid, $3::text::uuid)",
        practice.workspace_id, duplicate.id, survivor.id,
    )  # fmt: skip
    told = await practice.finished_reminder(await practice.book(survivor, SOON))
    assert (told.status, told.last_error) == (reminders_pb2.REMINDER_STATUS_SKIPPED, "opted_out")


async def test_a_token_that_was_never_mailed_is_unknown_like_one_of_an_erased_client(practice, neighbour, mail_server):
    client, _, token, _ = await reminded(practice, mail_server)
    made, known = OpaqueToken.generate(practice.workspace_id, practice.workspace_id), OpaqueToken.parse(token)
    forged = [
        "", "x", str(made), token[:-2], token.upper(), token + "A",
        str(OpaqueToken(known.workspace_id, known.row_id, made.secret)),
        str(OpaqueToken(neighbour.workspace_id, known.row_id, known.secret)),
    ]  # fmt: skip
    for each in forged:
        with pytest.raises(NotFound) as refused:
            await answer(practice, each, OPT_OUT)
        assert refused.value.code == "reminder_link_unknown", each
    assert not (await look_at(practice, token)).is_opted_out

    await practice.environment.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=client.id), practice.call)
    await practice.environment.settle()
    with pytest.raises(NotFound):
        await look_at(practice, token)
    for table in ("reminder_links", "reminder_opt_outs"):
        assert await practice.look(f"SELECT 1 FROM notifications.{table} WHERE workspace_id = $1", practice.workspace_id) == []


async def test_another_workspaces_client_cannot_be_opted_in(practice, neighbour):
    theirs = await neighbour.client()
    with pytest.raises(NotFound):
        await practice.environment.stub(ReminderAnswersStub).TakeBackOptOut(pb.TakeBackOptOutRequest(client_id=theirs.id), practice.call)
