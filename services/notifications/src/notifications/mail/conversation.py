"""One conversation with a mail server, in which any number of mails are handed over, one after the other.

aiosmtplib connects, negotiates TLS and signs in. Afterwards the commands of a mail go out together where the server allows it (RFC 2920), which
takes two round trips for a mail, where a command at a time takes four, and a connection for each mail about eleven.
"""

import asyncio
import re
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


def _goes_on(step: str, reply: Reply) -> bool:
    return reply.code == _SEND_IT if step == "DATA" else reply.accepts


class HungUp(Exception):
    """The server closed the connection, or said something that is no reply."""


class Conversation:
    """A server that has let us in. `begun` tells of the mail in hand whether its first byte has left, and `accepted` whether the server took it."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        """`client` is connected; from now on it is used through this object alone."""
        if client.transport is None:
            raise HungUp("not connected")
        # Of uvloop it is no asyncio.WriteTransport, and does the same.
        self._transport = cast("asyncio.WriteTransport", client.transport)
        self._client = client
        self._extensions = {name for name in ("pipelining", "smtputf8", "dsn") if client.supports_extension(name)}
        self._reader = asyncio.StreamReader(limit=_LONGEST_REPLY)
        protocol = asyncio.StreamReaderProtocol(self._reader)
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        self.mails = 0
        self.begun = self.accepted = False
        # Whether something of a mail is left that was refused.
        self._is_unfinished = False

    def supports(self, extension: str) -> bool:
        return extension in self._extensions

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing() and not self._reader.at_eof()

    async def deliver(self, sender: str, recipient: str, body: bytes, *, options: Sequence[str] = ()) -> None:
        """Hands over one mail. Raises Refused, after which the next mail can be handed over, or HungUp or OSError, after which none can."""
        self.begun = self.accepted = False
        self.mails += 1
        await self._reset()
        commands = [f"MAIL FROM:<{sender}>{''.join(f' {each}' for each in options)}", f"RCPT TO:<{recipient}>", "DATA"]
        refused = await self._begin(commands)
        if refused is not None:
            self._is_unfinished = True
            raise refused
        self.begun = True
        # A dot at the beginning of a line is doubled, and one on a line of its own ends the mail (RFC 5321, 4.5.2).
        text = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in _LINE_ENDS.split(body.removesuffix(b"\r\n")))
        self._transport.write(text + b"\r\n.\r\n")
        reply = await self._reply()
        if not reply.accepts:
            raise Refused("end", reply)
        self.accepted = True

    async def _begin(self, commands: Sequence[str]) -> Refused | None:
        """Gives the commands before the mail. Returns the first refusal, or None if the server waits for the mail."""
        steps = ("MAIL", "RCPT", "DATA")
        if not self.supports("pipelining"):
            for step, command in zip(steps, commands, strict=True):
                reply = await self._command(command)
                if not _goes_on(step, reply):
                    return Refused(step, reply)
            return None
        self._write(*commands)
        refusals: list[Refused] = []
        try:
            for step in steps:
                reply = await self._reply()
                if not _goes_on(step, reply):
                    refusals.append(Refused(step, reply))
            if reply.code == _SEND_IT and refusals:
                # It waits for a mail that nobody is to get: an empty one, which it refuses for want of a recipient.
                self._write(".")
                await self._reply()
        except HungUp:
            # Who refuses and hangs up has refused.
            if not refusals:
                raise
        return refusals[0] if refusals else None

    async def _reset(self) -> None:
        """Ends what is left of a mail that was refused, so that the next one begins anew. Raises HungUp where it cannot."""
        if self._is_unfinished and not (await self._command("RSET")).accepts:
            raise HungUp("no new mail")
        self._is_unfinished = False

    def close(self) -> None:
        """Says goodbye and does not wait for an answer: what was accepted is accepted."""
        if self.is_open:
            self._write("QUIT")
        self._transport.close()

    async def _command(self, command: str) -> Reply:
        self._write(command)
        return await self._reply()

    def _write(self, *commands: str) -> None:
        if any(character in command for command in commands for character in "\r\n\0"):
            raise ValueError("a command has one line")
        self._transport.write("".join(f"{command}\r\n" for command in commands).encode())

    async def _reply(self) -> Reply:
        lines: list[str] = []
        while len(lines) < _MOST_LINES:
            try:
                line = await self._reader.readuntil(b"\n")
            except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError) as error:
                self._transport.abort()
                raise HungUp("no reply") from error
            if not line[:3].isdigit():
                break
            lines.append(line[4:].decode("utf-8", "replace").strip())
            if line[3:4] != b"-":
                reply = Reply(int(line[:3]), " ".join(lines))
                if reply.code == 421:
                    # It is about to close the connection, whatever it was asked.
                    self._transport.abort()
                return reply
        self._transport.abort()
        raise HungUp("not a reply")
