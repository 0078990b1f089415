"""W3C Trace Context."""

import secrets


def new_trace() -> str:
    """A traceparent for a request that came without one."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_trace(traceparent: str | None) -> str:
    """The same trace, one span further; a new one when there was none or it is malformed."""
    if trace_id(traceparent) is None:
        return new_trace()
    assert traceparent is not None
    version, trace, _, flags = traceparent.split("-")[:4]
    return f"{version}-{trace}-{secrets.token_hex(8)}-{flags}"


def trace_id(traceparent: str | None) -> str | None:
    """The trace's id, 32 hexadecimal digits, or None."""
    parts = (traceparent or "").split("-")
    if len(parts) < 4 or [len(part) for part in parts[:4]] != [2, 32, 16, 2] or set(parts[1]) <= {"0"}:
        return None
    return parts[1] if set("".join(parts[:4])) <= set("0123456789abcdef") else None
