"""Hands one mail to a mail server by SMTP. There are four outcomes.

accepted            `send` returns
TransientFailure    the mail was not accepted; try again later
PermanentFailure    the mail was not accepted and never will be
UnknownOutcome      the mail was transmitted, but the server did not answer: it may be delivered, do not send it again
"""

import asyncio
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from chassis.settings import is_local
from notifications.mail.message import as_sent


class DeliveryFailure(Exception):
    """The mail server did not confirm that it accepted the mail. `code` is our own: a server's reply may quote an address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TransientFailure(DeliveryFailure):
    """The mail was not accepted, and may be accepted later."""


class PermanentFailure(DeliveryFailure):
    """The mail was not accepted and will not be. `bounced`: because of the recipient's address."""

    def __init__(self, code: str, *, bounced: bool = False) -> None:
        super().__init__(code)
        self.bounced = bounced


class UnknownOutcome(DeliveryFailure):
    """The mail may have been accepted."""


class SmtpClient:
    """Sends mail to the server of a URL: smtp://user:password@host:port, or smtps:// for TLS from the first byte.

    For smtp://, STARTTLS is required, except on this machine, where it is used if the server offers it. The query
    parameter starttls=optional or starttls=required overrides this. `seconds` limits one whole conversation.
    """

    def __init__(self, url: str, *, seconds: float) -> None:
        parts = urlsplit(url)
        self._seconds = seconds
        self._host = parts.hostname
        self._use_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._use_tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        default = "optional" if is_local(parts.hostname) else "required"
        required = parse_qs(parts.query).get("starttls", [default]) != ["optional"]
        # For aiosmtplib, None means: if the server offers it.
        self._start_tls = False if self._use_tls else required or None

    async def send(self, message: EmailMessage) -> None:
        """Returns when the server has accepted the mail. Raises TransientFailure, PermanentFailure or UnknownOutcome."""
        client = self._client()
        transmission = _Transmission()
        try:
            async with asyncio.timeout(self._seconds):
                await self._converse(client, message, transmission)
        except DeliveryFailure:
            raise
        except Exception as error:  # whatever failed, only how far the mail had got matters
            if transmission.accepted:
                return
            if transmission.begun:
                raise UnknownOutcome("broken_off_after_data") from error
            raise TransientFailure(_failure_code(error)) from error
        finally:
            client.close()

    async def greet(self) -> None:
        """Returns when the server has let us in as it would for a mail. Raises TransientFailure."""
        client = self._client()
        try:
            async with asyncio.timeout(self._seconds):
                await client.connect()
                await client.quit()
        except Exception as error:
            raise TransientFailure(_failure_code(error)) from error
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        if self._host is None:
            raise TransientFailure("mail_server_unset")
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._use_tls,
            start_tls=self._start_tls,
            timeout=self._seconds,
        )

    async def _converse(self, client: aiosmtplib.SMTP, message: EmailMessage, transmission: "_Transmission") -> None:
        await client.connect()
        sender, recipient = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
        needs_smtputf8 = not (sender.isascii() and recipient.isascii())
        if needs_smtputf8 and not client.supports_extension("smtputf8"):
            raise PermanentFailure("address_not_supported", bounced=True)
        options = ["SMTPUTF8", "BODY=8BITMIME"] if needs_smtputf8 else []
        encoding = "utf-8" if needs_smtputf8 else "ascii"
        body = message.as_bytes(policy=as_sent(utf8=needs_smtputf8))
        try:
            await client.mail(sender, options=options, encoding=encoding)
            await client.rcpt(recipient, encoding=encoding)
            transmission.watch(client)
            await client.data(body)
            transmission.accepted = True
        except aiosmtplib.SMTPSenderRefused as refusal:
            # Concerns our account or the server's load, not this mail.
            raise TransientFailure(f"sender_refused_{refusal.code}") from None
        except aiosmtplib.SMTPRecipientRefused as refusal:
            if refusal.code >= 500:
                raise PermanentFailure(f"recipient_refused_{refusal.code}", bounced=True) from None
            raise TransientFailure(f"recipient_deferred_{refusal.code}") from None
        except aiosmtplib.SMTPDataError as refusal:
            if refusal.code >= 500:
                raise PermanentFailure(f"mail_refused_{refusal.code}") from None
            raise TransientFailure(f"mail_deferred_{refusal.code}") from None
        await client.quit()


class _Transmission:
    """Notices the first byte of the mail itself. aiosmtplib sends DATA and the body in one call, and does not say which failed."""

    def __init__(self) -> None:
        self.begun = False
        # The server has answered for the mail: what fails afterwards has no effect.
        self.accepted = False

    def watch(self, client: aiosmtplib.SMTP) -> None:
        protocol = client.protocol
        assert protocol is not None
        write = protocol.write

        def write_and_notice(data: bytes) -> None:
            if data != b"DATA\r\n":
                self.begun = True
            write(data)

        protocol.write = write_and_notice  # type: ignore[method-assign]


def _failure_code(error: Exception) -> str:
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return f"sign_in_refused_{error.code}"
        case aiosmtplib.SMTPConnectResponseError() | aiosmtplib.SMTPHeloError():
            return f"server_refuses_{error.code}"
        case TimeoutError():
            return "mail_server_silent"
        case aiosmtplib.SMTPServerDisconnected():
            return "mail_server_hung_up"
        case OSError():
            return "mail_server_unreachable"
        case aiosmtplib.SMTPException():
            return "starttls_or_sign_in_not_offered"
        case _:
            return "conversation_failed"
