"""Mails about accounts: sent at once, sent once, and with secrets that are stored nowhere else."""

import asyncio
import re
import time
from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2, sign_in_pb2, users_pb2
from caseload.identity.v1.sign_in_rpc import SignInStub
from caseload.identity.v1.users_rpc import UsersStub
from chassis.errors import Forbidden, Refusal
from identity.people.notices import raise_notice
from notifications.mail.security_notices import SECURITY_KINDS
from notifications.mail_worker import MailWorker
from notifications.return_paths.workflow import index_of, record_failure
from notifications.staff_texts import StaffText

from .conftest import open_practice

HAPPENED = {kind: StaffText.of("en").security(kind, when="", name="").text.splitlines()[2] for kind in SECURITY_KINDS}


async def test_a_requested_link_is_mailed_and_signs_its_recipient_in(practice):
    await _request(practice)
    mail = await _mail(practice)

    signed_in = await _verify(practice, _token(mail))
    assert signed_in.user.id == str(practice.owner_id)
    assert mail["Subject"] == "Your sign-in link"
    assert mail["From"].addresses[0].display_name == "Caseload"
    assert "for 15 minutes" in _text(mail)
    assert "Hello Henrietta Castellanos," in _text(mail)


async def test_the_link_leads_to_the_front_end_in_both_parts_of_the_mail(practice):
    await _request(practice)
    mail = await _mail(practice)
    link = f"https://app.example.com/auth/verify?token={_token(mail)}"
    assert link in _text(mail)
    assert f'href="{link}"' in mail.get_body(("html",)).get_content()


async def test_the_secret_is_stored_nowhere_in_notifications(practice):
    await _request(practice)
    token = _token(await _mail(practice))
    await practice.until(lambda: _is(practice, "sent"))

    async with practice.environment.superuser() as connection:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'notifications'")
        assert {"mails", "due_work", "inbox", "outbox"} <= {row["tablename"] for row in tables}
        for row in tables:
            text = "".join(str(dict(r)) for r in await connection.fetch(f"SELECT * FROM notifications.{row['tablename']}"))
            assert token not in text
            assert practice.owner_email not in text


async def test_a_link_is_mailed_at_once_and_not_at_the_next_poll(practice):
    poller = practice.environment.runtime("notifications").once(MailWorker).account_mails
    before, poller._interval = poller._interval, 60.0
    try:
        await asyncio.sleep(0.3)  # until the poll that has begun already is over
        began = time.monotonic()
        await _request(practice)
        await _mail(practice, seconds=5)
        assert time.monotonic() - began < 5
    finally:
        poller._interval = before
        poller.wake()


async def test_many_due_reminders_do_not_delay_a_link(practice, mail_server):
    slow = [await practice.client() for _ in range(6)]
    for client in slow:
        mail_server.behaviour[client.email] = "is silent"
        await practice.book(client, timedelta(minutes=30), settle=False)
    # All five conversations that reminders may have at the same time are under way.
    await practice.until(lambda: sum(mail_server.attempts[client.email] for client in slow) >= 5)

    await _request(practice)
    await _mail(practice, seconds=5)
    assert sum(len(mail_server.to(client.email)) for client in slow) == 0


async def test_a_link_whose_mail_was_deferred_gets_a_new_secret_for_the_next_attempt(practice, mail_server):
    mail_server.behaviour[practice.owner_email] = "defers the mail"
    await _request(practice)
    await practice.until(lambda: mail_server.attempts[practice.owner_email] >= 1)
    mail_server.behaviour.pop(practice.owner_email)
    await _end_pause(practice)

    mail = await _mail(practice)
    await _verify(practice, _token(mail))
    assert len(mail_server.to(practice.owner_email)) == 1


async def test_a_link_whose_mail_may_have_been_delivered_is_not_mailed_again(practice, mail_server):
    mail_server.behaviour[practice.owner_email] = "hangs up after the mail"
    await _request(practice)
    await practice.until(lambda: _is(practice, "unknown"))
    await practice.has_nothing_due()
    assert mail_server.attempts[practice.owner_email] == 1


async def test_a_link_that_expired_before_it_could_be_mailed_is_dropped(practice, mail_server):
    mail_server.behaviour[practice.owner_email] = "defers"
    await _request(practice)
    await practice.until(lambda: mail_server.attempts[practice.owner_email] >= 1)
    (link,) = await practice.environment.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    await practice.look(
        "UPDATE identity.magic_links SET created_at = now() - interval '20 minutes', expires_at = now() - interval '10 minutes'"
        " WHERE id = $1",
        link.magic_link_id,
    )
    mail_server.behaviour.pop(practice.owner_email)
    await _end_pause(practice)

    await practice.until(lambda: _is(practice, "dropped"))
    assert mail_server.to(practice.owner_email) == []


async def test_a_link_whose_mail_is_deferred_until_it_expires_is_given_up(practice, mail_server):
    mail_server.behaviour[practice.owner_email] = "defers"
    await _request(practice)
    await _end_pause(practice, after=timedelta(hours=1))
    assert mail_server.attempts[practice.owner_email] >= 1

    await practice.until(lambda: _is(practice, "failed"))
    (row,) = await practice.look("SELECT last_error FROM notifications.mails WHERE workspace_id = $1", practice.workspace_id)
    assert row["last_error"] == "recipient_deferred_451"
    assert await practice.look("SELECT 1 FROM notifications.due_work WHERE workspace_id = $1", practice.workspace_id) == []


async def test_a_mailed_link_signs_in_once(practice):
    await _request(practice)
    token = _token(await _mail(practice))
    await _verify(practice, token)
    with pytest.raises(Refusal):
        await _verify(practice, token)


async def _end_pause(practice, *, after=timedelta()):
    """Once the deferral of its mail is recorded, the next attempt is due, as if so much time had gone by."""
    sql = (
        "UPDATE notifications.mails SET created_at = created_at - $2::interval, next_attempt_at = now()"
        " WHERE workspace_id = $1 AND status = 'pending' AND last_error IS NOT NULL RETURNING id"
    )
    await practice.until(lambda: practice.look(sql, practice.workspace_id, after))


async def _request(practice):
    request = sign_in_pb2.RequestMagicLinkRequest(email=practice.owner_email)
    await practice.environment.stub(SignInStub).RequestMagicLink(request, practice.environment.nobody())


async def _verify(practice, token):
    request = sign_in_pb2.VerifyMagicLinkRequest(token=token)
    return (await practice.environment.stub(SignInStub).VerifyMagicLink(request, practice.environment.nobody())).signed_in


async def _mail(practice, seconds=15):
    (mail,) = await practice.until(lambda: practice.mail_server.to(practice.owner_email), seconds)
    return mail


async def _is(practice, status):
    rows = await practice.look("SELECT status FROM notifications.mails WHERE workspace_id = $1", practice.workspace_id)
    return [row["status"] for row in rows] == [status]


def _text(mail):
    return mail.get_body(("plain",)).get_content()


def _token(mail):
    return re.search(r"token=(\S+)", _text(mail)).group(1)


# --- other mails about accounts ---


async def test_a_forgotten_password_is_reset_by_the_mailed_link(practice):
    sign_in = practice.environment.stub(SignInStub)
    await sign_in.RequestPasswordReset(sign_in_pb2.RequestPasswordResetRequest(email=practice.owner_email), practice.environment.nobody())
    mail = await _mail(practice)
    assert mail["Subject"] == "Choose a new password"
    link = f"https://app.example.com/auth/reset-password?token={_token(mail)}"
    assert link in _text(mail)
    assert f'href="{link}"' in mail.get_body(("html",)).get_content()

    request = sign_in_pb2.ResetPasswordRequest(token=_token(mail), new_password="a wholly new phrase")
    await sign_in.ResetPassword(request, practice.environment.nobody())

    notice = (await practice.until(lambda: practice.mail_server.to(practice.owner_email)[1:]))[0]
    assert notice["Subject"] == "Security notice about your account"
    assert "was reset by a link from this mailbox" in _text(notice)
    assert "Hello Henrietta Castellanos," in _text(notice)
    login = sign_in_pb2.LoginRequest(email=practice.owner_email, password="a wholly new phrase")
    assert (await sign_in.Login(login, practice.environment.nobody())).signed_in.user.id == str(practice.owner_id)


async def test_links_and_invitations_are_in_the_language_of_the_workspace(notifications_environment, mail_server):
    haifa = await open_practice(notifications_environment, mail_server, locale="he")
    await _request(haifa)
    link = await _mail(haifa)
    email = f"nora-{uuid7().hex}@example.com"
    new = users_pb2.CreateUserRequest(email=email, full_name="Nora Quist", role=users_pb2.ROLE_THERAPIST)
    await haifa.environment.stub(UsersStub).CreateUser(new, haifa.call)
    (invitation,) = await haifa.until(lambda: mail_server.to(email))

    for mail, subject in ((link, "הקישור שלך לכניסה"), (invitation, "הזמנה אל Lakeside & Partners")):
        assert mail["Subject"] == subject
        html = mail.get_body(("html",)).get_content()
        assert 'lang="he" dir="rtl"' in html
        assert f"token={_token(mail)}" in html
    assert "7 ימים" in _text(invitation)
    assert (await _verify(haifa, _token(link))).user.id == str(haifa.owner_id)


async def test_every_notice_has_words_and_goes_to_the_person_it_is_about(practice):
    notices = [notice for notice in events_pb2.SecurityNotice.values() if notice]
    runtime = practice.environment.runtime("identity")
    for notice in notices:
        async with runtime.background(practice.workspace_id) as work:
            raise_notice(work, practice.owner_id, notice)

    mails = await practice.until(
        lambda: practice.mail_server.to(practice.owner_email)[len(notices) - 1 :] and practice.mail_server.to(practice.owner_email)
    )
    told = {text for mail in mails for text in HAPPENED.values() if text in _text(mail)}
    assert told == set(HAPPENED.values())
    assert len(mails) == len(notices) == len(HAPPENED)


async def test_a_notice_is_mailed_to_an_address_that_other_mail_does_not_go_to_any_more(practice):
    runtime = practice.environment.runtime("notifications")
    address = index_of(await runtime.keys.of(practice.workspace_id), practice.owner_email)
    async with runtime.background(practice.workspace_id) as work:
        assert await record_failure(work, address, "dead_address", kind="reminder", item_id=uuid7())
    async with practice.environment.runtime("identity").background(practice.workspace_id) as work:
        raise_notice(work, practice.owner_id, events_pb2.SECURITY_NOTICE_PASSWORD_CHANGED)
    (mail,) = await practice.until(lambda: practice.mail_server.to(practice.owner_email))
    assert HAPPENED["password_changed"] in _text(mail)


async def test_a_notice_is_mailed_once_however_often_its_event_arrives(practice):
    runtime = practice.environment.runtime("identity")
    event = events_pb2.SecurityNoticeRaised(
        notice_id=str(uuid7()), user_id=str(practice.owner_id), notice=events_pb2.SECURITY_NOTICE_SIGN_IN_STOLEN
    )
    for _ in range(3):
        async with runtime.background(practice.workspace_id) as work:
            work.emit(event)
    await practice.until(lambda: practice.mail_server.to(practice.owner_email))
    async with runtime.background(practice.workspace_id) as work:
        raise_notice(work, practice.owner_id, events_pb2.SECURITY_NOTICE_PASSWORD_CHANGED)

    # What came after all three is out, and nothing of them comes any more.
    mails = await practice.until(
        lambda: practice.mail_server.to(practice.owner_email)[1:] and practice.mail_server.to(practice.owner_email)
    )
    assert [next(kind for kind, text in HAPPENED.items() if text in _text(mail)) for mail in mails] == [
        "sign_in_stolen",
        "password_changed",
    ]


async def test_only_notifications_asks_whom_to_mail(practice):
    request = sign_in_pb2.GetMailRecipientRequest(user_id=str(practice.owner_id))
    with pytest.raises(Forbidden):
        await practice.environment.stub(SignInStub).GetMailRecipient(
            request, practice.environment.caller(workspace_id=practice.workspace_id)
        )
