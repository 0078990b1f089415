"""What `make run` and `make suite` are told from outside, beyond what their services are."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import is_local


class StandaloneSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CASELOAD_", extra="ignore", frozen=True)

    port: int = Field(8000, validation_alias=AliasChoices("PORT", "CASELOAD_PORT"))
    host: str = "127.0.0.1"
    home: Path | None = None
    # An administrator's DSN; without one a private PostgreSQL is started below the home.
    database_url: SecretStr | None = Field(None, validation_alias="DATABASE_URL")
    public_url: str = ""
    # Without a mail server, mail is caught and shown at /dev/mail.
    smtp_url: SecretStr | None = None
    # The demonstration workspaces, with a password everybody knows; by default only where nobody else can reach them.
    demo: bool | None = None
    # Gives each process of the suite a core of its own, round and round.
    pin: bool = False

    @property
    def address(self) -> str:
        """How people reach the gateway."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def is_private(self) -> bool:
        """Whether only this machine reaches the gateway."""
        return is_local(self.host) and is_local(urlsplit(self.address).hostname)

    @property
    def has_demo(self) -> bool:
        return self.is_private if self.demo is None else self.demo

    def check_mail(self) -> None:
        """Sign-in links are mailed: where others reach the gateway they must not be shown to whoever asks."""
        if self.smtp_url is None and not self.is_private:
            raise SystemExit("CASELOAD_SMTP_URL is needed: others reach this gateway, and caught mail is shown to everybody who does.")
