"""Offers of the waitlist: mailed once, while they stand, to whoever takes reminders by mail."""

import asyncio
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_pb
from caseload.clients.v1 import consents_pb2
from caseload.clients.v1.consents_rpc import ConsentsStub
from caseload.notifications.v1 import offer_answers_pb2 as answers_pb
from caseload.notifications.v1.offer_answers_rpc import OfferAnswersStub
from caseload.scheduling.v1 import waitlist_pb2 as pb
from caseload.scheduling.v1.waitlist_rpc import WaitlistStub
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.errors import NotFound
from chassis.protobuf.timestamps import to_datetime
from scheduling.waitlist.worker import Claim, WaitlistWorker

from .conftest import open_practice


async def join(practice, client, appointment):
    request = pb.JoinWaitlistRequest(client_id=client.id, earliest=appointment.scheduled_start, latest=appointment.scheduled_end)
    return await practice.environment.stub(WaitlistStub).JoinWaitlist(request, practice.call)


async def work(practice):
    """Does what is due on the waitlist."""
    worker = WaitlistWorker(practice.environment.runtime("scheduling"))
    for row in await practice.look("SELECT * FROM scheduling.waitlist_due WHERE workspace_id = $1", practice.workspace_id):
        await worker.do(Claim(row["workspace_id"], row["kind"], row["item_id"]))


async def mails(practice):
    """What has become of the mails, when all of them are at their end."""

    async def ended():
        await practice.environment.settle()
        rows = await practice.look(
            "SELECT status, last_error FROM notifications.mails WHERE workspace_id = $1 AND kind = 'waitlist_offer'", practice.workspace_id
        )
        return rows if rows and not {row["status"] for row in rows} & {"pending", "sending"} else None

    return [(row["status"], row["last_error"]) for row in await practice.until(ended)]


@pytest.fixture
async def practice(notifications_environment, mail_server):
    """It writes in German, which its clients are mailed in."""
    return await open_practice(notifications_environment, mail_server, locale="de")


@pytest.fixture
async def booked(practice):
    return await practice.book(await practice.client(), timedelta(days=3))


async def test_who_is_offered_a_time_is_mailed_once_when_it_is_and_until_when(practice, mail_server, booked):
    client = await practice.client()
    await join(practice, client, booked)
    await practice.cancel(booked)
    await work(practice)

    assert await mails(practice) == [("sent", None)]
    (mail,) = mail_server.to(client.email)
    local = to_datetime(booked.scheduled_start).astimezone(ZoneInfo("Europe/Berlin"))
    text = mail.get_body(("plain",)).get_content()
    assert "Guten Tag Ada," in text
    zone = {"CET": "MEZ", "CEST": "MESZ"}[f"{local:%Z}"]
    assert f"{format_date(local, 'full', locale='de')}, {local:%H:%M} {zone}" in text
    assert 'lang="de" dir="ltr"' in mail.get_body(("html",)).get_content()
    (token,) = set(re.findall(r"https?://[^/]+/waitlist/offer\?token=(\S+)", text))
    assert "Lakeside &amp; Partners" in mail.get_body(("html",)).get_content()
    assert "Lovelace" not in mail.as_string()
    lines = await practice.environment.emitted(audit_pb.AuditRecorded, practice.workspace_id)
    shared = [(line.service, line.resource_id) for line in lines if line.event_type == "issue_offer"]
    assert shared == [("notifications", client.id)]
    assert token not in str(lines)

    link = practice.environment.stub(OfferAnswersStub)
    nobody = practice.environment.nobody
    shown = await link.GetOfferLink(answers_pb.GetOfferLinkRequest(token=token, locale="de"), nobody())
    assert (shown.practice, shown.is_open, shown.is_accepted) == ("Lakeside & Partners", True, False)
    assert shown.date.startswith(("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"))
    accept = answers_pb.AcceptOfferRequest(token=token, locale="en")
    for status in ("suspended", "active"):
        await practice.look("UPDATE identity.workspaces SET status = $2 WHERE workspace_id = $1", practice.workspace_id, status)
        if status == "suspended":
            for answer in (link.GetOfferLink(answers_pb.GetOfferLinkRequest(token=token), nobody()), link.AcceptOffer(accept, nobody())):
                with pytest.raises(NotFound) as refused:
                    await answer
                assert refused.value.code == "waitlist_link_unknown"
    replies = await asyncio.gather(*(link.AcceptOffer(accept, nobody()) for _ in range(8)))
    assert {(reply.is_open, reply.is_accepted) for reply in replies} == {(False, True)}
    rows = await practice.look(
        "SELECT client_id, created_by FROM scheduling.appointments WHERE workspace_id = $1 AND status = 'scheduled'", practice.workspace_id
    )
    assert [(str(row["client_id"]), str(row["created_by"])) for row in rows] == [(client.id, client.id)]
    forged = OpaqueToken.parse(token)
    for other in (token[:-4] + "AAAA", "nonsense", str(OpaqueToken(uuid7(), forged.row_id, forged.secret))):
        for method in (link.GetOfferLink, link.AcceptOffer):
            kind = answers_pb.GetOfferLinkRequest if method == link.GetOfferLink else answers_pb.AcceptOfferRequest
            with pytest.raises(NotFound) as refused:
                await method(kind(token=other), nobody())
            assert refused.value.code == "waitlist_link_unknown"


async def test_who_takes_no_reminders_is_not_mailed_and_the_practice_can_still_call(practice, mail_server, booked):
    client = await practice.client()
    consents = practice.environment.stub(ConsentsStub)
    asked = consents_pb2.GiveConsentRequest(client_id=client.id, purpose=consents_pb2.CONSENT_PURPOSE_REMINDERS, text_version="2026-03")
    consent = await consents.GiveConsent(asked, practice.call)
    await consents.WithdrawConsent(consents_pb2.WithdrawConsentRequest(client_id=client.id, consent_id=consent.id), practice.call)
    opted_out = await practice.client()
    await practice.look(
        "INSERT INTO notifications.reminder_opt_outs (workspace_id, client_id, channel, opted_out_at) VALUES ($1, $2, 'email', now())",
        practice.workspace_id,
        opted_out.id,
    )
    second = await practice.book(await practice.client(), timedelta(days=5))
    for waiting, appointment in ((client, booked), (opted_out, second)):
        entry = await join(practice, waiting, appointment)
        await practice.cancel(appointment)
        await work(practice)
    assert sorted(await mails(practice)) == [("dropped", "consent_withdrawn"), ("dropped", "opted_out")]
    assert mail_server.attempts[client.email] == mail_server.attempts[opted_out.email] == 0

    accepted = await practice.environment.stub(WaitlistStub).AcceptOffer(pb.AcceptOfferRequest(entry_id=entry.id), practice.call)
    assert accepted.status == pb.WAITLIST_STATUS_BOOKED


async def test_an_offer_that_is_over_before_its_mail_goes_out_is_not_mailed(practice, mail_server, booked):
    client = await practice.client()
    entry = await join(practice, client, booked)
    mail_server.behaviour[client.email] = "defers"
    await practice.cancel(booked)
    await work(practice)
    await practice.until(lambda: mail_server.attempts[client.email] >= 1)
    await practice.environment.stub(WaitlistStub).WithdrawEntry(pb.WithdrawEntryRequest(entry_id=entry.id), practice.call)
    mail_server.behaviour.pop(client.email)
    await practice.look("UPDATE notifications.mails SET next_attempt_at = now() WHERE workspace_id = $1", practice.workspace_id)

    assert await mails(practice) == [("dropped", "waitlist_offer_lapsed")]
    assert mail_server.to(client.email) == []


@pytest.mark.parametrize("why", ["held", "bounces"])
async def test_an_offer_to_a_dead_address_goes_on_to_the_next_client_and_the_practice_is_told(practice, mail_server, booked, why):
    first, second = await practice.client(), await practice.client()
    waiting = [await join(practice, client, booked) for client in (first, second)]
    mail_server.behaviour[first.email] = "bounces"
    if why == "held":
        soon = await practice.book(first, timedelta(hours=20))
        await practice.finished_reminder(soon)
    attempts = mail_server.attempts[first.email]
    await practice.cancel(booked)
    await work(practice)

    async def is_passed_on():
        await practice.environment.settle()
        rows = await practice.look(
            "SELECT status FROM scheduling.waitlist_entries WHERE workspace_id = $1 ORDER BY created_at", practice.workspace_id
        )
        await work(practice)
        return [row["status"] for row in rows] == ["waiting", "offered"]

    await practice.until(is_passed_on)
    assert mail_server.attempts[first.email] - attempts == (0 if why == "held" else 1)
    await practice.until(lambda: mail_server.to(second.email))
    told = "Jemand auf der Warteliste war nicht zu erreichen"
    await practice.until(lambda: [mail for mail in mail_server.to(practice.owner_email) if mail["Subject"] == told])
    (line,) = [
        each
        for each in await practice.environment.emitted(audit_pb.AuditRecorded, practice.workspace_id)
        if each.event_type == "pass_on_waitlist_offer"
    ]
    assert (line.resource_id, line.facts["entry_id"]) == (first.id, waiting[0].id)
    # Whoever is offered it by now may have it.
    stub = practice.environment.stub(WaitlistStub)
    accepted = await stub.AcceptOffer(pb.AcceptOfferRequest(entry_id=waiting[1].id), practice.call)
    assert accepted.status == pb.WAITLIST_STATUS_BOOKED
