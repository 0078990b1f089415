"""The program that examines one file: it reads the file from its input and answers a line of JSON, then the clean bytes.

It imports as little as it can, for it is started anew for every file.
"""

import json
import resource
import sys

from chassis.errors import Invalid
from clinical.attachments.checks import clean

MOST_MEMORY_BYTES = 2 * 1024**3
MOST_CPU_SECONDS = 15


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
