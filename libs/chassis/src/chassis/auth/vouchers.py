"""Vouchers: what one service tells another by way of a third, who can neither make nor change one.

A voucher says of one thing that something is so, to one request of one user, for some seconds. It is a keyed hash. The only service
that takes it has the key as well; it could deceive nobody but itself.
"""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from chassis.context import RequestContext

# As long as a request may take.
_VALID = timedelta(seconds=10)
_BYTES_OF_TIME = 8


def make_voucher(key: bytes, about: UUID, context: RequestContext, now: datetime) -> bytes:
    """A voucher about one thing, for this request of this user; empty if no user asks."""
    if context.caller.user_id is None:
        return b""
    until = _milliseconds(now + _VALID).to_bytes(_BYTES_OF_TIME, "big")
    return until + _hash(key, about, context.caller.user_id, context.request_id, until)


def holds(voucher: bytes, key: bytes, about: UUID, context: RequestContext, now: datetime) -> bool:
    """Whether the voucher was made with this key, about this, for this request of this user, and is not too old."""
    until, made = voucher[:_BYTES_OF_TIME], voucher[_BYTES_OF_TIME:]
    if context.caller.user_id is None or int.from_bytes(until, "big") < _milliseconds(now):
        return False
    return hmac.compare_digest(made, _hash(key, about, context.caller.user_id, context.request_id, until))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _hash(key: bytes, about: UUID, user_id: UUID, request_id: str, until: bytes) -> bytes:
    # All but the last part have a fixed length.
    return hmac.digest(key, about.bytes + user_id.bytes + until + request_id.encode(), "sha256")
