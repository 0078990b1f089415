"""The start page: what this is, and where to go."""

from collections.abc import Collection

from starlette.responses import Response

from gateway.api.responses import json_response
from gateway.pages.destinations import ACCOUNT
from gateway.pages.languages import Language, language
from gateway.pages.rendering import render

# The keys of a link's name and description: `home_…` and `home_…_about`.
_LINKS = (
    ("account", ACCOUNT),
    ("docs", "/docs"),
    ("openapi", "/api/v1/openapi.json"),
    ("health", "/health"),
    ("mail", "/dev/mail/view"),
)


def home_page(paths: Collection[str], reader: Language) -> Response:
    """The page for people, with the links that are among the gateway's `paths`."""
    links = [(path, reader.texts[f"home_{key}"], reader.texts[f"home_{key}_about"]) for key, path in _LINKS if path in paths]
    return _varied(render("home.html", reader, title="Caseload", address="/", links=links))


def home_json(paths: Collection[str]) -> Response:
    """The same for programs."""
    links = {key: path for key, path in _LINKS if path in paths}
    return _varied(json_response({"name": "Caseload", "description": language("en").texts["home_lead"], "links": links}))


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
