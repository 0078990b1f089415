"""The program that sanitizes one file: reads it from standard input, writes a line of JSON and then the sanitized bytes.

It imports as little as possible, because it is started for every file.
"""

import json
import resource
import sys

from chassis.errors import Invalid
from clinical.attachments.sanitizer import sanitize

# Private memory. With what it maps of Python and its libraries the process stays below 300 MiB.
MAX_MEMORY_BYTES = 256 * 1024**2
MAX_CPU_SECONDS = 15


def main() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    # SIGXCPU at the soft limit: at the hard one it would be SIGKILL, which a machine without memory sends too.
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    sanitized = b""
    try:
        file = sanitize(content)
        header, sanitized = {"media_type": file.media_type}, file.content
    except Invalid as refusal:
        header = {"code": refusal.code, "message": refusal.message}
    except MemoryError:
        header = {"code": "file_unsafe", "message": "The file takes too much memory to be examined."}
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")
    sys.stdout.buffer.write(sanitized)


if __name__ == "__main__":
    main()
