"""The deadline, the token and the retries of a call."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from chassis.auth.tokens import ServiceSigner
from chassis.backoff import Backoff
from chassis.context import RequestContext, deadline_exceeded
from chassis.errors import Unavailable
from chassis.rpc.admission import OVERLOADED
from chassis.rpc.method import Method

DEFAULT_SECONDS = 10.0
# So much less than the caller has itself, so that the callee's refusal still reaches it in time.
_SHAVED_PER_HOP = 0.02
_MOST_ATTEMPTS = 3
_BACKOFF = Backoff(first=0.2, longest=0.8, jitter=0.8)
# There is no time left, or the callee has too much to do already.
_NOT_REPEATED = frozenset({"deadline_exceeded", OVERLOADED})
# Gets the request and its context; between them, of a request that goes in pieces, its body.
Ask = Callable[..., Awaitable[Any]]


class InternalFault(RuntimeError):
    """The callee failed with an error that is not a Refusal: a fault of its own, which the caller can do nothing about."""


def seconds_left(context: RequestContext) -> float:
    """Seconds the callee may take. Raises Unavailable("deadline_exceeded") when nothing is left."""
    left = context.remaining()
    if left is None:
        return DEFAULT_SECONDS
    if left <= _SHAVED_PER_HOP:
        raise deadline_exceeded()
    return left - _SHAVED_PER_HOP


def token_for(callee: str, context: RequestContext, signer: ServiceSigner | None) -> str:
    """The user's own token where there is one; else, for work in a workspace, the calling service's; else none."""
    if context.token:
        return context.token
    if signer is None or context.workspace_id is None:
        return ""
    return signer.token(callee, context.workspace_id)


def sent_with(method: Method, context: RequestContext) -> RequestContext:
    """What travels with this call: an Idempotency-Key only where there is an effect to keep from happening twice."""
    return replace(context, idempotency_key=None) if context.idempotency_key and not method.writes else context


async def attempts(method: Method, context: RequestContext, attempt: Callable[[float], Awaitable[bytes]]) -> bytes:
    """Calls up to three times. Only a callee that was Unavailable is asked again, only for a method that is safe to repeat, and only if the deadline allows."""
    for number in range(1, _MOST_ATTEMPTS + 1):
        try:
            return await attempt(seconds_left(context))
        except Unavailable as refusal:
            pause = _BACKOFF.delay(number)
            if not method.repeatable or number == _MOST_ATTEMPTS or refusal.code in _NOT_REPEATED:
                raise
            if context.deadline is not None and context.deadline - asyncio.get_running_loop().time() < pause + _SHAVED_PER_HOP:
                raise
            await asyncio.sleep(pause)
    raise AssertionError("the last attempt returns or raises")
