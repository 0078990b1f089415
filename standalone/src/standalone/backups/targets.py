"""Where backups are kept: a directory, or a bucket. Objects have names of two parts, `<backup>/<part>`."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from chassis import private_files
from standalone.backups.errors import BackupFailed
from standalone.backups.tar_stream import PIECE, Pieces

_BUCKET_OPTIONS = {"region", "endpoint"}


class Target(Protocol):
    """Every method raises BackupFailed where the target does not answer, does not allow it or has no room."""

    def sizes(self) -> dict[str, int]:
        """Every object by its name, with its size in bytes."""

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Writes a new object, which is whole or absent."""

    def read(self, name: str) -> Iterator[bytes]:
        """The object piece by piece. Raises BackupFailed where there is none."""

    def delete(self, name: str) -> None:
        """Deletes the object, if it is there."""

    def is_on_disk_of(self, directory: Path) -> bool:
        """Whether what is written there takes room on the disk of this directory."""


def open_target(address: str) -> Target:
    """The target of `s3://bucket/prefix?region=…&endpoint=…`, `file:///directory` or a path."""
    parts = urlsplit(address)
    if parts.scheme == "s3":
        options = parse_qs(parts.query)
        if not parts.netloc or options.keys() - _BUCKET_OPTIONS:
            raise BackupFailed("a bucket is s3://bucket/prefix?region=…&endpoint=…; credentials are where AWS's own tools look for them")
        # A backup to a directory does not load the AWS libraries.
        from standalone.backups.bucket import BucketTarget

        return BucketTarget(parts.netloc, unquote(parts.path).strip("/"), **{name: values[-1] for name, values in options.items()})
    if parts.scheme == "file" and not parts.netloc and parts.path:
        return DirectoryTarget(Path(unquote(parts.path)))
    if "://" in address or not address:
        raise BackupFailed("backups go to a directory or to s3://bucket/prefix")
    return DirectoryTarget(Path(address).expanduser())


class DirectoryTarget:
    """A folder for each backup, which only its owner may enter."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()

    def sizes(self) -> dict[str, int]:
        with _failing_as("read"):
            found = [path for path in self.directory.glob("*/*") if path.is_file()] if self.directory.exists() else []
            return {path.relative_to(self.directory).as_posix(): path.stat().st_size for path in found}

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        path = self.directory / name
        part = path.with_name(f"{path.name}.part")
        with _failing_as("written"):
            # Each of its own: the mode is for the last of several alone.
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.parent.mkdir(exist_ok=True, mode=0o700)
            # Of a killed one.
            part.unlink(missing_ok=True)
            try:
                private_files.create(part, pieces)
                private_files.rename(part, path)
            except BaseException:
                part.unlink(missing_ok=True)
                raise

    def read(self, name: str) -> Iterator[bytes]:
        with _failing_as("read"), (self.directory / name).open("rb") as file:
            while piece := file.read(PIECE):
                yield piece

    def delete(self, name: str) -> None:
        path = self.directory / name
        with _failing_as("deleted"):
            path.unlink(missing_ok=True)
            with suppress(OSError):
                path.parent.rmdir()

    def is_on_disk_of(self, directory: Path) -> bool:
        nearest = next(path for path in (self.directory, *self.directory.parents) if path.exists())
        return nearest.stat().st_dev == directory.stat().st_dev


@contextmanager
def _failing_as(done: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BackupFailed(f"a part of the backup is missing: {Path(error.filename).name}") from None
    except OSError as error:
        raise BackupFailed(f"the backup cannot be {done}: {error.strerror}") from error


class Forward(io.BufferedReader):
    """Pieces as a file for libraries that read one from the beginning to the end."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__(Pieces(pieces), PIECE)

    def seekable(self) -> bool:
        return False

    def seek(self, *_: Any) -> int:
        raise io.UnsupportedOperation("read from the beginning to the end")


class ApartTarget:
    """One target for the keys and another one for everything else: who has either has nothing."""

    def __init__(self, others: Target, keys: Target) -> None:
        self._others = others
        self._keys = keys

    def sizes(self) -> dict[str, int]:
        return self._others.sizes() | {name: size for name, size in self._keys.sizes().items() if name.endswith("/keys")}

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        self._of(name).write(name, pieces)

    def read(self, name: str) -> Iterator[bytes]:
        return self._of(name).read(name)

    def delete(self, name: str) -> None:
        self._of(name).delete(name)

    def is_on_disk_of(self, directory: Path) -> bool:
        return self._others.is_on_disk_of(directory)

    @property
    def together(self) -> tuple[Target, Target]:
        return self._others, self._keys

    def _of(self, name: str) -> Target:
        return self._keys if name.endswith("/keys") else self._others


def each_of(target: Target) -> tuple[Target, ...]:
    """The targets that one is made of."""
    return target.together if isinstance(target, ApartTarget) else (target,)
