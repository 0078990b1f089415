"""Receives reports about mail by SMTP or LMTP. A report is answered with 250 when what it changes is committed, and with 451 if it cannot be now."""

import asyncio
import logging
import socket
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from prometheus_client import Counter

from chassis.bounded_threads import BoundedThreads
from chassis.errors import Refusal
from chassis.service.runtime import Runtime
from notifications.bounces import rules, workflow
from notifications.return_paths.tokens import ReturnToken
from notifications.settings import NotificationsSettings

_log = logging.getLogger(__name__)
_REPORTS = Counter("caseload_mail_reports_total", "Reports about mail, by what they report.", ["outcome", "reason"])

# A report may return the whole mail, which is one of ours, and has lines that no standard allows.
_MOST_BYTES = 1024 * 1024
_LONGEST_LINE = 256 * 1024
_SECONDS = 60.0
_MOST_CONVERSATIONS = 50
_LATER = "451 4.3.0 Not now, please try again later"


class BounceReceiver:
    """One server per process; any number may take reports of the same domain."""

    def __init__(self, runtime: Runtime, settings: NotificationsSettings) -> None:
        self._runtime = runtime
        self._settings = settings
        self._threads = BoundedThreads("mail-reports", threads=1, queue=8, code="reports_busy", message="Too many reports at once.")
        self._open: set[Any] = set()
        # Where it listens, when it does.
        self.port = 0

    async def run(self) -> None:
        """Receives until cancelled."""
        host, _, port = self._settings.bounce_listen.rpartition(":")
        server = await asyncio.get_running_loop().create_server(self._conversation, host or None, int(port), family=socket.AF_UNSPEC)
        self.port = server.sockets[0].getsockname()[1]
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            for conversation in list(self._open):
                if conversation.transport is not None:
                    conversation.transport.abort()

    def _conversation(self) -> SMTP:
        kind = _Lmtp if self._settings.bounce_protocol == "lmtp" else _Smtp
        return kind(
            self,
            open_conversations=self._open,
            hostname=self._settings.bounce_domain,
            ident="Caseload",
            data_size_limit=_MOST_BYTES,
            enable_SMTPUTF8=True,
            timeout=_SECONDS,
        )

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time, please"
        token = ReturnToken.of_address(address, self._settings.bounce_domain)
        try:
            if token is None or not await workflow.is_known(self._runtime, token):
                return "550 5.1.1 No such return path"
        except Refusal:
            return _LATER
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        token = ReturnToken.of_address(envelope.rcpt_tos[0], self._settings.bounce_domain)
        assert token is not None  # handle_RCPT took it
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            report = rules.settled(await self._threads.run(lambda: rules.read(content)))
            if report is not None:
                await workflow.apply(self._runtime, token, report)
        except Refusal as refusal:
            _log.warning("a report about a mail was put off", extra={"reason": refusal.code})
            return _LATER
        _REPORTS.labels("none" if report is None else report.outcome, (report and report.reason) or "").inc()
        return "250 2.0.0 OK"


class _Bounded:
    """Takes no more than so many conversations, and lines of any sensible length."""

    line_length_limit = _LONGEST_LINE

    def __init__(self, handler: BounceReceiver, *, open_conversations: set[Any], **options: Any) -> None:
        super().__init__(handler, **options)  # type: ignore[call-arg]
        self._open_conversations = open_conversations

    def connection_made(self, transport: Any) -> None:
        if len(self._open_conversations) >= _MOST_CONVERSATIONS:
            transport.write(b"421 4.3.2 Too many connections, please try again later\r\n")
            transport.close()
            return
        self._open_conversations.add(self)
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        self._open_conversations.discard(self)
        # One that was turned away never began.
        if self.transport is not None:  # type: ignore[attr-defined]
            super().connection_lost(error)  # type: ignore[misc]


class _Smtp(_Bounded, SMTP):
    pass


class _Lmtp(_Bounded, LMTP):
    pass
