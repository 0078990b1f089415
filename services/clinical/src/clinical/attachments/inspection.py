"""Has files examined in a process of their own, with bounded memory and time: what crashes or never ends there harms nobody here."""

import asyncio
import json
import os
import sys

from chassis.errors import Invalid, Unavailable
from chassis.work.unit_of_work import UnitOfWork
from clinical.attachments.rules import CleanFile, check_size

EXAMINER = "clinical.attachments.examiner"
AT_ONCE = 2
MOST_SECONDS = 20.0
# The examiner is given no secret of ours to lose.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")


class Inspection:
    """Examines files, a few at a time."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)

    async def clean(self, content: bytes, work: UnitOfWork) -> CleanFile:
        """What may be kept of the file; Invalid as `checks.clean` says, and file_unsafe for what breaks the examiner."""
        check_size(content)
        async with self._room:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                EXAMINER,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
            try:
                async with asyncio.timeout(min(MOST_SECONDS, work.context.remaining())):
                    answer, complaint = await process.communicate(content)
            except TimeoutError:
                raise Unavailable("file_not_examined", "Examining the file took too long; try again.", retry_after=5.0) from None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return answer_of(process.returncode or 0, answer, complaint)


def answer_of(status: int, answer: bytes, complaint: bytes) -> CleanFile:
    """What the examiner said; where its limits killed it, that is the file's doing, and any other failure is ours."""
    if status < 0:
        raise Invalid("file_unsafe", "The file cannot be examined.")
    head, _, content = answer.partition(b"\n")
    if status or not head:
        raise RuntimeError(f"the examiner of files failed: {complaint.decode(errors='replace')[-500:]}")
    said = json.loads(head)
    if code := said.get("code"):
        raise Invalid(code, said["message"])
    return CleanFile(content, said["media_type"])
