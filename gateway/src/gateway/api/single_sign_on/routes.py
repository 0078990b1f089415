"""Single sign-on: the provider of the caller's workspace, and signing in with one."""

from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from caseload.identity.v1 import single_sign_on_pb2 as pb
from chassis.errors import Refusal
from gateway.api.responses import json_response
from gateway.api.sign_in.routes import TheAuthenticator
from gateway.api.single_sign_on import schemas
from gateway.auth.cookies import CookieWriter, read_sso_browser
from gateway.auth.dependencies import PublicRequest, SignedInRequest
from gateway.mapping import render, to_proto
from gateway.pages.destinations import Destinations
from gateway.pages.entering import enter
from gateway.pages.home import prefers_json
from gateway.pages.provider import asking_page, callback_again, present_user
from gateway.pages.refusals import SIGN_IN, SIGN_IN_FAILED, refused_page
from gateway.pages.visit import Visit, with_query
from gateway.problems.responses import status_of
from gateway.request import GatewayRequest
from gateway.routing.nouns import ANY_QUERY, PUBLIC_SINGLE_SIGN_ON, RECENT_SIGN_IN, noun_router
from gateway.settings import GatewaySettings

router = noun_router("", "sign-in")

_PROVIDER = "/workspaces/current/sso"
_UNSET = {"slug": None, "issuer": None, "client_id": None, "default_role": None}


@router.get(_PROVIDER, response_model=schemas.SsoProvider)
async def get_sso_provider(request: SignedInRequest) -> Response:
    """For those who administer the workspace. The secret of the client is never shown."""
    return json_response(_rendered(await request.stubs.single_sign_on.GetProvider(pb.GetProviderRequest(), request.context)))


@router.put(_PROVIDER, response_model=schemas.SsoProvider, openapi_extra=RECENT_SIGN_IN)
async def set_sso_provider(body: schemas.SsoProviderUpdate, request: SignedInRequest) -> Response:
    """Replaces the whole configuration. Sign-ins that are under way have to begin anew; login sessions go on."""
    message = pb.SetProviderRequest(settings=to_proto(_settings(body), pb.ProviderSettings), forgets_accounts=body.forgets_accounts)
    message.settings.group_roles.extend(to_proto(each, pb.GroupRole) for each in body.group_roles)
    if "client_secret" in body.model_fields_set:
        message.client_secret = body.client_secret or ""
    return json_response(_rendered(await request.stubs.single_sign_on.SetProvider(message, request.context)))


@router.get(
    "/auth/oidc/{workspace_slug}/start", status_code=303, response_class=Response, openapi_extra=PUBLIC_SINGLE_SIGN_ON, responses={404: {}}
)
async def start_sso(
    workspace_slug: str,
    query: Annotated[schemas.StartQuery, Query()],
    request: PublicRequest,
    authenticator: TheAuthenticator,
) -> Response:
    """For browsers: sends the person to the workspace's provider, or to a page that asks first where another site has sent them here.

    A refusal is a page for people.
    """
    if not authenticator.csrf.is_own(request):
        kept = {"return_to": query.return_to} if query.return_to else {}
        kept |= {"again": "true"} if query.again else {}
        wanted = f"?{urlencode(kept)}" if kept else ""
        return RedirectResponse(f"/auth/sso/{quote(workspace_slug, safe='')}{wanted}", 303, {"Cache-Control": "no-store"})
    try:
        url = await begin(request, authenticator.cookies, workspace_slug, query.return_to, again=query.again)
    except Refusal as refusal:
        return _refused(refusal, request, authenticator.cookies)
    return RedirectResponse(url, 303)


async def begin(
    request: GatewayRequest, cookies: CookieWriter, slug: str, return_to: str | None, *, again: bool, to_page: bool = False
) -> str:
    """Begins a sign-in in this browser. Returns the address of the provider, where the person signs in.

    It leads to a path of the front end afterwards, or of the gateway's pages.
    """
    browser = read_sso_browser(request, secure=cookies.is_secure)
    message = pb.BeginSingleSignOnRequest(slug=slug, return_to=return_to, browser=browser, again=again, to_page=to_page)
    begun = await request.stubs.single_sign_on.BeginSingleSignOn(message, request.context)
    cookies.write_sso_browser(request, begun.browser, begun.expires_at.seconds)
    return begun.authorization_url


@router.get(
    "/auth/oidc/callback",
    status_code=303,
    response_class=Response,
    openapi_extra=PUBLIC_SINGLE_SIGN_ON | ANY_QUERY,
    responses={401: {}, 403: {}},
)
async def finish_sso(
    query: Annotated[schemas.CallbackQuery, Query()], request: PublicRequest, http: Request, authenticator: TheAuthenticator
) -> Response:
    """Where providers send browsers back to. Signs the person in and sends them to the front end; a refusal is a page for people.

    Where the browser is signed in as somebody else, a page asks first. Where they sign in again, and the provider was to ask them and does not say that it has, a page tells them.
    """
    if (again := callback_again(request, authenticator.cookies)) is not None:
        return again
    settings: GatewaySettings = http.app.state.settings
    message = pb.FinishSingleSignOnRequest(
        state=query.state,
        code=query.code,
        issuer=query.iss,
        error=query.error,
        browser=read_sso_browser(request, secure=authenticator.cookies.is_secure),
    )
    try:
        present = await present_user(request, authenticator, settings.call_seconds)
        finished = await request.stubs.single_sign_on.FinishSingleSignOn(message, request.context)
    except Refusal as refusal:
        return _refused(refusal, request, authenticator.cookies)
    leads_to = ("" if finished.to_page else settings.app_url.rstrip("/")) + (finished.return_to or "/")
    if Destinations(settings).is_operation(leads_to):
        leads_to = settings.app_url
    if present is not None and present.user.id != finished.user_id:
        return asking_page(Visit(http, {}), present, finished.signed_in, leads_to)
    if present is not None and finished.not_asked:
        # They sign in again, and what they want to do would be refused once more.
        leads_to = with_query(SIGN_IN, done="not_asked", next=leads_to)
    try:
        await enter(request, authenticator, finished.signed_in, None if present is None else present.caller, settings.call_seconds)
    except Refusal as refusal:
        return _refused(refusal, request, authenticator.cookies)
    return RedirectResponse(leads_to, 303)


def _settings(body: schemas.SsoProviderUpdate) -> schemas.SsoProviderUpdate:
    """Without what is no field of the same name and kind there."""
    return body.model_copy(update={"group_roles": []})


def _rendered(provider: pb.Provider) -> dict[str, Any]:
    settings = render(provider.settings)
    if not provider.HasField("settings"):
        settings |= _UNSET | {"groups_claim": "groups"}
    whole = render(provider)
    return settings | {name: whole[name] for name in ("has_client_secret", "redirect_uri", "updated_at")}


def _refused(refusal: Refusal, request: GatewayRequest, cookies: CookieWriter) -> Response:
    """The page that explains a refusal to a person, whose browser asks for HTML. Raises it for a program."""
    accept = request.header(b"accept")
    if "text/html" not in accept.lower() or prefers_json(accept):
        raise refusal
    request.problem_code = refusal.code
    return refused_page(refusal, request, cookies, status=status_of(refusal), title=SIGN_IN_FAILED)
