"""The paths of the API that need no sign-in."""

from collections.abc import Iterable

from fastapi.routing import APIRoute

from gateway.request import GatewayRequest
from gateway.routing.nouns import RATE_LIMIT, is_public
from gateway.routing.table import RouteTable, parameter_name

# Where a browser renews its login session; a refresh token cannot be guessed, so this is no attempt to sign in.
REFRESH_PATH = "/api/v1/auth/session/refresh"


class PublicPaths:
    """Which paths are public, and at which of them people prove who they are."""

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        public = [route for route in routes if is_public(route)]
        self._literal = {route.path: route for route in public if not any(map(parameter_name, route.path.split("/")))}
        self._others: RouteTable[APIRoute] = RouteTable()
        for route in public:
            if route.path not in self._literal:
                for method in route.methods or ():
                    self._others.add(route.path, method, route)

    def __contains__(self, path: str) -> bool:
        return self._route(path) is not None

    def proves_who_asks(self, request: GatewayRequest) -> bool:
        """Whether the request is an attempt to sign in: any that writes, and those that their route says so of."""
        if not request.is_safe:
            return request.path != REFRESH_PATH
        route = self._route(request.path)
        return route is not None and (route.openapi_extra or {}).get(RATE_LIMIT) == "sign-in"

    def _route(self, path: str) -> APIRoute | None:
        return self._literal.get(path) or next(iter(self._others.methods(path).values()), None)
