"""Settings from `CASELOAD_*` variables, or from the file that `CASELOAD_*_FILE` names.

No other variable is read. The default environment is production, which refuses settings that are fit for development only.
"""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import AwareDatetime, Field, PositiveFloat, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

DEVELOPMENT_SECRET = "for-development-only"  # noqa: S105 - refused outside development


class Settings(BaseSettings):
    """The settings every process of the suite shares; a service that needs more makes a subclass."""

    model_config = SettingsConfigDict(env_prefix="CASELOAD_", extra="ignore", frozen=True)

    environment: Literal["development", "production"] = "production"

    # The service's own role, which owns nothing and cannot pass row security.
    database_url: SecretStr = SecretStr("")
    # The role that may read every workspace's outbox, and nothing else.
    relay_database_url: SecretStr | None = None
    # The role of reactions that erase, where a service has any: it may delete what is kept for good otherwise.
    eraser_database_url: SecretStr | None = None
    # Read by `provision` and `migrate` alone; no serving process is given it.
    admin_database_url: SecretStr | None = None
    pool_max: int = Field(10, ge=1)
    # Seconds a statement may take before it is logged as slow.
    slow_query_seconds: float = 0.25

    # amqp(s)://user:password@host/vhost, or inprocess:// when every service lives in this process.
    broker_url: SecretStr = SecretStr("inprocess://")
    # Seconds before a reaction that has failed is tried again, and again; when they are used up, its event is a dead letter.
    reaction_delays: tuple[PositiveFloat, ...] = Field((1.0, 10.0, 60.0, 600.0), min_length=1)

    # Until this moment events without a signature are taken too: for the upgrade from a release that did not sign them.
    unsigned_events_until: AwareDatetime | None = None

    # Days until rows that are over are deleted; docs/operations/retention.md has every table.
    published_events_days: PositiveFloat = 3
    handled_events_days: PositiveFloat = 14
    dead_letters_days: PositiveFloat = 365
    replayed_dead_letters_days: PositiveFloat = 90
    # An answer is given again for 72 hours.
    idempotency_days: float = Field(3, ge=3)

    # The root keys that wrap every workspace's keys. Losing this file is losing the data.
    keyring_file: Path | None = None
    # The same as text, in place of the file. Either may be encrypted by a KMS: docs/operations/keys.md.
    keyring: SecretStr = SecretStr("")
    # Private keys of this process's services and the public keys of all.
    service_keys_dir: Path | None = None

    # host:port or unix:/path, for gRPC.
    listen: str = "127.0.0.1:0"
    # Calls that a service answers at the same time; what is more is refused as Unavailable.
    calls_at_once: int = Field(500, ge=1)
    # host:port of /health and /metrics of a service process; none when another process speaks for it.
    http_listen: str | None = None
    # Where the other services listen, by name: {"clients": "unix:/run/caseload/clients.sock"}. Several instances are several
    # addresses with commas between them, or a name that DNS resolves to all of them.
    peers: dict[str, str] = Field(default_factory=dict)
    tls_certificate_file: Path | None = None
    tls_key_file: Path | None = None
    tls_authority_file: Path | None = None

    # file:///directory or s3://bucket?endpoint=…
    blob_url: str = ""
    # The same, for the files that the jobs of this service make: a place of its own, which nothing else is in.
    job_files_url: str = ""
    # How long such a file can be had.
    job_files_days: PositiveFloat = 7
    # Signs the addresses of files kept in a directory.
    blob_secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)

    # The gateway's own address, as people see it.
    public_url: str = "http://127.0.0.1:8000"
    # Where mails send people; the gateway's own address unless a front end has one of its own.
    app_url: str = ""
    # smtp://user:password@host:port (STARTTLS when offered), smtps:// for TLS from the first byte.
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = "Caseload <no-reply@caseload.invalid>"

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    # Pins the process to this core; with few cores that avoids migrations between them.
    cpu: int | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FileSource(settings_cls)

    @field_validator("unsigned_events_until", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None

    @model_validator(mode="before")
    @classmethod
    def _default_app_url(cls, values: Any) -> Any:
        if isinstance(values, dict) and not values.get("app_url"):
            return {**values, "app_url": values.get("public_url", cls.model_fields["public_url"].default)}
        return values

    @model_validator(mode="after")
    def _inbox_outlives_outbox(self) -> "Settings":
        if self.handled_events_days <= self.published_events_days:
            raise ValueError(
                "CASELOAD_HANDLED_EVENTS_DAYS must be more than CASELOAD_PUBLISHED_EVENTS_DAYS: what may come twice is to be known"
            )
        return self

    @model_validator(mode="after")
    def _fit_for_production(self) -> "Settings":
        if self.environment == "production" and (faults := list(self.faults())):
            raise ValueError("not fit for production: " + "; ".join(faults))
        return self

    def faults(self) -> list[str]:
        """Why these settings are not fit for production; a subclass adds its own."""
        found = []
        if self.blob_secret.get_secret_value() == DEVELOPMENT_SECRET and self.blob_url.startswith("file:"):
            found.append("CASELOAD_BLOB_SECRET is the development one")
        for name in ("database_url", "relay_database_url", "eraser_database_url"):
            found += database_faults(name, getattr(self, name))
        broker = urlsplit(self.broker_url.get_secret_value())
        if broker.scheme == "amqp" and not is_local(broker.hostname):
            found.append("CASELOAD_BROKER_URL leaves this machine without TLS (amqps://)")
        if broker.scheme.startswith("amqp") and broker.username == "guest" and not is_local(broker.hostname):
            found.append("CASELOAD_BROKER_URL uses the broker's default account")
        exposed = [a for a in (self.listen, *self.peers.values()) if not is_local_address(a)]
        if exposed and not (self.tls_certificate_file and self.tls_key_file and self.tls_authority_file):
            found.append("CASELOAD_TLS_CERTIFICATE_FILE, _KEY_FILE and _AUTHORITY_FILE are needed where calls leave this machine")
        public = urlsplit(self.public_url)
        if public.scheme != "https" and not is_local(public.hostname):
            found.append("CASELOAD_PUBLIC_URL is not https")
        return found


class FileSource(EnvSettingsSource):
    """Reads CASELOAD_X from the file that CASELOAD_X_FILE names, so that no secret needs to be in the environment."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        named = os.environ.get(f"CASELOAD_{field_name.upper()}_FILE")
        # keyring_file and its like are paths by themselves: CASELOAD_KEYRING_FILE is the setting.
        if named is None or f"{field_name}_file" in self.settings_cls.model_fields:
            return None, field_name, False
        return Path(named).read_text().strip(), field_name, self.field_is_complex(field)


def database_faults(name: str, dsn: SecretStr | None) -> list[str]:
    """Why a serving process must not use this DSN in production; the role itself is asked again by `check_role`."""
    if dsn is None or not dsn.get_secret_value():
        return []
    parts = urlsplit(dsn.get_secret_value())
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or ""])[0]
    found = []
    if parts.username in {"postgres", "root", None}:
        found.append(f"CASELOAD_{name.upper()} is a superuser's")
    if not is_local(host) and query.get("sslmode", [""])[0] != "verify-full":
        found.append(
            f"CASELOAD_{name.upper()} leaves this machine without sslmode=verify-full: any other accepts whoever answers in the server's place"
        )
    return found


def is_local(host: str | None) -> bool:
    """Whether a host name or socket directory is this machine's own."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_local_address(address: str) -> bool:
    """Whether host:port or unix:/path (or an address within this process), or several with commas between them, stay on this machine."""
    parts = (part.strip() for part in address.split(","))
    return all(
        part.startswith(("unix:", "inprocess:")) or is_local(part.removeprefix("dns:///").rsplit(":", 1)[0].strip("[]")) for part in parts
    )
