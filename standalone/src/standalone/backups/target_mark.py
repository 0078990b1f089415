"""Knows the target again: a disk that is not mounted is an empty directory on the disk of the system, which backups would fill."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from chassis import private_files
from standalone.backups import catalogue
from standalone.backups.errors import BackupFailed
from standalone.backups.targets import DirectoryTarget, Target, each_of
from standalone.home import Home

_FOLDER, _MARK = "caseload", "target"


def check_mark(home: Home, target: Target, place: str) -> None:
    """Marks a target that is used for the first time. Raises BackupFailed for one that has lost its mark, before anything is written to it.

    Where the keys are kept apart, each of the two has a mark.
    """
    path = home.backups / "target.json"
    home.backups.mkdir(exist_ok=True, mode=0o700)
    # The first backup and the journal begin together.
    with _one_at_a_time(home):
        known = _known(home)
        marks = {f"{place} {number}": _mark_of(each) for number, each in enumerate(each_of(target))}
        if any(name in known and known[name] != mark for name, mark in marks.items()):
            raise BackupFailed(
                f"the target is not the one that backups were made to: is its disk mounted? Where it was emptied or exchanged on purpose, delete {path}"
            )
        for (name, mark), each in zip(marks.items(), each_of(target), strict=True):
            if mark is None:
                each.write(f"{_FOLDER}/{_MARK}", [os.urandom(16).hex().encode()])
                marks[name] = _mark_of(each)
        if marks.items() - known.items():
            private_files.write(path, json.dumps(known | marks).encode())


def check_is_there(target: Target) -> None:
    """The same at a glance, of a target that was checked when the process began: a disk may go away. Raises BackupFailed."""
    for each in each_of(target):
        if isinstance(each, DirectoryTarget) and not (each.directory / _FOLDER / _MARK).exists():
            raise BackupFailed("the target is not there any more: is its disk mounted?")


def _mark_of(target: Target) -> str | None:
    if f"{_FOLDER}/{_MARK}" not in target.sizes():
        return None
    return catalogue.document(target, _FOLDER, _MARK).decode(errors="replace")


def _known(home: Home) -> dict[str, str | None]:
    """The marks of every place that backups were made to: one that is used again is known again."""
    try:
        found = json.loads((home.backups / "target.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def _one_at_a_time(home: Home) -> Iterator[None]:
    held = os.open(home.backups, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
