"""A mail server that takes, refuses, hangs or is not there, on command, and counts every mail by its Message-ID."""

import asyncio
import email
import email.policy
from collections import Counter
from collections.abc import Callable

from aiosmtpd.smtp import SMTP

from chassis.local.processes import free_port


class Postbox:
    """Always at the same address, open or not. `turned_away` counts conversations that a fault has met."""

    def __init__(self):
        self.port = free_port()
        self.taken: Counter[str] = Counter()
        self.recipients: Counter[str] = Counter()
        self.turned_away: Counter[str] = Counter()
        self.behaviour = "takes"
        self._server: asyncio.Server | None = None
        self._held: list[Callable[[], None]] = []

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    async def open(self):
        self._server = await asyncio.get_running_loop().create_server(lambda: _Conversation(self), "127.0.0.1", self.port)

    async def close(self):
        """Nobody listens here until it is opened again."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.let_go()
        await asyncio.sleep(0)

    def hold(self, abort):
        """Somebody who is kept waiting for a greeting."""
        self.turned_away["hangs"] += 1
        self._held.append(abort)

    def let_go(self):
        """Ends the conversations that were kept waiting."""
        held, self._held = self._held, []
        for abort in held:
            abort()

    # Called by aiosmtpd.
    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.behaviour == "defers":
            self.turned_away["defers"] += 1
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken[str(mail["Message-ID"])] += 1
        self.recipients[envelope.rcpt_tos[0]] += 1
        return "250 OK"


class _Conversation(SMTP):
    def __init__(self, postbox):
        super().__init__(postbox, hostname="localhost", enable_SMTPUTF8=True, loop=asyncio.get_running_loop())
        self._postbox = postbox
        self._greeted = False

    def connection_made(self, transport):
        if self._postbox.behaviour == "hangs":
            self._postbox.hold(transport.abort)
            return
        self._greeted = True
        super().connection_made(transport)

    def data_received(self, data):
        if self._greeted:
            super().data_received(data)

    def eof_received(self):
        return super().eof_received() if self._greeted else False

    def connection_lost(self, error):
        if self._greeted:
            super().connection_lost(error)
