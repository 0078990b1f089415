"""What the gateway is told from outside, beyond what every process is."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator

from chassis.settings import Settings, is_local

MEGABYTE = 1024 * 1024


class GatewaySettings(Settings):
    # host:port of the door itself.
    http_listen: str | None = "127.0.0.1:8000"
    # Front ends of other origins that may call with cookies, exactly as browsers write them: https://app.example.com.
    cors_origins: tuple[str, ...] = ()
    # Reverse proxies whose X-Forwarded-For and -Proto are believed, comma-separated.
    trusted_proxies: str = "127.0.0.1"

    # Per workspace and per address.
    reads_per_minute: int = Field(1000, ge=1)
    writes_per_minute: int = Field(100, ge=1)
    # Per address, of what nobody has to be signed in for.
    sign_ins_per_minute: int = Field(60, ge=1)

    json_limit_bytes: int = Field(MEGABYTE, ge=1024)
    # Of one file; the multipart envelope around it comes on top.
    upload_limit_bytes: int = Field(10 * MEGABYTE, ge=1024)
    # The address and the headers of a request together.
    head_limit_bytes: int = Field(64 * 1024, ge=8 * 1024)
    # How long a connection may take to say what it wants, and a body to begin to arrive; a long one has longer.
    head_seconds: float = Field(10.0, gt=0)
    body_seconds: float = Field(20.0, gt=0)
    # What a request may take in all, every service it asks included.
    call_seconds: float = Field(10.0, gt=0)
    # How long open requests may go on once the process is told to stop.
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
        """Cookies are Secure unless people reach the gateway on their own machine."""
        public = urlsplit(self.public_url)
        return public.scheme == "https" or not is_local(public.hostname)
