"""The API explorer: Swagger UI, from files of our own, under a content policy without inline code."""

import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from starlette.responses import Response, StreamingResponse

from chassis.errors import NotFound

ASSETS = "/docs/assets"
_PIECE = 64 * 1024
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_SWAGGER_UI = ("swagger-ui-bundle.js", "swagger-ui.css")
_OURS = ("explorer.js", "explorer.css")


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file; its address contains a digest of its content, so that it can be cached for ever."""

    name: str
    content: bytes
    compressed: bytes

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()[:16]

    @property
    def address(self) -> str:
        return f"{ASSETS}/{self.digest}/{self.name}"


@cache
def assets() -> dict[str, Asset]:
    """All files of the explorer by name; read and compressed at the first request for the page."""
    return {name: _asset(name, _swagger_ui_folder() / name) for name in _SWAGGER_UI} | {
        name: _asset(name, Path(str(files("gateway.pages") / "static" / name))) for name in _OURS
    }


def explorer_page(*, with_mail: bool) -> Response:
    """The page; `with_mail` adds a link to the caught mail."""
    address = {name: asset.address for name, asset in assets().items()}
    mail = '<a href="/dev/mail/view">Mail</a>' if with_mail else ""
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Caseload API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{address["swagger-ui.css"]}">
<link rel="stylesheet" href="{address["explorer.css"]}">
<script src="{address["swagger-ui-bundle.js"]}" defer></script>
<script src="{address["explorer.js"]}" defer></script>
</head>
<body>
<header class="caseload">
<nav><a class="home" href="/">Caseload</a><a href="/api/v1/openapi.json">OpenAPI document</a>{mail}</nav>
<form id="sign-in" hidden>
<label>E-mail <input id="email" type="email" autocomplete="username" required></label>
<label>Password <input id="password" type="password" autocomplete="current-password"></label>
<button type="submit">Sign in</button>
<button id="mail-link" type="button">Mail me a link</button>
</form>
<div id="signed-in" hidden><span id="user"></span> <button id="sign-out" type="button">Sign out</button></div>
<p id="message" role="status"></p>
</header>
<noscript><p>The explorer needs JavaScript. The <a href="/api/v1/openapi.json">OpenAPI document</a> does not.</p></noscript>
<main id="swagger-ui"></main>
</body>
</html>
"""
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    return Response(html, headers=headers, media_type="text/html; charset=utf-8")


def asset_response(digest: str, name: str, accept_encoding: str) -> Response:
    """A file of the explorer; NotFound unless the digest is that of the file as it is now."""
    asset = assets().get(name)
    if asset is None or asset.digest != digest:
        raise NotFound("not_found", "There is nothing here.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    kind = _KINDS[Path(name).suffix]
    content = asset.content
    if "gzip" in accept_encoding:
        content, headers["Content-Encoding"] = asset.compressed, "gzip"
    return StreamingResponse(_pieces(content), headers=headers | {"Content-Length": str(len(content))}, media_type=kind)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    """Each is sent when the client has read most of the one before, so that a slow client holds one piece, not the whole file."""
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]


def _asset(name: str, path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(name, content, gzip.compress(content, mtime=0))


def _swagger_ui_folder() -> Path:
    # The package's files are all that is used of it; importing it would run its code.
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "static"
