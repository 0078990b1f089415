"""Base64 for URLs and cookies (RFC 4648 section 5), without padding."""

import base64


def encode(data: bytes) -> str:
    """The bytes as text of letters, digits, `-` and `_`."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes that `encode` was given. Raises ValueError for any other text, also for another spelling of the same bytes."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        data = b""
    if encode(data) != text:
        raise ValueError("not base64 for URLs")
    return data
