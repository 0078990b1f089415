"""One request as the gateway sees it: who asks, under which id, and what the reply's headers will add."""

import asyncio
import re
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import State
from starlette.types import Scope

from chassis.context import Caller, RequestContext
from chassis.errors import Fault, Forbidden, Invalid, Unauthenticated
from gateway.services import Services

KEY = "caseload.visit"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_address = re.compile(r"[0-9a-fA-F.:]{2,45}(%[0-9A-Za-z._-]{1,15})?")
_idempotency_key = re.compile(r"[\x20-\x7e]{1,255}")
_nobody = Caller()


class Visit:
    """What the middleware learns about a request and the routes make use of; `call` and `services` are theirs alone."""

    __slots__ = (
        "address",
        "allowance",
        "by_cookie",
        "call",
        "caller",
        "code",
        "headers",
        "https",
        "method",
        "path",
        "request_id",
        "safe",
        "scope",
        "sent",
        "services",
        "traceparent",
    )

    call: RequestContext
    services: Services

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.safe = self.method in SAFE_METHODS
        self.https = scope.get("scheme") == "https"
        # The request's headers by lower-case name.
        self.sent: dict[bytes, bytes] = dict(scope["headers"])
        client = scope.get("client")
        # A proxy that is believed may still have passed on what somebody made up.
        self.address: str = client[0] if client and _address.fullmatch(client[0]) else ""
        self.request_id = ""
        self.traceparent = ""
        self.caller = _nobody
        self.by_cookie = False
        # The problem's code, where the reply is one.
        self.code = ""
        # The tightest rate limit met: limit, remaining, seconds until it is whole again.
        self.allowance: tuple[int, int, int] | None = None
        # Added to the reply, whoever makes it.
        self.headers: list[tuple[bytes, bytes]] = []

    def header(self, name: bytes) -> str:
        """A request header, by its lower-case name; empty where there is none."""
        return self.sent.get(name, b"").decode("latin-1")

    def add(self, name: bytes, value: str) -> None:
        self.headers.append((name, value.encode("latin-1")))

    @property
    def template(self) -> str:
        """The path of the route that was found, with its parameters' names in place of their values."""
        route = self.scope.get("route")
        return getattr(route, "path", "")

    def may(self, scope: str) -> bool:
        return scope in self.caller.scopes

    def needs(self, scope: str) -> None:
        """Refuses a caller without the scope, where the gateway itself puts a reply together."""
        if not self.may(scope):
            raise Forbidden("forbidden", "Your role does not allow this.", facts={"needs": scope})

    def outgoing(self, seconds: float, *, token: str = "") -> RequestContext:
        return RequestContext(
            token=token,
            request_id=self.request_id,
            deadline=asyncio.get_running_loop().time() + seconds,
            ip_address=self.address or None,
            user_agent=self.header(b"user-agent")[:512] or None,
            traceparent=self.traceparent,
        )

    @property
    def reading(self) -> RequestContext:
        """The visit's call for a question asked on the way: the idempotency key belongs to the write alone."""
        return replace(self.call, idempotency_key=None) if self.call.idempotency_key else self.call

    def idempotency_key(self) -> str | None:
        """The key a writer sent; Invalid unless it is 1 to 255 printable characters."""
        value = self.sent.get(b"idempotency-key")
        if value is None or self.safe:
            return None
        key = value.decode("latin-1")
        if not _idempotency_key.fullmatch(key):
            fault = Fault("/Idempotency-Key", "Should be 1 to 255 printable ASCII characters.")
            raise Invalid("invalid_idempotency_key", "The Idempotency-Key cannot be used.", faults=(fault,))
        return key


def welcome(visit: Visit, state: State) -> Visit:
    """Gives the visit of somebody signed in what it asks the services with."""
    if not visit.caller.token:
        raise Unauthenticated("sign_in_required", "Sign in first.")
    visit.services = state.services
    visit.call = replace(visit.outgoing(state.settings.call_seconds, token=visit.caller.token), idempotency_key=visit.idempotency_key())
    return visit


async def signed_in(request: Request) -> Visit:
    return welcome(request.scope[KEY], request.app.state)


async def _anyone(request: Request) -> Visit:
    visit: Visit = request.scope[KEY]
    visit.idempotency_key()  # refused when malformed; where nobody is signed in there is nobody to keep it for
    state = request.app.state
    visit.services = state.services
    visit.call = visit.outgoing(state.settings.call_seconds)
    return visit


# What a route asks for: the visit of somebody signed in, or of anybody; `at.call` goes with every question to a service.
SignedIn = Annotated[Visit, Depends(signed_in)]
Anyone = Annotated[Visit, Depends(_anyone)]
