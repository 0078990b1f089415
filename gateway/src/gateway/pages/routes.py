"""Pages for people: the start page, the API explorer, what a problem means, and where sign-in links lead."""

import re
from html import escape

from fastapi import Request
from starlette.responses import Response

from chassis.errors import NotFound
from gateway.pages.explorer import ASSETS, asset_response, explorer_page
from gateway.pages.home import home_json, home_page, prefers_json
from gateway.pages.layout import page
from gateway.pages.reset_password import reset_password_page
from gateway.pages.sign_in_link import sign_in_link_page
from gateway.problems.explanations import EXPLANATIONS
from gateway.problems.responses import title
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


@router.get("/auth/verify", include_in_schema=False)
async def get_sign_in_link_page() -> Response:
    return sign_in_link_page()
