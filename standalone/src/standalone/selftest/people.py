"""People who ask an installation during a self-test: signed in, at a bounded rate, and never beyond what the installation allows."""

import time
from collections.abc import Generator
from typing import Any

import httpx2

from standalone.installation import trust
from standalone.selftest.worlds import expect

_SECONDS_TO_ANSWER = 60.0
# An installation that refuses for longer has something else to do.
_TRIES = 5
_LONGEST_WAIT = 61.0


class Pace:
    """At most so many requests a second, of everybody together."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = 0.0

    def wait(self) -> None:
        now = time.monotonic()
        time.sleep(max(0.0, self._next - now))
        self._next = max(now, self._next) + self._interval


class Http(httpx2.Client):
    """An HTTP client of the API. What the installation refuses for the moment (429, 503) is asked again when it says so."""

    def __init__(self, url: str, pace: Pace, auth: httpx2.Auth | None = None) -> None:
        self.pace = pace
        super().__init__(base_url=f"{url}/api/v1", timeout=_SECONDS_TO_ANSWER, verify=trust(), auth=auth)

    def request(self, *arguments: Any, **options: Any) -> httpx2.Response:
        for tried in range(_TRIES):
            self.pace.wait()
            reply = super().request(*arguments, **options)
            if reply.status_code not in {429, 503} or tried == _TRIES - 1:
                break
            time.sleep(min(float(reply.headers.get("retry-after", "1")), _LONGEST_WAIT))
        return reply


class SignIn(httpx2.Auth):
    """Adds the access token of a sign-in, and renews it before it expires. `http` has the cookies of the sign-in."""

    def __init__(self, http: Http, signed_in: dict[str, Any]) -> None:
        self._http = http
        self.user: dict[str, Any] = signed_in["user"]
        self._take(signed_in)

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        if time.monotonic() > self._renew_at:
            csrf = self._http.cookies.get("csrf_token") or ""
            self._take(expect(self._http.post("/auth/session/refresh", headers={"X-CSRF-Token": csrf}), 200))
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request

    def _take(self, signed_in: dict[str, Any]) -> None:
        self._token = signed_in["access_token"]
        self._renew_at = time.monotonic() + signed_in["expires_in"] / 2


class Person(Http):
    """Somebody who is signed in; `user` is who that is."""

    def __init__(self, url: str, http: Http, signed_in: dict[str, Any]) -> None:
        sign_in = SignIn(http, signed_in)
        self.user = sign_in.user
        super().__init__(url, http.pace, sign_in)
