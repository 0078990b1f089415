"""Finds files that are new or were replaced, and looks only into folders in which something changed."""

import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

# A folder that changed a moment before it was read may change again within the same tick of the file system's clock.
_UNSETTLED_NS = 2_000_000_000
# Which file it is, when it was written, and its size.
_Mark = tuple[int, int, int]


class NewFiles:
    """`since` is when the files that lie there at the first look, and that nobody has seen yet, may have been stored at the earliest.

    One of the future says nothing: the clock was set, and every file may be one that nobody has seen.
    """

    def __init__(self, roots: tuple[Path, ...], since: datetime) -> None:
        self._roots = roots
        self._since_ns: float | None = since.timestamp() * 1e9
        self._folders: dict[Path, tuple[int, list[Path]]] = {}
        self._known: dict[Path, _Mark] = {}
        self._waiting: dict[Path, _Mark] = {}

    def found(self, now_ns: int) -> dict[Path, _Mark]:
        """Those that are new, and those of earlier calls that `stored` was not told of."""
        since_ns = self._since_ns if self._since_ns is not None and self._since_ns <= now_ns else 0
        for root in self._roots:
            for path in self._changed(root, now_ns):
                status = _status(path)
                if status is None:
                    continue
                mark = (status.st_ino, status.st_mtime_ns, status.st_size)
                # Of a restart: what was stored long before is in the target.
                if path not in self._known and status.st_ctime_ns < since_ns:
                    self._known[path] = mark
                elif self._known.get(path) != mark:
                    self._waiting[path] = mark
        # What is seen from now on and was not before is new, whatever time a clock gives it.
        self._since_ns = None
        return dict(self._waiting)

    def stored(self, files: dict[Path, _Mark]) -> None:
        for path, mark in files.items():
            self._known[path] = mark
            if self._waiting.get(path) == mark:
                del self._waiting[path]

    def _changed(self, folder: Path, now_ns: int) -> Iterator[Path]:
        """The files of every folder below that changed since it was read last."""
        status = _status(folder)
        if status is None:
            self._folders.pop(folder, None)
            return
        known = self._folders.get(folder)
        if known is None or known[0] != status.st_mtime_ns:
            below: list[Path] = []
            files: list[Path] = []
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            below.append(Path(entry.path))
                        elif not entry.name.startswith("."):
                            files.append(Path(entry.path))
            except FileNotFoundError:
                return
            is_settled = now_ns - status.st_mtime_ns > _UNSETTLED_NS
            self._folders[folder] = (status.st_mtime_ns if is_settled else 0, below)
            yield from files
        for child in self._folders[folder][1]:
            yield from self._changed(child, now_ns)


def _status(path: Path) -> os.stat_result | None:
    try:
        found = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return None if stat.S_ISLNK(found.st_mode) else found
