"""The router: finds a request's route in the table and runs it, directly or through FastAPI.

FastAPI reports every error of a request and describes the route in the OpenAPI document. A request without errors needs neither, so a
route whose function takes nothing but ids from its path, the signed-in request, a JSON body and a query that one model describes is called
without FastAPI, with body and query validated by the same models. What is not valid, and a request with other parameters, goes through FastAPI
after all. The direct way takes half the processor time (decisions 31, 48 and 152).
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any, get_args, get_origin
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import params
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.params import Body
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.auth.dependencies import require_user, signed_in
from gateway.request import KEY, GatewayRequest
from gateway.routing.json_body import JsonRoute, read_json
from gateway.routing.nouns import API, takes_any_query
from gateway.routing.table import RouteTable, parameter_name
from gateway.routing.unknown import check_query, query_names

_JSON = frozenset({b"application/json", b"application/json; charset=utf-8"})
_SEVERAL = (list, set, frozenset, tuple)
_canonical_uuid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A route as the router runs it."""

    route: APIRoute
    parameters: tuple[str, ...]
    # The route's function, if it may be called without FastAPI, and its body.
    direct: Callable[..., Awaitable[Response]] | None
    body: "_Body | None"
    model: "Query | None"
    # A request with one of these headers goes through FastAPI, which reads them.
    headers: frozenset[bytes]
    through_fastapi: ASGIApp
    # The names it takes in a query string; None where it takes any, as every path outside the API does.
    query: frozenset[str] | None
    is_public: bool

    @classmethod
    def of(cls, route: APIRoute) -> "_Entry":
        parameters = tuple(name for segment in route.path.split("/") if (name := parameter_name(segment)))
        # FastAPI expects this stack in the scope, where it closes the files of forms.
        return cls(
            route,
            parameters,
            direct=route.endpoint if is_direct(route) else None,
            body=_Body.of(route),
            model=Query.of(route),
            headers=frozenset(field.alias.encode() for field in route.dependant.header_params),
            through_fastapi=AsyncExitStackMiddleware(route.app),
            query=query_names(route) if route.path.startswith(API) and not takes_any_query(route) else None,
            is_public=all(each.call is not signed_in for each in route.dependant.dependencies),
        )

    def takes_directly(self, request: GatewayRequest, ids: Iterable[str]) -> bool:
        """Whether the function may be called without FastAPI for this request, as far as its path and headers show."""
        return (
            self.direct is not None
            and all(map(_canonical_uuid.fullmatch, ids))
            and (not request.scope["query_string"] or not self.query or self.model is not None)
            and self.headers.isdisjoint(request.headers)
        )


@dataclass(frozen=True, slots=True)
class _Body:
    """The JSON body of a route: the function's parameter and its model."""

    route: JsonRoute
    name: str
    model: type[BaseModel]

    @classmethod
    def of(cls, route: APIRoute) -> "_Body | None":
        """None where there is none that a function which is called directly can take."""
        if not isinstance(route, JsonRoute) or len(route.dependant.body_params) != 1:
            return None
        field = route.dependant.body_params[0]
        model: Any = field.field_info.annotation
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        return cls(route, field.name, model) if is_model and type(field.field_info) is Body and field.field_info.is_required() else None

    def read(self, request: GatewayRequest, raw: bytes) -> tuple[Any, BaseModel] | None:
        """The decoded and the validated body; None for one that FastAPI refuses, and for one of another type."""
        if request.headers.get(b"content-type") not in _JSON:
            return None
        try:
            decoded = read_json(raw)
            return decoded, self.model.model_validate(decoded)
        except (JSONDecodeError, ValidationError):
            return None


@dataclass(frozen=True, slots=True)
class Query:
    """The query of a route that one model describes: the function's parameter and its model."""

    name: str
    model: type[BaseModel]

    @classmethod
    def of(cls, route: APIRoute) -> "Query | None":
        """None where there is none, or one whose names may be repeated."""
        if len(route.dependant.query_params) != 1:
            return None
        field = route.dependant.query_params[0]
        model: Any = field.field_info.annotation
        if not (type(field.field_info) is params.Query and isinstance(model, type) and issubclass(model, BaseModel)):
            return None
        is_single = not any(_is_repeated(each.annotation) for each in model.model_fields.values())
        return cls(field.name, model) if is_single else None

    def read(self, query: bytes) -> BaseModel | None:
        """The validated query; None for one that FastAPI refuses. Of a name that is given twice the last value counts, as there."""
        try:
            return self.model.model_validate(dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)))
        except ValidationError:
            return None


def _is_repeated(annotation: Any) -> bool:
    """Whether the type, or a part of it, has several values, which a query gives under one name."""
    return annotation in _SEVERAL or get_origin(annotation) in _SEVERAL or any(map(_is_repeated, get_args(annotation)))


class Router:
    """The innermost ASGI application. `lifespan` answers what is no request: the server's start and stop."""

    def __init__(self, routes: Iterable[APIRoute], lifespan: ASGIApp) -> None:
        self._lifespan = lifespan
        self._table: RouteTable[_Entry] = RouteTable()
        for route in routes:
            entry = _Entry.of(route)
            for method in route.methods or ():
                self._table.add(route.path, method, entry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises HTTPException for an unknown path (404), and for a method that the path does not have (405); Invalid for an unknown query name."""
        if scope["type"] != "http":
            await self._lifespan(scope, receive, send)
            return
        found = self._table.find(scope["method"], scope["path"])
        if found is None:
            raise self._unknown(scope)
        entry, values = found
        scope["route"] = entry.route
        if scope["query_string"] and entry.query is not None and (entry.is_public or scope[KEY].caller.token):
            check_query(scope["query_string"], entry.query)
        if entry.takes_directly(scope[KEY], values):
            body = b"" if entry.body is None else await _whole_body(scope, receive)
            response = None if body is None else await self._directly(scope, entry, values, body)
            if response is not None:
                await response(scope, receive, send)
                return
            if body is not None:
                receive = _again(body, receive)
        scope["endpoint"] = entry.route.endpoint
        scope["path_params"] = dict(zip(entry.parameters, values, strict=True))
        await entry.through_fastapi(scope, receive, send)

    async def _directly(self, scope: Scope, entry: _Entry, values: Iterable[str], body: bytes) -> Response | None:
        """The response of the route's function; None where FastAPI has to be asked, which then refuses."""
        assert entry.direct is not None
        request: GatewayRequest = scope[KEY]
        arguments: dict[str, Any] = dict(zip(entry.parameters, map(UUID, values), strict=True))
        if entry.model is not None:
            query = entry.model.read(scope["query_string"])
            if query is None:
                return None
            arguments[entry.model.name] = query
        if entry.body is None:
            return await entry.direct(**arguments, request=require_user(request, scope["app"].state))
        read = entry.body.read(request, body)
        if read is None:
            return None
        decoded, arguments[entry.body.name] = read
        signed_in = require_user(request, scope["app"].state)
        entry.body.route.check_decoded(signed_in, decoded)
        return await entry.direct(**arguments, request=signed_in)

    def _unknown(self, scope: Scope) -> HTTPException:
        others = self._table.methods(scope["path"])
        if not others:
            return HTTPException(404)
        # So that the metrics count the request under the path's template.
        scope["route"] = next(iter(others.values())).route
        return HTTPException(405, headers={"Allow": ", ".join(sorted(others))})


async def _whole_body(scope: Scope, receive: Receive) -> bytes | None:
    """The body of the request; None when its sender has gone."""
    try:
        return await Request(scope, receive).body()
    except ClientDisconnect:
        return None


def _again(body: bytes, receive: Receive) -> Receive:
    """Receives a body that has been read, and then what `receive` does."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return first.pop() if first else await receive()

    return received


def is_direct(route: APIRoute) -> bool:
    """Whether the route's function takes only UUIDs from its path, the signed-in `request`, one JSON body, a query that one model describes, and parameters that may be left out."""
    takes = route.dependant
    checks = [signed_in] if _Body.of(route) is None else [signed_in, route.check_body]  # type: ignore[attr-defined] # a JsonRoute
    optional = takes.header_params if Query.of(route) is not None else [*takes.query_params, *takes.header_params]
    return (
        [each.call for each in takes.dependencies] == checks
        and takes.dependencies[0].name == "request"
        and all(each.field_info.annotation is UUID for each in takes.path_params)
        and not any(each.field_info.is_required() for each in optional)
        and not takes.cookie_params
        and (not takes.body_params or _Body.of(route) is not None)
        and takes.request_param_name is None
        and takes.response_param_name is None
    )
