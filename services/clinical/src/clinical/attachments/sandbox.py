"""Runs the sanitizer in a process of its own with bounded memory and time, so that a malicious file cannot harm the service."""

import asyncio
import json
import os
import sys

from chassis.errors import Invalid, Unavailable
from chassis.work.unit_of_work import UnitOfWork
from clinical.attachments.rules import SanitizedFile, check_size

PROGRAM = "clinical.attachments.sanitizer_process"
AT_ONCE = 2
MAX_SECONDS = 20.0
# The process inherits no variable that could hold a secret.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")


class Sandbox:
    """Sanitizes files, at most `AT_ONCE` at the same time."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def sanitize(self, content: bytes, work: UnitOfWork) -> SanitizedFile:
        """The file as it may be stored. Raises Invalid as `sanitizer.sanitize` does, and file_unsafe if the process hits its limits.

        Raises Unavailable if it takes too long, RuntimeError if the process fails for a reason of its own.
        """
        check_size(content)
        async with self._slots:
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
                    output, errors = await process.communicate(content)
            except TimeoutError:
                raise Unavailable("file_not_examined", "Examining the file took too long; try again.", retry_after=5.0) from None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return result_of(process.returncode or 0, output, errors)


def result_of(status: int, output: bytes, errors: bytes) -> SanitizedFile:
    """Parses the output of the process. A negative status means that its limits killed it, which the file has caused."""
    if status < 0:
        raise Invalid("file_unsafe", "The file cannot be examined.")
    header, _, content = output.partition(b"\n")
    if status or not header:
        raise RuntimeError(f"the sanitizer process failed: {errors.decode(errors='replace')[-500:]}")
    result = json.loads(header)
    if code := result.get("code"):
        raise Invalid(code, result["message"])
    return SanitizedFile(content, result["media_type"])
