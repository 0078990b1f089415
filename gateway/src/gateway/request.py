"""One HTTP request as the gateway sees it: who sends it, under which id, and what is added to its response."""

import asyncio
import re

from starlette.types import Scope

from chassis.context import Caller, RequestContext
from chassis.errors import Fault, Invalid, TooMany
from gateway.stubs import Stubs

KEY = "caseload.request"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_address = re.compile(r"[0-9a-fA-F.:]{2,45}(%[0-9A-Za-z._-]{1,15})?")
_idempotency_key = re.compile(r"[\x20-\x7e]{1,255}")
_nobody = Caller()


class GatewayRequest:
    """Made by the outermost middleware, completed by the others, and kept in the ASGI scope under `KEY`.

    `stubs` and `context` are there in routes only: every call of a service takes the context along.
    """

    __slots__ = (
        "address",
        "by_cookie",
        "caller",
        "context",
        "crowded",
        "form_token",
        "framed",
        "headers",
        "is_https",
        "is_safe",
        "method",
        "needs_sign_in",
        "path",
        "problem_code",
        "rate_limit",
        "request_id",
        "response_headers",
        "scope",
        "stubs",
        "traceparent",
    )

    context: RequestContext
    stubs: Stubs

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.is_safe = self.method in SAFE_METHODS
        self.is_https = scope.get("scheme") == "https"
        # By lower-case name.
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        client = scope.get("client")
        # A trusted proxy may pass on an X-Forwarded-For that the client made up.
        self.address: str = client[0] if client and _address.fullmatch(client[0]) else ""
        self.request_id = ""
        self.traceparent = ""
        self.caller = _nobody
        self.by_cookie = False
        # Of an attempt to sign in from an address that is over its limit: what it is refused with where it is (see `Crowds`).
        self.crowded: TooMany | None = None
        # Whether a path outside the API is for those who are signed in.
        self.needs_sign_in = False
        # The CSRF token of a form of the gateway's own pages, which cannot send it in a header.
        self.form_token = ""
        # The problem's code, where the response is a problem.
        self.problem_code = ""
        # The rate limit with the fewest requests left: limit, remaining, seconds until it is reset.
        self.rate_limit: tuple[int, int, int] | None = None
        # Whether the response may be shown within pages of the origins that its own policy names.
        self.framed = False
        # Added to the response, whichever part of the gateway makes it.
        self.response_headers: list[tuple[bytes, bytes]] = []

    def header(self, name: bytes) -> str:
        """A request header, by its lower-case name; empty where there is none."""
        return self.headers.get(name, b"").decode("latin-1")

    def add_header(self, name: bytes, value: str) -> None:
        """Adds a header to the response."""
        self.response_headers.append((name, value.encode("latin-1")))

    @property
    def is_navigation(self) -> bool:
        """Whether a browser asks for a page to show, as far as it says so."""
        mode = self.header(b"sec-fetch-mode")
        return mode == "navigate" if mode else "text/html" in self.header(b"accept").lower()

    @property
    def route_path(self) -> str:
        """The path of the request's route, with the names of its parameters in place of their values; empty for an unknown path."""
        route = self.scope.get("route")
        return getattr(route, "path", "")

    def has_scope(self, scope: str) -> bool:
        """Whether the caller's access token grants a scope, such as `clients:read`."""
        return scope in self.caller.scopes

    def new_context(self, seconds: float, *, token: str = "", idempotency_key: str | None = None) -> RequestContext:
        """What travels with calls to services: the token, the request's id, address and trace, and a deadline in `seconds` from now."""
        return RequestContext(
            token=token,
            request_id=self.request_id,
            deadline=asyncio.get_running_loop().time() + seconds,
            ip_address=self.address or None,
            user_agent=self.header(b"user-agent")[:512] or None,
            idempotency_key=idempotency_key,
            traceparent=self.traceparent,
        )

    def idempotency_key(self) -> str | None:
        """The Idempotency-Key of a write; Invalid unless it is 1 to 255 printable ASCII characters."""
        value = self.headers.get(b"idempotency-key")
        if value is None or self.is_safe:
            return None
        key = value.decode("latin-1")
        if not _idempotency_key.fullmatch(key):
            fault = Fault("/Idempotency-Key", "Should be 1 to 255 printable ASCII characters.")
            raise Invalid("invalid_idempotency_key", "The Idempotency-Key cannot be used.", faults=(fault,))
        return key
