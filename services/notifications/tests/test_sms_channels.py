"""Reminders by text message: handed over by HTTP, signed, once, and to nobody who does not want them."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from standardwebhooks import Webhook

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.notifications.v1 import reminder_answers_pb2, reminder_policies_pb2, reminders_pb2
from caseload.notifications.v1 import reminder_templates_pb2 as templates
from caseload.notifications.v1 import sms_channels_pb2 as pb
from caseload.notifications.v1.reminder_answers_rpc import ReminderAnswersStub
from caseload.notifications.v1.reminder_policies_rpc import ReminderPoliciesStub
from caseload.notifications.v1.reminder_templates_rpc import ReminderTemplatesStub
from caseload.notifications.v1.sms_channels_rpc import SmsChannelsStub
from caseload.options.v1 import options_pb2
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from notifications.mail_worker import MailWorker

from .conftest import open_practice
from .receivers import Receiver, listening, status

SOON = timedelta(minutes=50)
WEEK = timedelta(days=7)
NUMBER = "+49 (30) 901820"


@pytest.fixture
async def provider(servers):
    async with listening() as made:
        yield made


def stub(practice):
    return practice.environment.stub(SmsChannelsStub)


async def set_channel(practice, provider: Receiver | str, *, is_active=True):
    url = provider if isinstance(provider, str) else provider.url
    return await stub(practice).SetSmsChannel(pb.SetSmsChannelRequest(url=url, is_active=is_active), practice.call)


async def by_sms_alone(practice, provider, hours=1, **but):
    """The practice sends text messages, an hour before, and no mail. Returns the secret that signs."""
    (first,) = await practice.rules()
    await practice.stub.DeleteConfiguration(reminders_pb2.DeleteConfigurationRequest(configuration_id=first.id), practice.call)
    await practice.rule(hours, channel=reminders_pb2.CHANNEL_SMS, **but)
    return (await set_channel(practice, provider)).secret


async def ada(practice, **but):
    return await practice.client(phone=NUMBER, **but)


# --- the channel


async def test_the_first_call_shows_a_secret_and_another_address_keeps_it(practice, provider):
    with pytest.raises(NotFound):
        await stub(practice).GetSmsChannel(pb.GetSmsChannelRequest(), practice.call)
    with pytest.raises(NotFound):
        await stub(practice).RotateSmsSecret(pb.RotateSmsSecretRequest(), practice.call)
    made = await set_channel(practice, provider)
    changed = await set_channel(practice, "https://sms.example.org/other", is_active=False)
    shown = await stub(practice).GetSmsChannel(pb.GetSmsChannelRequest(), practice.call)

    assert made.secret.startswith("whsec_")
    assert not changed.HasField("secret")
    assert (shown.url, shown.is_active) == ("https://sms.example.org/other", False)
    assert shown == changed.channel


async def test_two_first_calls_at_once_make_one_secret(practice, provider):
    made = await asyncio.gather(*(set_channel(practice, provider) for _ in range(4)))
    assert sorted(each.HasField("secret") for each in made) == [False, False, False, True]


async def test_a_workspace_neither_sees_nor_changes_the_channel_of_another(practice, neighbour, provider):
    await set_channel(practice, provider)
    with pytest.raises(NotFound):
        await stub(neighbour).GetSmsChannel(pb.GetSmsChannelRequest(), neighbour.call)
    await set_channel(neighbour, "https://sms.example.org/theirs")
    assert (await stub(practice).GetSmsChannel(pb.GetSmsChannelRequest(), practice.call)).url == provider.url


@pytest.mark.parametrize(
    "url", ["", "http://10.0.0.1/", "https://user@sms.example.org", "https://169.254.169.254/", "ftp://sms.example.org"]
)
async def test_an_address_that_may_not_be_asked_is_refused_and_nothing_changed(practice, url):
    with pytest.raises(Invalid) as refused:
        await set_channel(practice, url)
    assert [fault.pointer for fault in refused.value.faults] == ["/url"]
    with pytest.raises(NotFound):
        await stub(practice).GetSmsChannel(pb.GetSmsChannelRequest(), practice.call)


async def test_whoever_only_writes_reminders_cannot_say_where_messages_go(practice, provider):
    writer = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["reminders:read", "reminders:write"])
    with pytest.raises(Forbidden):
        await stub(practice).SetSmsChannel(pb.SetSmsChannelRequest(url=provider.url, is_active=True), writer)


async def test_the_address_and_the_secrets_are_stored_sealed(practice, provider):
    made = await set_channel(practice, provider)
    rotated = await stub(practice).RotateSmsSecret(pb.RotateSmsSecretRequest(), practice.call)
    stored = str(await practice.look("SELECT * FROM notifications.sms_channels WHERE workspace_id = $1", practice.workspace_id))
    for secret in (made.secret, rotated.secret, "of=caseload"):
        assert secret.removeprefix("whsec_") not in stored


# --- what is sent


async def test_a_reminder_is_handed_over_once_signed_and_short(practice, provider, mail_server):
    secret = await by_sms_alone(practice, provider)
    client = await ada(practice)
    sent = await practice.finished_reminder(await practice.book(client, SOON))

    (request,) = provider.taken
    Webhook(secret).verify(request.body, request.headers)
    assert (sent.status, sent.channel, sent.attempts) == (reminders_pb2.REMINDER_STATUS_SENT, reminders_pb2.CHANNEL_SMS, 1)
    assert request.id == request.headers["idempotency-key"] == sent.id
    assert (request.type, request.data["id"], request.data["to"]) == ("sms.send", sent.id, "+4930901820")
    said, no_more = request.data["text"].split("\n")
    assert said.startswith("Lakeside & Partners: your appointment is on ")
    assert "Ada" not in said
    assert re.fullmatch(r"No more reminders: http://127\.0\.0\.1:8000/reminder/unsubscribe\?token=[\w-]+", no_more)
    assert mail_server.to(client.email) == []
    await practice.has_nothing_due()


async def test_the_text_is_that_of_the_rules_template_in_plain_lines(practice, provider):
    request = templates.CreateReminderTemplateRequest(
        name="SMS", locale="de", subject="-", text="Hallo {first_name},\n\n   bis {date}, {time}!\n", html="<b>{date} {time}</b>"
    )
    template = await practice.environment.stub(ReminderTemplatesStub).CreateReminderTemplate(request, practice.call)
    await by_sms_alone(practice, provider, template_id=template.id)
    await practice.finished_reminder(await practice.book(await ada(practice), SOON))

    greeting, said, no_more = provider.taken[0].data["text"].split("\n")
    assert (greeting, said[:4], said[-1]) == ("Hallo Ada,", "bis ", "!")
    assert no_more.startswith("Keine Erinnerungen mehr: ")


async def test_the_default_text_is_in_the_language_of_the_workspace(notifications_environment, mail_server, provider):
    practice = await open_practice(notifications_environment, mail_server, locale="he")
    await by_sms_alone(practice, provider)
    await practice.finished_reminder(await practice.book(await ada(practice), SOON))
    assert "התור שלך" in provider.taken[0].data["text"]


async def test_a_mail_and_a_text_message_of_the_same_hours_both_go_out(practice, provider, mail_server):
    await set_channel(practice, provider)
    await practice.rule(24, channel=reminders_pb2.CHANNEL_SMS)
    client = await ada(practice)
    booked = await practice.book(client, WEEK)
    assert await practice.statuses(booked) == ["pending", "pending"]
    await practice.move(booked, 2 * WEEK)
    assert await practice.statuses(booked) == ["pending", "pending"]
    await practice.make_due(booked)
    await practice.until(lambda: _are_sent(practice, booked))

    assert len(provider.taken) == 1
    assert len(mail_server.to(client.email)) == 1


async def _are_sent(practice, booked):
    return await practice.statuses(booked) == ["sent", "sent"]


# --- who gets none


@pytest.mark.parametrize(
    ("phone", "end"),
    [
        (None, (reminders_pb2.REMINDER_STATUS_SKIPPED, "no_phone_number")),
        ("ask Zoë", (reminders_pb2.REMINDER_STATUS_FAILED, "number_malformed")),
    ],
)
async def test_without_a_number_nothing_is_sent_and_the_log_says_why(practice, provider, phone, end):
    await by_sms_alone(practice, provider)
    ended = await practice.finished_reminder(await practice.book(await practice.client(phone=phone), SOON))
    assert (ended.status, ended.last_error) == end
    assert provider.taken == []


async def test_while_the_channel_is_off_reminders_are_skipped(practice, provider):
    await by_sms_alone(practice, provider)
    await set_channel(practice, provider, is_active=False)
    ended = await practice.finished_reminder(await practice.book(await ada(practice), SOON))
    assert (ended.status, ended.last_error) == (reminders_pb2.REMINDER_STATUS_SKIPPED, "sms_channel_off")
    assert provider.taken == []


async def test_an_opt_out_is_of_the_client_and_of_the_channel(practice, provider, mail_server):
    await by_sms_alone(practice, provider)
    client, other = await ada(practice), await ada(practice)
    await practice.finished_reminder(await practice.book(client, SOON))
    token = provider.taken[0].data["text"].rpartition("token=")[2]
    answers = practice.environment.stub(ReminderAnswersStub)
    waits = await practice.book(client, WEEK)
    opt_out = reminder_answers_pb2.AnswerReminderRequest(token=token, locale="en", answer=reminder_answers_pb2.REMINDER_ANSWER_OPT_OUT)
    shown = await answers.AnswerReminder(opt_out, practice.environment.nobody())
    assert (shown.is_opted_out, shown.channel) == (True, reminders_pb2.CHANNEL_SMS)
    await practice.environment.settle()
    assert await practice.statuses(waits) == ["cancelled"]
    skipped = await practice.finished_reminder(await practice.book(client, SOON))
    await practice.finished_reminder(await practice.book(other, SOON))
    await practice.rule(2)
    mailed = await practice.book(client, SOON)
    await practice.until(lambda: mail_server.to(client.email))

    assert (skipped.status, skipped.last_error) == (reminders_pb2.REMINDER_STATUS_SKIPPED, "opted_out")
    assert len(provider.taken) == 2
    assert "sent" in await practice.statuses(mailed)
    found = await answers.ListOptOuts(reminder_answers_pb2.ListOptOutsRequest(), practice.call)
    assert [(each.client_id, each.channel) for each in found.items] == [(client.id, reminders_pb2.CHANNEL_SMS)]

    async def take_back(channel):
        await answers.TakeBackOptOut(reminder_answers_pb2.TakeBackOptOutRequest(client_id=client.id, channel=channel), practice.call)
        return sorted(await practice.statuses(waits))

    # Who wants mail again has said nothing of text messages.
    assert await take_back(reminders_pb2.CHANNEL_EMAIL) == ["cancelled", "pending"]
    assert await take_back(reminders_pb2.CHANNEL_SMS) == ["pending", "pending"]


async def test_nothing_goes_to_clients_who_are_not_active(practice, provider):
    await by_sms_alone(practice, provider)
    client = await ada(practice)
    booked = await practice.book(client, WEEK)
    change = clients_pb2.UpdateClientRequest(client_id=client.id, mask=FieldMask(paths=["is_active"]), is_active=False)
    await practice.environment.stub(ClientsStub).UpdateClient(change, practice.call)
    await practice.make_due(booked)
    ended = await practice.finished_reminder(booked)
    assert (ended.status, ended.last_error) == (reminders_pb2.REMINDER_STATUS_SKIPPED, "client_inactive")
    assert provider.taken == []


async def test_text_messages_wait_for_the_end_of_quiet_hours(practice, provider):
    await by_sms_alone(practice, provider, hours=24)
    now = datetime.now(UTC).astimezone(_berlin())
    policy = reminder_policies_pb2.SetReminderPolicyRequest(
        quiet_start=(now - timedelta(hours=1)).strftime("%H:%M"),
        quiet_end=(now + timedelta(hours=2)).strftime("%H:%M"),
        late_reminders=reminder_policies_pb2.LATE_REMINDERS_LATE,
        cancel_link=reminder_policies_pb2.CANCEL_LINK_ASK,
    )
    await practice.environment.stub(ReminderPoliciesStub).SetReminderPolicy(policy, practice.call)
    booked = await practice.book(await ada(practice), timedelta(hours=20))

    async def was_looked_at():
        (row,) = await practice.look("SELECT next_attempt_at FROM notifications.reminders WHERE appointment_id = $1", UUID(booked.id))
        return row["next_attempt_at"] > datetime.now(UTC) + timedelta(minutes=90)

    await practice.until(was_looked_at)
    assert await practice.statuses(booked) == ["pending"]
    assert provider.taken == []


def _berlin():
    return ZoneInfo("Europe/Berlin")


# --- what goes wrong


async def test_a_provider_that_is_busy_or_fails_is_asked_again_under_the_same_id(practice, provider):
    await by_sms_alone(practice, provider)
    answers = iter(["503 No", "429 Later", "200 OK"])
    provider.answer = lambda _request: status(next(answers))
    sent = await practice.finished_reminder(await practice.book(await ada(practice), SOON))

    assert (sent.status, sent.attempts) == (reminders_pb2.REMINDER_STATUS_SENT, 3)
    assert len({request.id for request in provider.taken}) == 1
    assert len(provider.taken) == 3


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("400 Bad", "message_refused"),
        ("403 Forbidden", "provider_denied"),
        ("404 Nobody", "provider_address_wrong"),
        ("302 Found", "provider_address_wrong"),
    ],
)
async def test_what_the_provider_refuses_fails_at_once_with_a_reason(practice, provider, answer, reason):
    await by_sms_alone(practice, provider)
    provider.answer = lambda _request: status(answer, "Location: http://127.0.0.1:1/")
    ended = await practice.finished_reminder(await practice.book(await ada(practice), SOON))
    assert (ended.status, ended.last_error, ended.attempts) == (reminders_pb2.REMINDER_STATUS_FAILED, reason, 1)
    assert len(provider.taken) == 1


async def test_where_no_answer_comes_the_outcome_is_unknown_and_nothing_is_sent_again(practice, provider):
    await by_sms_alone(practice, provider)
    provider.answer = lambda _request: b""
    ended = await practice.finished_reminder(await practice.book(await ada(practice), SOON))
    assert (ended.status, ended.last_error) == (reminders_pb2.REMINDER_STATUS_UNKNOWN, "no_answer")
    assert len(provider.taken) == 1
    await practice.has_nothing_due()


async def test_a_provider_that_cannot_be_reached_is_tried_again(practice, provider):
    await by_sms_alone(practice, "http://127.0.0.1:1/")
    booked = await practice.book(await ada(practice), SOON)

    async def waits_for_another_try():
        (reminder,) = await practice.reminders(booked)
        return reminder if reminder.last_error and reminder.status == reminders_pb2.REMINDER_STATUS_PENDING else None

    assert (await practice.until(waits_for_another_try)).last_error == "provider_not_reachable"
    await set_channel(practice, provider)
    sent = await practice.finished_reminder(booked)
    assert sent.status == reminders_pb2.REMINDER_STATUS_SENT
    assert len(provider.taken) == 1


async def test_two_senders_send_nothing_twice(practice, provider):
    await by_sms_alone(practice, provider, hours=24)
    booked = [await practice.book(await ada(practice), WEEK + timedelta(hours=n), settle=False) for n in range(12)]
    await practice.environment.settle()
    # A second worker of the same database, as another process has it.
    second = MailWorker(practice.environment.runtime("notifications")).text_messages
    running = asyncio.create_task(second.run())
    try:
        await asyncio.gather(*(practice.make_due(each) for each in booked))
        second.wake()
        for each in booked:
            assert (await practice.finished_reminder(each)).status == reminders_pb2.REMINDER_STATUS_SENT
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert sorted(request.id for request in provider.taken) == sorted({request.id for request in provider.taken})
    assert len(provider.taken) == len(booked)


async def test_a_provider_that_takes_its_time_keeps_no_other_workspaces_messages(practice, neighbour, provider):
    await by_sms_alone(practice, provider, hours=24)
    booked = [await practice.book(await ada(practice), WEEK + timedelta(hours=n), settle=False) for n in range(20)]
    await practice.environment.settle()
    provider.answers.clear()
    try:
        for each in booked:
            await practice.make_due(each)
        # A quarter of the places is taken, or a little more where several are claimed at once, and none is free before somebody answers.
        await practice.until(lambda: len(provider.taken) >= 8)
        async with listening() as prompt:
            await by_sms_alone(neighbour, prompt)
            theirs = await neighbour.book(await ada(neighbour), SOON)
            assert (await neighbour.finished_reminder(theirs, 4)).status == reminders_pb2.REMINDER_STATUS_SENT
        assert 8 <= len(provider.taken) < 16
    finally:
        provider.answers.set()
    for each in booked:
        assert (await practice.finished_reminder(each)).status == reminders_pb2.REMINDER_STATUS_SENT


async def test_a_sender_that_is_lost_while_sending_leaves_unknown_and_no_second_message(practice, provider):
    await by_sms_alone(practice, provider, hours=24)
    booked = await practice.book(await ada(practice), WEEK)
    # As the row of a process is that was killed between its mark and the answer.
    await practice.look(
        "UPDATE notifications.reminders SET status = 'sending', attempts = 1 WHERE appointment_id = $1 AND status = 'pending'",
        UUID(booked.id),
    )
    await practice.look(
        "UPDATE notifications.due_work SET due_at = now() WHERE workspace_id = $1 AND kind = 'text_message'", practice.workspace_id
    )
    ended = await practice.finished_reminder(booked)
    assert (ended.status, ended.last_error) == (reminders_pb2.REMINDER_STATUS_UNKNOWN, "sender_lost")
    assert provider.taken == []
    await practice.has_nothing_due()


async def test_for_a_day_after_a_rotation_both_secrets_sign(practice, provider):
    former = await by_sms_alone(practice, provider)
    newest = (await stub(practice).RotateSmsSecret(pb.RotateSmsSecretRequest(), practice.call)).secret
    with pytest.raises(Conflict) as refused:
        await stub(practice).RotateSmsSecret(pb.RotateSmsSecretRequest(), practice.call)
    await practice.finished_reminder(await practice.book(await ada(practice), SOON))
    assert refused.value.code == "secret_rotated_lately"
    for secret in (former, newest):
        Webhook(secret).verify(provider.taken[0].body, provider.taken[0].headers)


async def test_what_was_sent_is_on_record_without_number_and_text(practice, provider):
    await by_sms_alone(practice, provider)
    booked = await practice.book(await ada(practice), SOON)
    sent = await practice.finished_reminder(booked)
    await practice.environment.settle()
    lines = await practice.environment.emitted(AuditRecorded, practice.workspace_id)
    (line,) = [each for each in lines if each.event_type == "send_reminder"]
    assert (line.resource_id, line.action) == (booked.id, options_pb2.ACTION_SHARE)
    assert dict(line.facts) == {"reminder_id": sent.id, "channel": "sms", "status": "sent"}
    assert not any("901820" in str(each) or provider.taken[0].data["text"] in str(each) for each in lines)


async def make_template(practice, text):
    request = templates.CreateReminderTemplateRequest(name="SMS", locale="en", subject="-", text=text)
    return await practice.environment.stub(ReminderTemplatesStub).CreateReminderTemplate(request, practice.call)


async def test_a_text_that_is_too_long_for_a_text_message_is_refused_where_it_is_to_be_one(practice, provider):
    long, short = "x" * 1600 + " {date} {time}", "{date} {time}"
    template, other = await make_template(practice, long), await make_template(practice, short)
    with pytest.raises(Invalid) as refused:
        await practice.rule(3, channel=reminders_pb2.CHANNEL_SMS, template_id=template.id)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("text_message_too_long", "/template_id")
    mailed = await practice.rule(3, template_id=template.id)
    rule = await practice.rule(5, channel=reminders_pb2.CHANNEL_SMS, template_id=other.id)
    for changed in (
        reminders_pb2.UpdateConfigurationRequest(
            configuration_id=mailed.id, mask=FieldMask(paths=["channel"]), channel=reminders_pb2.CHANNEL_SMS
        ),
        reminders_pb2.UpdateConfigurationRequest(configuration_id=rule.id, mask=FieldMask(paths=["template_id"]), template_id=template.id),
    ):
        with pytest.raises(Invalid):
            await practice.stub.UpdateConfiguration(changed, practice.call)
    stub_of_templates = practice.environment.stub(ReminderTemplatesStub)
    change = templates.UpdateReminderTemplateRequest(template_id=other.id, mask=FieldMask(paths=["text"]), text=long)
    with pytest.raises(Invalid) as refused:
        await stub_of_templates.UpdateReminderTemplate(change, practice.call)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("text_message_too_long", "/text")
    await practice.stub.DeleteConfiguration(reminders_pb2.DeleteConfigurationRequest(configuration_id=rule.id), practice.call)
    await stub_of_templates.UpdateReminderTemplate(change, practice.call)


async def test_the_preview_says_in_how_many_parts_a_text_is_sent(practice):
    plain, hebrew = await make_template(practice, "{date} {time}"), await make_template(practice, "שלום {date} {time}")
    found = []
    for template in (plain, hebrew):
        request = templates.PreviewReminderTemplateRequest(template_id=template.id)
        found.append((await practice.environment.stub(ReminderTemplatesStub).PreviewReminderTemplate(request, practice.call)).text_message)
    assert [each.encoding for each in found] == [templates.TEXT_MESSAGE_ENCODING_GSM7, templates.TEXT_MESSAGE_ENCODING_UCS2]
    assert [(each.parts, each.is_too_long) for each in found] == [(2, False), (3, False)]
    assert all(each.characters == len(each.text) for each in found)
    assert "No more reminders: http://127.0.0.1:8000/reminder/unsubscribe?token=xxx" in found[0].text


async def test_the_link_of_the_preview_is_as_long_as_that_of_a_message(practice, provider):
    template = await make_template(practice, "{date} {time}")
    request = templates.PreviewReminderTemplateRequest(template_id=template.id)
    shown = await practice.environment.stub(ReminderTemplatesStub).PreviewReminderTemplate(request, practice.call)
    await by_sms_alone(practice, provider, template_id=template.id)
    await practice.finished_reminder(await practice.book(await ada(practice), SOON))
    assert len(provider.taken[0].data["text"].split("\n")[1]) == len(shown.text_message.text.split("\n")[1])


async def test_a_provider_is_not_asked_again_before_the_pause_that_it_asks_for(practice, provider):
    await by_sms_alone(practice, provider, hours=24)
    answers = iter([status("429 Later", "Retry-After: 3600")])
    provider.answer = lambda _request: next(answers, status("200 OK"))
    first, second = [await practice.book(await ada(practice), WEEK + timedelta(hours=n)) for n in range(2)]
    began = datetime.now(UTC)
    await practice.make_due(first)

    async def is_put_off(booked, reason):
        (row,) = await practice.look(
            "SELECT status, attempts, last_error, next_attempt_at FROM notifications.reminders WHERE appointment_id = $1", UUID(booked.id)
        )
        waits = began + timedelta(minutes=59) < row["next_attempt_at"] < began + timedelta(minutes=61)
        return row if waits and (row["status"], row["last_error"]) == ("pending", reason) else None

    assert (await practice.until(lambda: is_put_off(first, "provider_busy")))["attempts"] == 1
    # Nor with any other message: a provider counts those of an account.
    await practice.make_due(second)
    assert (await practice.until(lambda: is_put_off(second, "provider_rests")))["attempts"] == 0
    assert len(provider.taken) == 1
    # Another provider has asked for nothing.
    await set_channel(practice, f"{provider.url}-elsewhere")
    await practice.make_due(second)
    assert (await practice.finished_reminder(second)).status == reminders_pb2.REMINDER_STATUS_SENT


async def test_a_pause_that_leads_past_the_appointment_fails_the_reminder(practice, provider):
    await by_sms_alone(practice, provider)
    provider.answer = lambda _request: status("503 Later", "Retry-After: 3600")
    ended = await practice.finished_reminder(await practice.book(await ada(practice), SOON))
    assert (ended.status, ended.last_error, ended.attempts) == (reminders_pb2.REMINDER_STATUS_FAILED, "provider_failed", 1)


async def test_a_deleted_channel_sends_nothing_and_a_new_one_has_another_secret(practice, neighbour, provider):
    secret = await by_sms_alone(practice, provider)
    await set_channel(neighbour, provider)
    await stub(practice).DeleteSmsChannel(pb.DeleteSmsChannelRequest(), practice.call)
    with pytest.raises(NotFound):
        await stub(practice).GetSmsChannel(pb.GetSmsChannelRequest(), practice.call)
    with pytest.raises(NotFound):
        await stub(practice).DeleteSmsChannel(pb.DeleteSmsChannelRequest(), practice.call)
    skipped = await practice.finished_reminder(await practice.book(await ada(practice), SOON))
    assert (skipped.status, skipped.last_error) == (reminders_pb2.REMINDER_STATUS_SKIPPED, "sms_channel_off")
    assert (await stub(neighbour).GetSmsChannel(pb.GetSmsChannelRequest(), neighbour.call)).url == provider.url
    anew = (await set_channel(practice, provider)).secret
    assert anew not in {"", secret}
