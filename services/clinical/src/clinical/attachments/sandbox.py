"""Runs the sanitizer in a process of its own with bounded memory and time, so that a malicious file cannot harm the service."""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from chassis.errors import Invalid, Unavailable
from chassis.storage.spool import CHUNK, Spool
from chassis.work.unit_of_work import UnitOfWork
from clinical.attachments.rules import check_clean_size, check_size
from clinical.attachments.turns import Turns

PROGRAM = "clinical.attachments.sanitizer_process"
AT_ONCE = 2
MAX_SECONDS = 20.0
# Of what the process writes to its standard error, the last bytes.
_MOST_ERRORS = 64 * 1024
# The process inherits no variable that could hold a secret.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file as it may be stored."""

    content: Spool
    media_type: str
    # When a malware scanner found nothing in what it was made of; None where there is none.
    scanned_at: datetime | None = None


class Sandbox:
    """Sanitizes files, at most `AT_ONCE` at the same time, and the workspaces' in turn.

    Only the process holds a whole file; here it is on disk, and sealed.
    """

    def __init__(self) -> None:
        self._turns = Turns(AT_ONCE)

    async def sanitize(self, given: Spool, work: UnitOfWork) -> CleanFile:
        """The file as it may be stored. Raises Invalid as `sanitizer.sanitize` does, also for too much of it, and file_unsafe if the process hits its limits.

        Raises Unavailable if it takes too long or is killed, RuntimeError if the process fails for a reason of its own.
        """
        check_size(given.size)
        clean = Spool()
        async with self._turns.take(work.workspace_id):
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                PROGRAM,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
            try:
                async with asyncio.timeout(min(MAX_SECONDS, work.context.remaining() or MAX_SECONDS)):
                    header, errors = await _exchange(process, given, clean)
            except TimeoutError:
                raise Unavailable("file_not_examined", "Examining the file took too long; try again.", retry_after=5.0) from None
            finally:
                await _end(process)
        return CleanFile(clean, media_type_of(process.returncode or 0, header, errors))


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kills the process, if it still runs. It counts as over when its pipes are, so what nobody wants any more is read from them."""
    if process.returncode is None:
        process.kill()
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(CHUNK):
            pass
    await process.wait()


async def _exchange(process: asyncio.subprocess.Process, given: Spool, clean: Spool) -> tuple[bytes, bytes]:
    """Passes the file through the process, piece by piece. Returns the first line of its output and the end of its standard error."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    reading_errors = asyncio.ensure_future(_read_errors(process.stderr))
    try:
        # A process that ends early has written why.
        with suppress(BrokenPipeError, ConnectionResetError):
            for piece in given.pieces():
                process.stdin.write(piece)
                await process.stdin.drain()
        process.stdin.close()
        header = await process.stdout.readline()
        while piece := await process.stdout.read(CHUNK):
            check_clean_size(clean.size + len(piece))
            await clean.append(piece)
        await clean.complete()
        await process.wait()
        return header, await reading_errors
    finally:
        reading_errors.cancel()


async def _read_errors(stream: asyncio.StreamReader) -> bytes:
    """The end of what the stream says."""
    errors = b""
    while piece := await stream.read(_MOST_ERRORS):
        errors = (errors + piece)[-_MOST_ERRORS:]
    return errors


def media_type_of(status: int, header: bytes, errors: bytes) -> str:
    """Parses the first line of the process. A negative status is the signal that ended it.

    Raises Invalid if that was its limit of processor time, which the file has caused, or as the process says; Unavailable for any other
    signal, for instance of a machine without memory: that says nothing of the file.
    """
    if status == -signal.SIGXCPU:
        raise Invalid("file_unsafe", "The file cannot be examined.")
    if status < 0:
        raise Unavailable("file_not_examined", "Examining the file was interrupted; try again.", retry_after=5.0)
    if status or not header.endswith(b"\n"):
        raise RuntimeError(f"the sanitizer process failed: {errors.decode(errors='replace')[-500:]}")
    result = json.loads(header)
    if code := result.get("code"):
        raise Invalid(code, result["message"])
    media_type: str = result["media_type"]
    return media_type
