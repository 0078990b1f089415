"""The pages of one's own account: where one is signed in, the password, the second factor, passkeys and workspaces."""

import re
from datetime import UTC
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.responses import Response

from caseload.identity.v1 import memberships_pb2, passkeys_pb2, users_pb2
from caseload.identity.v1 import second_factors_pb2 as factors
from caseload.identity.v1 import sign_in_pb2 as pb
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated, Unavailable
from chassis.rpc.method import is_uuid_text
from gateway.api.sign_in import schemas
from gateway.api.sign_in.routes import SIGNED_OUT
from gateway.auth.cookies import read_cookies
from gateway.mapping import to_proto
from gateway.pages.destinations import ACCOUNT
from gateway.pages.refusals import SECOND_FACTOR, SIGN_IN, sign_in_again
from gateway.pages.rendering import REGISTER_SCRIPT
from gateway.pages.visit import OwnVisit, SignedInVisit, UncheckedVisit
from gateway.routing.nouns import noun_router

router = noun_router("", "pages", root="")

# What has been done before the page is shown.
_DONE = {
    "session_ended": "done_session_ended",
    "password": "done_password",
    "second_factor_on": "done_second_factor_on",
    "second_factor_off": "done_second_factor_off",
    "passkey_added": "done_passkey_added",
    "passkey_renamed": "done_passkey_renamed",
    "passkey_removed": "done_passkey_removed",
    "switched": "done_switched",
}
# Parts of a User-Agent, the telling ones first: each browser also names those that it descends from.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@router.get("/auth/account", include_in_schema=False)
async def get_account_page(visit: OwnVisit) -> Response:
    done = _DONE.get(visit.query.get("done", ""))
    return await account_page(visit, done=visit.t[done] if done else "")


@router.post("/auth/account/end-sign-in", include_in_schema=False)
async def end_sign_in(visit: OwnVisit) -> Response:
    session_id = visit.form.get("session_id", "")
    if not is_uuid_text(session_id):
        raise NotFound("not_found", "There is no such sign-in of yours.")
    await visit.request.stubs.sign_in.EndLoginSession(pb.EndLoginSessionRequest(session_id=session_id), visit.request.context)
    return visit.go(ACCOUNT, done="session_ended")


@router.post("/auth/account/end-all", include_in_schema=False)
async def end_all_sign_ins(visit: OwnVisit) -> Response:
    await visit.request.stubs.sign_in.EndLoginSessions(pb.EndLoginSessionsRequest(), visit.request.context)
    visit.authenticator.cookies.clear(visit.request)
    return visit.go(SIGN_IN, done="signed_out")


@router.post("/auth/account/password", include_in_schema=False)
async def change_own_password(visit: OwnVisit) -> Response:
    """Sets the first password of somebody who has none and leaves the field of the current one empty."""
    entered = {name: value for name in ("current_password", "new_password") if (value := visit.form.get(name))}
    visit.form = entered
    body, errors = visit.read(
        schemas.PasswordChange, {"current_password": "problem_wrong_password", "new_password": "problem_weak_password"}
    )
    if body is None:
        return await account_page(visit, status=422, errors=errors, focus=next(iter(errors)))
    try:
        await visit.request.stubs.sign_in.ChangePassword(to_proto(body, pb.ChangePasswordRequest), visit.request.context)
    except Invalid as refusal:
        told = visit.refused(refusal)
        field = "current_password" if refusal.code == "wrong_password" else "new_password"
        return await account_page(visit, status=told["status"], errors={field: told["problem"]}, focus=field)
    except (TooMany, Unavailable) as refusal:
        return await account_page(visit, focus="current_password", **visit.refused(refusal))
    return visit.go(ACCOUNT, done="password")


@router.post("/auth/sign-out", include_in_schema=False)
async def sign_out(visit: UncheckedVisit) -> Response:
    """Leads to the same page for somebody who is signed out already."""
    try:
        await visit.authenticate()
        await visit.request.stubs.sign_in.Logout(pb.LogoutRequest(), visit.request.context)
    except Unauthenticated as refusal:
        if refusal.code not in SIGNED_OUT:
            raise
    visit.authenticator.cookies.clear(visit.request)
    return visit.go(SIGN_IN, done="signed_out")


@router.get("/auth/second-factor", include_in_schema=False)
async def get_second_factor_page(visit: OwnVisit) -> Response:
    return _set_up_page(visit)


@router.post("/auth/second-factor/enrol", include_in_schema=False)
async def enrol_second_factor(visit: OwnVisit) -> Response:
    """Shows the secret and the backup codes in the reply itself: they are kept nowhere that a further request could read them from."""
    try:
        made = await visit.request.stubs.second_factors.EnrollTotp(factors.EnrollTotpRequest(), visit.request.context)
    except Forbidden as refusal:
        wanted = f"?{urlencode({'next': visit.next})}" if visit.next else ""
        if (led := sign_in_again(refusal, SECOND_FACTOR + wanted)) is None:
            raise
        visit.request.problem_code = refusal.code
        return led
    except (Conflict, TooMany, Unavailable) as refusal:
        return _set_up_page(visit, **visit.refused(refusal))
    return _enrolment_page(visit, made=made)


@router.post("/auth/second-factor/confirm", include_in_schema=False)
async def confirm_second_factor(visit: OwnVisit) -> Response:
    code = "".join(visit.form.get("code", "").split())
    if not re.fullmatch("[0-9]{6}", code):
        return _enrolment_page(visit, status=422, errors={"code": visit.t["problem_code_digits"]})
    try:
        await visit.request.stubs.second_factors.ConfirmTotp(factors.ConfirmTotpRequest(code=code), visit.request.context)
    except Invalid as refusal:
        told = visit.refused(refusal)
        return _enrolment_page(visit, status=told["status"], errors={"code": told["problem"]})
    except (Conflict, TooMany, Unavailable) as refusal:
        return _enrolment_page(visit, **visit.refused(refusal))
    if (cookies := read_cookies(visit.request)).refresh:
        # Where it is required, the tokens of before permit nothing.
        await visit.authenticator.refresh(visit.request, cookies)
    return visit.go(visit.next) if visit.next else visit.go(ACCOUNT, done="second_factor_on")


@router.post("/auth/second-factor/remove", include_in_schema=False)
async def remove_second_factor(visit: OwnVisit) -> Response:
    code = "".join(visit.form.get("totp_code", "").split())
    if not 6 <= len(code) <= 8:
        return await account_page(visit, status=422, errors={"totp_code": visit.t["problem_code_form"]}, focus="totp_code")
    try:
        await visit.request.stubs.second_factors.RemoveTotp(factors.RemoveTotpRequest(code=code), visit.request.context)
    except Invalid as refusal:
        told = visit.refused(refusal)
        return await account_page(visit, status=told["status"], errors={"totp_code": told["problem"]}, focus="totp_code")
    except (Conflict, TooMany, Unavailable) as refusal:
        return await account_page(visit, **visit.refused(refusal))
    return visit.go(ACCOUNT, done="second_factor_off")


async def account_page(visit: SignedInVisit, **values: Any) -> Response:
    """The whole page; `values` are what has just been done or refused."""
    request = visit.request
    passkeys = await request.stubs.passkeys.ListPasskeys(passkeys_pb2.ListPasskeysRequest(), request.context)
    memberships = await request.stubs.memberships.ListMemberships(memberships_pb2.ListMembershipsRequest(), request.context)
    user = await request.stubs.users.GetMe(users_pb2.GetMeRequest(), request.context)
    found = await request.stubs.sign_in.ListLoginSessions(pb.ListLoginSessionsRequest(), request.context)
    zone = ZoneInfo(visit.workspace.time_zone)
    sessions = [
        {
            "id": each.id,
            "current": each.current,
            "browser": browser_of(each.user_agent),
            "address": each.ip_address,
            "last_seen": each.last_seen_at.ToDatetime(UTC).astimezone(zone),
        }
        for each in sorted(found.items, key=lambda session: session.last_seen_at.ToNanoseconds(), reverse=True)
    ]
    return visit.page(
        "account.html",
        "account_title",
        address=ACCOUNT,
        user=user,
        workspace=visit.workspace,
        sessions=sessions,
        passkeys=passkeys.items,
        memberships=memberships.items,
        script=REGISTER_SCRIPT,
        must_enrol=not request.caller.scopes,
        application=visit.destinations.app_url if visit.destinations.app_origin else "",
        **values,
    )


def _set_up_page(visit: SignedInVisit, **values: Any) -> Response:
    must_enrol = not visit.request.caller.scopes
    return visit.page("second_factor.html", "enrol_title", address=SECOND_FACTOR, must_enrol=must_enrol, **values)


def _enrolment_page(visit: SignedInVisit, made: factors.TotpEnrollment | None = None, **values: Any) -> Response:
    return visit.page(
        "enrolment.html",
        "enrol_title",
        address=SECOND_FACTOR,
        data_images=made is not None,
        focus="" if made else "code",
        made=made,
        **values,
    )


def browser_of(user_agent: str) -> str:
    """The browser and the system that a User-Agent names; its beginning where it names neither."""
    names = [next((name for part, name in known.items() if part in user_agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, names)) or user_agent[:60]
