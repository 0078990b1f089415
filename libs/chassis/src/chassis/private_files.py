"""Files that only their owner may read, and that are whole or absent whenever the process is killed."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path


def write_once(path: Path, make: Callable[[], bytes]) -> bytes:
    """The file's content. Unless there is some, `make` is called for it and the file is written."""
    # Release 0.1.0 could be killed between creating a file and writing it.
    if not (path.exists() and path.stat().st_size):
        write(path, make())
    return path.read_bytes()


def write(path: Path, content: bytes, *, owner: tuple[int, int] | None = None) -> None:
    """Writes the file, or replaces it. `owner` is the user and group it is given to. One process at a time may write a path."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    create(part, content)
    if owner is not None:
        os.chown(part, *owner)
    rename(part, path)


def create(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Creates a file that only its owner may read, of bytes or of pieces, and flushes it to disk. Raises FileExistsError.

    A crash may leave a part of it.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in (content,) if isinstance(content, bytes) else content:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def rename(part: Path, path: Path) -> None:
    """Gives a complete file its name, replacing what has the name."""
    part.replace(path)
    _flush_directory(path)


def link(part: Path, path: Path) -> None:
    """Gives a complete file a second name, unless something has that name already."""
    with suppress(FileExistsError):
        path.hardlink_to(part)
    _flush_directory(path)


def _flush_directory(path: Path) -> None:
    """A name is on disk only once its directory is."""
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
