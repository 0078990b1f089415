"""Authenticates requests of the API, and counts every request against the rate limits."""

from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.errors import Forbidden, TooMany, Unauthenticated
from gateway.auth.authenticator import Authenticator
from gateway.auth.cookies import read_cookies
from gateway.rate_limits.limits import RateLimits
from gateway.request import KEY, GatewayRequest
from gateway.routing.nouns import API
from gateway.routing.public import REFRESH_PATH, PublicPaths


class Authentication:
    def __init__(self, app: ASGIApp, *, authenticator: Authenticator, limits: RateLimits, public_paths: PublicPaths) -> None:
        self._app = app
        self._authenticator = authenticator
        self._limits = limits
        self._public = public_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._admit(scope[KEY])
        await self._app(scope, receive, send)

    async def _admit(self, request: GatewayRequest) -> None:
        if request.path.startswith("/health"):
            # Apart, so that nothing else an address asks for can hide that this process is well.
            await self._limits.count_address(request, "health")
        elif request in self._public:
            await self._count(request)
            if not request.is_safe:
                # Nobody is signed in yet, so there is no token to ask for; pages ask for that of their forms.
                self._authenticator.csrf.check_own(request)
        else:
            try:
                await self._authenticator.authenticate(request)
            except (Forbidden, Unauthenticated):
                await self._limits.count_address(request, "anonymous")
                raise
            caller = request.caller
            if caller.user_id is None or caller.workspace_id is None:
                await self._count_nobody(request)
            else:
                await self._limits.count_user(request, caller.user_id, caller.workspace_id)

    async def _count(self, request: GatewayRequest) -> None:
        """Counts what is asked without sign-in. What others behind the address ask for keeps nobody from signing in."""
        if self._public.proves_who_asks(request):
            await self._limits.count_sign_in(request, self._authenticator.known_device(request))
        elif self._public.is_single_sign_on(request):
            await self._limits.count_single_sign_on(request)
        elif request.path == REFRESH_PATH:
            if not self._renews(request):
                await self._limits.count_address(request, "refresh")
        else:
            await self._limits.count_address(request, "sign-in-page" if self._public.is_sign_in_page(request) else "anonymous")

    async def _count_nobody(self, request: GatewayRequest) -> None:
        """Counts a request without credentials. Where it asks who is signed in, it is told that nobody is, so that front ends lead to signing in."""
        try:
            await self._limits.count_address(request, "anonymous")
        except TooMany:
            if not request.path.startswith(f"{API}/auth/"):
                raise
            raise Unauthenticated("sign_in_required", "Sign in first.") from None

    def _renews(self, request: GatewayRequest) -> bool:
        """Whether a browser asks for the renewal of a login session that it was given, which is counted by that session."""
        return request.path == REFRESH_PATH and self._authenticator.renewed_session(read_cookies(request)) is not None
