"""Secret files that are whole or absent, whenever the process is killed."""

import os
from pathlib import Path


def write_once(path: Path, content: bytes) -> None:
    """Writes a file that only its owner may read, unless it exists. It gets its name when its content is on disk."""
    if path.exists() and path.stat().st_size:
        return
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
