"""The pages behind problem types, mailed links, and the API's documentation."""

import re
from html import escape

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from chassis.errors import NotFound
from gateway.mapping import dump
from gateway.openapi.document import API, document, noun
from gateway.pages.docs import render_docs
from gateway.pages.layout import page
from gateway.problems.explanations import EXPLANATIONS
from gateway.problems.responses import title

router = noun("", "pages", root="")

_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")

# A button, not the page's own doing: mail scanners open links, and the link is good for one use.
_VERIFY_PAGE = """<h1>Sign in to Caseload</h1>
<p id="say">This link signs you in on this device.</p>
<p><button id="go" type="button">Sign in</button></p>
<noscript><p>This page needs JavaScript to sign you in.</p></noscript>"""
_VERIFY_SCRIPT = """
const say = document.getElementById("say"), go = document.getElementById("go");
const token = new URLSearchParams(location.search).get("token");
history.replaceState(null, "", location.pathname);
if (!token) { say.textContent = "This link is not complete."; go.hidden = true; }
go.addEventListener("click", async () => {
  go.disabled = true;
  try {
    const reply = await fetch("/api/v1/auth/verify", {
      method: "POST", credentials: "same-origin", headers: {"Content-Type": "application/json"}, body: JSON.stringify({token}),
    });
    const told = await reply.json();
    say.textContent = reply.ok ? `You are signed in, ${told.user.full_name}.` : told.detail;
    go.hidden = reply.ok || reply.status < 500;
  } catch {
    say.textContent = "The server cannot be reached; try again.";
  }
  go.disabled = false;
});
"""


@router.get("/", include_in_schema=False)
async def get_root() -> Response:
    return RedirectResponse("/docs", 302)


@router.get("/problems/{code}", include_in_schema=False)
async def get_problem_page(code: str) -> Response:
    if not _CODE.fullmatch(code):
        raise NotFound("not_found", "There is nothing here.")
    meaning = EXPLANATIONS.get(code, "The reply's `detail` says what was refused, and its `status` of which kind the refusal is.")
    body = (
        f"<h1>{escape(title(code))}</h1><p>{escape(meaning)}</p>"
        f'<p class="quiet">Problem code <code>{escape(code)}</code>. The code is stable; the sentences are for people and may change.</p>'
        '<p><a href="/docs">API documentation</a></p>'
    )
    return page(title(code), body)


@router.get("/auth/verify", include_in_schema=False)
async def get_verify_page() -> Response:
    """Where mailed links lead when no front end has an address of its own."""
    return page("Sign in to Caseload", _VERIFY_PAGE, script=_VERIFY_SCRIPT, cache="no-store")


@router.get("/docs", include_in_schema=False)
async def get_docs(request: Request) -> Response:
    state = request.app.state
    if state.docs is None:
        state.docs = page("Caseload API", render_docs(document(request.app)))
    made: Response = state.docs
    return made


@router.get(f"{API}/openapi.json", include_in_schema=False)
async def get_openapi_document(request: Request) -> Response:
    return Response(dump(document(request.app)), headers={"Cache-Control": "public, max-age=300"}, media_type="application/json")
