"""W3C Trace Context."""

import re
import secrets

# Version, trace, span and flags; what newer versions append is left alone. A trace of zeros is none.
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?", re.DOTALL)


def new_trace() -> str:
    """A traceparent for a request that came without one."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_trace(traceparent: str | None) -> str:
    """The same trace, one span further; a new one when there was none or it is malformed."""
    known = _TRACEPARENT.fullmatch(traceparent or "")
    if known is None:
        return new_trace()
    version, trace, flags = known.groups()
    return f"{version}-{trace}-{secrets.token_hex(8)}-{flags}"


def trace_id(traceparent: str | None) -> str | None:
    """The trace's id, 32 hexadecimal digits, or None."""
    known = _TRACEPARENT.fullmatch(traceparent or "")
    return None if known is None else known[2]
