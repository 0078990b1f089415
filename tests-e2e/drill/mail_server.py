"""A mail server that accepts, defers, hangs or is closed, on command. Counts every mail by its Message-ID."""

import asyncio
import email
import email.policy
from collections import Counter
from collections.abc import Callable

from aiosmtpd.smtp import SMTP

from chassis.local.processes import free_port


class MailServer:
    """Keeps its port when it is closed and opened again. `failed_conversations` counts the conversations that a fault affected."""

    def __init__(self):
        self.port = free_port()
        self.accepted: Counter[str] = Counter()
        self.recipients: Counter[str] = Counter()
        # By recipient, the text of the mail that came last.
        self.newest: dict[str, str] = {}
        self.failed_conversations: Counter[str] = Counter()
        self._behaviour = "accepts"
        # Senders keep their connections for later mails.
        self.conversations: set[_Conversation] = set()
        self._server: asyncio.Server | None = None
        self._held: list[Callable[[], None]] = []

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def behaviour(self):
        return self._behaviour

    @behaviour.setter
    def behaviour(self, behaviour):
        """Whatever it is from now on, it is for those that are connected, too."""
        self._behaviour = behaviour
        self._hang_up()

    def _hang_up(self):
        for conversation in list(self.conversations):
            conversation.transport.abort()

    async def open(self):
        self._server = await asyncio.get_running_loop().create_server(lambda: _Conversation(self), "127.0.0.1", self.port)

    async def close(self):
        """Refuses connections until it is opened again."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._hang_up()
        self.release()
        await asyncio.sleep(0)

    def hold(self, abort):
        """Keeps a client waiting for the greeting."""
        self.failed_conversations["hangs"] += 1
        self._held.append(abort)

    def release(self):
        """Aborts the connections of the clients that are kept waiting."""
        held, self._held = self._held, []
        for abort in held:
            abort()

    # Called by aiosmtpd.
    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.behaviour == "defers":
            self.failed_conversations["defers"] += 1
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.accepted[str(mail["Message-ID"])] += 1
        self.recipients[envelope.rcpt_tos[0]] += 1
        self.newest[envelope.rcpt_tos[0]] = mail.get_body(("plain",)).get_content()
        return "250 OK"


class _Conversation(SMTP):
    def __init__(self, mail_server):
        super().__init__(mail_server, hostname="localhost", enable_SMTPUTF8=True, loop=asyncio.get_running_loop())
        self._mail_server = mail_server
        self._greeted = False

    def connection_made(self, transport):
        if self._mail_server.behaviour == "hangs":
            self._mail_server.hold(transport.abort)
            return
        self._greeted = True
        super().connection_made(transport)
        self._mail_server.conversations.add(self)

    def data_received(self, data):
        if self._greeted:
            super().data_received(data)

    def eof_received(self):
        return super().eof_received() if self._greeted else False

    def connection_lost(self, error):
        if self._greeted:
            self._mail_server.conversations.discard(self)
            super().connection_lost(error)
