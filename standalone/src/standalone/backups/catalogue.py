"""The backups of a target: which there are, which are whole, and which belong to whom."""

import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from standalone.backups.errors import BackupFailed
from standalone.backups.manifest import Manifest
from standalone.backups.targets import Target
from standalone.home import Home

DATABASE, FILES, KEYS, MANIFEST = "database", "files", "keys", "manifest.json"
# The moment, the installation, and what tells two of one second apart.
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}-[0-9a-f]{8}")
# What is unfinished may be another machine's that is at it.
_ABANDONED_AFTER = timedelta(days=1)
_CLOCKS_APART = timedelta(hours=1)
# Keys and manifests are a few kilobytes; whoever may write into a target does not fill the memory of who reads it.
_LARGEST_DOCUMENT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a target. Without a manifest it is no backup: whoever wrote it was interrupted, or is at it."""

    name: str
    parts: Mapping[str, int] = field(default_factory=dict)

    @property
    def begun_at(self) -> datetime:
        return moment_of(self.name)

    @property
    def is_whole(self) -> bool:
        return MANIFEST in self.parts

    @property
    def size(self) -> int:
        return sum(self.parts.values())

    @property
    def installation(self) -> str:
        return self.name.split("-")[1]

    def is_of(self, installation: str) -> bool:
        return self.installation == installation


def installation_of(home: Home) -> str:
    """What tells the backups of several installations apart in one target. It says nothing of a secret."""
    return installation_named_by((home.directory / "database-secret").read_bytes())


def installation_named_by(secret: bytes) -> str:
    return hmac.digest(secret, b"caseload backups", "sha256").hex()[:8]


def new_name(home: Home, now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{installation_of(home)}-{os.urandom(4).hex()}"


def found_in(target: Target) -> list[Found]:
    """Everything that was begun, the oldest first."""
    parts: dict[str, dict[str, int]] = {}
    for path, size in target.sizes().items():
        name, _, part = path.partition("/")
        if _is_name(name):
            parts.setdefault(name, {})[part] = size
    return [Found(name, parts[name]) for name in sorted(parts)]


def _is_name(name: str) -> bool:
    """Somebody else may write names into a target, too; 31 February is no moment."""
    if not _NAME.fullmatch(name):
        return False
    try:
        moment_of(name)
    except ValueError:
        return False
    return True


def moment_of(name: str) -> datetime:
    """When what has this name was begun."""
    return datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def chosen(target: Target, name: str | None, installation: str | None = None) -> Found:
    """The backup of this name, or the newest that is whole: of this installation, where it has one.

    Raises BackupFailed where there is none, and where nobody can tell which one is meant.
    """
    found = [each for each in found_in(target) if (each.is_whole if name is None else each.name == name)]
    if name is None and any(each.is_of(installation or "") for each in found):
        found = [each for each in found if each.is_of(installation or "")]
    if not found:
        raise BackupFailed("there is no whole backup here" if name is None else f"there is no backup {name} here")
    if name is None:
        newest = {each.installation: each.name for each in found}
        if len(newest) > 1:
            raise BackupFailed(
                f"there are backups of several installations here: choose with --backup, of the newest {', '.join(sorted(newest.values()))}; "
                "what came after it is restored with --to"
            )
        if found[-1].begun_at > datetime.now(UTC) + _CLOCKS_APART:
            raise BackupFailed(
                f"{found[-1].name} is of the future: a clock is or was wrong, so nobody can tell which is the newest. Choose with --backup; what came after it is restored with --to"
            )
    if not found[-1].is_whole:
        raise BackupFailed(f"{name} was never finished, so it is no backup")
    return found[-1]


def document(target: Target, name: str, part: str) -> bytes:
    """A small part as a whole. Raises BackupFailed for one that is none."""
    content = bytearray()
    for piece in target.read(f"{name}/{part}"):
        content += piece
        if len(content) > _LARGEST_DOCUMENT:
            raise BackupFailed(f"{part} of {name} is far too large to be what it is called")
    return bytes(content)


def manifest_of(target: Target, found: Found, backup_key: bytes | None = None) -> Manifest:
    """What the backup says of itself; proved only with the backup's key."""
    manifest = Manifest.parse(document(target, found.name, MANIFEST), backup_key)
    if manifest.name != found.name:
        raise BackupFailed(f"{found.name} has the manifest of another backup")
    return manifest


def delete(target: Target, found: Found) -> None:
    """The manifest goes first: what is deleted by half does not look whole."""
    for part in sorted(found.parts, key=lambda part: part != MANIFEST):
        target.delete(f"{found.name}/{part}")


def delete_abandoned(target: Target, installation: str, now: datetime) -> None:
    """Deletes what this installation began and never finished."""
    for found in found_in(target):
        if not found.is_whole and found.is_of(installation) and now - found.begun_at > _ABANDONED_AFTER:
            delete(target, found)
