"""How much faster mails are handed over by connections that are kept, beside a connection for each mail.

`python -m bench.mail`. A mail server in a process of its own offers STARTTLS, asks for a user name and password, allows pipelining, and forgets what it
is given; it stands for the server and costs less than a real one. The suite's client and plain aiosmtplib hand it the same reminder over one connection
at a time, in turns, without and with a network of 20 ms in between, which delays every byte; only the connection itself is there at once. Plain sends one
mail after the other; ours has up to three ready, as the service has of many that are due. What the database costs a reminder is not in it.
"""

import asyncio
import contextlib
import multiprocessing
import os
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import cast

import aiosmtplib

from deployment.certificates import authority, issue
from notifications.mail.message import as_sent, build
from notifications.mail.smtp import MOST_MAILS, SmtpClient

USER, PASSWORD = "post", "s3cret"
# Reminders that are due in an hour, the connections of a process for them, and the mails that are ready on one.
IN_AN_HOUR, CONNECTIONS, READY = 100_000, 2, 3
LEAST_RATIO = 10.0
_REPLIES = {
    b"RSET": b"250 ok",
    b"NOOP": b"250 ok",
    b"AUTH": b"235 in",
    b"MAIL": b"250 ok",
    b"RCPT": b"250 ok",
    b"DATA": b"354 go",
    b"QUIT": b"221 bye",
}


class _Server(asyncio.Protocol):
    """Answers as a mail server does."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._buffer, self._in_mail, self._is_secure, self._is_shaking_hands = b"", False, False, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        if not self._is_secure:
            self._answer(b"220 bench ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._is_shaking_hands:
            return
        answers = b""
        while (line := self._next()) is not None:
            if line[:8].upper() == b"STARTTLS":
                # What follows is TLS, and not for us to read.
                self._transport.pause_reading()  # type: ignore[attr-defined]
                self._answer(b"220 go\r\n")
                self._securing = asyncio.ensure_future(self._secure())
                return
            answers += self._reply(line)
        if answers:
            self._answer(answers)

    def _next(self) -> bytes | None:
        end = b"\r\n.\r\n" if self._in_mail else b"\r\n"
        line, found, rest = self._buffer.partition(end)
        if not found:
            return None
        self._buffer = rest
        return line

    def _reply(self, line: bytes) -> bytes:
        if self._in_mail:
            self._in_mail = False
            return b"250 taken\r\n"
        word = line[:4].upper()
        if word == b"EHLO":
            return b"250-bench\r\n250-PIPELINING\r\n" + (b"250 AUTH PLAIN\r\n" if self._is_secure else b"250 STARTTLS\r\n")
        self._in_mail = word == b"DATA"
        return _REPLIES.get(word, b"500 what") + b"\r\n"

    def _answer(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)  # type: ignore[attr-defined]

    async def _secure(self) -> None:
        self._is_secure, self._is_shaking_hands, self._buffer = True, True, b""
        with contextlib.suppress(OSError):
            self._transport = await asyncio.get_running_loop().start_tls(self._transport, self, self._tls, server_side=True)  # type: ignore[arg-type,assignment]
        self._is_shaking_hands = False
        # The client may have spoken in the moment before we had the connection back.
        self.data_received(b"")


class _Network(asyncio.Protocol):
    """One end of a connection whose bytes reach the other end `late` seconds later, in both directions."""

    def __init__(self, late: float, port: int = 0) -> None:
        self._late, self._port, self._pending = late, port, b""
        self.other: _Network | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        if self._port:
            self._reaching = asyncio.ensure_future(self._reach())

    async def _reach(self) -> None:
        _, other = await asyncio.get_running_loop().create_connection(lambda: _Network(self._late), "127.0.0.1", self._port)
        self.other, other.other = other, self
        self.data_received(b"")

    def data_received(self, data: bytes) -> None:
        self._pending += data
        if self.other is not None and self._pending:
            asyncio.get_running_loop().call_later(self._late, self.other.take, self._pending)
            self._pending = b""

    def take(self, data: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.other is not None:
            asyncio.get_running_loop().call_later(self._late, self.other.transport.close)


def _serve(told: Connection, certificate: str, key: str, delay: float) -> None:
    async def serve() -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        loop = asyncio.get_running_loop()
        servers = [await loop.create_server(lambda: _Server(tls), "127.0.0.1", 0)]
        if delay:
            port = servers[0].sockets[0].getsockname()[1]
            servers.append(await loop.create_server(lambda: _Network(delay / 2, port), "127.0.0.1", 0))
        told.send(servers[-1].sockets[0].getsockname()[1])
        await servers[-1].serve_forever()

    asyncio.run(serve())


def reminder() -> EmailMessage:
    text = "Hello Ada,\n\nthis is a reminder of your appointment on Friday at 10:00.\n" * 8
    return build(
        sender="Lakeside <no-reply@mail.example.com>",
        to="ada@example.org",
        message_id="reminder.1",
        now=datetime(2026, 11, 20, 9, tzinfo=UTC),
        subject="Your appointment",
        text=text,
        html=f"<p>{text}</p>",
    )


@contextlib.asynccontextmanager
async def server(directory: Path, delay: float) -> AsyncIterator[int]:
    """The port of a mail server whose certificate this process believes."""
    signer = authority()
    pair = issue(signer, "bench", ("localhost", "127.0.0.1"))
    for name, content in (("authority", signer[0]), ("certificate", pair[0]), ("key", pair[1])):
        (directory / name).write_bytes(content)
    os.environ["SSL_CERT_FILE"] = str(directory / "authority")
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, str(directory / "certificate"), str(directory / "key"), delay))
    process.start()
    try:
        yield await asyncio.to_thread(ours.recv)
    finally:
        process.terminate()
        process.join()


async def plain(port: int, seconds: float) -> float:
    """Mails per second with a connection for each."""
    message, began, sent = reminder(), time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < seconds:
        body = message.as_bytes(policy=as_sent(utf8=False))
        await aiosmtplib.send(
            body,
            sender="no-reply@mail.example.com",
            recipients=["ada@example.org"],
            hostname="localhost",
            port=port,
            username=USER,
            password=PASSWORD,
            start_tls=True,
        )
        sent += 1
    return sent / passed


async def kept(port: int, seconds: float) -> float:
    """Mails per second over one connection of ours, which is opened meanwhile: at least as many as it is kept for."""
    client = SmtpClient(f"smtp://{USER}:{PASSWORD}@localhost:{port}?starttls=required", seconds=10, kept=1, shared=True)
    keeping = asyncio.create_task(client.run())
    await asyncio.sleep(0)
    message, began, sent = reminder(), time.perf_counter(), 0

    async def send() -> None:
        nonlocal sent
        while sent < MOST_MAILS or time.perf_counter() - began < seconds:
            await client.send(message)
            sent += 1

    await asyncio.gather(*(send() for _ in range(READY)))
    passed = time.perf_counter() - began
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    return sent / passed


async def compare(*, rounds: int, seconds: float) -> list[str]:
    lines = ["\nMail, one connection at a time, with STARTTLS and a password"]
    for delay in (0.0, 0.02):
        with tempfile.TemporaryDirectory(prefix="caseload-bench-") as directory:
            async with server(Path(directory), delay) as port:
                pairs = [(await kept(port, seconds), await plain(port, seconds)) for _ in range(rounds)]
        ours, theirs, ratios = median(p[0] for p in pairs), median(p[1] for p in pairs), [a / b for a, b in pairs]
        hour = f"{IN_AN_HOUR:,} in {IN_AN_HOUR / ours / CONNECTIONS / 60:.1f} minutes over {CONNECTIONS} connections"
        verdict = "  ok" if median(ratios) >= LEAST_RATIO else f"  below {LEAST_RATIO:.0f}"
        lines.append(
            f"  {f'network of {delay * 1000:.0f} ms':20} kept {ours:8.1f}/s   each its own {theirs:7.1f}/s   {median(ratios):.1f} times ({min(ratios):.1f} to {max(ratios):.1f}){verdict}; {hour}"
        )
    return lines


if __name__ == "__main__":
    sys.stdout.write(
        "\n".join(asyncio.run(compare(rounds=int(os.environ.get("ROUNDS", "5")), seconds=float(os.environ.get("SECONDS", "3"))))) + "\n"
    )
