"""Pages for people: the start page, the API explorer, and what a problem means."""

import re
from html import escape

from fastapi import Request
from markupsafe import Markup
from starlette.responses import Response

from chassis.errors import NotFound
from gateway.pages.explorer import ASSETS, asset_response, explorer_page
from gateway.pages.home import home_json, home_page, prefers_json
from gateway.pages.languages import language
from gateway.pages.rendering import render
from gateway.pages.visit import UncheckedVisit
from gateway.problems.explanations import EXPLANATIONS
from gateway.problems.responses import title
from gateway.routing.nouns import noun_router

router = noun_router("", "pages", root="")

_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")
_QUOTED = re.compile(r"`([^`]+)`")


@router.get("/", include_in_schema=False)
async def get_home(request: Request, visit: UncheckedVisit) -> Response:
    if prefers_json(request.headers.get("accept", "")):
        return home_json(request.app.state.paths)
    return home_page(request.app.state.paths, visit.language)


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
    marked = Markup(_QUOTED.sub(r"<code>\1</code>", escape(meaning)))  # noqa: S704 - escaped, and marked up by us
    # For those who write programs, in English.
    english, cache = language("en"), "public, max-age=3600"
    return render("problem.html", english, title=title(code), address="", languages=(), cache=cache, meaning=marked, code=code)
