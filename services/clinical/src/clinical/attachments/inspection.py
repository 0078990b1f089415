"""Runs the checks of a file in a process of its own, with bounded memory and time: what crashes or never ends there harms nobody here.

Called as a program it reads a file from its input and answers on its output: a line of JSON, then the clean bytes.
"""

import asyncio
import json
import os
import resource
import sys

from chassis.call import Call
from chassis.errors import Invalid, Unavailable
from clinical.attachments.checks import LARGEST_BYTES, CleanFile, clean

AT_ONCE = 2
MOST_MEMORY_BYTES = 2 * 1024**3
MOST_CPU_SECONDS = 15
MOST_SECONDS = 20.0
# The examiner is given no secret of ours to lose.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")


class Inspection:
    """Examines files, a few at a time."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)

    async def clean(self, content: bytes, call: Call) -> CleanFile:
        """What may be kept of the file; Invalid as `checks.clean` says, and file_unsafe for what breaks the examiner."""
        if len(content) > LARGEST_BYTES:
            return clean(content)
        async with self._room:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                __name__,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
            try:
                async with asyncio.timeout(min(MOST_SECONDS, call.remaining())):
                    answer, complaint = await process.communicate(content)
            except TimeoutError:
                raise Unavailable("file_not_examined", "Examining the file took too long; try again.", retry_after=5.0) from None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return _read(process.returncode or 0, answer, complaint)


def _read(status: int, answer: bytes, complaint: bytes) -> CleanFile:
    if status < 0:
        raise Invalid("file_unsafe", "The file cannot be examined.")
    head, _, content = answer.partition(b"\n")
    if status or not head:
        raise RuntimeError(f"the examiner of files failed: {complaint.decode(errors='replace')[-500:]}")
    said = json.loads(head)
    if code := said.get("code"):
        raise Invalid(code, said["message"])
    return CleanFile(content, said["media_type"])


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    kept = b""
    try:
        file = clean(content)
        said, kept = {"media_type": file.media_type}, file.content
    except Invalid as refusal:
        said = {"code": refusal.code, "message": refusal.message}
    except MemoryError:
        said = {"code": "file_unsafe", "message": "The file takes too much memory to be examined."}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + kept)


if __name__ == "__main__":
    main()
