"""Folders as a tar archive that is written and read piece by piece, without a copy of it on disk."""

import io
import math
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from standalone.backups.errors import BackupFailed

PIECE = 1024 * 1024
# The fastest: a cluster of sealed values shrinks little more with higher ones.
_LEVEL = 1
_GZIP = 31
_BLOCK = 512


class Archive:
    """An archive of what is in some folders below `root`. What is deleted while it is made is left out.

    Files that `is_early` names are taken from `early`, where they were read before, or left out. Without `hidden` so is what a file store
    has not written to the end, whose name begins with a dot.
    """

    def __init__(
        self,
        root: Path,
        *folders: str,
        early: Mapping[Path, bytes] | None = None,
        is_early: Callable[[Path], bool] = lambda _: False,
        hidden: bool = False,
    ) -> None:
        self._root = root
        self._folders = folders
        self._hidden = hidden
        self._early = early or {}
        self._is_early = is_early
        # How many files were put into it so far.
        self.files = 0

    @property
    def expected_size(self) -> int:
        """The bytes that are in the folders now."""
        return sum(_size(path) for folder in self._folders for path in self._walk(folder))

    def pieces(self) -> Iterator[bytes]:
        for folder in self._folders:
            for path in self._walk(folder):
                name = path.relative_to(self._root).as_posix()
                if path.is_dir():
                    info = tarfile.TarInfo(name)
                    info.type = tarfile.DIRTYPE
                    info.mode = 0o700
                    yield info.tobuf(tarfile.PAX_FORMAT)
                else:
                    yield from self._file(path, name)
        yield bytes(2 * _BLOCK)

    def of(self, files: Iterable[Path]) -> Iterator[bytes]:
        """These files alone."""
        for path in files:
            yield from self._file(path, path.relative_to(self._root).as_posix())
        yield bytes(2 * _BLOCK)

    def _file(self, path: Path, name: str) -> Iterator[bytes]:
        try:
            file = self._open(path)
            status = path.stat()
        except FileNotFoundError:
            return
        with file:
            info = tarfile.TarInfo(name)
            # A part of a second, too: it tells what was there at a moment.
            info.size, info.mtime, info.mode = file.seek(0, os.SEEK_END), status.st_mtime, 0o600
            file.seek(0)
            yield info.tobuf(tarfile.PAX_FORMAT)
            left = info.size
            while left:
                piece = file.read(min(PIECE, left))
                if not piece:
                    raise BackupFailed(f"{path} became shorter while it was read")
                left -= len(piece)
                yield piece
            yield bytes(-info.size % _BLOCK)
        self.files += 1

    def _walk(self, folder: str) -> Iterator[Path]:
        """A folder and all that is below it, parents first. One that cannot be read is an error: an archive without what is in it would look whole."""
        for path, _, names in os.walk(self._root / folder, onerror=_told_unless_gone):
            yield Path(path)
            yield from (Path(path) / name for name in sorted(names) if self._hidden or not name.startswith("."))

    def _open(self, path: Path) -> BinaryIO:
        if not self._is_early(path):
            return path.open("rb")
        if path not in self._early:
            raise FileNotFoundError(path)
        return io.BytesIO(self._early[path])


def unpack(pieces: Iterator[bytes], root: Path, *, until: float = math.inf, replaces: bool = False) -> int:
    """Writes what is in the archive below `root`, for its owner alone. How many files there were.

    What was changed after `until`, in seconds since 1970, is left out. With `replaces` what is there already may be replaced.
    """
    files = 0
    for member, content in _members(pieces):
        path = _below(root, member.name)
        if member.mtime > until:
            continue
        if replaces and member.isfile():
            path.unlink(missing_ok=True)
        if member.isdir():
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        else:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(content, file, PIECE)
            os.utime(path, (member.mtime, member.mtime))
            files += 1
    return files


def count(pieces: Iterator[bytes]) -> int:
    """How many files are in the archive, which is read to its end."""
    return sum(member.isfile() for member, _ in _members(pieces))


def _members(pieces: Iterator[bytes]) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    with tarfile.open(fileobj=io.BufferedReader(Pieces(pieces), PIECE), mode="r|") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else io.BytesIO()
            if content is None or not (member.isfile() or member.isdir()):
                raise BackupFailed("the backup holds something that is neither a file nor a folder")
            yield member, content
    # Whoever makes the pieces looks at the whole when the last one is taken.
    for _ in pieces:
        pass


def compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(_LEVEL, wbits=_GZIP)
    for piece in pieces:
        if some := compressor.compress(piece):
            yield some
    yield compressor.flush()


def decompressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    decompressor = zlib.decompressobj(wbits=_GZIP)
    for piece in pieces:
        yield decompressor.decompress(piece)
    yield decompressor.flush()


class Pieces(io.RawIOBase):
    """An iterator of bytes as a file that is read from the beginning to the end."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces = iter(pieces)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        part = self._left[: len(buffer)]
        buffer[: len(part)] = part
        self._left = self._left[len(part) :]
        return len(part)


def _told_unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise BackupFailed(f"{error.filename} cannot be read: {error.strerror}") from error


def _size(path: Path) -> int:
    try:
        return 0 if path.is_dir() else path.stat().st_size
    except FileNotFoundError:
        return 0


def _below(root: Path, name: str) -> Path:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or not parts.parts:
        raise BackupFailed("the backup names a path outside of it")
    return root / parts
