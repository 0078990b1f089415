"""The gateway's settings, beyond those of every process."""

from ipaddress import ip_network
from typing import Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field, SecretStr, field_validator, model_validator

from chassis.settings import DEVELOPMENT_SECRET, Settings, is_local, is_local_address

MEGABYTE = 1024 * 1024
# In one trusted network. Everybody in it can make up addresses, so it may hold the proxies and little else.
_MOST_PROXIES = 256


class GatewaySettings(Settings):
    # host:port that the gateway listens on.
    http_listen: str | None = "127.0.0.1:8000"
    # host:port of /metrics and /health for probes and monitoring, where people do not come; none when this process is not watched.
    health_listen: str | None = None
    # Origins of front ends that may call with cookies, as browsers send them: https://app.example.com.
    cors_origins: tuple[str, ...] = ()
    # Addresses of the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, comma-separated; by default nobody's.
    trusted_proxies: str = ""

    # What a completed appointment is called: some front ends know it as attended.
    completed_status: Literal["completed", "attended"] = "completed"

    # Whose clients are served at /patients too, for a front end written for json-server; by default nobody's.
    patients_workspace: UUID | None = None
    # An API key of that workspace. Requests without credentials are made with it, if they come from this machine; all others have to send one.
    patients_api_key: SecretStr = SecretStr("")

    # Per user.
    reads_per_minute: int = Field(1000, ge=1)
    writes_per_minute: int = Field(100, ge=1)
    autosaves_per_minute: int = Field(600, ge=1)
    # Per address: what is asked without sign-in, and attempts to sign in; API keys that are not in use yet are counted apart, to as many.
    anonymous_per_minute: int = Field(1000, ge=1)
    sign_ins_per_minute: int = Field(300, ge=1)
    # Where several gateways count together, a Redis or Valkey: rediss://user:password@host:port/0?ssl_ca_certs=/path. Without it, each counts alone.
    rate_limit_store_url: SecretStr = SecretStr("")

    # For CSRF tokens, and to hide addresses from the store above: each use has a key of its own, derived from it.
    # The same for all gateways of an installation.
    gateway_secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)

    json_limit_bytes: int = Field(MEGABYTE, ge=1024)
    # Of the notes that a device sends after it was without a network: a hundred, each as long as can be.
    sync_limit_bytes: int = Field(8 * MEGABYTE, ge=1024)
    # Sync requests above json_limit_bytes that are read at the same time, in all, per workspace and per user. Each is held in memory.
    large_syncs_at_once: int = Field(8, ge=1)
    large_syncs_per_workspace: int = Field(4, ge=1)
    large_syncs_per_user: int = Field(2, ge=1)
    # Of one file, without the multipart envelope.
    upload_limit_bytes: int = Field(10 * MEGABYTE, ge=1024)
    # Of a file of clients to be imported: some 200,000 of them. No request between two processes is larger than 64 MiB.
    import_limit_bytes: int = Field(50 * MEGABYTE, ge=1024, le=60 * MEGABYTE)
    # Uploads under way at the same time, of all and of one workspace. A user has as many as a browser has connections.
    uploads_at_once: int = Field(60, ge=1)
    uploads_per_workspace: int = Field(30, ge=1)
    uploads_per_user: int = Field(6, ge=1)
    # Archives of files that are being sent at the same time: each holds a piece of a file in memory.
    archives_at_once: int = Field(20, ge=1)
    archives_per_workspace: int = Field(6, ge=1)
    archives_per_user: int = Field(2, ge=1)
    # Open streams of alerts, each of which holds a connection: of all, of one workspace and of one user, who has one for each browser.
    alert_streams_at_once: int = Field(4000, ge=1)
    alert_streams_per_workspace: int = Field(2000, ge=1)
    alert_streams_per_user: int = Field(12, ge=1)
    # After which a stream is ended, if its access token has not expired before. Its reader comes back.
    alert_stream_seconds: float = Field(300.0, gt=0)
    # Of a request's URL and headers together.
    head_limit_bytes: int = Field(64 * 1024, ge=8 * 1024)
    # For a request's head, and for its body to begin to arrive; a large body has longer.
    head_seconds: float = Field(10.0, gt=0)
    body_seconds: float = Field(20.0, gt=0)
    # For any other body than an upload to arrive, however large it is: it is held in memory.
    json_seconds: float = Field(30.0, gt=0)
    # For an upload to arrive, however slowly it does.
    upload_seconds: float = Field(300.0, gt=0)
    # For a whole request, with all calls to services.
    call_seconds: float = Field(10.0, gt=0)
    # For requests under way after SIGTERM.
    drain_seconds: int = Field(10, ge=0)

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, proxies: str) -> str:
        for proxy in filter(None, map(str.strip, proxies.split(","))):
            try:
                network = ip_network(proxy)
            except ValueError:
                raise ValueError(f"{proxy!r} is no address and no network") from None
            if network.num_addresses > _MOST_PROXIES:
                raise ValueError(f"{proxy} is more than the proxies: whoever sends from there could make up any address")
        return proxies

    @field_validator("cors_origins")
    @classmethod
    def _exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = urlsplit(origin)
            if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query or "*" in origin:
                raise ValueError(f"{origin!r} is no exact origin; write scheme://host[:port]")
        return origins

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        listens_here = is_local_address(self.http_listen or "") and is_local(urlsplit(self.public_url).hostname)
        if self.patients_workspace is not None and not listens_here and not self.patients_api_key.get_secret_value():
            raise ValueError(
                "CASELOAD_PATIENTS_WORKSPACE needs CASELOAD_PATIENTS_API_KEY where others reach the gateway: /patients serves nobody there without an API key"
            )
        return self

    def faults(self) -> list[str]:
        found = super().faults()
        if self.gateway_secret.get_secret_value() in {"", DEVELOPMENT_SECRET}:
            found.append("CASELOAD_GATEWAY_SECRET is the development one")
        store = urlsplit(self.rate_limit_store_url.get_secret_value())
        if store.scheme == "redis" and not is_local(store.hostname):
            found.append("CASELOAD_RATE_LIMIT_STORE_URL leaves this machine without TLS (rediss://)")
        return found

    def key_for(self, purpose: str) -> bytes:
        """A key of 32 bytes for this purpose alone, derived from the gateway's secret by HKDF (RFC 5869)."""
        info = f"caseload gateway {purpose}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self.gateway_secret.get_secret_value().encode())

    @property
    def cookies_need_tls(self) -> bool:
        """Whether cookies are Secure: always, unless the gateway's address is on the same machine."""
        public = urlsplit(self.public_url)
        return public.scheme == "https" or not is_local(public.hostname)
