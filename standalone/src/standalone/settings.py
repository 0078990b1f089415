"""The settings of `caseload run` and `caseload suite`, beyond those of the services."""

from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AliasChoices, Field, NonNegativeInt, PositiveFloat, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import is_local
from standalone.backups.retention import Kept


class StandaloneSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CASELOAD_", extra="ignore", frozen=True)

    port: int = Field(8000, validation_alias=AliasChoices("PORT", "CASELOAD_PORT"))
    host: str = "127.0.0.1"
    home: Path | None = None
    # An administrator's DSN. Without it, a private PostgreSQL is started in the home directory.
    database_url: SecretStr | None = Field(None, validation_alias="DATABASE_URL")
    public_url: str = ""
    # Without it, mail is not sent but shown at /dev/mail.
    smtp_url: SecretStr | None = None
    # The demo workspaces have a public password: by default they are opened only if no other machine reaches the gateway.
    demo: bool | None = None
    # Whose clients are served at /patients too, for a front end written for json-server.
    patients_workspace: UUID | None = None
    # An API key of that workspace; made at the start where only this machine reaches the gateway.
    patients_api_key: SecretStr = SecretStr("")
    # host:port of /health and /metrics of `caseload run`; a free port of this machine unless given, which running.json names.
    health_listen: str | None = None
    # A directory or s3://bucket/prefix, where `caseload run` backs up to by itself. docs/operations/backup.md has all of it.
    backup_target: str = ""
    # Another one, for the keys of the backups alone.
    backup_keys_target: str = ""
    backup_passphrase_file: Path | None = None
    # From one backup to the next.
    backup_hours: PositiveFloat = 24
    # Everything that is committed goes to the target within seconds, too, so that a restore can be to any moment.
    backup_journal: bool = True
    # From one such write to the next, and for how many days moments can be restored to.
    backup_journal_seconds: PositiveFloat = 2
    backup_journal_days: PositiveFloat = 7
    # Who is mailed when backups are late, fail or cannot be restored. Needs CASELOAD_SMTP_URL to reach them.
    operator_email: str = ""
    # From one restore that proves the newest backup to the next.
    backup_proof_days: PositiveFloat = 7
    # So many are kept, and the newest one of each of so many days, weeks and months.
    backup_keep_last: NonNegativeInt = 3
    backup_keep_daily: NonNegativeInt = 7
    backup_keep_weekly: NonNegativeInt = 5
    backup_keep_monthly: NonNegativeInt = 12
    # Pins each process of the suite to one processor core, in turn.
    pin: bool = False

    @property
    def address(self) -> str:
        """The URL of the gateway."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def is_private(self) -> bool:
        """Whether only this machine reaches the gateway."""
        return is_local(self.host) and is_local(urlsplit(self.address).hostname)

    @property
    def has_demo(self) -> bool:
        return self.is_private if self.demo is None else self.demo

    @property
    def kept_backups(self) -> Kept:
        return Kept(self.backup_keep_last, self.backup_keep_daily, self.backup_keep_weekly, self.backup_keep_monthly)

    @property
    def writes_journal(self) -> bool:
        return bool(self.backup_target) and self.backup_journal

    def check_backups(self) -> None:
        """Raise SystemExit if backups are to be made by themselves and could not be."""
        if not self.backup_target:
            return
        if self.backup_passphrase_file is None:
            raise SystemExit("CASELOAD_BACKUP_PASSPHRASE_FILE is needed with CASELOAD_BACKUP_TARGET: nobody types a passphrase at night.")
        if self.database_url is not None:
            raise SystemExit(
                "CASELOAD_BACKUP_TARGET is for the PostgreSQL in CASELOAD_HOME; that of DATABASE_URL is backed up where it runs."
            )

    def check_patients(self) -> None:
        """Raise SystemExit if patients would be served to others without an API key."""
        if self.patients_workspace is not None and not self.is_private and not self.patients_api_key.get_secret_value():
            raise SystemExit(
                "CASELOAD_PATIENTS_API_KEY is needed with CASELOAD_PATIENTS_WORKSPACE: others reach this gateway, and /patients serves nobody "
                "there without an API key of the workspace. An owner makes one with POST /api/v1/api-keys."
            )

    def check_mail(self) -> None:
        """Raise SystemExit if mail would be shown to others: it contains sign-in links."""
        if self.smtp_url is None and not self.is_private:
            raise SystemExit("CASELOAD_SMTP_URL is needed: others reach this gateway, and caught mail is shown to everybody who does.")
