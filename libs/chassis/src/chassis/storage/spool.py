"""A file for as long as a call needs it: on disk it has no name and is sealed with a key that only this process's memory holds.

The format is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015), as age has it: chunks of 64 KiB, each sealed with AES-256-GCM. The nonce
is the chunk's number in 11 bytes and a byte that is 1 for the last chunk and 0 for the others, so that a chunk opens in its own place only
and a file that was cut short does not open at all.
"""

import asyncio
import io
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from tempfile import TemporaryFile
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.cancellation import finish_despite_cancellation
from chassis.errors import Unavailable

CHUNK = 64 * 1024
_TAG = 16
_KEY_BITS = 256


class Spool(io.RawIOBase):
    """Written once from the beginning to the end, then read in any order. Whatever its size, it holds two chunks in memory.

    Not for two threads at once. Reading raises InvalidTag when somebody else has changed the file on disk.
    """

    def __init__(self) -> None:
        super().__init__()
        # Without a name from the beginning where the file system can do that (O_TMPFILE); elsewhere it loses its name at once.
        self._file = TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `close`
        self._cipher = AESGCM(AESGCM.generate_key(_KEY_BITS))
        self._digest = sha256()
        self._unsealed = bytearray()
        self._chunks = 0
        self._complete = False
        self._position = 0
        self._opened: tuple[int, bytes] = (-1, b"")
        self.size = 0

    async def append(self, data: bytes) -> None:
        """Adds to the end. Raises Unavailable when the disk is full."""
        await _on_disk(partial(self._append, data))

    async def complete(self) -> None:
        """Ends the writing; from now on the file can be read. Raises Unavailable when the disk is full."""
        await _on_disk(self._finish)

    @property
    def sha256(self) -> bytes:
        """The digest of what was written."""
        return self._digest.digest()

    @property
    def chunks(self) -> int:
        """How many pieces the content has; an empty one has one."""
        return self._chunks

    def pieces(self) -> Iterator[bytes]:
        """The whole content, chunk by chunk."""
        return map(self._open, range(self._chunks))

    def close(self) -> None:
        self._file.close()
        super().close()

    def readable(self) -> bool:
        return self._complete

    def seekable(self) -> bool:
        return self._complete

    def readinto(self, buffer: Any) -> int:
        number, offset = divmod(self._position, CHUNK)
        if self._position >= self.size:
            return 0
        if self._opened[0] != number:
            self._opened = (number, self._open(number))
        part = self._opened[1][offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence])
        return self._position

    def tell(self) -> int:
        return self._position

    def _append(self, data: bytes) -> None:
        self.size += len(data)
        self._digest.update(data)
        self._unsealed += data
        # What is left over is never empty, unless the file is: it becomes the last chunk.
        while len(self._unsealed) > CHUNK:
            self._seal(bytes(self._unsealed[:CHUNK]), last=False)
            del self._unsealed[:CHUNK]

    def _finish(self) -> None:
        self._seal(bytes(self._unsealed), last=True)
        self._unsealed.clear()
        self._complete = True

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        unwritten = memoryview(self._cipher.encrypt(_nonce(self._chunks, last=last), chunk, None))
        while unwritten:
            unwritten = unwritten[self._file.write(unwritten) :]
        self._chunks += 1

    def _open(self, number: int) -> bytes:
        self._file.seek(number * (CHUNK + _TAG))
        sealed = self._file.read(CHUNK + _TAG)
        return self._cipher.decrypt(_nonce(number, last=number == self._chunks - 1), sealed, None)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


async def _on_disk(write: Callable[[], None]) -> None:
    # A thread does not stop when its caller is cancelled. Closed under its hands, the file's number could be another file's by the time it writes.
    writing = asyncio.get_running_loop().run_in_executor(None, write)
    try:
        await finish_despite_cancellation(writing)
    except OSError as error:
        raise Unavailable("no_room", "There is no room for this at the moment; try again later.", retry_after=30.0) from error
