"""The operations of the API that need no sign-in."""

from collections.abc import Iterable

from fastapi.routing import APIRoute

from gateway.pages.destinations import CANCEL, CONFIRM, OFFER, OPT_OUT
from gateway.pages.explorer import ASSETS
from gateway.request import GatewayRequest
from gateway.routing.nouns import RATE_LIMIT, is_public
from gateway.routing.table import RouteTable, parameter_name

# Where a browser renews its login session; a refresh token cannot be guessed, so this is no attempt to sign in.
REFRESH_PATH = "/api/v1/auth/session/refresh"


class PublicPaths:
    """Which paths are public, and at which of them people prove who they are.

    A public path is so for every method, unless another route has the path for that one: `/auth/passkeys/sign-in` takes POST, and may be
    a passkey's (malformed) id as well.
    """

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        self._literal: dict[str, APIRoute] = {}
        self._others: RouteTable[APIRoute] = RouteTable()
        self._signed_in: RouteTable[APIRoute] = RouteTable()
        for route in routes:
            if is_public(route) and not any(map(parameter_name, route.path.split("/"))):
                self._literal[route.path] = route
                continue
            table = self._others if is_public(route) else self._signed_in
            for method in route.methods or ():
                table.add(route.path, method, route)

    def __contains__(self, request: GatewayRequest) -> bool:
        """Whether it is public: an operation of the API without sign-in, or a page, which sees for itself who has signed in."""
        return not (request.path.startswith("/api/") or request.needs_sign_in) or self._route(request) is not None

    def proves_who_asks(self, request: GatewayRequest) -> bool:
        """Whether the request is an attempt to sign in: any that writes, and those that their route says so of."""
        if not request.is_safe:
            # Their tokens cannot be guessed, and mail programs send many from few addresses.
            return request.path not in {REFRESH_PATH, CONFIRM, CANCEL, OPT_OUT, OFFER}
        route = self._route(request)
        return route is not None and (route.openapi_extra or {}).get(RATE_LIMIT) == "sign-in"

    def is_single_sign_on(self, request: GatewayRequest) -> bool:
        """Whether somebody comes from a workspace's provider, or goes there."""
        route = self._route(request)
        return route is not None and (route.openapi_extra or {}).get(RATE_LIMIT) == "single-sign-on"

    def is_sign_in_page(self, request: GatewayRequest) -> bool:
        """Whether it is one of the pages where people sign in, or what these are shown with."""
        return request.path.startswith(("/auth/", f"{ASSETS}/"))

    def _route(self, request: GatewayRequest) -> APIRoute | None:
        path, method = request.path, request.method
        route = self._literal.get(path) or next(iter(self._others.methods(path).values()), None)
        if route is None or method in (route.methods or ()) or self._signed_in.find(method, path) is None:
            return route
        return None
