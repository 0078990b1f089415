"""The mail server refuses, stalls or disconnects, or a sender is killed: every reminder is mailed once or records why it was not."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections import Counter
from datetime import timedelta

import pytest

from caseload.notifications.v1 import reminders_pb2 as pb
from chassis.errors import Unavailable
from chassis.testing.environment import start_environment
from notifications.__main__ import SERVICE
from notifications.mail_worker import MailWorker

SOON = timedelta(minutes=30)


async def test_a_server_that_closes_every_connection_is_tried_again(practice, mail_server):
    client = await practice.client()
    mail_server.close()
    refused = mail_server.refused_connections
    booked = await practice.book(client, SOON)

    async def waits_after_two_attempts():
        (reminder,) = await practice.reminders(booked)
        return reminder.attempts >= 2 and reminder.status == pb.REMINDER_STATUS_PENDING

    await practice.until(waits_after_two_attempts)
    assert mail_server.refused_connections >= refused + 2
    mail_server.is_closed = False

    reminder = await practice.finished_reminder(booked)
    assert reminder.status == pb.REMINDER_STATUS_SENT
    assert reminder.attempts >= 3
    assert len(mail_server.to(client.email)) == 1


async def test_a_deferred_mail_is_tried_again_after_growing_pauses(practice, mail_server):
    client = await practice.client()
    mail_server.behaviour[client.email] = "defers"
    booked = await practice.book(client, SOON)

    async def waits():
        (row,) = await practice.look(
            "SELECT attempts, last_error, next_attempt_at - now() AS pause FROM notifications.reminders"
            " WHERE appointment_id = $1 AND status = 'pending' AND attempts = 3",
            booked.id,
        ) or [None]
        return row

    row = await practice.until(waits)
    assert row["last_error"] == "recipient_deferred_451"
    assert row["pause"] > timedelta(seconds=0.4)
    mail_server.behaviour.pop(client.email)
    assert (await practice.finished_reminder(booked)).status == pb.REMINDER_STATUS_SENT


async def test_a_server_that_does_not_answer_before_the_mail_is_tried_again(practice, mail_server):
    client = await practice.client()
    mail_server.behaviour[client.email] = "is silent"
    booked = await practice.book(client, SOON)
    await practice.until(lambda: mail_server.attempts[client.email] == 2)
    (row,) = await practice.look("SELECT last_error FROM notifications.reminders WHERE appointment_id = $1", booked.id)
    assert row["last_error"] == "mail_server_silent"

    mail_server.behaviour.pop(client.email)
    assert (await practice.finished_reminder(booked)).status == pb.REMINDER_STATUS_SENT
    assert len(mail_server.to(client.email)) == 1


@pytest.mark.parametrize(
    ("behaviour", "status", "reason"),
    [("bounces", pb.REMINDER_STATUS_BOUNCED, "recipient_refused_550"), ("rejects", pb.REMINDER_STATUS_FAILED, "mail_refused_554")],
)
async def test_a_mail_that_is_refused_permanently_is_not_tried_again(practice, mail_server, caplog, behaviour, status, reason):
    caplog.set_level(logging.DEBUG)
    client = await practice.client()
    mail_server.behaviour[client.email] = behaviour
    booked = await practice.book(client, SOON)

    reminder = await practice.finished_reminder(booked)
    assert (reminder.status, reminder.last_error, reminder.attempts) == (status, reason, 1)
    await practice.has_nothing_due()
    assert mail_server.attempts[client.email] == 1
    # The server's reply quotes the address, so it must not be logged.
    ours = "".join(str(vars(record)) for record in caplog.records if not record.name.startswith("mail."))
    assert "a mail was handled" in ours
    assert "ada.lovelace" not in ours
    assert client.email not in ours


@pytest.mark.parametrize("behaviour", ["hangs up after the mail", "is silent after the mail"])
async def test_a_mail_without_an_answer_after_it_was_transmitted_is_unknown_and_not_sent_again(practice, mail_server, behaviour):
    client = await practice.client()
    mail_server.behaviour[client.email] = behaviour
    booked = await practice.book(client, SOON)

    reminder = await practice.finished_reminder(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_UNKNOWN, "broken_off_after_data")
    await practice.has_nothing_due()
    assert mail_server.attempts[client.email] == 1
    assert len(mail_server.to(client.email)) == 1


async def test_a_sent_mail_is_recorded_when_a_lost_database_is_back(practice, mail_server):
    client = await practice.client()
    cut = []

    def cut_off(address):
        if address == client.email:
            cut.append(
                asyncio.ensure_future(
                    practice.look(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE usename = 'notifications_app' AND datname = current_database()"
                    )
                )
            )

    mail_server.on_data = cut_off
    try:
        booked = await practice.book(client, SOON, settle=False)
        reminder = await practice.until(lambda: _finished(practice, booked))
    finally:
        mail_server.on_data = None
    assert len(await cut[0]) > 0
    assert reminder.status == pb.REMINDER_STATUS_SENT
    assert mail_server.attempts[client.email] == 1


async def test_an_unavailable_service_postpones_the_reminder_without_counting_an_attempt(practice, mail_server, monkeypatch):
    async def refuse(*_):
        raise Unavailable("database_unavailable", retry_after=1.0)

    client = await practice.client()
    booked = await practice.book(client, timedelta(days=7))
    with monkeypatch.context() as away:
        away.setattr(practice.environment.runtime("clients").server, "answer", refuse)
        await practice.make_due(booked)

        async def postponed():
            return await practice.look(
                "SELECT 1 FROM notifications.reminders WHERE appointment_id = $1 AND status = 'pending' AND last_error IS NOT NULL",
                booked.id,
            )

        await practice.until(postponed)
        assert mail_server.attempts[client.email] == 0
    reminder = await practice.finished_reminder(booked)
    assert (reminder.status, reminder.attempts) == (pb.REMINDER_STATUS_SENT, 1)


async def test_a_reminder_cancelled_while_it_is_sent_is_not_sent_again(practice, mail_server):
    client = await practice.client()
    mail_server.behaviour[client.email] = "is silent"
    booked = await practice.book(client, SOON)
    await practice.until(lambda: mail_server.attempts[client.email] == 1)
    await practice.cancel(booked)

    reminder = await practice.finished_reminder(booked)
    assert reminder.status == pb.REMINDER_STATUS_CANCELLED
    due = "SELECT 1 FROM notifications.due_work WHERE workspace_id = $1 AND kind = 'reminder'"
    assert await practice.look(due, practice.workspace_id) == []
    # The client may have got it, so a mail takes the appointment out of their calendar again.
    assert [
        row["kind"] for row in await practice.look("SELECT kind FROM notifications.mails WHERE workspace_id = $1", practice.workspace_id)
    ] == ["calendar_update"]


async def test_two_instances_send_no_mail_twice(practice, mail_server, postgres):
    environment = practice.environment
    clients = [await practice.client() for _ in range(24)]
    booked = [await practice.book(client, timedelta(days=7), settle=False) for client in clients]
    await environment.settle()
    own = {**_own(environment), "peers": {name: runtime.settings.listen for name, runtime in environment.runtimes.items()}}
    async with start_environment(postgres, SERVICE, beside=environment, relay=False, settings={"notifications": own}) as other:
        sent = Counter()
        for name, sender in (("first", environment), ("second", other)):
            _count(sender.runtime("notifications").once(MailWorker).reminders, sent, name)
        await practice.look(
            "UPDATE notifications.reminders SET due_at = now(), next_attempt_at = now() WHERE workspace_id = $1", practice.workspace_id
        )
        for appointment in booked:
            assert (await practice.finished_reminder(appointment)).status == pb.REMINDER_STATUS_SENT

    assert [len(mail_server.to(client.email)) for client in clients] == [1] * 24
    assert sum(sent.values()) == 24
    assert sent["first"] > 0
    assert sent["second"] > 0


async def test_a_mail_whose_sender_was_killed_before_recording_it_is_unknown_and_not_sent_again(practice, mail_server, postgres, tmp_path):
    environment = practice.environment
    # This process sends nothing meanwhile, so that the mail is sent by the process that is killed.
    poller = environment.runtime("notifications").once(MailWorker).reminders
    poller._concurrency = 0
    client = await practice.client()
    booked = await practice.book(client, SOON)
    sender = await _sender(environment, tmp_path)

    def kill(address):
        if address == client.email:
            sender.kill()

    mail_server.on_data = kill
    try:
        assert await asyncio.wait_for(sender.wait(), 30) == -signal.SIGKILL
    finally:
        mail_server.on_data = None
    assert len(mail_server.to(client.email)) == 1
    (row,) = await practice.look("SELECT status FROM notifications.reminders WHERE appointment_id = $1", booked.id)
    assert row["status"] == "sending"

    poller._concurrency = 5
    reminder = await practice.finished_reminder(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_UNKNOWN, "sender_lost")
    assert mail_server.attempts[client.email] == 1


async def _sender(environment, tmp_path):
    """Starts another process of the service that consumes events and sends mail."""
    settings = environment.runtime("notifications").settings
    values = {**_own(environment), "peers": json.dumps({name: runtime.settings.listen for name, runtime in environment.runtimes.items()})}
    for name in ("environment", "database_url", "eraser_database_url", "keyring_file", "service_keys_dir"):
        value = getattr(settings, name)
        values[name] = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
    env = {**os.environ, **{f"CASELOAD_{name.upper()}": str(value) for name, value in values.items()}}
    with (tmp_path / "sender.log").open("wb") as log:
        return await asyncio.create_subprocess_exec(sys.executable, "-m", "notifications", "react", env=env, stdout=log, stderr=log)


def _own(environment):
    settings = environment.runtime("notifications").settings
    names = ("sending_poll_seconds", "retry_seconds", "mail_seconds", "lease_seconds", "app_url", "mail_from")
    return {**{name: getattr(settings, name) for name in names}, "smtp_url": settings.smtp_url.get_secret_value()}


def _count(poller, sent, name):
    handle = poller._handle

    async def counted(claim):
        sent[name] += 1
        await handle(claim)

    poller._handle = counted


async def _finished(practice, booked):
    found = await practice.reminders(booked)
    return found[0] if found and found[0].status != pb.REMINDER_STATUS_PENDING else None
