"""One conversation with a mail server, which ends in exactly one of four ways.

Taken (it returns) · NotTaken (try again later) · Refused (never try again) · Undecided (the mail was handed over, but
no answer came: it may have been delivered, and must not be sent again).
"""

import asyncio
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import SMTPUTF8
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from chassis.settings import is_local


class Unsent(Exception):
    """A mail that was not, or not knowingly, taken. `code` is ours; a server's own words quote addresses."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotTaken(Unsent):
    """Nobody has it; later it may be taken."""


class Refused(Unsent):
    """Nobody has it, and nobody will take it. `bounced`: because of the address."""

    def __init__(self, code: str, *, bounced: bool = False) -> None:
        super().__init__(code)
        self.bounced = bounced


class Undecided(Unsent):
    """Somebody may have it."""


class MailServer:
    """The server of an address: smtp://user:password@host:port, or smtps:// for TLS from the first byte.

    Beyond this machine STARTTLS is demanded, on it it is taken when offered; ?starttls=optional or =required decide otherwise.
    """

    def __init__(self, url: str, *, seconds: float) -> None:
        parts = urlsplit(url)
        self._seconds = seconds
        self._host = parts.hostname
        self._use_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._use_tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        usual = "optional" if is_local(parts.hostname) else "required"
        needed = parse_qs(parts.query).get("starttls", [usual]) != ["optional"]
        # For aiosmtplib None is: when offered.
        self._start_tls = False if self._use_tls else needed or None

    async def send(self, message: EmailMessage) -> None:
        """Hands the mail over. Raises NotTaken, Refused or Undecided."""
        if self._host is None:
            raise NotTaken("mail_server_unset")
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._use_tls,
            start_tls=self._start_tls,
            timeout=self._seconds,
        )
        handover = _Handover()
        try:
            async with asyncio.timeout(self._seconds):
                await self._converse(client, message, handover)
        except Unsent:
            raise
        except Exception as error:  # whatever broke, only what had been handed over by then counts
            if handover.begun:
                raise Undecided("broken_off_after_data") from error
            raise NotTaken(_broken_off(error)) from error
        finally:
            client.close()

    async def _converse(self, client: aiosmtplib.SMTP, message: EmailMessage, handover: "_Handover") -> None:
        await client.connect()
        sender, recipient = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
        foreign = not (sender.isascii() and recipient.isascii())
        if foreign and not client.supports_extension("smtputf8"):
            raise Refused("address_not_supported", bounced=True)
        options = ["SMTPUTF8", "BODY=8BITMIME"] if foreign else []
        encoding = "utf-8" if foreign else "ascii"
        body = message.as_bytes(policy=SMTPUTF8 if foreign else SMTP_POLICY)
        try:
            await client.mail(sender, options=options, encoding=encoding)
            await client.rcpt(recipient, encoding=encoding)
            handover.watch(client)
            await client.data(body)
        except aiosmtplib.SMTPSenderRefused as refusal:
            # Says something of our account or the server's mood, not of this mail.
            raise NotTaken(f"sender_refused_{refusal.code}") from None
        except aiosmtplib.SMTPRecipientRefused as refusal:
            if refusal.code >= 500:
                raise Refused(f"recipient_refused_{refusal.code}", bounced=True) from None
            raise NotTaken(f"recipient_deferred_{refusal.code}") from None
        except aiosmtplib.SMTPDataError as refusal:
            if refusal.code >= 500:
                raise Refused(f"mail_refused_{refusal.code}") from None
            raise NotTaken(f"mail_deferred_{refusal.code}") from None
        try:
            await client.quit()
        except (aiosmtplib.SMTPException, OSError):
            return  # the mail has been taken; how they part does not matter


class _Handover:
    """Notices the first byte of the mail itself. aiosmtplib does DATA and the body in one call, and does not tell which broke."""

    def __init__(self) -> None:
        self.begun = False

    def watch(self, client: aiosmtplib.SMTP) -> None:
        protocol = client.protocol
        assert protocol is not None
        write = protocol.write

        def noticing(data: bytes) -> None:
            if data != b"DATA\r\n":
                self.begun = True
            write(data)

        protocol.write = noticing  # type: ignore[method-assign]


def _broken_off(error: Exception) -> str:
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
