"""The one place where a refusal becomes application/problem+json (RFC 9457)."""

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chassis.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Refusal, Stale, TooMany, Unauthenticated, Unavailable
from chassis.observability.redaction import stack
from chassis.rpc.method import is_uuid
from gateway.visit import Visit

log = logging.getLogger("gateway.problems")


class Malformed(Refusal):
    """Not a request this door can read."""


class NotAllowed(Refusal):
    """A method the address does not know."""


class TooLarge(Refusal):
    """More bytes than the door lets in."""


STATUS: Mapping[type[Refusal], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    NotAllowed: 405,
    Conflict: 409,
    Stale: 412,
    TooLarge: 413,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}
_MEMBERS = frozenset({"type", "title", "status", "detail", "instance", "request_id", "code", "errors"})
# What the framework refuses by itself.
_BY_STATUS: Mapping[int, tuple[str, str]] = {
    400: ("malformed_request", "The request cannot be read."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This address does not know that method."),
    408: ("request_too_slow", "The request did not arrive in time."),
    413: ("body_too_large", "The request is larger than this address takes."),
}


class Problems:
    """Renders refusals. `public_url` is where the pages about them are found, `paths` are the addresses there are."""

    def __init__(self, public_url: str, paths: Iterable[str]) -> None:
        self._types = public_url.rstrip("/") + "/problems/"
        self._words = frozenset(part for path in paths for part in path.split("/") if not part.startswith("{"))

    def refusal(self, refusal: Refusal, visit: Visit) -> Response:
        status = next((number for kind, number in STATUS.items() if isinstance(refusal, kind)), 500)
        headers = {}
        if refusal.retry_after is not None or status == 503:
            headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after or 1)))
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return self._respond(status, refusal.code, refusal.message, visit, refusal.facts, refusal.faults, headers)

    def http(self, error: HTTPException, visit: Visit) -> Response:
        """What Starlette refuses by itself: no such route, no such method, an unreadable body."""
        phrase = HTTPStatus(error.status_code).phrase
        code, detail = _BY_STATUS.get(error.status_code, (phrase.lower().replace(" ", "_").replace("-", "_"), phrase + "."))
        return self._respond(error.status_code, code, detail, visit, {}, (), dict(error.headers or {}))

    def invalid(self, error: RequestValidationError, visit: Visit) -> Response:
        faults = [fault_of(e) for e in error.errors()]
        return self._respond(422, "validation_failed", "The request does not fit; `errors` says where.", visit, {}, faults, {})

    def unexpected(self, error: Exception, visit: Visit) -> Response:
        # Neither the exception's text nor its arguments: they may hold what a client told their practitioner.
        log.error("unexpected %s", type(error).__name__, extra={"request_id": visit.request_id, "exception": stack(error)})
        return self._respond(500, "internal_error", "Something went wrong here. The request id helps to find out what.", visit, {}, (), {})

    def _respond(
        self,
        status: int,
        code: str,
        detail: str,
        visit: Visit,
        facts: Mapping[str, Any],
        faults: Sequence[Fault],
        headers: Mapping[str, str],
    ) -> Response:
        visit.code = code
        body: dict[str, Any] = {
            "type": self._types + quote(code),
            "title": title(code),
            "status": status,
            "detail": detail,
            "instance": self._place(visit.path),
            "request_id": visit.request_id,
            "code": code,
        }
        if status == 422:
            body["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in faults]
        body |= {name: value for name, value in facts.items() if name not in _MEMBERS}
        return Response(orjson.dumps(body, option=orjson.OPT_UTC_Z), status, headers, "application/problem+json")

    def _place(self, path: str) -> str:
        """The address without what is neither an id nor a word of ours: people type names there, and problems are kept and passed on."""
        return "/".join(part if part in self._words or is_uuid(part) else "-" for part in path.split("/"))


def title(code: str) -> str:
    """The same few words for every problem of one type."""
    return code.replace("_", " ").capitalize()


def fault_of(error: Mapping[str, Any]) -> Fault:
    """A validation error as a pointer and a sentence, without what was sent."""
    kind, where = error["type"], list(error["loc"])
    if kind == "json_invalid":
        # Said by the reader of JSON or by us; neither quotes the body.
        return Fault("", f"The body cannot be read as JSON: {error['ctx']['error'].strip()}.")
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in where[1:])
    sentence: str = error["msg"]
    if kind == "value_error":
        sentence = sentence.removeprefix("Value error, ")
    elif kind.endswith("_parsing"):
        # What follows the comma quotes the input.
        sentence = sentence.split(",", 1)[0]
    return Fault(pointer, sentence if sentence.endswith(".") else sentence + ".")
