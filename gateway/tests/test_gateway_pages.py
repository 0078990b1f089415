"""Pages for people: nothing of other origins, no inline code but what the policy names, and an explorer that works under it."""

import base64
import gzip
import re
from hashlib import sha256

import pytest
from fastapi import APIRouter

from gateway.auth import cookies
from gateway.pages.explorer import assets
from gateway.pages.home import prefers_json
from gateway.pages.languages import language
from gateway.pages.rendering import Policy, render
from gateway.request import SAFE_METHODS


def policy_of(reply):
    """The Content-Security-Policy of a reply: the sources by directive."""
    directives = (directive.split() for directive in reply.headers["content-security-policy"].split(";"))
    return {name: sources for name, *sources in directives}


@pytest.fixture
async def anybody(gateway):
    async with gateway.anonymous() as http:
        yield http


@pytest.mark.parametrize(
    "path", ["/", "/auth/forgot-password", "/auth/verify", "/auth/reset-password", "/accept-invitation?token=x", "/problems/not_found"]
)
async def test_a_page_loads_nothing_and_runs_nothing(anybody, path: str):
    page = await anybody.get(path)

    (style,) = re.findall("<style>(.*?)</style>", page.text, re.DOTALL)
    assert page.status_code == 200
    assert policy_of(page) == {
        "default-src": ["'none'"],
        "style-src": [f"'sha256-{base64.b64encode(sha256(style.encode()).digest()).decode()}'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    assert not re.search(r"<script|\bsrc=|\bstyle=|\bon\w+=|<link", page.text)


def test_a_page_may_have_one_script_which_its_policy_names():
    script = 'document.querySelector("button").hidden = false; // & < >'
    page = render("message.html", language("en"), title="x", address="/", policy=Policy(script=script), text="x", link="")

    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    assert policy_of(page)["script-src"] == [f"'sha256-{digest}'"]
    assert policy_of(page)["connect-src"] == ["'self'"]
    assert f"<script>{script}</script>".encode() in page.body


async def test_the_start_page_links_what_there_is(anybody):
    page = await anybody.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    links = re.findall(r'<li><a href="([^"]*)"><', page.text)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert links == ["/auth/account", "/docs", "/api/v1/openapi.json", "/health"]
    for link in links:
        assert (await anybody.get(link, follow_redirects=True)).status_code == 200


async def test_the_start_page_is_json_for_a_program(anybody):
    reply = await anybody.get("/", headers={"Accept": "application/json"})

    assert reply.json()["name"] == "Caseload"
    assert reply.json()["links"] == {"account": "/auth/account", "docs": "/docs", "openapi": "/api/v1/openapi.json", "health": "/health"}
    assert "Accept" in reply.headers.get_list("vary")


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("text/html, application/json", False),
        ("text/html;q=0.5, application/json;q=0.9", True),
        ("application/json;q=0", False),
        ("application/json;q=much", False),
    ],
)
def test_json_is_sent_where_it_is_preferred(accept: str, *, json: bool):
    assert prefers_json(accept) is json


async def test_caught_mail_is_linked_where_there_is_some(gateway):
    router = APIRouter()
    router.add_api_route("/dev/mail/view", lambda: "mail")
    async with gateway.reconfigured(routers=(router,)).anonymous() as http:
        for path in ("/", "/docs"):
            assert 'href="/dev/mail/view"' in (await http.get(path)).text


async def test_the_explorer_runs_only_files_of_its_own(anybody):
    page = await anybody.get("/docs")

    assert policy_of(page) == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # Swagger UI's icons are data: addresses in its stylesheet.
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    assert not re.search(r"<style|\bstyle=|\bon\w+=|javascript:", page.text)
    assert all('src="/docs/assets/' in script for script in re.findall(r"<script[^>]*>", page.text))
    assert all(address.startswith(("/", "data:,")) for address in re.findall(r'(?:src|href)="([^"]*)"', page.text))


async def test_every_file_the_explorer_names_is_there_and_cached_for_ever(anybody):
    page = await anybody.get("/docs")
    addresses = re.findall(r'(?:src|href)="(/docs/assets/[^"]*)"', page.text)

    assert sorted(address.rsplit("/", 1)[1] for address in addresses) == sorted(assets())
    for address in addresses:
        plain = await anybody.get(address, headers={"Accept-Encoding": "identity"})
        packed = await anybody.get(address, headers={"Accept-Encoding": "br, gzip"})
        assert plain.status_code == packed.status_code == 200
        assert plain.headers["content-type"].startswith("text/javascript" if address.endswith(".js") else "text/css")
        assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == plain.content == gzip.decompress(assets()[address.rsplit("/", 1)[1]].compressed)
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])


@pytest.mark.parametrize("path", ["0" * 16 + "/explorer.js", "{digest}/explorer.py", "{digest}/..%2Fexplorer.py", "{digest}/"])
async def test_nothing_else_is_served_as_a_file_of_the_explorer(anybody, check_problem, path: str):
    digest = assets()["explorer.js"].digest

    check_problem(await anybody.get("/docs/assets/" + path.format(digest=digest)), 404, "not_found")


async def test_the_explorer_shows_the_gateways_own_document_only():
    script = assets()["explorer.js"].content.decode()

    assert "url: `${API}/openapi.json`" in script
    assert 'const API = "/api/v1";' in script
    assert "validatorUrl: null" in script
    # Swagger UI takes its settings from the address only when told to.
    assert "queryConfigEnabled" not in script


async def test_the_explorer_repeats_the_csrf_token_by_the_gateways_names():
    script = assets()["explorer.js"].content.decode()

    assert f'const CSRF_COOKIE = "{cookies.CSRF}";' in script
    assert 'const CSRF_HEADER = "X-CSRF-Token";' in script
    assert {method for method in SAFE_METHODS if f'"{method}"' in script} == SAFE_METHODS
    assert "requestInterceptor: addCsrfToken" in script


def test_swagger_ui_is_one_that_shows_openapi_3_1():
    version = re.search(rb'PACKAGE_VERSION:"(\d+)\.', assets()["swagger-ui-bundle.js"].content)

    assert version is not None
    assert int(version[1]) >= 5
