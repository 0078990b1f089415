"""Which installations a self-test asks, and how fast. Pure functions."""

from ipaddress import ip_address
from urllib.parse import urlsplit

FASTEST = 50.0


def check_url(url: str) -> str:
    """The installation's address without a path. Raises ValueError for plain http to another machine: a password would be read on the way."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError("write https://host[:port]")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("write the installation's address alone: https://host[:port]")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("plain http is for this machine alone; write https://")
    return f"{parts.scheme}://{parts.netloc}"


def check_rate(text: str) -> float:
    """Requests a second. Raises ValueError unless it is over 0 and at most 50."""
    rate = float(text)
    if not 0 < rate <= FASTEST:
        raise ValueError(f"must be over 0 and at most {FASTEST:g}")
    return rate


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
