"""The router: finds a request's route in the table and runs it, directly or through FastAPI.

FastAPI validates a request, reports every error and describes the route in the OpenAPI document. Opening one record by
its id needs none of that, and is most of what people do all day, so a GET whose function takes nothing but ids from
its path and the signed-in request is called without FastAPI. It takes half the processor time (decision 31).
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.auth.dependencies import require_user, signed_in
from gateway.request import KEY
from gateway.routing.nouns import API
from gateway.routing.table import RouteTable, parameter_name
from gateway.routing.unknown import check_query, query_names

_canonical_uuid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A route as the router runs it."""

    route: APIRoute
    parameters: tuple[str, ...]
    # The route's function, if it may be called without FastAPI.
    direct: Callable[..., Awaitable[Response]] | None
    through_fastapi: ASGIApp
    # The names it takes in a query string; None for a path outside the API, which takes any.
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
            through_fastapi=AsyncExitStackMiddleware(route.app),
            query=query_names(route) if route.path.startswith(API) else None,
            is_public=all(each.call is not signed_in for each in route.dependant.dependencies),
        )


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
        if entry.direct is not None and all(map(_canonical_uuid.fullmatch, values)):
            ids = dict(zip(entry.parameters, map(UUID, values), strict=True))
            response = await entry.direct(**ids, request=require_user(scope[KEY], scope["app"].state))
            await response(scope, receive, send)
            return
        scope["endpoint"] = entry.route.endpoint
        scope["path_params"] = dict(zip(entry.parameters, values, strict=True))
        await entry.through_fastapi(scope, receive, send)

    def _unknown(self, scope: Scope) -> HTTPException:
        others = self._table.methods(scope["path"])
        if not others:
            return HTTPException(404)
        # So that the metrics count the request under the path's template.
        scope["route"] = next(iter(others.values())).route
        return HTTPException(405, headers={"Allow": ", ".join(sorted(others))})


def is_direct(route: APIRoute) -> bool:
    """Whether the route is a GET whose function takes only UUIDs from its path, and the signed-in `request`."""
    takes = route.dependant
    others = (takes.query_params, takes.header_params, takes.cookie_params, takes.body_params)
    return (
        route.methods == {"GET"}
        and [(each.name, each.call) for each in takes.dependencies] == [("request", signed_in)]
        and all(each.field_info.annotation is UUID for each in takes.path_params)
        and not any(others)
        and takes.request_param_name is None
        and takes.response_param_name is None
    )
