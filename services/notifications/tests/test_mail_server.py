"""One conversation with a mail server, and the mail that is sent in it."""

import asyncio
import random
from datetime import UTC, datetime
from email.policy import EmailPolicy

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from pydantic import SecretStr, ValidationError

from notifications.mail.message import as_sent, build
from notifications.mail.smtp import SmtpClient, TransientFailure
from notifications.settings import NotificationsSettings

# aiosmtpd warns about passwords without TLS. Here the connection does not leave the machine.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def reminder(**but):
    said = {"subject": "Your appointment", "text": "Friday, 20 November 2026, 10:00 CET", "html": "<p>Friday</p>"}
    return build(
        **{"sender": "Caseload <no-reply@example.com>", "to": "ada@example.com", "message_id": "reminder.1", "now": NOW, **said, **but}
    )


class Recorder:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((session.auth_data, envelope.rcpt_tos, envelope.content))
        return "250 OK"


def _checks(server, session, envelope, mechanism, data):
    given = data if isinstance(data, LoginPassword) else None
    right = given is not None and (given.login, given.password) == (b"post@office", b"s3cr:t")
    return AuthResult(success=right, handled=False, auth_data=given)


@pytest.fixture
async def server_with_auth():
    """A server that requires a user name and a password. Returns the recorder of its mails, and its port."""
    recorder, conversations = Recorder(), []

    def converse():
        conversations.append(SMTP(recorder, authenticator=_checks, auth_required=True, auth_require_tls=False, enable_SMTPUTF8=True))
        return conversations[-1]

    server = await asyncio.get_running_loop().create_server(converse, "127.0.0.1", 0)
    yield recorder, server.sockets[0].getsockname()[1]
    server.close()
    for conversation in conversations:
        if conversation.transport is not None:
            conversation.transport.abort()
    await asyncio.sleep(0)


async def test_the_user_name_and_password_of_the_url_are_used(server_with_auth):
    recorder, port = server_with_auth
    await SmtpClient(f"smtp://post%40office:s3cr%3At@127.0.0.1:{port}", seconds=5).send(reminder())
    ((who, to, _),) = recorder.mails
    assert (who.login, to) == (b"post@office", ["ada@example.com"])


async def test_a_wrong_password_is_a_transient_failure(server_with_auth):
    recorder, port = server_with_auth
    with pytest.raises(TransientFailure) as refused:
        await SmtpClient(f"smtp://post%40office:wrong@127.0.0.1:{port}", seconds=5).send(reminder())
    assert refused.value.code == "sign_in_refused_535"
    assert recorder.mails == []


async def test_a_mail_that_the_server_has_accepted_is_sent_though_the_server_then_falls_silent():
    class Silent(SMTP):
        async def smtp_QUIT(self, arg):
            await asyncio.sleep(60)

    recorder, conversations = Recorder(), []

    def converse():
        conversations.append(Silent(recorder, enable_SMTPUTF8=True))
        return conversations[-1]

    server = await asyncio.get_running_loop().create_server(converse, "127.0.0.1", 0)
    try:
        await SmtpClient(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}", seconds=1).send(reminder())
    finally:
        server.close()
        for conversation in conversations:
            conversation.transport.abort()
        await asyncio.sleep(0)
    assert len(recorder.mails) == 1


async def test_a_server_without_starttls_gets_no_mail_where_starttls_is_required(server_with_auth):
    recorder, port = server_with_auth
    with pytest.raises(TransientFailure) as refused:
        await SmtpClient(f"smtp://post%40office:s3cr%3At@127.0.0.1:{port}?starttls=required", seconds=5).send(reminder())
    assert refused.value.code == "starttls_or_sign_in_not_offered"
    assert recorder.mails == []


async def test_starttls_is_required_of_every_server_except_local_ones():
    assert SmtpClient("smtp://mail.example.com", seconds=5)._start_tls is True
    assert SmtpClient("smtp://mail.example.com?starttls=optional", seconds=5)._start_tls is None
    assert SmtpClient("smtp://127.0.0.1:25", seconds=5)._start_tls is None
    assert SmtpClient("smtps://mail.example.com", seconds=5)._start_tls is False
    assert SmtpClient("smtps://mail.example.com", seconds=5)._use_tls is True


async def test_an_unreachable_server_is_a_transient_failure():
    with pytest.raises(TransientFailure) as refused:
        await SmtpClient("smtp://127.0.0.1:1", seconds=5).send(reminder())
    assert refused.value.code == "mail_server_unreachable"


async def test_without_a_configured_server_sending_is_a_transient_failure():
    with pytest.raises(TransientFailure) as refused:
        await SmtpClient("", seconds=5).send(reminder())
    assert refused.value.code == "mail_server_unset"


async def test_an_address_with_characters_beyond_ascii_is_sent_to(server_with_auth):
    recorder, port = server_with_auth
    await SmtpClient(f"smtp://post%40office:s3cr%3At@127.0.0.1:{port}", seconds=5).send(reminder(to="zoë@example.com", text="Zoë"))
    ((_, to, _),) = recorder.mails
    assert to == ["zoë@example.com"]


def test_a_practices_name_cannot_add_headers():
    mail = reminder(sender_name="Lakeside\r\nBcc: everybody@example.com", subject="Lakeside\r\nBcc: x@example.com")
    assert mail["Bcc"] is None
    assert mail["From"].addresses[0].display_name == "Lakeside Bcc: everybody@example.com"
    assert b"\nBcc" not in mail.as_bytes()


@pytest.mark.parametrize("address", ["ada", "ada@", "ada@example.com\r\nBcc: b@example.com", "a b@example.com", ""])
def test_a_malformed_address_is_refused(address):
    with pytest.raises(ValueError):
        reminder(to=address)


def test_production_needs_a_mail_server():
    with pytest.raises(ValidationError, match="CASELOAD_SMTP_URL is not set"):
        NotificationsSettings(environment="production")
    assert NotificationsSettings(environment="development", smtp_url=SecretStr("")).faults() != []


def test_the_lease_must_be_longer_than_a_conversation():
    with pytest.raises(ValidationError, match="CASELOAD_LEASE_SECONDS"):
        NotificationsSettings(environment="development", mail_seconds=60, lease_seconds=60)


def test_reports_are_not_received_without_a_domain_that_they_come_to():
    with pytest.raises(ValidationError, match="CASELOAD_BOUNCE_LISTEN needs CASELOAD_BOUNCE_DOMAIN"):
        NotificationsSettings(environment="development", bounce_listen="127.0.0.1:2525")


def test_headers_are_written_as_the_standard_library_folds_them():
    chosen = random.Random(7)
    for _ in range(300):
        name, subject = ("".join(chosen.choices("abc DEF.,:;<>()\"'\\@=?_- /%ü", k=chosen.randint(0, 90))) for _ in range(2))
        mail = reminder(sender_name=name, subject=subject)
        for header, value in mail.items():
            assert as_sent(utf8=False).fold_binary(header, value) == EmailPolicy(linesep="\r\n").fold_binary(header, value)
