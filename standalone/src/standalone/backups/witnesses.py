"""The published checkpoints of the audit trail among the files of a home: the only files that are ever replaced."""

from contextlib import suppress
from pathlib import Path
from uuid import UUID

from audit.trail.checkpoints import checkpoint_key
from standalone.home import Home


def is_published_checkpoint(path: Path) -> bool:
    try:
        return path.as_posix().endswith("/" + checkpoint_key(UUID(path.parent.name)))
    except ValueError:
        return False


def published_checkpoints(home: Home) -> dict[Path, bytes]:
    """The content of each by its path."""
    found = {}
    for folder in home.blobs.iterdir():
        try:
            path = home.blobs / checkpoint_key(UUID(folder.name))
        except ValueError:
            continue
        with suppress(FileNotFoundError):
            found[path] = path.read_bytes()
    return found
