"""Deadlines, credentials and retries of a call."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from google.protobuf.message import Message

from chassis.auth.tokens import ServiceSigner
from chassis.context import Outgoing
from chassis.errors import Unavailable
from chassis.rpc import status as wire
from chassis.rpc.method import Method
from chassis.work.unit_of_work import Call

DEFAULT_SECONDS = 10.0
_SHAVED_PER_HOP = 0.02
_MOST_ATTEMPTS = 3
Ask = Callable[[Message, Any], Awaitable[Any]]


class InternalFault(RuntimeError):
    """The callee failed in a way it did not foresee; not the caller's doing, and not a Refusal."""


def outgoing(call: Call | Outgoing) -> Outgoing:
    return call if isinstance(call, Outgoing) else call.outgoing


def seconds_left(out: Outgoing) -> float:
    """What this hop may take; Unavailable when nothing is left."""
    if out.deadline is None:
        return DEFAULT_SECONDS
    left = out.deadline - asyncio.get_running_loop().time() - _SHAVED_PER_HOP
    if left <= 0:
        raise wire.too_late()
    return left


def credentials(out: Outgoing, callee: str, signer: ServiceSigner | None) -> str:
    """The user's own token where there is one; else, for work in a workspace, the calling service's; else none."""
    if out.token:
        return f"Bearer {out.token}"
    if signer is None or out.workspace_id is None:
        return ""
    return f"Bearer {signer.token(callee, out.workspace_id)}"


async def patiently(method: Method, out: Outgoing, attempt: Callable[[float], Awaitable[bytes]]) -> bytes:
    """Asks again where the callee was unavailable and asking twice cannot do harm, with jitter, inside the deadline."""
    for number in range(1, _MOST_ATTEMPTS + 1):
        try:
            return await attempt(seconds_left(out))
        except Unavailable as refusal:
            pause = random.uniform(0.02, 0.1) * 2**number  # noqa: S311 - jitter, not a secret
            if not method.repeatable or number == _MOST_ATTEMPTS or refusal.code == "deadline_exceeded":
                raise
            if out.deadline is not None and out.deadline - asyncio.get_running_loop().time() < pause + _SHAVED_PER_HOP:
                raise
            await asyncio.sleep(pause)
    raise AssertionError("the last attempt returns or raises")
