"""The gateway's settings, beyond those of every process."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator

from chassis.settings import Settings, is_local

MEGABYTE = 1024 * 1024


class GatewaySettings(Settings):
    # host:port that the gateway listens on.
    http_listen: str | None = "127.0.0.1:8000"
    # Origins of front ends that may call with cookies, as browsers send them: https://app.example.com.
    cors_origins: tuple[str, ...] = ()
    # Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted, comma-separated.
    trusted_proxies: str = "127.0.0.1"

    # Per workspace and per address.
    reads_per_minute: int = Field(1000, ge=1)
    writes_per_minute: int = Field(100, ge=1)
    # Per address: writes that need no sign-in.
    sign_ins_per_minute: int = Field(60, ge=1)

    json_limit_bytes: int = Field(MEGABYTE, ge=1024)
    # Of one file, without the multipart envelope.
    upload_limit_bytes: int = Field(10 * MEGABYTE, ge=1024)
    # Uploads that are received or passed on at the same time; each takes up to four times its limit of memory.
    uploads_at_once: int = Field(6, ge=1)
    # Of a request's URL and headers together.
    head_limit_bytes: int = Field(64 * 1024, ge=8 * 1024)
    # For a request's head, and for its body to begin to arrive; a large body has longer.
    head_seconds: float = Field(10.0, gt=0)
    body_seconds: float = Field(20.0, gt=0)
    # For a whole request, with all calls to services.
    call_seconds: float = Field(10.0, gt=0)
    # For requests under way after SIGTERM.
    drain_seconds: int = Field(10, ge=0)

    @field_validator("cors_origins")
    @classmethod
    def _exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = urlsplit(origin)
            if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query or "*" in origin:
                raise ValueError(f"{origin!r} is no exact origin; write scheme://host[:port]")
        return origins

    @property
    def cookies_need_tls(self) -> bool:
        """Whether cookies are Secure: always, unless the gateway's address is on the same machine."""
        public = urlsplit(self.public_url)
        return public.scheme == "https" or not is_local(public.hostname)
