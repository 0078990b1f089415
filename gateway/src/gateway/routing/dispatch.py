"""Finds a request's route without asking every route in turn."""

from collections import defaultdict
from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

Key = tuple[str, int]


class Dispatch:
    """Looks only at the routes with the path's noun and depth; what none of them takes goes to the router itself."""

    def __init__(self, router: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._router = router
        table: dict[Key, list[Route]] = defaultdict(list)
        for route in routes:
            if isinstance(route, Route) and not _noun(route.path).startswith("{"):
                table[_key(route.path)].append(route)
        self._table = dict(table)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope.get("root_path"):
            for route in self._table.get(_key(scope["path"]), ()):
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found)
                    await route.handle(scope, receive, send)
                    return
        await self._router(scope, receive, send)


def _noun(path: str) -> str:
    parts = path.split("/")
    if path.startswith("/api/v1/"):
        return parts[3]
    # "OPTIONS *" asks of the server as a whole (RFC 9110 section 7.1).
    return parts[1] if len(parts) > 1 else ""


def _key(path: str) -> Key:
    return _noun(path), path.count("/")
