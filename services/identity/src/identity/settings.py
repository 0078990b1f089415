"""The settings of identity, beyond those of every service."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import Field, field_validator

from chassis.auth.tokens import ACCESS_SECONDS
from chassis.outgoing.addresses import networks as parse_networks
from chassis.settings import Settings


class IdentitySettings(Settings):
    # The Ed25519 private keys (PEM): the first signs access tokens, all are published. See `access-key` in deploy/README.md.
    access_key_file: Path | None = None

    # A login session ends after so many seconds without activity, and at the latest so many after sign-in.
    session_idle_seconds: int = Field(30 * 60, gt=ACCESS_SECONDS)
    session_absolute_seconds: int = Field(12 * 3600, gt=ACCESS_SECONDS)
    magic_link_seconds: int = Field(900, gt=0, le=3600)
    # A week, in which somebody who was added accepts.
    invitation_seconds: int = Field(7 * 24 * 3600, ge=3600, le=90 * 24 * 3600)
    # How long a used refresh token is answered with the same successor, for requests sent at the same moment.
    refresh_grace_seconds: int = Field(10, ge=0, le=60)

    # The domain that passkeys are good for (their relying party id), by default the host of CASELOAD_APP_URL. Whoever changes it makes
    # every passkey useless.
    passkey_domain: str = ""
    # Origins of further front ends in that domain, as browsers send them: https://app.example.com. Those of CASELOAD_APP_URL and
    # CASELOAD_PUBLIC_URL need not be named.
    passkey_origins: tuple[str, ...] = ()

    # Argon2id (RFC 9106): passes, KiB of memory, lanes (threads). About 0.15 s of one core.
    argon2_passes: int = Field(2, ge=1)
    argon2_memory_kib: int = Field(65536, ge=8)
    argon2_lanes: int = Field(1, ge=1)
    # Threads that hash passwords; how many passwords may be hashed or wait before a sign-in is refused as Unavailable.
    password_threads: int = Field(2, ge=1)
    password_queue: int = Field(64, ge=1)
    # How long a sign-in waits for its turn, before it is refused as Unavailable.
    password_queue_seconds: float = Field(3.0, gt=0)

    # For all that is asked of an OpenID provider while somebody signs in; less than the gateway waits.
    sso_seconds: float = Field(6.0, gt=0, le=60)
    # Networks that are not public and have OpenID providers of workspaces, comma-separated; by default none. Whoever administers a
    # workspace can have requests sent to every address in them.
    sso_private_networks: str = ""

    # Where whoever makes the backups says how they fare, as http://backups:9000/state: when something is wrong, workspaces are told as their
    # rules say. Without it nothing is asked; `caseload run` knows by itself.
    backup_state_url: str = ""

    # Days until these are deleted, after they have expired.
    login_sessions_days: float = Field(7, gt=0)
    magic_links_days: float = Field(1, gt=0)
    invitations_days: float = Field(30, gt=0)
    # Days for which a deleted workspace can be brought back.
    deleted_workspaces_days: float = Field(30, ge=1)

    @field_validator("sso_private_networks")
    @classmethod
    def _networks(cls, networks: str) -> str:
        parse_networks(networks)
        return networks

    def sso_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return parse_networks(self.sso_private_networks)

    def faults(self) -> list[str]:
        found = super().faults()
        if self.access_key_file is None:
            found.append("CASELOAD_ACCESS_KEY_FILE is not set")
        # The minimum of OWASP's Password Storage Cheat Sheet for two passes.
        if self.argon2_memory_kib < 19456 or self.argon2_passes < 2:
            found.append("CASELOAD_ARGON2_MEMORY_KIB and _PASSES are weaker than 19456 and 2")
        return found
