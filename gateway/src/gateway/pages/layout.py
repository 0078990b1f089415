"""The gateway's few pages for people: self-contained, without anything of other origins, under a policy that allows no more."""

import base64
from hashlib import sha256
from html import escape

from starlette.responses import Response

_STYLE = """
:root { color-scheme: light dark; --quiet: #6b7280; --line: #8884; --accent: #0f766e }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1 { font-size: 1.5rem; margin: 0 0 .75rem } h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; text-transform: capitalize }
code, pre { font: .875em/1.5 ui-monospace, monospace } pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem }
a { color: var(--accent) } .quiet { color: var(--quiet) } table { border-collapse: collapse; width: 100% }
td { padding: .2rem .75rem .2rem 0; vertical-align: top; border-top: 1px solid var(--line) }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .4rem 0; padding: .4rem .75rem } summary { cursor: pointer }
.method { display: inline-block; width: 4.5rem; font-weight: 600; color: var(--accent) }
button { font: inherit; padding: .6rem 1.4rem; border: 0; border-radius: .5rem; background: var(--accent); color: #fff; cursor: pointer }
button:disabled { opacity: .5 }
"""


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


_STYLE_HASH = _hash(_STYLE)


def page(title: str, body: str, *, script: str = "", status: int = 200, cache: str = "public, max-age=3600") -> Response:
    """An HTML page. `body` is trusted markup; the policy lets exactly our style and `script` in."""
    policy = f"default-src 'none'; style-src {_STYLE_HASH}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ending = ""
    if script:
        policy += f"; script-src {_hash(script)}; connect-src 'self'"
        ending = f"<script>{script}</script>"
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>{body}</main>{ending}</body></html>"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": cache}
    return Response(html, status, headers, "text/html; charset=utf-8")
