"""The start page: what this is, and where to go."""

from collections.abc import Collection
from html import escape

from starlette.responses import Response

from gateway.api.responses import json_response
from gateway.pages.layout import page

_LINKS = (
    ("docs", "/docs", "API explorer", "Every operation and schema. Sign in and try them out."),
    ("openapi", "/api/v1/openapi.json", "OpenAPI document", "OpenAPI 3.1, for generating clients."),
    ("health", "/health", "Health", "Whether the gateway answers. <code>/health/ready</code> says whether it can tell who is signed in."),
    ("mail", "/dev/mail/view", "Mail", "This installation sends no mail. What it would have sent is here, sign-in links included."),
)
_ABOUT = "Practice management for people who treat people: clients, appointments, session notes, reminders and an audit trail."


def home_page(paths: Collection[str]) -> Response:
    """The page for people, with the links that are among the gateway's `paths`."""
    links = "".join(
        f'<li><a href="{path}"><strong>{escape(name)}</strong>{about}<br><code>{path}</code></a></li>'
        for _, path, name, about in _LINKS
        if path in paths
    )
    body = (
        f'<h1>Caseload</h1><p class="lead">{_ABOUT}</p>'
        "<p>This is the gateway, the address of its REST API. Requests and replies are JSON, below <code>/api/v1</code>.</p>"
        f'<h2>Where to go</h2><ul class="links">{links}</ul>'
    )
    return _varied(page("Caseload", body))


def home_json(paths: Collection[str]) -> Response:
    """The same for programs."""
    links = {key: path for key, path, _, _ in _LINKS if path in paths}
    return _varied(json_response({"name": "Caseload", "description": _ABOUT, "links": links}))


def prefers_json(accept: str) -> bool:
    """Whether an Accept header (RFC 9110 section 12.5.1) ranks application/json above text/html; people's browsers name both or neither."""
    weights = {"application/json": 0.0, "text/html": 0.0}
    for entry in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in entry.split(";"))
        if kind in weights:
            weights[kind] = next((_weight(parameter) for parameter in parameters if parameter.startswith("q=")), 1.0)
    return weights["application/json"] > weights["text/html"]


def _weight(parameter: str) -> float:
    try:
        return float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0


def _varied(response: Response) -> Response:
    response.headers["Vary"] = "Accept"
    return response
