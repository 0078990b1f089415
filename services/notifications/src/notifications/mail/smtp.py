"""Hands mail to a mail server by SMTP, over connections that are kept. There are four outcomes of each mail.

accepted            `send` returns
TransientFailure    the mail was not accepted; try again later
PermanentFailure    the mail was not accepted and never will be
UnknownOutcome      the mail was transmitted, but the server did not answer: it may be delivered, do not send it again
"""

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from chassis.settings import is_local
from notifications.mail.conversation import Conversation, HungUp, Mail, Refused
from notifications.mail.message import as_sent
from notifications.return_paths.rules import Reason, reason_of

# A connection is given up after so many mails, or so many seconds without one. Servers have limits of their own, which are higher as a rule.
MOST_MAILS = 500
_IDLE_SECONDS = 20.0
# The one whose text is out, the one whose commands go with that text, and one that is ready to be next.
_MOST_ON_ONE = 3


class DeliveryFailure(Exception):
    """The mail server did not confirm that it accepted the mail. `code` is our own: a server's reply may quote an address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TransientFailure(DeliveryFailure):
    """The mail was not accepted, and may be accepted later: not before `asked` has passed, where whoever is asked says so."""

    def __init__(self, code: str, *, asked: timedelta = timedelta()) -> None:
        super().__init__(code)
        self.asked = asked


class PermanentFailure(DeliveryFailure):
    """The mail was not accepted and will not be. `bounced`: why the server does not take mail for the recipient, if it is that."""

    def __init__(self, code: str, *, bounced: Reason | None = None) -> None:
        super().__init__(code)
        self.bounced = bounced


class UnknownOutcome(DeliveryFailure):
    """The mail may have been accepted."""


class SmtpClient:
    """Sends mail to the server of a URL: smtp://user:password@host:port, or smtps:// for TLS from the first byte.

    For smtp://, STARTTLS is required, except on this machine, where it is used if the server offers it. The query
    parameter starttls=optional or starttls=required overrides this. `seconds` limits what one mail may take, with its wait for others. While `run`
    runs, up to `kept` connections are kept for the next mails. With `shared`, mails wait their turn on them once so many are in use, if the
    server allows pipelining; else each mail that is being sent has a connection of its own.
    """

    def __init__(self, url: str, *, seconds: float, kept: int = 0, shared: bool = False) -> None:
        parts = urlsplit(url)
        self._seconds = seconds
        self._kept = kept
        self._shared = shared
        self._opening = asyncio.Lock()
        # How many mails each has that are being sent.
        self._in_use: dict[Conversation, int] = {}
        # The one that was used last is the last one, and is used next; each with when that was.
        self._idle: list[tuple[Conversation, float]] = []
        self._runs = False
        self._host = parts.hostname
        self._use_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._use_tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        default = "optional" if is_local(parts.hostname) else "required"
        required = parse_qs(parts.query).get("starttls", [default]) != ["optional"]
        # For aiosmtplib, None means: if the server offers it.
        self._start_tls = False if self._use_tls else required or None

    async def run(self) -> None:
        """Keeps connections, and closes those that nobody needs, until cancelled."""
        self._runs = True
        try:
            while True:
                await asyncio.sleep(_IDLE_SECONDS / 4)
                since = asyncio.get_running_loop().time() - _IDLE_SECONDS
                self._drop([each for each in self._idle if each[1] < since or not each[0].is_open])
        finally:
            self._runs = False
            self._drop(self._idle)

    async def send(self, message: EmailMessage, *, return_path: str = "") -> None:
        """Returns when the server has accepted the mail. Raises TransientFailure, PermanentFailure or UnknownOutcome.

        Reports about it go to `return_path`, or else to its sender.
        """
        deadline = asyncio.get_running_loop().time() + self._seconds
        kept = self._take()
        if kept is None:
            kept, is_kept = await self._begin(deadline)
        else:
            is_kept = True
        # The server may have closed a connection that was kept or is shared, and says so only now. The text of the mail has not left then.
        if not await self._hand_over(kept, message, return_path, deadline, is_kept=is_kept):
            await self._hand_over(await self._open(deadline), message, return_path, deadline, is_kept=False)

    async def _begin(self, deadline: float) -> tuple[Conversation, bool]:
        """A new connection; of those that would open more than are kept together, the others wait for the first. Raises TransientFailure."""
        if not self._shared:
            return await self._open(deadline), False
        try:
            async with asyncio.timeout_at(deadline):
                await self._opening.acquire()
        except TimeoutError as error:
            raise TransientFailure(_failure_code(error)) from error
        try:
            opened_meanwhile = self._take()
            return (await self._open(deadline), False) if opened_meanwhile is None else (opened_meanwhile, True)
        finally:
            self._opening.release()

    async def _hand_over(
        self, conversation: Conversation, message: EmailMessage, return_path: str, deadline: float, *, is_kept: bool
    ) -> bool:
        """Whether the server took the mail. False if it has closed a connection that was kept. Raises DeliveryFailure for everything else."""
        mail = None
        self._in_use[conversation] = self._in_use.get(conversation, 0) + 1
        try:
            mail = _mail(conversation, message, return_path)
            async with asyncio.timeout_at(deadline):
                await conversation.deliver(mail)
        except Refused as refusal:
            if is_kept and refusal.reply.code == 421 and refusal.step != "end":
                return False
            raise _failure(refusal) from None
        except DeliveryFailure:
            raise
        except Exception as error:  # only how far the mail had got matters
            if mail is not None and mail.begun:
                raise UnknownOutcome("broken_off_after_data") from error
            if is_kept and isinstance(error, HungUp | ConnectionError):
                return False
            raise TransientFailure(_failure_code(error)) from error
        finally:
            self._give_back(conversation)
        return True

    def _take(self) -> Conversation | None:
        while self._idle:
            conversation, _ = self._idle.pop()
            if conversation.is_open:
                return conversation
            conversation.close()
        if not self._shared or not self._runs or len(self._in_use) < self._kept:
            return None
        open_to_more = [
            each
            for each, mails in self._in_use.items()
            if each.is_open and each.supports("pipelining") and mails < _MOST_ON_ONE and each.mails < MOST_MAILS
        ]
        return min(open_to_more, key=self._in_use.__getitem__, default=None)

    def _give_back(self, conversation: Conversation) -> None:
        self._in_use[conversation] -= 1
        if self._in_use[conversation]:
            # A mail of somebody else is on it.
            return
        del self._in_use[conversation]
        has_room = len(self._idle) < self._kept and (not self._shared or len(self._idle) + len(self._in_use) < self._kept)
        if self._runs and conversation.is_open and conversation.mails < MOST_MAILS and has_room:
            self._idle.append((conversation, asyncio.get_running_loop().time()))
        else:
            conversation.close()

    def _drop(self, conversations: list[tuple[Conversation, float]]) -> None:
        for each in list(conversations):
            self._idle.remove(each)
            each[0].close()

    async def _open(self, deadline: float) -> Conversation:
        """Raises TransientFailure: whatever failed, no mail has left."""
        client = self._client()
        try:
            async with asyncio.timeout_at(deadline):
                await client.connect()
            return Conversation(client)
        except Exception as error:
            client.close()
            raise TransientFailure(_failure_code(error)) from error
        except BaseException:
            client.close()
            raise

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


def _mail(conversation: Conversation, message: EmailMessage, return_path: str) -> Mail:
    """The mail as this server takes it."""
    sender, recipient = return_path or message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
    needs_smtputf8 = not (message["From"].addresses[0].addr_spec.isascii() and recipient.isascii())
    if needs_smtputf8 and not conversation.supports("smtputf8"):
        raise PermanentFailure("address_not_supported", bounced="unclear")
    options = ["SMTPUTF8", "BODY=8BITMIME"] if needs_smtputf8 else []
    if return_path and conversation.supports("dsn"):
        # RFC 3461: a report returns the headers of the mail, and nothing of what it says.
        options.append("RET=HDRS")
    return Mail(sender, recipient, message.as_bytes(policy=as_sent(utf8=needs_smtputf8)), options=options)


def _failure(refusal: Refused) -> DeliveryFailure:
    code = refusal.reply.code
    match refusal.step:
        case "MAIL":
            # Concerns our account or the server's load, not this mail.
            return TransientFailure(f"sender_refused_{code}")
        case "RCPT" if code >= 500:
            return PermanentFailure(f"recipient_refused_{code}", bounced=reason_of(f"{code} {refusal.reply.text}"))
        case "RCPT":
            return TransientFailure(f"recipient_deferred_{code}")
        case _ if code >= 500:
            return PermanentFailure(f"mail_refused_{code}")
        case _:
            return TransientFailure(f"mail_deferred_{code}")


def _failure_code(error: Exception) -> str:
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return f"sign_in_refused_{error.code}"
        case aiosmtplib.SMTPConnectResponseError() | aiosmtplib.SMTPHeloError():
            return f"server_refuses_{error.code}"
        case TimeoutError():
            return "mail_server_silent"
        case aiosmtplib.SMTPServerDisconnected() | HungUp():
            return "mail_server_hung_up"
        case OSError():
            return "mail_server_unreachable"
        case aiosmtplib.SMTPException():
            return "starttls_or_sign_in_not_offered"
        case _:
            return "conversation_failed"
