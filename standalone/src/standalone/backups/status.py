"""What is known of the last backups, in the home: when the last one was whole, and why a later one failed."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chassis import private_files
from standalone.home import Home


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """`failure` is of an attempt after the last whole backup."""

    name: str = ""
    made_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""

    @classmethod
    def read(cls, home: Home) -> "BackupStatus":
        try:
            found = json.loads(_path(home).read_text())
            made_at, failed_at = (found[name] and datetime.fromisoformat(found[name]) for name in ("made_at", "failed_at"))
            return cls(found["name"], made_at, failed_at, found["failure"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()

    def write(self, home: Home) -> None:
        told = {
            "name": self.name,
            "made_at": self.made_at and self.made_at.isoformat(),
            "failed_at": self.failed_at and self.failed_at.isoformat(),
            "failure": self.failure,
        }
        private_files.write(_path(home), json.dumps(told, indent=2).encode())


def _path(home: Home) -> Path:
    return home.backups / "status.json"
