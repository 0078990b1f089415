"""What a backup says of itself. The MAC is made with a key that only the backup's keys open."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from standalone.backups.errors import BackupFailed
from standalone.backups.sealed_stream import derived_key

# 2 has `stopped_at`, `journal` and `first_segment`.
FORMAT = 2
_READ = {1, 2}
_PURPOSE = "manifest"


@dataclass(frozen=True, slots=True)
class Part:
    """An object of a backup as it is stored: its size, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`revisions` are the newest migrations by service. `made_at` is when the copy of the database began, `stopped_at` when it ended.

    `journal` is what goes on after this backup in the same target, and `first_segment` where its log has to be read from; empty where none was written.
    """

    name: str
    made_at: datetime
    postgres: int
    revisions: Mapping[str, str]
    files: int
    parts: Mapping[str, Part]
    stopped_at: datetime | None = None
    journal: str = ""
    first_segment: str = ""

    def dump(self, backup_key: bytes) -> bytes:
        content = {
            **asdict(self),
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "stopped_at": self.stopped_at and self.stopped_at.isoformat(),
        }
        return json.dumps({**content, "mac": _mac(content, backup_key)}, indent=2, sort_keys=True).encode()

    @classmethod
    def parse(cls, document: bytes, backup_key: bytes | None = None) -> "Manifest":
        """Raises BackupFailed for what is no manifest, or with `backup_key` for one that was changed. Without it nothing is proved."""
        try:
            content = json.loads(document)
            mac = content.pop("mac")
            written = content.pop("format")
            if written not in _READ:
                raise BackupFailed("the backup was made by a newer release; restore it with that one")
            made_at, stopped_at = (each and datetime.fromisoformat(each) for each in (content["made_at"], content.get("stopped_at")))
            parts = {name: Part(**part) for name, part in content["parts"].items()}
            manifest = cls(**{**content, "made_at": made_at, "stopped_at": stopped_at, "parts": parts})
            if [type(getattr(manifest, name)) for name in ("files", "postgres", "revisions", "journal", "first_segment")] != [
                int,
                int,
                dict,
                str,
                str,
            ]:
                raise TypeError("of another shape")
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise BackupFailed("the backup's manifest is damaged") from error
        if backup_key is not None and not hmac.compare_digest(str(mac), _mac({**content, "format": written}, backup_key)):
            raise BackupFailed("the backup's manifest was changed after it was written")
        return manifest


def _mac(content: Mapping[str, Any], backup_key: bytes) -> str:
    return hmac.digest(derived_key(backup_key, _PURPOSE), json.dumps(content, sort_keys=True).encode(), "sha256").hex()
