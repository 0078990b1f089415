"""The pages of single sign-on: one that asks before a provider signs a browser in, and the answer to who is to be signed in."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from caseload.identity.v1 import sign_in_pb2
from caseload.identity.v1 import single_sign_on_pb2 as pb
from chassis.errors import Refusal, Unauthenticated
from gateway.api.single_sign_on.routes import begin
from gateway.pages.destinations import ACCOUNT
from gateway.pages.entering import enter
from gateway.pages.provider import leading_page
from gateway.pages.refusals import SIGN_IN, SIGN_IN_FAILED
from gateway.pages.visit import AnyVisit, OwnVisit, Visit
from gateway.routing.nouns import noun_router

router = noun_router("", "pages", root="")


@router.get("/auth/sso/{workspace_slug}", include_in_schema=False)
async def get_sso_page(workspace_slug: str, visit: AnyVisit) -> Response:
    """Whoever is sent here by another site sees whose sign-in it is: any workspace has a provider that would sign them in as somebody."""
    try:
        message = pb.DescribeSingleSignOnRequest(slug=workspace_slug)
        described = await visit.request.stubs.single_sign_on.DescribeSingleSignOn(message, visit.request.context)
    except Refusal as refusal:
        return _refused(visit, refusal)
    provider = urlsplit(described.issuer).netloc
    text = visit.t["sso_ask_text"].format(workspace=described.workspace_name, provider=provider)
    kept: dict[str, Any] = {name: visit.query.get(name, "") for name in ("return_to", "again")}
    return visit.page("single_sign_on.html", "sign_in_title", narrow=True, text=text, **kept)


@router.post("/auth/sso/{workspace_slug}", include_in_schema=False)
async def start_sso_by_form(workspace_slug: str, visit: AnyVisit) -> Response:
    """Leads to the provider by a page and not by a redirect, which the page's policy for forms would end."""
    again = visit.form.get("again") == "true"
    return_to, to_page = visit.destinations.path_of(visit.next) if visit.next else (visit.form.get("return_to") or None, False)
    try:
        url = await begin(visit.request, visit.authenticator.cookies, workspace_slug, return_to, again=again, to_page=to_page)
    except Refusal as refusal:
        return _refused(visit, refusal)
    return leading_page(url, visit.language)


@router.post("/auth/replace-sign-in", include_in_schema=False)
async def replace_sign_in(visit: OwnVisit) -> Response:
    """Goes on with the sign-in that waits, or ends it and leaves whoever is signed in. The other of the two is over."""
    request, sign_in = visit.request, visit.request.stubs.sign_in
    replaces = visit.form.get("choice") == "replace"
    if replaces and visit.form.get("waiting") != visit.cookies.waiting_session:
        # Another question was asked in another tab meanwhile: this page says who somebody else would be.
        return _refused(visit, _over())
    try:
        waiting = await sign_in.Refresh(sign_in_pb2.RefreshRequest(refresh_token=visit.cookies.waiting_sign_in), request.context)
    except Unauthenticated:
        visit.cookies.forget_waiting_sign_in()
        return _refused(visit, _over()) if replaces else visit.go(ACCOUNT)
    visit.cookies.forget_waiting_sign_in()
    seconds = visit.state.settings.call_seconds
    if replaces:
        await enter(request, visit.authenticator, waiting, request.caller, seconds)
        return visit.go(visit.next or ACCOUNT)
    with suppress(Unauthenticated):
        # The same form, sent twice.
        await sign_in.Logout(sign_in_pb2.LogoutRequest(), request.new_context(seconds, token=waiting.access_token))
    return visit.go(ACCOUNT)


def _over() -> Unauthenticated:
    """What waited does so no more. Whoever is signed in still is."""
    return Unauthenticated("sso_over")


def _refused(visit: Visit, refusal: Refusal) -> Response:
    told = visit.refused(refusal)
    way_back: dict[str, Any] = {"link": SIGN_IN, "link_text": visit.t["back_to_sign_in"]}
    return visit.page("message.html", SIGN_IN_FAILED, languages=(), narrow=True, text=told.pop("problem"), **told, **way_back)
