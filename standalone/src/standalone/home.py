"""The directory of an installation: secrets (made at the first start), databases, files and caught mail.

Only the owner may read the secrets. Each is written whole or not at all, because the first start may be killed at any moment.
"""

import base64
import hmac
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit, urlunsplit

from chassis.auth.tokens import generate_key, write_service_keys
from chassis.encryption.keyring import Keyring
from chassis.local.processes import claim
from chassis.private_files import write, write_once
from chassis.service.definition import Service
from chassis.settings import Settings

# Of `caseload run`, and of the operator's commands.
DEFAULT_HOME = Path(".caseload")
_UNSIGNED_EVENTS_TAKEN = timedelta(days=1)


class Home:
    """The paths of an installation, and the settings of its processes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.keyring = self.directory / "keyring.json"
        self.service_keys = self.directory / "service-keys"
        self.access_key = self.directory / "access.key"
        self.blobs = self.directory / "files"
        self.job_files = self.directory / "job-files"
        self.mail = self.directory / "mail"
        self.postgres = self.directory / "postgres"
        self.rabbit = self.directory / "rabbitmq"
        self.patients_key = self.directory / "patients-key"
        self.demo_opened = self.directory / "demo-opened"
        self.backups = self.directory / "backups"
        self.running = self.directory / "running.json"

    def lock(self) -> IO[bytes]:
        """Lock the directory for this process. Raises InUseError if another process has it."""
        return claim(self.directory)

    def create_missing(self) -> None:
        """Create the directories and secrets that do not exist yet."""
        # Imported here: all services take seconds to load, and a backup needs none of them.
        from standalone.services import NAMES

        has_history = self.keyring.exists()
        for folder in (self.directory, self.blobs, self.job_files, self.mail):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_once(self.keyring, lambda: Keyring.generate().dump())
        write_once(self.access_key, generate_key)
        write_once(self.directory / "blob-secret", _random_text)
        write_once(self.directory / "gateway-secret", _random_text)
        write_once(self.directory / "database-secret", lambda: os.urandom(32))
        write_service_keys(self.service_keys, (*NAMES, "gateway"))
        # What a release before events were signed has left on its way is taken for a day.
        until = datetime.now(UTC) + (_UNSIGNED_EVENTS_TAKEN if has_history else timedelta())
        write_once(self.directory / "unsigned-events-until", until.isoformat().encode)

    def password(self, role: str) -> str:
        """The password of a database role such as clients_app. It is derived, so that services added later have one too."""
        secret = (self.directory / "database-secret").read_bytes()
        return hmac.digest(secret, role.encode(), "sha256").hex()

    def common(self, **addresses: Any) -> dict[str, Any]:
        """The settings that all processes have in common. `addresses` adds addresses: of peers, the broker and the mail server."""
        return {
            "keyring_file": self.keyring,
            "service_keys_dir": self.service_keys,
            "blob_url": f"file://{self.blobs}",
            "blob_secret": (self.directory / "blob-secret").read_text(),
            "unsigned_events_until": (self.directory / "unsigned-events-until").read_text(),
            "gateway_secret": (self.directory / "gateway-secret").read_text(),
            **addresses,
        }

    def settings(self, service: Service, admin_dsn: str, **addresses: Any) -> Settings:
        """The settings of one service, with its database roles on the server of `admin_dsn`."""
        own: dict[str, Any] = {
            **self.common(**addresses),
            "job_files_url": f"file://{self.job_files / service.name}",
            "database_url": as_role(admin_dsn, f"{service.name}_app", self.password(f"{service.name}_app")),
            "relay_database_url": as_role(admin_dsn, f"{service.name}_relay", self.password(f"{service.name}_relay")),
        }
        if service.erases:
            own["eraser_database_url"] = as_role(admin_dsn, f"{service.name}_eraser", self.password(f"{service.name}_eraser"))
        if "access_key_file" in service.settings.model_fields:
            own["access_key_file"] = self.access_key
        return service.settings(**own)

    def remember_settings(self) -> None:
        """Write the variables that this process was given to settings.json: a backup has them, and whoever restores it needs them."""
        given = {name: value for name, value in os.environ.items() if name.startswith("CASELOAD_") or name in {"PORT", "DATABASE_URL"}}
        write(self.directory / "settings.json", json.dumps(given, indent=2, sort_keys=True).encode())

    def write_status(self, status: dict[str, Any] | None) -> None:
        """Write what runs here (process ids, addresses) to running.json, for other commands and tests. None removes the file."""
        if status is None:
            self.running.unlink(missing_ok=True)
            return
        write(self.running, json.dumps(status, indent=2).encode())


def _random_text() -> bytes:
    return base64.b64encode(os.urandom(32))


def as_role(admin_dsn: str, user: str, password: str) -> str:
    """The DSN with another user and password."""
    parts = urlsplit(admin_dsn)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))
