"""Who is asking: an access token in the Authorization header, or a browser's cookies; never a mixture of the two."""

import asyncio
import hmac
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from caseload.identity.v1 import sign_in_pb2 as pb
from caseload.identity.v1.sign_in_rpc import SignInStub
from chassis.auth.tokens import invalid_token
from chassis.auth.verifier import Trust
from chassis.errors import Forbidden, Unauthenticated
from gateway import cookies
from gateway.cookies import Cookies, Jar
from gateway.settings import GatewaySettings
from gateway.visit import KEY, Visit


class Sessions:
    """Authenticates the API's requests; addresses in `public_paths` are asked for nothing."""

    def __init__(self, app: ASGIApp, *, keeper: "Keeper", public_paths: frozenset[str]) -> None:
        self._app = app
        self._keeper = keeper
        self._public = public_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            visit: Visit = scope[KEY]
            if visit.path.startswith("/api/") and visit.path not in self._public:
                await self._keeper.authenticate(visit)
        await self._app(scope, receive, send)


class Keeper:
    """Believes tokens, keeps browsers signed in while they are active, and guards them against forged requests."""

    def __init__(self, sign_in: SignInStub, trust: Trust, settings: GatewaySettings) -> None:
        self._sign_in = sign_in
        self._trust = trust
        self._seconds = settings.call_seconds
        self._origins = frozenset((*settings.cors_origins, _origin(settings.app_url), _origin(settings.public_url)))
        self._renewals: dict[bytes, asyncio.Task[pb.SignedIn]] = {}
        self.cookies = Cookies(secure=settings.cookies_need_tls)

    async def authenticate(self, visit: Visit) -> None:
        """Finds out the caller; leaves nobody where no credentials are shown; Unauthenticated where they do not hold."""
        authorization = visit.header(b"authorization")
        if authorization:
            # Whoever sends the header is judged by it alone: cookies that a client happens to keep as well
            # are neither a second chance for a bad token nor renewed.
            scheme, _, token = authorization.partition(" ")
            if scheme.lower() != "bearer" or not token:
                raise invalid_token()
            visit.caller = await self._trust.caller(token.strip())
        elif (jar := cookies.read(visit)).signed_in:
            visit.by_cookie = True
            if not visit.safe:
                self.check_not_forged(visit, jar)
            await self._by_cookie(visit, jar)

    async def _by_cookie(self, visit: Visit, jar: Jar) -> None:
        if jar.access:
            try:
                visit.caller = await self._trust.caller(jar.access)
                return
            except Unauthenticated:
                # Expired, or void since a role or a password changed: what the sign-in is still good for is for identity to say.
                if not jar.refresh:
                    self.cookies.forget(visit)
                    raise
        signed_in = await self.renew(visit, jar)
        visit.caller = await self._trust.caller(signed_in.access_token)

    async def renew(self, visit: Visit, jar: Jar) -> pb.SignedIn:
        """Continues a browser's sign-in and sets its cookies anew; Unauthenticated, and no cookies, when it has ended."""
        # A page that wakes up sends many requests with the same old cookie: one question for all of them.
        key = sha256(jar.refresh.encode()).digest()
        task = self._renewals.get(key)
        if task is None:
            question = self._sign_in.Refresh(pb.RefreshRequest(refresh_token=jar.refresh), visit.outgoing(self._seconds))
            task = asyncio.ensure_future(question)
            self._renewals[key] = task
            task.add_done_callback(lambda _: self._renewals.pop(key, None))
        try:
            # Shielded: the one who asked first may hang up while others wait for the answer.
            signed_in = await asyncio.shield(task)
        except Unauthenticated:
            self.cookies.forget(visit)
            raise
        self.cookies.keep(visit, signed_in, csrf=jar.csrf)
        return signed_in

    def check_not_forged(self, visit: Visit, jar: Jar) -> None:
        """Double submit: only a page that can read our cookie can repeat it in a header. Forbidden otherwise."""
        sent = visit.header(b"x-csrf-token")
        if not jar.csrf or not hmac.compare_digest(sent.encode(), jar.csrf.encode()):
            raise Forbidden("csrf_failed", "Send the csrf_token cookie's value in the X-CSRF-Token header.")
        # A sister site may plant a cookie, but not the browser's own word on where a request comes from.
        if visit.header(b"sec-fetch-site") == "cross-site" and visit.header(b"origin") not in self._origins:
            raise Forbidden("csrf_failed", "Requests from this origin are not allowed.")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
