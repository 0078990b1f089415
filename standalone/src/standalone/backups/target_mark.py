"""Knows the target again: a disk that is not mounted is an empty directory on the disk of the system, which backups would fill."""

import json
import os
from pathlib import Path

from chassis import private_files
from standalone.backups import catalogue
from standalone.backups.errors import BackupFailed
from standalone.backups.targets import DirectoryTarget, Target
from standalone.home import Home

_FOLDER, _MARK = "caseload", "target"


def check_mark(home: Home, target: Target, place: str) -> None:
    """Marks a target that is used for the first time. Raises BackupFailed for one that has lost its mark, before anything is written to it."""
    path, known = home.backups / "target.json", _known(home)
    is_marked = f"{_FOLDER}/{_MARK}" in target.sizes()
    if known is not None and known["place"] == place:
        if not is_marked or catalogue.document(target, _FOLDER, _MARK).decode(errors="replace") != known["mark"]:
            raise BackupFailed(
                f"the target is not the one that backups were made to: is its disk mounted? Where it was emptied or exchanged on purpose, delete {path}"
            )
        return
    if not is_marked:
        target.write(f"{_FOLDER}/{_MARK}", [os.urandom(16).hex().encode()])
    home.backups.mkdir(exist_ok=True, mode=0o700)
    mark = catalogue.document(target, _FOLDER, _MARK).decode(errors="replace")
    private_files.write(path, json.dumps({"place": place, "mark": mark}).encode())


def check_is_there(target: Target) -> None:
    """The same at a glance, of a target that was checked when the process began: a disk may go away. Raises BackupFailed."""
    if isinstance(target, DirectoryTarget) and not (target.directory / _FOLDER / _MARK).exists():
        raise BackupFailed("the target is not there any more: is its disk mounted?")


def _known(home: Home) -> dict[str, str] | None:
    path: Path = home.backups / "target.json"
    try:
        found = json.loads(path.read_text())
        return {"place": found["place"], "mark": found["mark"]}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
