"""One conversation with a mail server, and the letter that is handed over in it."""

import asyncio
from datetime import UTC, datetime

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from pydantic import SecretStr, ValidationError

from notifications.mail import letters
from notifications.mail.smtp import MailServer, NotTaken
from notifications.settings import NotificationsSettings

# aiosmtpd's advice to servers; here a password crosses no wire.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def letter(**but):
    places = {"first_name": "Ada", "practice": "Lakeside", "day": "Friday, 20 November 2026", "time": "10:00 CET"}
    return letters.REMINDER.written(
        **{"sender": "Caseload <no-reply@example.com>", "to": "ada@example.com", "message_id": "reminder.1", "now": NOW, **places, **but}
    )


class Keeper:
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
async def guarded():
    """A server that asks for a name and a password."""
    keeper, conversations = Keeper(), []

    def converse():
        conversations.append(SMTP(keeper, authenticator=_checks, auth_required=True, auth_require_tls=False, enable_SMTPUTF8=True))
        return conversations[-1]

    server = await asyncio.get_running_loop().create_server(converse, "127.0.0.1", 0)
    yield keeper, server.sockets[0].getsockname()[1]
    server.close()
    for conversation in conversations:
        if conversation.transport is not None:
            conversation.transport.abort()
    await asyncio.sleep(0)


async def test_the_name_and_password_of_the_address_are_presented(guarded):
    keeper, port = guarded
    await MailServer(f"smtp://post%40office:s3cr%3At@127.0.0.1:{port}", seconds=5).send(letter())
    ((who, to, _),) = keeper.mails
    assert (who.login, to) == (b"post@office", ["ada@example.com"])


async def test_a_wrong_password_is_nothing_against_the_mail(guarded):
    keeper, port = guarded
    with pytest.raises(NotTaken) as refused:
        await MailServer(f"smtp://post%40office:wrong@127.0.0.1:{port}", seconds=5).send(letter())
    assert refused.value.code == "sign_in_refused_535"
    assert keeper.mails == []


async def test_a_server_without_encryption_is_not_trusted_where_encryption_is_demanded(guarded):
    keeper, port = guarded
    with pytest.raises(NotTaken) as refused:
        await MailServer(f"smtp://post%40office:s3cr%3At@127.0.0.1:{port}?starttls=required", seconds=5).send(letter())
    assert refused.value.code == "starttls_or_sign_in_not_offered"
    assert keeper.mails == []


async def test_encryption_is_demanded_of_every_server_but_this_machines_own():
    assert MailServer("smtp://mail.example.com", seconds=5)._start_tls is True
    assert MailServer("smtp://mail.example.com?starttls=optional", seconds=5)._start_tls is None
    assert MailServer("smtp://127.0.0.1:25", seconds=5)._start_tls is None
    assert MailServer("smtps://mail.example.com", seconds=5)._start_tls is False
    assert MailServer("smtps://mail.example.com", seconds=5)._use_tls is True


async def test_a_server_that_is_not_there_is_tried_later():
    with pytest.raises(NotTaken) as refused:
        await MailServer("smtp://127.0.0.1:1", seconds=5).send(letter())
    assert refused.value.code == "mail_server_unreachable"


async def test_without_a_server_mails_wait():
    with pytest.raises(NotTaken) as refused:
        await MailServer("", seconds=5).send(letter())
    assert refused.value.code == "mail_server_unset"


async def test_an_address_beyond_ascii_is_written_to(guarded):
    keeper, port = guarded
    await MailServer(f"smtp://post%40office:s3cr%3At@127.0.0.1:{port}", seconds=5).send(letter(to="zoë@example.com", first_name="Zoë"))
    ((_, to, _),) = keeper.mails
    assert to == ["zoë@example.com"]


def test_a_practices_name_cannot_write_headers():
    mail = letter(sender_name="Lakeside\r\nBcc: everybody@example.com", practice="Lakeside")
    assert mail["Bcc"] is None
    assert mail["From"].addresses[0].display_name == "Lakeside Bcc: everybody@example.com"
    assert b"\nBcc" not in mail.as_bytes()


@pytest.mark.parametrize("address", ["ada", "ada@", "ada@example.com\r\nBcc: b@example.com", "a b@example.com", ""])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError):
        letter(to=address)


def test_production_needs_a_mail_server():
    with pytest.raises(ValidationError, match="CASELOAD_SMTP_URL is not set"):
        NotificationsSettings(environment="production")
    assert NotificationsSettings(environment="development", smtp_url=SecretStr("")).faults() != []


def test_a_living_sender_keeps_its_claim():
    with pytest.raises(ValidationError, match="CASELOAD_LEASE_SECONDS"):
        NotificationsSettings(environment="development", mail_seconds=60, lease_seconds=60)
