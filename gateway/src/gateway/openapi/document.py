"""The OpenAPI document: what FastAPI derives from the routes, and what all operations have in common."""

from collections.abc import Mapping
from typing import Any, get_args

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gateway.api.appointments.schemas import StatusWord
from gateway.api.fields import Problem
from gateway.compat.completed_status import describe
from gateway.routing.nouns import RECENT_SIGN_IN

DESCRIPTION = """\
Sign in with `POST /api/v1/auth/login` or a mailed link. Then either send the reply's `access_token` in the
Authorization header, or let a browser's cookies do it and repeat the `csrf_token` cookie in `X-CSRF-Token` on every
write. Every error is a problem (RFC 9457) with a stable `code`; its `type` opens a page about it. Every write takes an
`Idempotency-Key`; every reply carries an `X-Request-ID`.
"""

_PROBLEMS = {
    "400": "The request cannot be read.",
    "401": "No valid credentials.",
    "403": "The caller's role does not allow this.",
    "404": "Absent, or another workspace's.",
    "408": "The body did not arrive in time.",
    "409": "Conflicts with the present state.",
    "410": "Is over: used, replaced or too old; or a client who was merged into the one that `merged_into` names.",
    "412": "If-Match does not name the newest version.",
    "413": "The body is too large.",
    "416": "The file has no bytes in that range.",
    "422": "Invalid; `errors` says where.",
    "429": "Too many requests; Retry-After says when to try again.",
    "503": "A service is unavailable; Retry-After says when to try again.",
}
# In place of 403 where a route declares `RECENT_SIGN_IN`.
_RECENT = "403-recent-sign-in"
_RECENT_MEANING = (
    "The caller's role does not allow this; or `reauthentication_required`: it takes a sign-in of the last `max_age` seconds, so let the person"
    " sign in again (with a provider by `again=true`), and repeat the request."
)
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes it safe to repeat a write: within 72 hours the reply is that of the first one.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
_PREFER = {
    "name": "Prefer",
    "in": "header",
    "description": "`handling=strict` refuses a body with unknown members, which are ignored otherwise (RFC 7240).",
    "schema": {"type": "string"},
    "example": "handling=strict",
}
_RANGE = {
    "name": "Range",
    "in": "header",
    "description": "One range of bytes (`bytes=1000-`, RFC 9110). With `If-Range`, of the file with this ETag alone.",
    "schema": {"type": "string"},
}
_IGNORED_MEMBERS = {
    "description": "JSON pointers of the body's members that are not known here and were ignored.",
    "schema": {"type": "string"},
}
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The `access_token` of a sign-in's reply."},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "access_token",
        "description": "Set by signing in, never by hand. Writes need X-CSRF-Token as well.",
    },
}
_WRITES = frozenset({"post", "put", "patch", "delete"})
_NAMES_OF_CLIENTS = frozenset({"client_id", "duplicate_id"})


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made at the first call."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
        components = made.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        described = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= described.pop("$defs", {}) | {"Problem": described}
        components["responses"] = {number: _problem(meaning) for number, meaning in _PROBLEMS.items()}
        components["responses"][_RECENT] = _problem(_RECENT_MEANING)
        components["parameters"] = {"IdempotencyKey": _IDEMPOTENCY_KEY, "Prefer": _PREFER, "Range": _RANGE}
        components["headers"] = {"IgnoredMembers": _IGNORED_MEMBERS}
        components["securitySchemes"] = _SCHEMES
        made["security"] = [{"bearer": []}, {"cookie": []}]
        for path, operations in made["paths"].items():
            for method, operation in operations.items():
                _complete(path, method, operation, schemas)
        app.openapi_schema = describe(made, app.state.settings.completed_status, list(get_args(StatusWord)))
    return app.openapi_schema


def _complete(path: str, method: str, operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    numbers = {"400", "422", "429", "503"} if path.startswith("/api/") else {"503"}
    if operation.get("security") != [] or method in _WRITES:
        numbers |= {"401", "403"}
    # An id may be in the body as well.
    if "{" in path or "requestBody" in operation:
        numbers.add("404")
    if "{client_id}" in path or _NAMES_OF_CLIENTS & _members(operation, schemas):
        # Of a client who was merged into another one.
        numbers.add("410")
    if method in _WRITES:
        numbers |= {"408", "409", "413"}
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IdempotencyKey"})
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/Prefer"})
        for number, response in responses.items():
            if number.startswith("2"):
                response.setdefault("headers", {})["X-Ignored-Members"] = {"$ref": "#/components/headers/IgnoredMembers"}
    if any(parameter.get("name", "").lower() == "if-match" for parameter in operation.get("parameters", ())):
        numbers.add("412")
    if "206" in responses:
        # A part of the same file.
        told = {"Content-Range": {"description": "Which bytes these are, and of how many.", "schema": {"type": "string"}}}
        responses["206"] = {"description": "The bytes of the `Range`.", "headers": told, "content": responses["200"]["content"]}
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/Range"})
        numbers.add("416")
    # A route names what it alone answers.
    numbers |= responses.keys() & _PROBLEMS.keys()
    for number in sorted(numbers):
        name = _RECENT if number == "403" and RECENT_SIGN_IN.items() <= operation.items() else number
        responses[number] = {"$ref": f"#/components/responses/{name}"}


def _members(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> set[str]:
    """The members of the operation's JSON body."""
    described = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return set(schemas.get(described.get("$ref", "").rpartition("/")[2], described).get("properties", ()))


def _problem(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
