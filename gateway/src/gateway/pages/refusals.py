"""What people are told when something is refused: a sentence in their language, in place of problem+json."""

import math
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from chassis.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refusal, Stale, TooMany, Unauthenticated, Unavailable
from gateway.auth.cookies import CookieWriter
from gateway.pages.cookies import PageCookies
from gateway.pages.destinations import ACCOUNT, CANCEL, CONFIRM, INVITATION, OFFER, OPT_OUT
from gateway.pages.home import prefers_json
from gateway.pages.languages import choose
from gateway.pages.rendering import render
from gateway.request import GatewayRequest

SIGN_IN = "/auth/sign-in"
SECOND_FACTOR = "/auth/second-factor"
# The key of the title where a sign-in with a provider fails. Whoever was signed in before still is.
SIGN_IN_FAILED = "sso_title"
# By its code, or else by its kind, the key of the sentence.
_BY_CODE: Mapping[str, str] = {
    "appointment_over": "problem_appointment_over",
    "csrf_failed": "problem_form",
    "invalid_credentials": "problem_invalid_credentials",
    "invitation_over": "problem_invitation_over",
    "invitation_unknown": "problem_invitation_unknown",
    "link_invalid": "problem_link",
    "passkey_not_accepted": "problem_passkey",
    "password_too_weak": "problem_weak_password",
    "reminder_link_unknown": "problem_reminder_link",
    "second_factor_required": "problem_second_factor_required",
    "second_factor_wrong": "problem_wrong_code",
    "second_step_over": "problem_second_step_over",
    "sso_account_refused": "problem_sso_account",
    "sso_email_needed": "problem_sso_email",
    "sso_no_role": "problem_sso_no_role",
    "sso_over": "problem_sso_over",
    "sso_provider_wrong": "problem_sso_provider",
    "sso_refused_by_provider": "problem_sso_provider",
    "sso_required": "problem_sso_required",
    "sso_unknown": "problem_sso_unknown",
    "waitlist_entry_over": "problem_waitlist_offer",
    "waitlist_link_unknown": "problem_reminder_link",
    "waitlist_not_offered": "problem_waitlist_offer",
    "waitlist_offer_lapsed": "problem_waitlist_offer",
    "wrong_password": "problem_wrong_password",
}
_BY_KIND: Mapping[type[Refusal], str] = {
    Conflict: "problem_conflict",
    Forbidden: "problem_forbidden",
    Gone: "problem_gone",
    Invalid: "problem_request",
    NotFound: "problem_not_found",
    Stale: "problem_conflict",
    TooMany: "problem_too_many",
    Unauthenticated: "problem_signed_out",
    Unavailable: "problem_unavailable",
}
# A longer wait is told in minutes.
_SECONDS_IN_SECONDS = 90
# Refusals of a sign-in that another one is not refused: what the page for signing in says of them.
_SIGN_IN_AGAIN: Mapping[str, str] = {"own_sign_in_required": "own", "reauthentication_required": "again"}
_BY_STATUS = {404: "problem_not_found", 405: "problem_request", 408: "problem_request", 413: "problem_request", 400: "problem_request"}


def explain(refusal: Refusal, texts: Mapping[str, str]) -> str:
    key = _BY_CODE.get(refusal.code) or next((key for kind, key in _BY_KIND.items() if isinstance(refusal, kind)), "problem_request")
    return _how_long_to_wait(refusal.retry_after or 1, texts) if key == "problem_too_many" else texts[key]


def _how_long_to_wait(seconds: float, texts: Mapping[str, str]) -> str:
    # From two of each on: the texts have no singular.
    if seconds > _SECONDS_IN_SECONDS:
        return texts["problem_too_many_for_long"].format(minutes=math.ceil(seconds / 60))
    return texts["problem_too_many"].format(seconds=max(2, math.ceil(seconds)))


def is_for_people(request: GatewayRequest) -> bool:
    """Whether a refusal of this request is to be a page: one of those that people sign in by, or of a link in a reminder."""
    is_page = request.path.startswith("/auth/") or request.path in {INVITATION, CONFIRM, CANCEL, OPT_OUT, OFFER}
    return is_page and not prefers_json(request.header(b"accept"))


def sign_in_again(refusal: Refusal, back: str = "") -> Response | None:
    """Leads to signing in, and then back to `back` or the account; None for a refusal that signing in again does not change."""
    if (reason := _SIGN_IN_AGAIN.get(refusal.code)) is None:
        return None
    query = urlencode({"done": reason, **({"next": back} if back else {})})
    return Response(status_code=303, headers={"Location": f"{SIGN_IN}?{query}", "Cache-Control": "no-store"})


def refused_page(error: Exception, request: GatewayRequest, cookies: CookieWriter, *, status: int, title: str = "sorry_title") -> Response:
    """Says why, in the language of whoever asked, and leads to the page for signing in."""
    kept = PageCookies(request, cookies)
    reader = choose(chosen=(kept.language,), accepted=request.header(b"accept-language"))
    t = reader.texts
    return render(
        "message.html",
        reader,
        title=t[title],
        address=SIGN_IN,
        languages=(),
        status=status,
        text=explain(error, t) if isinstance(error, Refusal) else t[_BY_STATUS.get(status, "problem_internal")],
        link=SIGN_IN,
        link_text=t["back_to_sign_in"],
        narrow=True,
    )


def in_place_of(problem: Response, error: Exception, request: GatewayRequest, cookies: CookieWriter) -> Response:
    """The page in place of a problem, with its status; the way to sign in, where that is what a reader of a page has to do."""
    if isinstance(error, Unauthenticated) and request.method == "GET" and request.path != "/auth/verify":
        wanted = {"next": request.path} if request.path != ACCOUNT else {}
        return Response(status_code=303, headers={"Location": f"{SIGN_IN}?{urlencode(wanted)}".rstrip("?"), "Cache-Control": "no-store"})
    if isinstance(error, Refusal) and (led := sign_in_again(error)) is not None:
        return led
    page = refused_page(error, request, cookies, status=problem.status_code)
    for name in ("Retry-After", "Allow", "Connection"):
        if name in problem.headers:
            page.headers[name] = problem.headers[name]
    return page
