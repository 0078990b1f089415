"""Finds out who sends a request: by an access token or an API key in the Authorization header, or by a browser's cookies, never by both."""

import asyncio
from hashlib import sha256
from uuid import UUID

from caseload.identity.v1 import sign_in_pb2 as pb
from caseload.identity.v1.api_keys_rpc import ApiKeysStub
from caseload.identity.v1.sign_in_rpc import SignInStub
from chassis.auth.tokens import invalid_token, session_of
from chassis.auth.verifier import TokenVerifier
from chassis.context import Caller
from chassis.errors import Unauthenticated
from gateway.auth.api_keys import PREFIX, ApiKeyTokens
from gateway.auth.cookies import Cookies, CookieWriter, read_cookies
from gateway.auth.csrf import CsrfTokens
from gateway.auth.known_devices import KnownDevices
from gateway.rate_limits.crowds import Crowds
from gateway.rate_limits.limits import RateLimits
from gateway.request import GatewayRequest
from gateway.settings import GatewaySettings


class Authenticator:
    """Verifies access tokens, refreshes the login sessions of active browsers, and checks their writes for forgery."""

    def __init__(
        self,
        sign_in: SignInStub,
        api_keys: ApiKeysStub,
        verifier: TokenVerifier,
        limits: RateLimits,
        crowds: Crowds,
        settings: GatewaySettings,
    ) -> None:
        self._sign_in = sign_in
        self._api_keys = ApiKeyTokens(api_keys, verifier, limits, crowds, seconds=settings.call_seconds)
        self._verifier = verifier
        self._limits = limits
        self._seconds = settings.call_seconds
        self._refreshes: dict[bytes, asyncio.Task[pb.SignedIn]] = {}
        self._known_devices = KnownDevices(settings)
        self.cookies = CookieWriter(self._known_devices, secure=settings.cookies_need_tls)
        self.csrf = CsrfTokens(settings)

    async def authenticate(self, request: GatewayRequest) -> None:
        """Sets the request's caller. Without credentials it stays nobody; raises Unauthenticated for credentials that are not valid."""
        authorization = request.header(b"authorization")
        if authorization:
            # A request with the header is judged by it alone. Its cookies, which many API clients keep too, are neither
            # a second chance for an invalid token nor refreshed (decision 18).
            scheme, _, token = authorization.partition(" ")
            if scheme.lower() != "bearer" or not token:
                raise invalid_token()
            if token.startswith(PREFIX):
                request.caller = await self._api_keys.caller(token.strip(), request)
            else:
                request.caller = await self._verifier.caller(token.strip())
        elif (cookies := read_cookies(request)).signed_in:
            request.by_cookie = True
            await self._by_cookies(request, cookies)

    async def present_caller(self, request: GatewayRequest) -> Caller | None:
        """Who is signed in in this browser; None where nobody is, or it does not say.

        A form is not checked for it: what asks may show them something, and does nothing in their name but renew their tokens, and end
        their login session where somebody signs in in its place.
        """
        try:
            if not request.is_safe:
                return await self._caller_of_cookies(request)
            await self.authenticate(request)
        except Unauthenticated:
            return None
        return request.caller if request.by_cookie else None

    async def _caller_of_cookies(self, request: GatewayRequest) -> Caller | None:
        cookies = read_cookies(request)
        if cookies.access:
            try:
                return await self._verifier.caller(cookies.access)
            except Unauthenticated:
                # Expired, or revoked: identity decides.
                if not cookies.refresh:
                    raise
        if not cookies.refresh:
            return None
        return await self._verifier.caller((await self.refresh(request, cookies)).access_token)

    async def _by_cookies(self, request: GatewayRequest, cookies: Cookies) -> None:
        if cookies.access:
            try:
                request.caller = await self._verifier.caller(cookies.access)
            except Unauthenticated:
                # Expired, or revoked by a change of role or password. Identity decides whether the login session goes on.
                if not cookies.refresh:
                    self.cookies.clear(request)
                    raise
            else:
                self.csrf.check(request, request.caller.session_id)
                self._renew_csrf(request, cookies, request.caller.session_id)
                return
        self.csrf.check(request, cookies.refreshed_session)
        signed_in = await self.refresh(request, cookies)
        request.caller = await self._verifier.caller(signed_in.access_token)

    def _renew_csrf(self, request: GatewayRequest, cookies: Cookies, session_id: UUID | None) -> None:
        """Sets the CSRF cookie anew when it is not the login session's: after an upgrade, or when another site has planted one.

        Front ends of other origins are told the token in any case: after a sign-in by redirects nothing else has told them.
        """
        if not request.is_safe or session_id is None:
            return
        csrf = self.csrf.token(session_id)
        if cookies.csrf != csrf:
            self.cookies.write_csrf(request, csrf)
        elif request.header(b"origin"):
            request.add_header(b"x-csrf-token", csrf)

    async def refresh(self, request: GatewayRequest, cookies: Cookies) -> pb.SignedIn:
        """Rotates the refresh token and sets new cookies. Raises Unauthenticated, and clears them, when the login session has ended.

        Where another one has taken its place, they are left: the request was under way, and by now they are those of the other one.
        """
        # A page that wakes up sends many requests with the same expired cookie: they share one call.
        key = sha256(cookies.refresh.encode()).digest()
        task = self._refreshes.get(key)
        if task is None:
            task = asyncio.create_task(self._ask_for_refresh(request, cookies))
            self._refreshes[key] = task
            task.add_done_callback(lambda _: self._refreshes.pop(key, None))
        try:
            # Shielded: the first request may be cancelled while others wait for the same reply.
            signed_in = await asyncio.shield(task)
        except Unauthenticated as refusal:
            if not refusal.facts.get("replaced"):
                self.cookies.clear(request)
            raise
        self.write_cookies(request, signed_in)
        return signed_in

    async def renewed_token(self, request: GatewayRequest, cookies: Cookies) -> str:
        """A new access token of a browser's login session, of a caller who is authenticated; the old one where the session cannot be renewed."""
        return (await self.refresh(request, cookies)).access_token if cookies.refresh else request.caller.token

    def write_cookies(self, request: GatewayRequest, signed_in: pb.SignedIn) -> None:
        """Sets the cookies of a sign-in or of a refresh."""
        self.cookies.write(request, signed_in, csrf=self.csrf.token(session_of(signed_in.access_token)))

    def renewed_session(self, cookies: Cookies) -> UUID | None:
        """The login session that the refresh token names, if its CSRF cookie shows that this browser was given it. The token may be wrong."""
        session_id = cookies.refreshed_session
        return session_id if self.csrf.is_of(cookies.csrf, session_id) else None

    def known_device(self, request: GatewayRequest) -> str:
        """The known device that the request comes from; empty where there is none."""
        cookies = read_cookies(request)
        return self._known_devices.device(cookies.device, cookies.device_mark)

    async def _ask_for_refresh(self, request: GatewayRequest, cookies: Cookies) -> pb.SignedIn:
        # Counted here, once for all who share the call, and before identity has any work with it. Not by address, where it can be helped:
        # thousands may work behind one, and somebody there may make tokens up (decision 114).
        if (session_id := self.renewed_session(cookies)) is not None:
            await self._limits.count_renewal(request, session_id)
        else:
            await self._limits.count_address(request, "refresh")
        return await self._sign_in.Refresh(pb.RefreshRequest(refresh_token=cookies.refresh), request.new_context(self._seconds))
