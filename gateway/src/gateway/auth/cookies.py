"""The cookies of a browser's sign-in: what each holds, where it is sent, who may read it."""

import secrets
import time
from dataclasses import dataclass

from starlette.requests import cookie_parser

from caseload.identity.v1 import sign_in_pb2 as pb
from gateway.request import Visit

ACCESS = "access_token"
REFRESH = "refresh_token"
CSRF = "csrf_token"
DEVICE = "device_token"

# The refresh cookie goes wherever an access cookie may turn out to have expired, and nowhere else.
_API = "/api/v1"
_SIGN_IN = "/api/v1/auth"
_DEVICE_SECONDS = 180 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Jar:
    access: str = ""
    refresh: str = ""
    csrf: str = ""
    device: str = ""

    @property
    def signed_in(self) -> bool:
        return bool(self.access or self.refresh)


def read(visit: Visit) -> Jar:
    header = visit.sent.get(b"cookie")
    if header is None:
        return Jar()
    found = cookie_parser(header.decode("latin-1"))
    return Jar(found.get(ACCESS, ""), found.get(REFRESH, ""), found.get(CSRF, ""), found.get(DEVICE, ""))


class Cookies:
    """Writes the jar into a reply. `secure` is for every deployment but one's own machine."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = "; Secure" if secure else ""

    def keep(self, visit: Visit, signed_in: pb.SignedIn, *, csrf: str = "") -> None:
        """A fresh sign-in gets a new CSRF token; a continued one keeps its own, so that requests under way stay good."""
        csrf = csrf or secrets.token_urlsafe(32)
        lasting = max(1, signed_in.refresh_expires_at.seconds - int(time.time()))
        self._set(visit, ACCESS, signed_in.access_token, signed_in.expires_in, path="/", same_site="Lax")
        self._set(visit, REFRESH, signed_in.refresh_token, lasting, path=_API, same_site="Strict")
        self._set(visit, CSRF, csrf, lasting, path="/", same_site="Lax", readable=True)
        if signed_in.HasField("device_token"):
            self._set(visit, DEVICE, signed_in.device_token, _DEVICE_SECONDS, path=_SIGN_IN, same_site="Strict")
        # A front end on another origin cannot read our cookies.
        visit.add(b"x-csrf-token", csrf)

    def forget(self, visit: Visit) -> None:
        """Ends the sign-in in the browser; the device stays a known one."""
        self._set(visit, ACCESS, "", 0, path="/", same_site="Lax")
        self._set(visit, REFRESH, "", 0, path=_API, same_site="Strict")
        self._set(visit, CSRF, "", 0, path="/", same_site="Lax", readable=True)

    def _set(self, visit: Visit, name: str, value: str, seconds: int, *, path: str, same_site: str, readable: bool = False) -> None:
        hidden = "" if readable else "; HttpOnly"
        visit.add(b"set-cookie", f"{name}={value}; Path={path}; Max-Age={seconds}; SameSite={same_site}{hidden}{self._secure}")
