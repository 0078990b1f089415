"""The short way to the routes that are asked for most: those that need no more than ids in their address and to know who asks."""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.request import KEY, Visit, signed_in, welcome

_uuid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Short:
    """A route as its address's segments: a literal, or the name of an id in braces."""

    route: APIRoute
    segments: tuple[str, ...]
    answer: Callable[..., Awaitable[Response]]

    def ids(self, segments: Sequence[str]) -> dict[str, UUID] | None:
        """The ids in an address of as many segments; None where it is another route's, or written in an unusual way."""
        found = {}
        for ours, theirs in zip(self.segments, segments, strict=True):
            if ours.startswith("{"):
                if not _uuid.fullmatch(theirs):
                    return None
                found[ours[1:-1]] = UUID(theirs)
            elif ours != theirs:
                return None
        return found


class Shortcut:
    """Answers a plain GET itself. Whatever is not quite so goes the long way, where it is judged, refused and explained."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._table: dict[int, list[Short]] = defaultdict(list)
        for short in _short(routes):
            self._table[len(short.segments)].append(short)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and not scope.get("root_path"):
            visit: Visit = scope[KEY]
            segments = visit.path.split("/")
            for short in self._table.get(len(segments), ()) if visit.caller.token else ():
                if (ids := short.ids(segments)) is not None:
                    scope["route"] = short.route
                    response = await short.answer(**ids, at=welcome(visit, scope["app"].state))
                    await response(scope, receive, send)
                    return
        await self._app(scope, receive, send)


def _short(routes: Sequence[BaseRoute]) -> Iterator[Short]:
    for route in routes:
        if isinstance(route, APIRoute) and route.methods == {"GET"}:
            needs = route.dependant
            others = (needs.query_params, needs.header_params, needs.cookie_params, needs.body_params)
            asks_who = [(each.name, each.call) for each in needs.dependencies] == [("at", signed_in)]
            only_ids = all(each.field_info.annotation is UUID for each in needs.path_params)
            if asks_who and only_ids and not any(others) and needs.request_param_name is None and needs.response_param_name is None:
                yield Short(route, tuple(route.path.split("/")), route.endpoint)
