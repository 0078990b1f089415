"""Has clamd look for malware in a file, by the command INSTREAM of clamd(8): the file is sent in chunks and one line is the answer."""

import asyncio
import logging
import socket
import struct

from chassis.errors import Invalid, Unavailable
from chassis.storage.spool import Spool
from chassis.work.unit_of_work import UnitOfWork
from clinical.attachments.turns import Turns

# clamd itself scans up to ten at a time (MaxThreads), and may have other clients.
AT_ONCE = 4
_COMMAND = b"zINSTREAM\0"
_END_OF_FILE = struct.pack(">I", 0)
_LONGEST_REPLY = 1024
_SECONDS_UNTIL_BACK = 30.0

_log = logging.getLogger(__name__)


class Scanner:
    """The clamd that listens at `address`, host:port or unix:/path, and may take `seconds` for a file. A connection is for one file."""

    def __init__(self, address: str, seconds: float) -> None:
        self._address = address
        self._seconds = seconds
        self._turns = Turns(AT_ONCE)

    async def scan(self, file: Spool, work: UnitOfWork) -> None:
        """Returns if clamd finds nothing in the file.

        Raises Invalid("file_infected") if it does, Invalid("file_too_large_to_scan") above its StreamMaxLength, and
        Unavailable("scanner_unavailable") where it does not answer in time, or answers that it failed.
        """
        async with self._turns.take(work.workspace_id):
            try:
                async with asyncio.timeout(min(self._seconds, work.context.remaining() or self._seconds)):
                    reply = await self._ask(file)
            except (OSError, TimeoutError) as error:
                _log.warning("clamd does not answer", extra={"error": type(error).__name__})
                raise _away() from None
        if malware := malware_in(reply):
            # The trail is told: somebody sends malware, or their machine does.
            work.note(malware=malware)
            raise Invalid("file_infected", "The malware scanner has found something in this file.", audited=True)

    async def _ask(self, file: Spool) -> bytes:
        loop = asyncio.get_running_loop()
        with await _connected(self._address) as connection:
            try:
                await loop.sock_sendall(connection, _COMMAND)
                for piece in file.pieces():
                    await loop.sock_sendall(connection, struct.pack(">I", len(piece)) + piece)
                await loop.sock_sendall(connection, _END_OF_FILE)
            except (BrokenPipeError, ConnectionResetError):
                # Above its limit it answers and closes before all has been sent. The answer can still be read.
                pass
            reply = b""
            while b"\0" not in reply and len(reply) < _LONGEST_REPLY and (more := await loop.sock_recv(connection, _LONGEST_REPLY)):
                reply += more
            return reply


async def _connected(address: str) -> socket.socket:
    """A connection to host:port or unix:/path. Raises OSError."""
    loop = asyncio.get_running_loop()
    if address.startswith("unix:"):
        return await _connect(socket.AF_UNIX, address.removeprefix("unix:"))
    host, _, port = address.rpartition(":")
    failure: OSError | None = None
    for family, _, _, _, place in await loop.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM):
        try:
            return await _connect(family, place)
        except OSError as error:
            failure = error
    raise failure or OSError("no such host")


async def _connect(family: int, place: object) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, place)  # type: ignore[arg-type]
    except BaseException:
        connection.close()
        raise
    return connection


def malware_in(reply: bytes) -> str | None:
    """What clamd calls the malware that it found, None if it found none.

    Raises Invalid("file_too_large_to_scan") for a file above its limit, and Unavailable for an answer that says neither.
    """
    text, end, _ = reply.partition(b"\0")
    # An answer that was cut off is none.
    line = text.decode(errors="replace") if end else ""
    if line == "stream: OK":
        return None
    if line.startswith("stream: ") and line.endswith(" FOUND"):
        return line.removeprefix("stream: ").removesuffix(" FOUND")
    if line == "INSTREAM size limit exceeded. ERROR":
        _log.warning("clamd takes no file of this size: its StreamMaxLength is below what uploads may have")
        raise Invalid("file_too_large_to_scan", "The malware scanner takes no file of this size.")
    _log.warning("clamd has not scanned a file", extra={"answered": bool(line)})
    raise _away()


def _away() -> Unavailable:
    return Unavailable("scanner_unavailable", "The malware scanner does not answer; try again later.", retry_after=_SECONDS_UNTIL_BACK)
