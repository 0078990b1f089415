"""One conversation with a mail server, in which any number of mails are handed over, one after the other.

aiosmtplib connects, negotiates TLS and signs in. Afterwards, where the server allows it (RFC 2920), the commands of a mail go out together, and
together with the text of the mail before it: a mail takes one round trip while others wait, two where none does, and four where a command waits
for the answer to the one before. The text itself leaves when the server has asked for it, so that there is one mail at most whose answer is owed.
"""

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import aiosmtplib

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_LONGEST_REPLY = 16 * 1024
_MOST_LINES = 100
# The answer to DATA.
_SEND_IT = 354


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    text: str

    @property
    def accepts(self) -> bool:
        return 200 <= self.code < 300


class Refused(Exception):
    """The server did not accept one step of a mail: "MAIL", "RCPT", "DATA" or the "end" of its data."""

    def __init__(self, step: str, reply: Reply) -> None:
        super().__init__(f"{step} {reply.code}")
        self.step = step
        self.reply = reply


class HungUp(Exception):
    """The server closed the connection, or said something that is no reply."""


class Mail:
    """A mail as it is handed over. `begun` tells whether the first byte of its text has left: before that, it is surely not delivered."""

    def __init__(self, sender: str, recipient: str, body: bytes, *, options: Sequence[str] = ()) -> None:
        self.commands = [
            ("MAIL", f"MAIL FROM:<{sender}>{''.join(f' {each}' for each in options)}"),
            ("RCPT", f"RCPT TO:<{recipient}>"),
            ("DATA", "DATA"),
        ]
        if any(character in command for _, command in self.commands for character in "\r\n\0"):
            raise ValueError("a command has one line")
        self.text = _as_data(body)
        self.begun = self.is_withdrawn = False
        self.end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def refuse(self, step: str, reply: Reply) -> None:
        """The first refusal counts."""
        if not self.end.done():
            self.end.set_exception(Refused(step, reply))


class Conversation(asyncio.Protocol):
    """A server that has let us in. Mails that are given to it while one is on its way wait for their turn."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        """`client` is connected; from now on it is used through this object alone."""
        if client.transport is None:
            raise HungUp("not connected")
        # Of uvloop it is no asyncio.WriteTransport, and does the same.
        self._transport = cast("asyncio.WriteTransport", client.transport)
        self._client = client
        self._extensions = {name for name in ("pipelining", "smtputf8", "dsn") if client.supports_extension(name)}
        self._received = b""
        self._lines: list[str] = []
        # The mail whose text is out, the one whose commands are, and those of which nothing is.
        self._out: Mail | None = None
        self._ahead: Mail | None = None
        self._waiting: deque[Mail] = deque()
        # What the server owes an answer to, in this order, and the commands that wait for the answer to the one before.
        self._owed: deque[tuple[Mail, str]] = deque()
        self._held: deque[tuple[str, str]] = deque()
        self._is_ended = False
        # Whether something of a mail is left that was refused.
        self._is_unfinished = False
        self.mails = 0
        self._transport.set_protocol(self)

    def supports(self, extension: str) -> bool:
        return extension in self._extensions

    @property
    def is_open(self) -> bool:
        return not self._is_ended and not self._transport.is_closing() and not (self._ahead is not None and self._ahead.is_withdrawn)

    async def deliver(self, mail: Mail) -> None:
        """Hands over one mail. Raises Refused, after which the next mail can be handed over, or HungUp.

        Whoever stops waiting ends the conversation, but not before a mail that is out has its answer.
        """
        if not self.is_open:
            raise HungUp("closed")
        self.mails += 1
        self._waiting.append(mail)
        self._write(self._next())
        try:
            await mail.end
        except asyncio.CancelledError:
            self._withdraw(mail)
            raise

    def close(self) -> None:
        """Says goodbye and does not wait for an answer: what was accepted is accepted."""
        if self.is_open:
            self._transport.write(b"QUIT\r\n")
        self._transport.close()
        self._is_ended = True

    def _withdraw(self, mail: Mail) -> None:
        mail.is_withdrawn = True
        if mail in self._waiting:
            self._waiting.remove(mail)
        elif mail is self._out or (mail is self._ahead and self._out is None):
            self._end("withdrawn")

    def _next(self) -> bytes:
        """The commands of the next mail, if it may begin."""
        if self._ahead is not None or not self._waiting or (self._out is not None and not self.supports("pipelining")):
            return b""
        self._ahead = self._waiting.popleft()
        self._held.extend([("RSET", "RSET")] if self._is_unfinished else [])
        self._held.extend(self._ahead.commands)
        self._is_unfinished = False
        return self._commands()

    def _commands(self) -> bytes:
        """What may go out together of the commands of the mail ahead."""
        assert self._ahead is not None
        count = len(self._held) if self.supports("pipelining") else min(1, len(self._held))
        going = [self._held.popleft() for _ in range(count)]
        self._owed.extend((self._ahead, step) for step, _ in going)
        return "".join(f"{command}\r\n" for _, command in going).encode()

    def _write(self, data: bytes) -> None:
        if data and not self._is_ended:
            self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while not self._is_ended:
            line, found, rest = self._received.partition(b"\n")
            if not found:
                if len(line) > _LONGEST_REPLY:
                    self._end("not a reply")
                return
            self._received = rest
            self._on_line(line)

    def eof_received(self) -> bool:
        self._end("no reply")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._end("no reply")

    def _on_line(self, line: bytes) -> None:
        if not line[:3].isdigit() or len(line) > _LONGEST_REPLY or len(self._lines) >= _MOST_LINES:
            self._end("not a reply")
            return
        self._lines.append(line[4:].decode("utf-8", "replace").strip())
        if line[3:4] == b"-":
            return
        reply = Reply(int(line[:3]), " ".join(self._lines))
        self._lines = []
        if not self._owed:
            # A server says without being asked that it closes, and nothing else.
            self._end("not asked")
            return
        mail, step = self._owed.popleft()
        self._on_reply(mail, step, reply)
        if reply.code == 421:
            # It is about to close the connection, whatever it was asked.
            self._end("closing")

    def _on_reply(self, mail: Mail, step: str, reply: Reply) -> None:
        if step == "end":
            self._out = None
            if not reply.accepts:
                mail.refuse(step, reply)
            elif not mail.end.done():
                mail.end.set_result(None)
            if self._ahead is not None and self._ahead.is_withdrawn:
                self._end("withdrawn")
            self._write(self._next())
        elif step == "RSET" and not reply.accepts:
            self._end("no new mail")
        elif step == "DATA" and reply.code == _SEND_IT:
            self._send_text(mail)
        elif step in {"MAIL", "RCPT", "RSET"} and reply.accepts:
            if self._held:
                self._write(self._commands())
        else:
            mail.refuse(step, reply)
            self._held.clear()
            if not self._owed:
                self._ahead, self._is_unfinished = None, True
                self._write(self._next())

    def _send_text(self, mail: Mail) -> None:
        """The server waits for the text of the mail."""
        if mail.is_withdrawn:
            self._end("withdrawn")
            return
        if mail.end.done():
            # It was refused, so that nobody is to get it: an empty one, which the server refuses for want of a recipient.
            self._owed.append((mail, "nothing"))
            self._write(b".\r\n")
            return
        mail.begun, self._out, self._ahead = True, mail, None
        self._owed.append((mail, "end"))
        self._write(mail.text + self._next())

    def _end(self, why: str) -> None:
        """Breaks off. Every mail without an answer is told."""
        if self._is_ended:
            return
        self._is_ended = True
        self._transport.abort()
        for mail in (self._out, self._ahead, *self._waiting):
            if mail is not None and not mail.end.done():
                mail.end.set_exception(HungUp(why))


def _as_data(body: bytes) -> bytes:
    """A dot at the beginning of a line is doubled, and one on a line of its own ends the mail (RFC 5321, 4.5.2)."""
    text = b"\r\n".join(_LINE_ENDS.split(body.removesuffix(b"\r\n")))
    return (b"." if text.startswith(b".") else b"") + text.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n"
