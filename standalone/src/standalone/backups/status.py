"""What is known of the last backups, in the home: when the last one was whole, and why a later one failed."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chassis import private_files
from standalone.home import Home


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """`failure` is of an attempt after the last whole backup. `place` tells the target of that one from another (`place_of`)."""

    name: str = ""
    made_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    place: str = ""

    @classmethod
    def read(cls, home: Home) -> "BackupStatus":
        try:
            found = json.loads(_path(home).read_text())
            made_at, failed_at = (found[name] and datetime.fromisoformat(found[name]) for name in ("made_at", "failed_at"))
            return cls(found["name"], made_at, failed_at, found["failure"], found.get("place", ""))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()

    def write(self, home: Home) -> None:
        told = {
            "name": self.name,
            "place": self.place,
            "made_at": self.made_at and self.made_at.isoformat(),
            "failed_at": self.failed_at and self.failed_at.isoformat(),
            "failure": self.failure,
        }
        private_files.write(_path(home), json.dumps(told, indent=2).encode())


@dataclass(frozen=True, slots=True)
class ProofStatus:
    """When a backup was last restored to prove that it can be, and why a later attempt failed."""

    name: str = ""
    proved_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""

    @classmethod
    def read(cls, home: Home) -> "ProofStatus":
        try:
            found = json.loads((home.backups / "proof.json").read_text())
            proved_at, failed_at = (found[name] and datetime.fromisoformat(found[name]) for name in ("proved_at", "failed_at"))
            return cls(found["name"], proved_at, failed_at, found["failure"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()

    def write(self, home: Home) -> None:
        moments = {"proved_at": self.proved_at and self.proved_at.isoformat(), "failed_at": self.failed_at and self.failed_at.isoformat()}
        private_files.write(home.backups / "proof.json", json.dumps({"name": self.name, "failure": self.failure, **moments}).encode())


def _path(home: Home) -> Path:
    return home.backups / "status.json"
