"""The one place where an error becomes application/problem+json (RFC 9457)."""

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

from chassis.errors import Conflict, Fault, Forbidden, Gone, Invalid, NotFound, Refusal, Stale, TooMany, Unauthenticated, Unavailable
from chassis.observability.redaction import stack
from chassis.rpc.method import is_uuid_text
from gateway.request import GatewayRequest

log = logging.getLogger("gateway.problems")


class BadRequest(Refusal):
    """The request cannot be read."""


class ContentTooLarge(Refusal):
    """The body has more bytes than the path accepts."""


STATUS: Mapping[type[Refusal], int] = {
    BadRequest: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    Stale: 412,
    ContentTooLarge: 413,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}
_MEMBERS = frozenset({"type", "title", "status", "detail", "instance", "request_id", "code", "errors"})
# Code and detail of the errors that Starlette, FastAPI and the router raise.
_BY_STATUS: Mapping[int, tuple[str, str]] = {
    400: ("malformed_request", "The request cannot be read."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This address does not know that method."),
    408: ("request_too_slow", "The request did not arrive in time."),
    413: ("body_too_large", "The request is larger than this address takes."),
    416: ("range_not_satisfiable", "The file has no bytes in that range."),
}


class ProblemResponses:
    """Makes the responses. `public_url` is the base of the pages about problem types; `paths` are the paths of all routes."""

    def __init__(self, public_url: str, paths: Iterable[str]) -> None:
        self._types = public_url.rstrip("/") + "/problems/"
        self._segments = frozenset(part for path in paths for part in path.split("/") if not part.startswith("{"))

    def refusal(self, refusal: Refusal, request: GatewayRequest) -> Response:
        status = status_of(refusal)
        headers = {}
        if refusal.retry_after is not None or status == 503:
            headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after or 1)))
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return self._respond(status, refusal.code, refusal.message, request, refusal.facts, refusal.faults, headers)

    def http(self, error: HTTPException, request: GatewayRequest) -> Response:
        """An unknown path or method, or a body that cannot be read."""
        phrase = HTTPStatus(error.status_code).phrase
        code, detail = _BY_STATUS.get(error.status_code, (phrase.lower().replace(" ", "_").replace("-", "_"), phrase + "."))
        return self._respond(error.status_code, code, detail, request, {}, (), dict(error.headers or {}))

    def invalid(self, error: RequestValidationError, request: GatewayRequest) -> Response:
        faults = [fault_of(e) for e in error.errors()]
        return self._respond(422, "validation_failed", "The request does not fit; `errors` says where.", request, {}, faults, {})

    def unexpected(self, error: Exception, request: GatewayRequest) -> Response:
        # Neither the exception's text nor its arguments, which may contain PHI.
        log.error("unexpected %s", type(error).__name__, extra={"request_id": request.request_id, "exception": stack(error)})
        return self._respond(
            500, "internal_error", "Something went wrong here. The request id helps to find out what.", request, {}, (), {}
        )

    def _respond(
        self,
        status: int,
        code: str,
        detail: str,
        request: GatewayRequest,
        facts: Mapping[str, Any],
        faults: Sequence[Fault],
        headers: Mapping[str, str],
    ) -> Response:
        request.problem_code = code
        body: dict[str, Any] = {
            "type": self._types + quote(code),
            "title": title(code),
            "status": status,
            "detail": detail,
            "instance": self._instance(request.path),
            "request_id": request.request_id,
            "code": code,
        }
        if status == 422 or (status == 400 and faults):
            body["errors"] = [{"pointer": fault.pointer, "detail": _sentence(fault.detail)} for fault in faults]
        body |= {name: value for name, value in facts.items() if name not in _MEMBERS}
        return Response(orjson.dumps(body, option=orjson.OPT_UTC_Z), status, headers, "application/problem+json")

    def _instance(self, path: str) -> str:
        """The path with `-` for every segment that is neither an id nor part of a route.

        People type names into addresses, and problems are stored and forwarded.
        """
        return "/".join(part if part in self._segments or is_uuid_text(part) else "-" for part in path.split("/"))


def status_of(refusal: Refusal) -> int:
    """The status of a response that is this refusal."""
    return next((number for kind, number in STATUS.items() if isinstance(refusal, kind)), 500)


def title(code: str) -> str:
    """The title of a problem type: the words of its code."""
    return code.replace("_", " ").capitalize()


def fault_of(error: Mapping[str, Any]) -> Fault:
    """A validation error as a JSON pointer (RFC 6901) and a sentence; neither contains the input."""
    kind, where = error["type"], list(error["loc"])
    if kind == "json_invalid":
        # The message of Python's JSON decoder or of ours; neither quotes the body.
        return Fault("", f"The body cannot be read as JSON: {error['ctx']['error'].strip()}.")
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in where[1:])
    sentence: str = error["msg"]
    if kind == "value_error":
        sentence = sentence.removeprefix("Value error, ")
    elif kind.endswith("_parsing"):
        # What follows the comma quotes the input.
        sentence = sentence.split(",", 1)[0]
    return Fault(pointer, sentence if sentence.endswith(".") else sentence + ".")


def _sentence(text: str) -> str:
    """The text with a capital first letter and a full stop: services write "must not be empty"."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
