"""Clients who take back that they are reminded get no reminder, until they agree again."""

from datetime import timedelta

import pytest

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.clients.v1 import consents_pb2, events_pb2
from caseload.clients.v1.consents_rpc import ConsentsStub
from caseload.notifications.v1 import reminders_pb2 as pb
from notifications.reminder_consents import workflow

SOON = timedelta(minutes=30)
WEEK = timedelta(days=7)


async def agree(practice, client, purpose=consents_pb2.CONSENT_PURPOSE_REMINDERS):
    request = consents_pb2.GiveConsentRequest(client_id=client.id, purpose=purpose, text_version="2026-03")
    consent = await practice.environment.stub(ConsentsStub).GiveConsent(request, practice.call)
    await practice.environment.settle()
    return consent


async def take_back(practice, consent, *, settle=True):
    request = consents_pb2.WithdrawConsentRequest(client_id=consent.client_id, consent_id=consent.id)
    await practice.environment.stub(ConsentsStub).WithdrawConsent(request, practice.call)
    if settle:
        await practice.environment.settle()


async def test_whoever_takes_it_back_gets_no_reminder_and_goes_on_to_when_they_agree_again(practice, mail_server):
    client, other = await practice.client(), await practice.client()
    consent = await agree(practice, client)
    known, others = await practice.book(client, WEEK), await practice.book(other, WEEK)
    await take_back(practice, consent)
    (reminder,) = await practice.reminders(known)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_CANCELLED, "consent_withdrawn")

    # Neither what is booked or moved now nor a new rule plans one.
    booked, soon = await practice.book(client, WEEK), await practice.book(client, SOON)
    await practice.move(known, 2 * WEEK)
    await practice.rule(2)
    assert await practice.statuses(booked) == await practice.statuses(soon) == []
    assert await practice.statuses(known) == ["cancelled"]
    assert await practice.statuses(others) == ["pending", "pending"]

    await agree(practice, client)
    assert await practice.statuses(booked) == ["pending", "pending"]
    assert [status for status in await practice.statuses(known) if status == "pending"] == ["pending", "pending"]
    # Agreeing mails nothing at once: the time for this one has passed.
    assert await practice.statuses(soon) == []
    assert mail_server.attempts[client.email] == 0
    await practice.make_due(booked)
    await practice.until(lambda: mail_server.to(client.email))


async def test_who_was_never_asked_and_who_takes_something_else_back_are_reminded_as_before(practice, mail_server):
    client = await practice.client()
    await take_back(practice, await agree(practice, client, consents_pb2.CONSENT_PURPOSE_DATA_PROCESSING))
    booked = await practice.book(client, SOON)

    assert (await practice.finished_reminder(booked)).status == pb.REMINDER_STATUS_SENT
    assert len(mail_server.to(client.email)) == 1


async def test_nothing_is_mailed_although_the_event_has_not_come_yet(practice, mail_server):
    client = await practice.client()
    consent = await agree(practice, client)
    booked = await practice.book(client, WEEK)
    relay = practice.environment.runtime("clients")._relay
    await relay.stop()
    try:
        await take_back(practice, consent, settle=False)
        await practice.make_due(booked)
        reminder = await practice.finished_reminder(booked)
        assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_CANCELLED, "consent_withdrawn")
    finally:
        await practice.environment.runtime("clients").relay()
    assert mail_server.attempts[client.email] == 0


@pytest.mark.parametrize("order", ["given late", "withdrawn late"])
async def test_the_order_in_which_events_come_does_not_matter(practice, order):
    client = await practice.client()
    booked = await practice.book(client, WEEK)
    first, second = "0192a000-0000-7000-8000-00000000000a", "0192a000-0000-7000-8000-00000000000b"
    changes = [(workflow.record_withdrawal, first), (workflow.record_consent, first), (workflow.record_consent, second)]
    if order == "withdrawn late":
        changes = [(workflow.record_consent, second), (workflow.record_consent, first), (workflow.record_withdrawal, first)]
    for change, consent_id in changes:
        async with practice.environment.runtime("notifications").background(practice.workspace_id) as work:
            await change(work, client.id, consent_id)
    assert await practice.statuses(booked) == ["pending"]


async def test_what_stops_and_resumes_is_on_record_and_goes_with_the_client(practice):
    client = await practice.client()
    await practice.book(client, WEEK)
    await take_back(practice, await agree(practice, client))
    await agree(practice, client)

    lines = await practice.environment.emitted(AuditRecorded, practice.workspace_id)
    told = [
        (line.event_type, line.resource_id, dict(line.facts)) for line in lines if line.event_type in {"stop_reminders", "resume_reminders"}
    ]
    assert told == [("stop_reminders", client.id, {"reminders": "1"}), ("resume_reminders", client.id, {"reminders": "1"})]

    kept = "SELECT FROM notifications.reminder_consents WHERE client_id = $1"
    assert len(await practice.look(kept, client.id)) == 2
    async with practice.environment.runtime("clients").background(practice.workspace_id) as work:
        work.emit(events_pb2.ClientErased(client_id=client.id))
    await practice.environment.settle()
    assert await practice.look(kept, client.id) == []
