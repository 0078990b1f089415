"""Reports about mail come back by SMTP: they are believed by their return path alone, and have their effect once."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import aiosmtplib
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.audit.v1.events_pb2 import OUTCOME_SUCCESS, AuditRecorded
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.notifications.v1 import held_addresses_pb2 as held_pb
from caseload.notifications.v1 import reminders_pb2 as pb
from caseload.notifications.v1.held_addresses_rpc import HeldAddressesStub
from chassis.errors import Forbidden, NotFound, Unavailable
from notifications.bounces import workflow
from notifications.bounces.receiver import BounceReceiver
from notifications.return_paths.tokens import ReturnToken
from notifications.return_paths.workflow import index_of, record_failure

from . import bounce_reports as reports

SOON = timedelta(minutes=30)


@pytest.fixture
def port(practice):
    return int(practice.environment.runtime("notifications").settings.bounce_listen.rpartition(":")[2])


@asynccontextmanager
async def conversation(port):
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, timeout=10) as client:
        yield client


async def tell(port, return_path, report, *, sender=""):
    async with conversation(port) as client:
        await client.mail(sender)
        await client.rcpt(return_path)
        return await client.data(report)


async def remind(practice, mail_server, client=None):
    """A reminder that was sent: the client, the appointment, and the mail's return path."""
    client = client or await practice.client()
    booked = await practice.book(client, SOON)
    reminder = await practice.finished_reminder(booked)
    assert reminder.status == pb.REMINDER_STATUS_SENT
    return client, booked, mail_server.return_paths[client.email]


async def the_reminder(practice, booked):
    (reminder,) = await practice.reminders(booked)
    return reminder


async def test_a_dead_address_is_told_by_a_report_and_mailed_no_more(practice, mail_server, port):
    client, booked, return_path = await remind(practice, mail_server)
    assert client.email.partition("@")[0] not in return_path

    await tell(port, return_path.upper(), reports.POSTFIX)
    reminder = await the_reminder(practice, booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_BOUNCED, "bounced_dead_address")

    attempts = mail_server.attempts[client.email]
    held = await practice.finished_reminder(await practice.book(client, SOON))
    assert (held.status, held.last_error) == (pb.REMINDER_STATUS_SKIPPED, "address_held")
    assert mail_server.attempts[client.email] == attempts


async def test_a_new_address_starts_anew(practice, mail_server, port):
    client, _, return_path = await remind(practice, mail_server)
    await tell(port, return_path, reports.POSTFIX)
    address = f"new-{client.email}"
    change = clients_pb2.UpdateClientRequest(client_id=client.id, mask=FieldMask(paths=["email"]), email=address)
    moved = await practice.environment.stub(ClientsStub).UpdateClient(change, practice.call)

    await remind(practice, mail_server, moved)

    assert mail_server.attempts[address] == 1


async def test_what_a_server_refuses_at_once_counts_like_a_report(practice, mail_server):
    client = await practice.client()
    mail_server.behaviour[client.email] = "bounces"
    assert (await practice.finished_reminder(await practice.book(client, SOON))).status == pb.REMINDER_STATUS_BOUNCED
    mail_server.behaviour.clear()
    held = await practice.finished_reminder(await practice.book(client, SOON))
    assert (held.status, held.last_error) == (pb.REMINDER_STATUS_SKIPPED, "address_held")


async def test_a_full_mailbox_bounces_and_is_mailed_again(practice, mail_server, port):
    client, booked, return_path = await remind(practice, mail_server)
    await tell(port, return_path, reports.SENDMAIL_FULL)
    assert (await the_reminder(practice, booked)).last_error == "bounced_mailbox_full"
    await remind(practice, mail_server, client)


async def test_the_same_report_twice_counts_once(practice, mail_server, port):
    _, _, return_path = await remind(practice, mail_server)
    for _ in range(2):
        await tell(port, return_path, reports.SENDMAIL_FULL)
    (row,) = await practice.look("SELECT failures FROM notifications.address_troubles WHERE workspace_id = $1", practice.workspace_id)
    assert row["failures"] == 1


async def test_of_two_first_failures_at_once_both_count(practice):
    """The second one learns of the first, and does not have a dead address mailed again."""
    runtime = practice.environment.runtime("notifications")
    address = index_of(await runtime.keys.of(practice.workspace_id), "ada@example.com")

    async def full():
        async with runtime.background(practice.workspace_id) as work:
            return await record_failure(work, address, "mailbox_full", kind="reminder", item_id=uuid7())

    async with runtime.background(practice.workspace_id) as work:
        assert await record_failure(work, address, "dead_address", kind="reminder", item_id=uuid7())
        second = asyncio.create_task(full())
        await asyncio.sleep(0.3)
        assert not second.done()
    assert not await second
    (row,) = await practice.look(
        "SELECT failures, held_at FROM notifications.address_troubles WHERE workspace_id = $1", practice.workspace_id
    )
    assert (row["failures"], row["held_at"] is not None) == (2, True)


@pytest.mark.parametrize("report", [reports.POSTFIX_DELAYED, reports.OUT_OF_OFFICE, reports.DELIVERED, b"\r\n"])
async def test_what_reports_no_failure_changes_nothing_of_a_sent_mail(practice, mail_server, port, report):
    _, booked, return_path = await remind(practice, mail_server)
    await tell(port, return_path, report)
    assert (await the_reminder(practice, booked)).status == pb.REMINDER_STATUS_SENT


async def test_a_delivery_settles_a_mail_that_nobody_knew_of(practice, mail_server, port):
    client = await practice.client()
    mail_server.behaviour[client.email] = "hangs up after the mail"
    booked = await practice.book(client, SOON)
    assert (await practice.finished_reminder(booked)).status == pb.REMINDER_STATUS_UNKNOWN
    await tell(port, mail_server.return_paths[client.email], reports.DELIVERED)
    assert (await the_reminder(practice, booked)).status == pb.REMINDER_STATUS_SENT


async def test_a_forged_report_changes_nothing(practice, mail_server, port):
    _, booked, return_path = await remind(practice, mail_server)
    own = ReturnToken.of_address(return_path, "bounces.example.com")
    forged = [
        ReturnToken.generate(practice.workspace_id),
        ReturnToken.generate(UUID(str(uuid7()))),
        ReturnToken(own.workspace_id, bytes([own.secret[0] ^ 1]) + own.secret[1:]),
    ]
    addresses = [each.address_at("bounces.example.com") for each in forged]
    for address in [*addresses, "ada@bounces.example.com", return_path.replace("bounces.example.com", "example.com")]:
        with pytest.raises(aiosmtplib.SMTPRecipientRefused) as refused:
            await tell(port, address, reports.POSTFIX)
        assert refused.value.code == 550
    assert (await the_reminder(practice, booked)).status == pb.REMINDER_STATUS_SENT
    assert await practice.look("SELECT id FROM notifications.address_troubles WHERE workspace_id = $1", practice.workspace_id) == []


async def test_another_workspace_goes_on_mailing_the_address(practice, neighbour, mail_server, port):
    client, _, return_path = await remind(practice, mail_server)
    await tell(port, return_path, reports.POSTFIX)
    attempts = mail_server.attempts[client.email]

    await remind(neighbour, mail_server, await neighbour.client(email=client.email))

    assert mail_server.attempts[client.email] == attempts + 1


async def test_a_report_is_put_off_while_it_cannot_be_recorded(practice, mail_server, port, monkeypatch):
    _, booked, return_path = await remind(practice, mail_server)

    async def away(*_):
        raise Unavailable("database_unavailable", retry_after=1.0)

    with monkeypatch.context() as during, pytest.raises(aiosmtplib.SMTPDataError) as put_off:
        during.setattr(workflow, "apply", away)
        await tell(port, return_path, reports.POSTFIX)
    assert put_off.value.code == 451
    await tell(port, return_path, reports.POSTFIX)
    assert (await the_reminder(practice, booked)).status == pb.REMINDER_STATUS_BOUNCED


async def test_one_recipient_at_a_time(practice, mail_server, port):
    _, _, return_path = await remind(practice, mail_server)
    async with conversation(port) as client:
        await client.mail("")
        await client.rcpt(return_path)
        with pytest.raises(aiosmtplib.SMTPRecipientRefused) as refused:
            await client.rcpt(return_path)
    assert refused.value.code == 452


async def test_the_mail_of_a_person_bounces_too_and_leaves_an_audit_line(practice, mail_server, port):
    client, booked, return_path = await remind(practice, mail_server)
    await tell(port, return_path, reports.QMAIL)
    await practice.environment.settle()
    lines = await practice.look(
        "SELECT payload FROM notifications.outbox WHERE type = 'caseload.audit.v1.AuditRecorded' AND workspace_id = $1",
        practice.workspace_id,
    )
    told = [line for line in lines if b"mail_bounced" in line["payload"]]
    assert len(told) == 1
    assert client.email.encode() not in told[0]["payload"]
    assert booked.id.encode() in told[0]["payload"]


async def test_those_who_administer_are_told_once_a_day_however_many_addresses_are_dead(practice, mail_server):
    runtime = practice.environment.runtime("notifications")
    keys = await runtime.keys.of(practice.workspace_id)
    for number in range(3):
        async with runtime.background(practice.workspace_id) as work:
            assert await record_failure(work, index_of(keys, f"ada{number}@example.com"), "dead_address", kind="reminder", item_id=uuid7())
    await practice.environment.settle()
    await practice.has_nothing_due()
    assert len(mail_server.to(practice.owner_email)) == 1


async def test_those_who_administer_are_told_once_of_an_address_that_is_not_mailed_any_more(practice, mail_server, port):
    client, _, return_path = await remind(practice, mail_server)
    other, _, full = await remind(practice, mail_server)
    await tell(port, full, reports.SENDMAIL_FULL)
    await tell(port, return_path, reports.POSTFIX)
    (mail,) = await practice.until(lambda: mail_server.to(practice.owner_email))
    assert mail["Subject"] == "Mail to an address is not delivered"
    for text in (mail.get_body((part,)).get_content() for part in ("plain", "html")):
        assert client.email not in text
        assert other.email not in text
    await practice.environment.settle()
    await practice.has_nothing_due()
    assert len(mail_server.to(practice.owner_email)) == 1


async def test_more_conversations_than_may_be_are_turned_away_until_others_end(port):
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(51)]
    greetings = [await _reply(reader) for reader, _ in streams]
    assert sorted(greetings) == ["220"] * 50 + ["421"]
    for _, writer in streams:
        writer.close()
    async with asyncio.timeout(10):
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            greeting = await _reply(reader)
            writer.close()
            if greeting == "220":
                break


async def test_reports_come_by_lmtp_too_with_lines_that_no_standard_allows(practice, mail_server):
    _, booked, return_path = await remind(practice, mail_server)
    runtime = practice.environment.runtime("notifications")
    own = {"bounce_protocol": "lmtp", "bounce_listen": "127.0.0.1:0"}
    receiver = BounceReceiver(runtime, runtime.settings.model_copy(update=own))
    receiving = asyncio.create_task(receiver.run())
    await practice.until(lambda: receiver.port)
    assert max(map(len, reports.EXCHANGE.splitlines())) > 2_000

    reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
    said = [await _reply(reader)]
    for command in ("EHLO mx", "LHLO mx", "MAIL FROM:<>", f"RCPT TO:<{return_path}>", "DATA"):
        writer.write(f"{command}\r\n".encode())
        said.append(await _reply(reader))
    writer.write(reports.EXCHANGE + b"\r\n.\r\n")
    said.append(await _reply(reader))
    writer.close()
    receiving.cancel()
    await asyncio.gather(receiving, return_exceptions=True)

    assert said == ["220", "500", "250", "250", "250", "354", "250"]
    assert (await the_reminder(practice, booked)).last_error == "bounced_dead_address"


async def _reply(reader):
    """The code of a whole reply."""
    while True:
        line = await asyncio.wait_for(reader.readline(), 10)
        if line[3:4] != b"-":
            return line[:3].decode()


async def held(practice):
    stub = practice.environment.stub(HeldAddressesStub)
    return (await stub.ListHeldAddresses(held_pb.ListHeldAddressesRequest(), practice.call)).items


async def test_the_practice_sees_whose_address_is_held_and_why_and_lifts_it(practice, neighbour, mail_server, port):
    client, booked, return_path = await remind(practice, mail_server)
    assert await held(practice) == []
    await tell(port, return_path, reports.POSTFIX)

    (found,) = await held(practice)
    assert (found.client_id, found.appointment_id, found.HasField("user_id")) == (client.id, booked.id, False)
    assert (found.reason, found.failures) == (held_pb.HOLD_REASON_DEAD_ADDRESS, 1)
    assert await held(neighbour) == []
    stub, lift = practice.environment.stub(HeldAddressesStub), held_pb.LiftHoldRequest(client_id=client.id)
    with pytest.raises(NotFound):
        await stub.LiftHold(lift, neighbour.call)
    assert await held(practice) == [found]
    for _ in range(2):
        await stub.LiftHold(lift, practice.call)
        assert await held(practice) == []
    lines = [
        each
        for each in await practice.environment.emitted(AuditRecorded, practice.workspace_id)
        if each.event_type == "lift_hold" and each.outcome == OUTCOME_SUCCESS
    ]
    assert [(line.resource_id, dict(line.facts)) for line in lines] == [(client.id, {"was_held": answer}) for answer in ("yes", "no")]

    # It is mailed again, and held again when it is still dead.
    _, _, return_path = await remind(practice, mail_server, client)
    await tell(port, return_path, reports.POSTFIX)
    assert [each.client_id for each in await held(practice)] == [client.id]


async def test_the_hold_of_somebody_who_works_here_is_lifted_by_those_who_manage_users(practice, neighbour):
    runtime = practice.environment.runtime("notifications")
    address = index_of(await runtime.keys.of(practice.workspace_id), practice.owner_email)
    async with runtime.background(practice.workspace_id) as work:
        assert await record_failure(work, address, "dead_address", kind="mail", item_id=uuid7())
    stub, lift = practice.environment.stub(HeldAddressesStub), held_pb.LiftUserHoldRequest(user_id=str(practice.owner_id))
    therapist = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["reminders:read", "reminders:write", "users:read"])
    with pytest.raises(Forbidden):
        await stub.LiftUserHold(lift, therapist)
    with pytest.raises(NotFound):
        await stub.LiftUserHold(lift, neighbour.call)
    assert len(await held(practice)) == 1
    await stub.LiftUserHold(lift, practice.call)
    assert await held(practice) == []
    (line,) = [
        each
        for each in await practice.environment.emitted(AuditRecorded, practice.workspace_id)
        if each.event_type == "lift_user_hold" and each.outcome == OUTCOME_SUCCESS
    ]
    assert (line.resource_id, dict(line.facts)) == (str(practice.owner_id), {"was_held": "yes"})


async def test_a_mailbox_that_is_full_now_and_then_is_not_on_the_list(practice, mail_server, port):
    _, _, return_path = await remind(practice, mail_server)
    await tell(port, return_path, reports.SENDMAIL_FULL)
    assert await held(practice) == []
