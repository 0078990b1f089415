"""The pages by which people get in: password, mailed link, second step, forgotten password, invitation. They work without script."""

from typing import Any

from starlette.responses import Response

from caseload.identity.v1 import second_factors_pb2, sign_in_pb2
from caseload.identity.v1.invitations_pb2 import AcceptInvitationRequest
from chassis.errors import Gone, Invalid, NotFound, Refusal, TooMany, Unauthenticated, Unavailable
from gateway.api.sign_in import schemas
from gateway.api.sign_in.routes import browser_tokens, device_token
from gateway.mapping import to_proto
from gateway.pages.destinations import ACCOUNT, INVITATION
from gateway.pages.entering import enter
from gateway.pages.means import NOTHING_LEFT, Means, means_of, named
from gateway.pages.provider import Present, asking_page, present_user
from gateway.pages.refusals import SECOND_FACTOR, SIGN_IN
from gateway.pages.rendering import PASSKEY_SCRIPT
from gateway.pages.visit import AnyVisit, Visit, with_query
from gateway.routing.nouns import noun_router

router = noun_router("", "pages", root="")

_SECOND_STEP = "/auth/second-step"
# After what a person is sent to the page for signing in.
_DONE = {
    "signed_out": "done_signed_out",
    "password_set": "done_password_set",
    "again": "done_again",
    "own": "done_own",
    "not_asked": "done_not_asked",
}
_MAY_TRY_AGAIN = (Invalid, TooMany, Unavailable)


@router.get("/auth/sign-in", include_in_schema=False)
async def get_sign_in_page(visit: AnyVisit) -> Response:
    means = await means_of(visit)
    return await sign_in_page(visit, means, done=_done(visit, means))


@router.post("/auth/sign-in", include_in_schema=False)
async def sign_in_by_password(visit: AnyVisit) -> Response:
    body, errors = visit.read(schemas.LoginRequest, {"email": "problem_email", "password": "problem_password_missing"})
    if body is None:
        return await sign_in_page(visit, status=422, errors=errors, focus=next(iter(errors)))
    message = to_proto(body, sign_in_pb2.LoginRequest, **browser_tokens(visit.request))
    try:
        reply = await visit.request.stubs.sign_in.Login(message, visit.request.context)
    except (Unauthenticated, *_MAY_TRY_AGAIN) as refusal:
        told = visit.refused(refusal)
        if isinstance(refusal, TooMany):
            # Somebody else may guess at the account from the same address, and goes on as long as they like.
            told["problem"] += " " + visit.t["problem_too_many_or_link"]
        return await sign_in_page(visit, focus="password", **told)
    return await _first_step(visit, reply)


@router.post("/auth/sign-in-link", include_in_schema=False)
async def mail_sign_in_link(visit: AnyVisit) -> Response:
    """Leads to the same page for a known and an unknown address."""
    body, errors = visit.read(schemas.MagicLinkRequest, {"email": "problem_email"})
    if body is None:
        return await sign_in_page(visit, status=422, errors=errors, focus="email")
    message = to_proto(body, sign_in_pb2.RequestMagicLinkRequest, **browser_tokens(visit.request))
    try:
        await visit.request.stubs.sign_in.RequestMagicLink(message, visit.request.context)
    except _MAY_TRY_AGAIN as refusal:
        return await sign_in_page(visit, focus="email", **visit.refused(refusal))
    visit.keep_next_of_link()
    return visit.go("/auth/link-sent")


@router.get("/auth/link-sent", include_in_schema=False)
async def get_link_sent_page(visit: AnyVisit) -> Response:
    return _told(visit, "link_sent_title", "link_sent_text")


@router.get("/auth/verify", include_in_schema=False)
async def get_sign_in_link_page(visit: AnyVisit) -> Response:
    return _confirm(visit, "link_title", text="link_text", button="sign_in_button")


@router.post("/auth/verify", include_in_schema=False)
async def sign_in_by_link(visit: AnyVisit) -> Response:
    """A link may be somebody else's who sent it: whoever is signed in here is asked before they are replaced."""
    present = await _present(visit)
    message = sign_in_pb2.VerifyMagicLinkRequest(token=visit.form.get("token", "")[:512])
    try:
        reply = await visit.request.stubs.sign_in.VerifyMagicLink(message, visit.request.context)
    except Unauthenticated as refusal:
        return sorry_page(visit, refusal)
    visit.take_next_of_link()
    return await _first_step(visit, reply, present)


@router.get("/auth/second-step", include_in_schema=False)
async def get_second_step_page(visit: AnyVisit) -> Response:
    return second_step_page(visit) if visit.cookies.second_step else visit.go(SIGN_IN, next=visit.next)


@router.post("/auth/second-step", include_in_schema=False)
async def verify_second_step(visit: AnyVisit) -> Response:
    code = _code(visit, "totp_code")
    if not 6 <= len(code) <= 8:
        return second_step_page(visit, status=422, errors={"totp_code": visit.t["problem_code_form"]})
    shown = second_factors_pb2.VerifySecondStepRequest(token=visit.cookies.second_step, code=code, device_token=device_token(visit.request))
    try:
        signed_in = await visit.request.stubs.second_factors.VerifySecondStep(shown, visit.request.context)
    except Unauthenticated as refusal:
        if refusal.code == "second_factor_wrong":
            told = visit.refused(refusal)
            return second_step_page(visit, status=told["status"], errors={"totp_code": told["problem"]})
        visit.cookies.forget_second_step()
        return sorry_page(visit, refusal)
    except _MAY_TRY_AGAIN as refusal:
        return second_step_page(visit, **visit.refused(refusal))
    visit.cookies.forget_second_step()
    return await enter_or_ask(visit, signed_in)


@router.get("/auth/forgot-password", include_in_schema=False)
async def get_forgot_password_page(visit: AnyVisit) -> Response:
    return _forgot_page(visit)


@router.post("/auth/forgot-password", include_in_schema=False)
async def mail_password_link(visit: AnyVisit) -> Response:
    """Leads to the same page for a known and an unknown address."""
    body, errors = visit.read(schemas.ForgottenPassword, {"email": "problem_email"})
    if body is None:
        return _forgot_page(visit, status=422, errors=errors)
    message = to_proto(body, sign_in_pb2.RequestPasswordResetRequest, device_token=device_token(visit.request))
    try:
        await visit.request.stubs.sign_in.RequestPasswordReset(message, visit.request.context)
    except _MAY_TRY_AGAIN as refusal:
        return _forgot_page(visit, **visit.refused(refusal))
    return visit.go("/auth/password-link-sent")


@router.get("/auth/password-link-sent", include_in_schema=False)
async def get_password_link_sent_page(visit: AnyVisit) -> Response:
    return _told(visit, "link_sent_title", "forgot_sent_text")


@router.get("/auth/reset-password", include_in_schema=False)
async def get_reset_password_page(visit: AnyVisit) -> Response:
    return _reset_page(visit)


@router.post("/auth/reset-password", include_in_schema=False)
async def reset_password(visit: AnyVisit) -> Response:
    """A password that is refused leaves the link good for another one."""
    body, errors = visit.read(schemas.PasswordReset, {"new_password": "problem_weak_password", "token": "problem_link"})
    if body is None:
        return _reset_page(visit, status=422, errors=errors, problem=errors.get("token", ""))
    try:
        await visit.request.stubs.sign_in.ResetPassword(to_proto(body, sign_in_pb2.ResetPasswordRequest), visit.request.context)
    except Unauthenticated as refusal:
        return sorry_page(visit, refusal, link="/auth/forgot-password", link_text="forgot_title")
    except Invalid as refusal:
        told = visit.refused(refusal)
        return _reset_page(visit, status=told["status"], errors={"new_password": told["problem"]})
    except (TooMany, Unavailable) as refusal:
        return _reset_page(visit, **visit.refused(refusal))
    return visit.go(SIGN_IN, done="password_set")


@router.get(INVITATION, include_in_schema=False)
async def get_invitation_page(visit: AnyVisit) -> Response:
    return _confirm(visit, "invitation_title", text="invitation_text", button="invitation_button")


@router.post(INVITATION, include_in_schema=False)
async def accept_invitation(visit: AnyVisit) -> Response:
    present = await _present(visit)
    message = AcceptInvitationRequest(token=visit.form.get("token", "")[:512])
    try:
        signed_in = await visit.request.stubs.invitations.AcceptInvitation(message, visit.request.context)
    except (Gone, NotFound) as refusal:
        return sorry_page(visit, refusal)
    return await enter_or_ask(visit, signed_in, present)


async def _present(visit: Visit) -> Present | None:
    """Who is signed in in this browser. Asked before a link is used: it is used once."""
    return await present_user(visit.request, visit.authenticator, visit.state.settings.call_seconds)


async def _first_step(visit: Visit, reply: sign_in_pb2.SignInReply, present: Present | None = None) -> Response:
    if reply.HasField("second_step"):
        visit.cookies.keep_second_step(reply.second_step.token, reply.second_step.methods)
        return visit.go(_SECOND_STEP, next=visit.next)
    return await enter_or_ask(visit, reply.signed_in, present)


async def enter_or_ask(visit: Visit, signed_in: sign_in_pb2.SignedIn, present: Present | None = None) -> Response:
    """Leads on from a sign-in. Whoever has to have a second factor and has none may do nothing yet, and is led to where one is set up.

    Where another person is `present`, a page asks first.
    """
    caller = await visit.state.verifier.caller(signed_in.access_token)
    leads_to = visit.next or ACCOUNT
    if not caller.scopes and visit.next.partition("?")[0] != SECOND_FACTOR:
        leads_to = with_query(SECOND_FACTOR, next=visit.next)
    if present is not None and present.user.email.casefold() != signed_in.user.email.casefold():
        return asking_page(visit, present, signed_in, leads_to)
    replaced = await visit.authenticator.present_caller(visit.request) if present is None else present.caller
    await enter(visit.request, visit.authenticator, signed_in, replaced, visit.state.settings.call_seconds)
    return visit.go(leads_to)


def _done(visit: Visit, means: Means) -> str:
    """Why somebody is at the page for signing in, or what has been done before."""
    if means == NOTHING_LEFT and visit.reason != "not_asked":
        return visit.t["done_nothing_left"]
    done = visit.t[_DONE[visit.reason]] if visit.reason in _DONE else ""
    return done.format(means=named(means, visit.t)) if visit.reason == "own" else done


async def sign_in_page(visit: Visit, means: Means | None = None, **values: Any) -> Response:
    means, email = means or await means_of(visit), visit.form.get("email", "")
    values.setdefault("focus", "password" if email and means.password else "email")
    script = PASSKEY_SCRIPT if means.passkey else ""
    return visit.page("sign_in.html", "sign_in_title", address=SIGN_IN, narrow=True, email=email, means=means, script=script, **values)


def second_step_page(visit: Visit, **values: Any) -> Response:
    cookies = visit.cookies
    script = PASSKEY_SCRIPT if "passkey" in cookies.methods else ""
    return visit.page(
        "second_step.html",
        "second_step_title",
        address=_SECOND_STEP,
        narrow=True,
        focus="totp_code",
        methods=cookies.methods,
        step=cookies.second_step,
        back=with_query(SIGN_IN, next=visit.next),
        script=script,
        **values,
    )


def _forgot_page(visit: Visit, **values: Any) -> Response:
    return visit.page("forgot_password.html", "forgot_title", narrow=True, focus="email", email=visit.form.get("email", ""), **values)


def _reset_page(visit: Visit, **values: Any) -> Response:
    return visit.page("reset_password.html", "reset_title", narrow=True, focus="new_password", token=_token(visit), **values)


def _confirm(visit: Visit, title: str, *, text: str, button: str) -> Response:
    texts: dict[str, Any] = {"text": visit.t[text], "button": visit.t[button]}
    return visit.page("confirm.html", title, narrow=True, action=visit.request.path, token=_token(visit), **texts)


def _told(visit: Visit, title: str, text: str) -> Response:
    way_back: dict[str, Any] = {"link": _way_back(visit), "link_text": visit.t["back_to_sign_in"]}
    return visit.page("message.html", title, narrow=True, text=visit.t[text], **way_back)


def _way_back(visit: Visit) -> str:
    """The page for signing in, which leads on to where the visitor wanted to go before they asked for a link, or came to the second step."""
    return with_query(SIGN_IN, next=visit.next or visit.next_of_link())


def sorry_page(visit: Visit, refusal: Refusal, *, link: str = "", link_text: str = "back_to_sign_in") -> Response:
    told = visit.refused(refusal)
    return visit.page(
        "message.html",
        "sorry_title",
        address=SIGN_IN,
        narrow=True,
        status=told["status"],
        text=told["problem"],
        link=link or _way_back(visit),
        link_text=visit.t[link_text],
    )


def _token(visit: Visit) -> str:
    return visit.form.get("token", "") or visit.query.get("token", "")


def _code(visit: Visit, name: str) -> str:
    """A code as it was typed, without the spaces that authenticators show."""
    return "".join(visit.form.get(name, "").split())
