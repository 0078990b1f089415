"""Renders the pages: templates that escape what they are given, one style, and a content policy that allows nothing else."""

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from gateway.pages.languages import CHOICE, LANGUAGES, Language, language

_templates = Environment(
    loader=PackageLoader("gateway.pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_STYLE = (files("gateway.pages") / "static" / "pages.css").read_text("utf-8")
# Of the pages on which a passkey may be used: passkeys cannot be asked for without script.
PASSKEY_SCRIPT = (files("gateway.pages") / "static" / "passkey.js").read_text("utf-8")
# Of the page of one's account, where one is added.
REGISTER_SCRIPT = (files("gateway.pages") / "static" / "register.js").read_text("utf-8")
# What the parts of a template look at, and most pages do not have.
_NOTHING = {"narrow": False, "problem": "", "done": "", "errors": {}, "focus": "", "form_token": "", "next": ""}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a page may do beyond its own style and forms that are sent here.

    `script` is the text of the one script that runs, which may call the gateway. `data_images` allows images that are part of the page,
    `form_origin` an origin that a form may lead to in the end.
    """

    script: str = ""
    data_images: bool = False
    form_origin: str = ""

    def __str__(self) -> str:
        images = "; img-src data:" if self.data_images else ""
        forms = f"'self' {self.form_origin}".rstrip()
        policy = f"default-src 'none'; style-src {_STYLE_HASH}{images}; base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
        return policy + (f"; script-src {_hash(self.script)}; connect-src 'self'" if self.script else "")


def render(
    template: str,
    reader: Language,
    *,
    title: str,
    address: str,
    query: Mapping[str, str] | None = None,
    languages: Collection[str] = LANGUAGES,
    status: int = 200,
    policy: Policy = Policy(),
    cache: str = "no-store",
    **values: Any,
) -> Response:
    """A page. `address` and `query` are where the same page is to be had in another of the `languages`."""
    others = [(language(code), f"{address}?{urlencode({**(query or {}), CHOICE: code})}") for code in languages]
    html = _templates.get_template(template).render(
        {
            **_NOTHING,
            **values,
            "t": reader.texts,
            "language": reader,
            "languages": others,
            "title": title,
            "status": status,
            "style": Markup(_STYLE),  # noqa: S704 - our own file
            "script": Markup(policy.script),  # noqa: S704 - our own text
        }
    )
    headers = {"Content-Security-Policy": str(policy), "Cache-Control": cache, "Content-Language": reader.code}
    return Response(html, status, headers, "text/html; charset=utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


_STYLE_HASH = _hash(_STYLE)
