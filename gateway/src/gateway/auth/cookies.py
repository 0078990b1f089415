"""The cookies of a browser's login session: what each holds, where it is sent, and whether scripts may read it."""

import time
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import cookie_parser

from caseload.identity.v1 import sign_in_pb2 as pb
from chassis.auth.opaque_tokens import OpaqueToken
from gateway.auth.known_devices import KnownDevices, split_cookie
from gateway.request import GatewayRequest

ACCESS = "access_token"
REFRESH = "refresh_token"
CSRF = "csrf_token"
DEVICE = "device_token"
SSO_BROWSER = "sso_browser"

_DEVICE_SECONDS = 180 * 24 * 3600
# As long as the longest login session.
_CSRF_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookies of a request; empty where there is none."""

    access: str = ""
    refresh: str = ""
    device: str = ""
    csrf: str = ""
    # Which shows that the device token was issued here (see `KnownDevices`).
    device_mark: str = ""

    @property
    def refreshed_session(self) -> UUID | None:
        """The login session that the refresh token names, which proves nothing; None if it is no such token."""
        token = OpaqueToken.parse(self.refresh)
        return None if token is None else token.row_id

    @property
    def signed_in(self) -> bool:
        return bool(self.access or self.refresh)


def read_cookies(request: GatewayRequest) -> Cookies:
    header = request.headers.get(b"cookie")
    if header is None:
        return Cookies()
    found = cookie_parser(header.decode("latin-1"))
    device, device_mark = split_cookie(found.get(DEVICE, ""))
    return Cookies(found.get(ACCESS, ""), found.get(REFRESH, ""), device, found.get(CSRF, ""), device_mark)


def read_sso_browser(request: GatewayRequest, *, secure: bool) -> str | None:
    """What `write_sso_browser` gave this browser."""
    header = request.headers.get(b"cookie")
    return None if header is None else cookie_parser(header.decode("latin-1")).get(_sso_browser(secure=secure))


def _sso_browser(*, secure: bool) -> str:
    # With the prefix no other site of the same domain can plant it (RFC 6265bis, 4.1.3): that would sign people in as somebody else.
    return f"__Host-{SSO_BROWSER}" if secure else SSO_BROWSER


class CookieWriter:
    """Sets cookies in responses; `secure` everywhere but on one's own machine.

    Any path, of the API or of a page, may be asked for with an expired access cookie, and then needs the refresh token.
    """

    def __init__(self, known_devices: KnownDevices, *, secure: bool) -> None:
        self._known_devices = known_devices
        self.is_secure = secure
        self._flag = "; Secure" if secure else ""

    def write(self, request: GatewayRequest, signed_in: pb.SignedIn, *, csrf: str) -> None:
        """Sets the cookies of a sign-in, with the CSRF token of its login session."""
        seconds = max(1, signed_in.refresh_expires_at.seconds - int(time.time()))
        self.set(request, ACCESS, signed_in.access_token, signed_in.expires_in, path="/", same_site="Lax")
        self.set(request, REFRESH, signed_in.refresh_token, seconds, path="/", same_site="Strict")
        self.write_csrf(request, csrf, seconds)
        if signed_in.HasField("device_token"):
            self.set(request, DEVICE, self._known_devices.cookie(signed_in.device_token), _DEVICE_SECONDS, path="/", same_site="Strict")

    def write_csrf(self, request: GatewayRequest, csrf: str, seconds: int = _CSRF_SECONDS) -> None:
        """Sets the cookie with the CSRF token, and a header for front ends of other origins, which cannot read our cookies."""
        self.set(request, CSRF, csrf, seconds, path="/", same_site="Lax", http_only=False)
        request.add_header(b"x-csrf-token", csrf)

    def write_sso_browser(self, request: GatewayRequest, value: str, expires_at: int) -> None:
        """Sets what shows that the browser which finishes a sign-in with a provider is the one that began it."""
        seconds = max(1, expires_at - int(time.time()))
        # Lax: the provider's page sends the browser back.
        self.set(request, _sso_browser(secure=self.is_secure), value, seconds, path="/", same_site="Lax")

    def clear(self, request: GatewayRequest) -> None:
        """Deletes the cookies of the login session; the device token stays, so that the device stays known."""
        self.set(request, ACCESS, "", 0, path="/", same_site="Lax")
        self.set(request, REFRESH, "", 0, path="/", same_site="Strict")
        self.set(request, CSRF, "", 0, path="/", same_site="Lax", http_only=False)

    def set(
        self, request: GatewayRequest, name: str, value: str, seconds: int, *, path: str, same_site: str, http_only: bool = True
    ) -> None:
        """Sets a cookie for so many seconds; 0 deletes it."""
        flags = ("; HttpOnly" if http_only else "") + self._flag
        # One of a name (RFC 6265 section 4.1.1): a request that renews its cookies may sign out.
        mine = f"{name}=".encode()
        others = [(header, line) for header, line in request.response_headers if header != b"set-cookie" or not line.startswith(mine)]
        request.response_headers = others
        request.add_header(b"set-cookie", f"{name}={value}; Path={path}; Max-Age={seconds}; SameSite={same_site}{flags}")
