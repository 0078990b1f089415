"""Which mail a sender takes next, and what becomes of one that was claimed by a process that is gone, slow or of another opinion."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from caseload.notifications.v1 import reminders_pb2 as pb
from notifications.mail import store
from notifications.mail.sender import Sender
from notifications.mail_worker import MailWorker

LEASE = timedelta(minutes=3)
_PENDING = "SELECT count(*) FROM notifications.mails WHERE workspace_id = $1 AND status = 'pending'"


@pytest.fixture
async def senders(practice):
    """The senders of this process, which take nothing up by themselves meanwhile, with the lease of production."""
    worker = practice.environment.runtime("notifications").once(MailWorker)
    pollers = [worker.account_mails, worker.reminders]
    found = [poller._claim.__self__ for poller in pollers]
    assert all(isinstance(sender, Sender) for sender in found)
    before = [(poller, poller._concurrency, sender, sender._lease) for poller, sender in zip(pollers, found, strict=True)]
    for poller, _, sender, _ in before:
        poller._concurrency, sender._lease = 0, LEASE
    yield found
    for poller, concurrency, sender, lease in before:
        poller._concurrency, sender._lease = concurrency, lease


async def add(practice, kind, ago=timedelta()):
    """A mail to the owner."""
    mail_id = uuid7()
    async with practice.environment.runtime("notifications").background(practice.workspace_id) as work:
        at = datetime.now(UTC) - ago
        await work.db.run(store.add_mail, id=mail_id, kind=kind, user_id=practice.owner_id, appointment_id=None, now=at)
    return mail_id


async def claimed(practice, sender):
    """The claims on this practice's mails, one after the other: those of other tests may be due as well."""
    found = []
    while claims := await sender.claim(1):
        found += [claim for claim in claims if claim.workspace_id == practice.workspace_id]
    return found


async def status_of(practice, mail_id):
    (row,) = await practice.look("SELECT status, last_error FROM notifications.mails WHERE id = $1", mail_id)
    return tuple(row)


async def test_who_signs_in_or_is_alarmed_does_not_wait_behind_the_agendas_of_everybody(practice, senders):
    kinds = ("agenda_today", "agenda_today", "webhook_disabled", "alert", "magic_link")
    ids = {await add(practice, kind, ago=timedelta(hours=1) if kind == "agenda_today" else timedelta()): kind for kind in kinds}
    claims = await claimed(practice, senders[0])
    assert [ids[claim.item_id] for claim in claims] == ["magic_link", "alert", "agenda_today", "agenda_today", "webhook_disabled"]


@pytest.mark.parametrize("number", [6_000, pytest.param(60_000, marks=pytest.mark.drill)])
async def test_ten_mails_do_not_wait_behind_thousands_of_another_workspace(practice, neighbour, mail_server, number):
    crowd = """
        INSERT INTO notifications.mails (workspace_id, id, kind, user_id, next_attempt_at, created_at)
        SELECT $1, gen_random_uuid(), 'webhook_disabled', $2, now() - interval '1 minute', now() FROM generate_series(1, $3)
    """
    sending = practice.environment.runtime("notifications").once(MailWorker).account_mails
    try:
        await practice.look(crowd, practice.workspace_id, practice.owner_id, number)
        # As PostgreSQL does by itself within a minute.
        await practice.look("ANALYZE notifications.due_work, notifications.mails")
        sending.wake()
        await practice.until(lambda: mail_server.to(practice.owner_email))
        for _ in range(10):
            await add(neighbour, "webhook_disabled")
        await neighbour.until(lambda: len(mail_server.to(neighbour.owner_email)) == 10)
        (left,) = await practice.look(_PENDING, practice.workspace_id)
        sent = len(mail_server.to(practice.owner_email))
    finally:
        for table in ("due_work", "mails"):
            await practice.look(f"DELETE FROM notifications.{table} WHERE workspace_id = $1", practice.workspace_id)
    # The other one's go on meanwhile.
    assert left["count"] > number // 2
    assert sent > 10


async def test_whoever_is_alarmed_leaves_no_turn_to_what_can_wait(practice, neighbour, senders):
    for _ in range(8):
        await add(practice, "alert")
        await add(neighbour, "webhook_disabled", ago=timedelta(hours=1))
    found = []
    while claims := await senders[0].claim(1):
        found += [claim.workspace_id for claim in claims if claim.workspace_id in {practice.workspace_id, neighbour.workspace_id}]
    assert found == [practice.workspace_id] * 8 + [neighbour.workspace_id] * 8


async def test_what_a_killed_process_had_claimed_is_taken_up_within_seconds(practice, senders):
    await add(practice, "alert")
    (claim,) = await claimed(practice, senders[0])
    (row,) = await practice.look("SELECT due_at - now() AS left FROM notifications.due_work WHERE item_id = $1", claim.item_id)
    assert timedelta(seconds=5) < row["left"] <= timedelta(seconds=8)


async def test_whoever_has_not_begun_in_time_leaves_the_mail_to_the_next_one(practice, senders):
    mail_id = await add(practice, "webhook_disabled")
    (claim,) = await claimed(practice, senders[0])
    await senders[0].send(replace(claim, ends=asyncio.get_running_loop().time()))
    assert await status_of(practice, mail_id) == ("pending", None)
    assert practice.mail_server.to(practice.owner_email) == []
    await senders[0].send(claim)
    assert await status_of(practice, mail_id) == ("sent", None)


async def test_a_mail_that_another_sends_meanwhile_is_not_taken_for_lost(practice, senders, mail_server):
    client = await practice.client()
    booked = await practice.book(client, timedelta(minutes=30))
    (first,) = await claimed(practice, senders[1])
    # The claim is over, and a second one is on it when the first one begins after all.
    await practice.look("UPDATE notifications.due_work SET due_at = now() WHERE item_id = $1", first.item_id)
    (second,) = await claimed(practice, senders[1])
    mail_server.behaviour[client.email] = "is silent"
    sending = asyncio.create_task(senders[1].send(first))
    await practice.until(lambda: mail_server.attempts[client.email] == 1)
    await senders[1].send(second)
    (row,) = await practice.look("SELECT status FROM notifications.reminders WHERE id = $1", first.item_id)
    assert row["status"] == "sending"
    mail_server.behaviour.clear()
    await sending
    (reminder,) = await practice.reminders(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_PENDING, "mail_server_silent")


async def test_what_is_learnt_while_composing_changes_nothing_that_another_sends_by_now(practice, senders):
    mail_id = await add(practice, "alert")
    (claim,) = await claimed(practice, senders[0])
    kind, row = senders[0]._kind, await senders[0]._load(claim)
    await practice.look("UPDATE notifications.mails SET status = 'sending' WHERE id = $1", mail_id)
    async with practice.environment.runtime("notifications").background(practice.workspace_id) as work:
        composed = {"id": row["id"], "statuses": ["pending"]}
        assert not await work.db.run(kind.reschedule, at=work.now, reason="identity_unavailable", **composed)
        assert not await work.db.run(kind.finish, status="dropped", sent_at=None, reason="alert_answered", **composed)
    # Of this alert there is none: nobody composes its mail in vain for ever.
    await practice.look("UPDATE notifications.mails SET status = 'pending' WHERE id = $1", mail_id)
    await senders[0].send(claim)
    assert await status_of(practice, mail_id) == ("dropped", "alert_answered")


async def test_a_mail_that_cannot_be_composed_is_tried_less_often_and_given_up(practice, senders):
    for ago, ended in ((timedelta(), "pending"), (timedelta(hours=2), "failed")):
        # A kind that nobody knows how to write.
        mail_id = await add(practice, "carrier_pigeon", ago)
        (claim,) = await claimed(practice, senders[0])
        await senders[0].send(claim)
        assert await status_of(practice, mail_id) == (ended, "not_composed")
        pause = "SELECT due_at - now() AS pause FROM notifications.due_work WHERE item_id = $1"
        assert [row["pause"] > timedelta(minutes=2) for row in await practice.look(pause, UUID(str(mail_id)))] == [True] * (
            ended == "pending"
        )
