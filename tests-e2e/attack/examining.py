"""Has hostile files examined as uploads are, each in a process of its own, and tells what became of each and what it took: one line of JSON for a file.

`python -m attack.examining 500 1`: so many files, of this seed. The process that examines is a copy of this one that does what
`clinical.attachments.sanitizer_process` does, so that the libraries are loaded once for all of them.
"""

import json
import os
import sys
import tempfile

from attack.hostile_files import MARK, HostileFile, hostile_files
from clinical.attachments import documents, pictures, sanitizer_process

# Loaded here once, and not by each of the processes.
LOADED = (documents, pictures)


def examined(file: HostileFile) -> dict[str, object]:
    """What the sanitizer's process says of the file, and its peak of resident memory."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
        given.write(file.content)
        given.seek(0)
        if not (child := os.fork()):
            os.dup2(given.fileno(), 0)
            os.dup2(told.fileno(), 1)
            try:
                sanitizer_process.main()
                sys.stdout.flush()
                os._exit(0)
            except BaseException as error:  # noqa: BLE001 - told to whoever waits
                sys.stderr.write(f"{file.kind}: {error!r}\n")
                sys.stderr.flush()
            finally:
                os._exit(1)
        _, status, used = os.wait4(child, 0)
        told.seek(0)
        header = json.loads(told.readline() or b"null")
        content = told.read()
    code = None if header is None else header.get("code")
    became = "refused" if code or os.WIFSIGNALED(status) else "kept" if content == file.content else "clean"
    return {
        "kind": file.kind,
        "may_be": sorted(file.may_be),
        "became": became,
        "code": code,
        "type": None if code or header is None else header["media_type"],
        "marked": became == "clean" and MARK in content,
        "status": status,
        "peak_kib": used.ru_maxrss,
        "seconds": round(used.ru_utime + used.ru_stime, 2),
    }


if __name__ == "__main__":
    for hostile in hostile_files(int(sys.argv[1]), int(sys.argv[2])):
        sys.stdout.write(json.dumps(examined(hostile)) + "\n")
        sys.stdout.flush()
