"""A mail server that refuses, stalls and breaks off, senders that die: every reminder is mailed once, or says why not."""

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
from chassis.testing import house
from notifications.__main__ import SERVICE
from notifications.desk import Desk

SOON = timedelta(minutes=30)


async def test_a_server_that_turns_everybody_away_is_tried_again(practice, office):
    client = await practice.client()
    office.is_closed = True
    turned_away = office.turned_away
    booked = await practice.book(client, SOON)
    await practice.until(lambda: office.turned_away >= turned_away + 2)
    (reminder,) = await practice.reminders(booked)
    assert reminder.status == pb.REMINDER_STATUS_PENDING
    office.is_closed = False

    reminder = await practice.ended(booked)
    assert reminder.status == pb.REMINDER_STATUS_SENT
    assert reminder.attempts >= 3
    assert len(office.to(client.email)) == 1


async def test_a_mail_that_is_deferred_is_tried_again_after_growing_pauses(practice, office):
    client = await practice.client()
    office.behaviour[client.email] = "defers"
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
    office.behaviour.pop(client.email)
    assert (await practice.ended(booked)).status == pb.REMINDER_STATUS_SENT


async def test_a_server_silent_before_it_has_the_mail_is_tried_again(practice, office):
    client = await practice.client()
    office.behaviour[client.email] = "is silent"
    booked = await practice.book(client, SOON)
    await practice.until(lambda: office.asked[client.email] == 2)
    (row,) = await practice.look("SELECT last_error FROM notifications.reminders WHERE appointment_id = $1", booked.id)
    assert row["last_error"] == "mail_server_silent"

    office.behaviour.pop(client.email)
    assert (await practice.ended(booked)).status == pb.REMINDER_STATUS_SENT
    assert len(office.to(client.email)) == 1


@pytest.mark.parametrize(
    ("behaviour", "status", "reason"),
    [("bounces", pb.REMINDER_STATUS_BOUNCED, "recipient_refused_550"), ("rejects", pb.REMINDER_STATUS_FAILED, "mail_refused_554")],
)
async def test_a_mail_that_is_refused_for_good_is_not_tried_again(practice, office, caplog, behaviour, status, reason):
    caplog.set_level(logging.DEBUG)
    client = await practice.client()
    office.behaviour[client.email] = behaviour
    booked = await practice.book(client, SOON)

    reminder = await practice.ended(booked)
    assert (reminder.status, reminder.last_error, reminder.attempts) == (status, reason, 1)
    await practice.has_nothing_due()
    assert office.asked[client.email] == 1
    # A server's words quote the address; they are kept nowhere.
    ours = "".join(str(vars(record)) for record in caplog.records if not record.name.startswith("mail."))
    assert "a mail was attended to" in ours
    assert "ada.lovelace" not in ours
    assert client.email not in ours


@pytest.mark.parametrize("behaviour", ["hangs up after the mail", "is silent after the mail"])
async def test_a_conversation_that_breaks_off_after_the_mail_was_handed_over_is_unknown_and_not_repeated(practice, office, behaviour):
    client = await practice.client()
    office.behaviour[client.email] = behaviour
    booked = await practice.book(client, SOON)

    reminder = await practice.ended(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_UNKNOWN, "broken_off_after_data")
    await practice.has_nothing_due()
    assert office.asked[client.email] == 1
    assert len(office.to(client.email)) == 1


async def test_a_database_that_goes_away_after_the_mail_was_taken_is_told_when_it_comes_back(practice, office):
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

    office.on_data = cut_off
    try:
        booked = await practice.book(client, SOON, settle=False)
        reminder = await practice.until(lambda: _over(practice, booked))
    finally:
        office.on_data = None
    assert len(await cut[0]) > 0
    assert reminder.status == pb.REMINDER_STATUS_SENT
    assert office.asked[client.email] == 1


async def test_a_service_that_is_away_puts_the_reminder_off_without_counting_it(practice, office):
    client = await practice.client()
    booked = await practice.book(client, timedelta(days=7))
    clients = practice.house.runtime("clients").server
    clients.draining = True
    try:
        await practice.make_due(booked)

        async def put_off():
            return await practice.look(
                "SELECT 1 FROM notifications.reminders WHERE appointment_id = $1 AND status = 'pending' AND last_error IS NOT NULL",
                booked.id,
            )

        await practice.until(put_off)
        assert office.asked[client.email] == 0
    finally:
        clients.draining = False
    reminder = await practice.ended(booked)
    assert (reminder.status, reminder.attempts) == (pb.REMINDER_STATUS_SENT, 1)


async def test_a_cancellation_during_the_conversation_does_not_bring_the_mail_back(practice, office):
    client = await practice.client()
    office.behaviour[client.email] = "is silent"
    booked = await practice.book(client, SOON)
    await practice.until(lambda: office.asked[client.email] == 1)
    await practice.cancel(booked)

    reminder = await practice.ended(booked)
    assert reminder.status == pb.REMINDER_STATUS_CANCELLED
    await practice.has_nothing_due()
    assert office.asked[client.email] == 1


async def test_two_senders_side_by_side_send_nothing_twice(practice, office, postgres):
    h = practice.house
    clients = [await practice.client() for _ in range(24)]
    booked = [await practice.book(client, timedelta(days=7), settle=False) for client in clients]
    await h.settle()
    own = {**_own(h), "peers": {name: runtime.settings.listen for name, runtime in h.runtimes.items()}}
    async with house(postgres, SERVICE, beside=h, relay=False, settings={"notifications": own}) as other:
        sent = Counter()
        for name, sender in (("first", h), ("second", other)):
            _count(sender.runtime("notifications").once(Desk).reminders, sent, name)
        await practice.look(
            "UPDATE notifications.reminders SET due_at = now(), next_attempt_at = now() WHERE workspace_id = $1", practice.workspace_id
        )
        for appointment in booked:
            assert (await practice.ended(appointment)).status == pb.REMINDER_STATUS_SENT

    assert [len(office.to(client.email)) for client in clients] == [1] * 24
    assert sum(sent.values()) == 24
    assert sent["first"] > 0
    assert sent["second"] > 0


async def test_a_sender_killed_between_the_mail_and_its_record_leaves_it_unknown_and_nobody_mails_again(
    practice, office, postgres, tmp_path
):
    h = practice.house
    # The house's own senders rest, so that the mail is the doomed one's.
    rounds = h.runtime("notifications").once(Desk).reminders
    rounds._at_once = 0
    client = await practice.client()
    booked = await practice.book(client, SOON)
    sender = await _sender(h, tmp_path)

    def kill(address):
        if address == client.email:
            sender.kill()

    office.on_data = kill
    try:
        assert await asyncio.wait_for(sender.wait(), 30) == -signal.SIGKILL
    finally:
        office.on_data = None
    assert len(office.to(client.email)) == 1
    (row,) = await practice.look("SELECT status FROM notifications.reminders WHERE appointment_id = $1", booked.id)
    assert row["status"] == "sending"

    rounds._at_once = 5
    reminder = await practice.ended(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_UNKNOWN, "sender_lost")
    assert office.asked[client.email] == 1


async def _sender(h, tmp_path):
    """A process of its own that reacts and sends."""
    settings = h.runtime("notifications").settings
    values = {**_own(h), "peers": json.dumps({name: runtime.settings.listen for name, runtime in h.runtimes.items()})}
    for name in ("environment", "database_url", "keyring_file", "service_keys_dir"):
        value = getattr(settings, name)
        values[name] = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
    env = {**os.environ, **{f"CASELOAD_{name.upper()}": str(value) for name, value in values.items()}}
    with (tmp_path / "sender.log").open("wb") as log:
        return await asyncio.create_subprocess_exec(sys.executable, "-m", "notifications", "react", env=env, stdout=log, stderr=log)


def _own(h):
    settings = h.runtime("notifications").settings
    names = ("sending_poll_seconds", "retry_seconds", "mail_seconds", "lease_seconds", "app_url", "mail_from")
    return {**{name: getattr(settings, name) for name in names}, "smtp_url": settings.smtp_url.get_secret_value()}


def _count(rounds, sent, name):
    send = rounds._send

    async def counted(workspace_id, item_id):
        sent[name] += 1
        await send(workspace_id, item_id)

    rounds._send = counted


async def _over(practice, booked):
    found = await practice.reminders(booked)
    return found[0] if found and found[0].status != pb.REMINDER_STATUS_PENDING else None
