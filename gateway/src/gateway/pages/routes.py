"""Pages for people: the start page, the API explorer, what a problem means, and where sign-in links lead."""

import re
from html import escape
from urllib.parse import parse_qs

from fastapi import Request
from starlette.responses import Response

from caseload.identity.v1.invitations_pb2 import AcceptInvitationRequest
from chassis.errors import Gone, NotFound
from gateway.api.sign_in.routes import TheAuthenticator
from gateway.auth.dependencies import PublicRequest
from gateway.pages.explorer import ASSETS, asset_response, explorer_page
from gateway.pages.home import home_json, home_page, prefers_json
from gateway.pages.invitation import accepted_page, invitation_page, refused_page
from gateway.pages.layout import page
from gateway.pages.reset_password import reset_password_page
from gateway.pages.sign_in_link import sign_in_link_page
from gateway.problems.explanations import EXPLANATIONS
from gateway.problems.responses import STATUS, title
from gateway.routing.nouns import noun_router

router = noun_router("", "pages", root="")

_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")
_QUOTED = re.compile(r"`([^`]+)`")


@router.get("/", include_in_schema=False)
async def get_home(request: Request) -> Response:
    home = home_json if prefers_json(request.headers.get("accept", "")) else home_page
    return home(request.app.state.paths)


@router.get("/docs", include_in_schema=False)
async def get_docs(request: Request) -> Response:
    return explorer_page(with_mail="/dev/mail/view" in request.app.state.paths)


@router.get(ASSETS + "/{digest}/{name}", include_in_schema=False)
async def get_asset(digest: str, name: str, request: Request) -> Response:
    return asset_response(digest, name, request.headers.get("accept-encoding", ""))


@router.get("/problems/{code}", include_in_schema=False)
async def get_problem_page(code: str) -> Response:
    if not _CODE.fullmatch(code):
        raise NotFound("not_found", "There is nothing here.")
    meaning = EXPLANATIONS.get(code, "The reply's `detail` says what was refused, and its `status` of which kind the refusal is.")
    marked = _QUOTED.sub(r"<code>\1</code>", escape(meaning))
    body = (
        f"<h1>{escape(title(code))}</h1><p>{marked}</p>"
        f'<p class="quiet">Problem code <code>{escape(code)}</code>. The code is stable; the sentences are for people and may change.</p>'
        '<p><a href="/docs">API explorer</a></p>'
    )
    return page(title(code), body)


@router.get("/auth/reset-password", include_in_schema=False)
async def get_reset_password_page() -> Response:
    return reset_password_page()


@router.get("/accept-invitation", include_in_schema=False)
async def get_invitation_page(token: str = "") -> Response:
    return invitation_page(token)


@router.post("/accept-invitation", include_in_schema=False)
async def accept_invitation(http: Request, request: PublicRequest, authenticator: TheAuthenticator) -> Response:
    """Accepts with the page's form. A refusal is a page too."""
    token = parse_qs((await http.body()).decode("latin-1"), max_num_fields=10).get("token", [""])[0]
    try:
        signed_in = await request.stubs.invitations.AcceptInvitation(AcceptInvitationRequest(token=token), request.context)
    except (Gone, NotFound) as refusal:
        return refused_page(refusal.message, STATUS[type(refusal)])
    authenticator.write_cookies(request, signed_in)
    return accepted_page(signed_in.user.full_name)


@router.get("/auth/verify", include_in_schema=False)
async def get_sign_in_link_page() -> Response:
    return sign_in_link_page()
