"""The frame of the pages for people: one style, at most one script, and a content policy that allows nothing else."""

import base64
from hashlib import sha256
from html import escape

from starlette.responses import Response

_STYLE = """
:root {
  color-scheme: light dark;
  --text: light-dark(#1f2937, #e5e7eb); --quiet: light-dark(#5b6472, #a3abb8); --line: light-dark(#d8dee6, #374151);
  --ground: light-dark(#f7f9fb, #111827); --raised: light-dark(#ffffff, #1b2433); --accent: light-dark(#0f766e, #2dd4bf);
}
* { box-sizing: border-box }
body { font: 1rem/1.6 system-ui, sans-serif; color: var(--text); background: var(--ground); margin: 0 }
main { max-width: 46rem; margin: 0 auto; padding: 3rem 1.25rem 4rem }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .75rem }
h2 { font-size: 1.125rem; margin: 2.25rem 0 .75rem }
p { margin: 0 0 .75rem }
code { font: .9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
a { color: var(--accent); text-underline-offset: .2em }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px }
.lead { font-size: 1.125rem } .quiet { color: var(--quiet) }
.links { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem }
.links a { display: block; padding: .9rem 1.1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--raised);
  text-decoration: none; color: inherit }
.links a:hover { border-color: var(--accent) }
.links strong { display: block; color: var(--accent) } .links code { color: var(--quiet) }
button { font: inherit; padding: .6rem 1.4rem; border: 0; border-radius: .5rem; color: light-dark(#fff, #06302c); background: var(--accent);
  cursor: pointer }
button:disabled { opacity: .5 }
"""


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


_STYLE_HASH = _hash(_STYLE)


def page(
    title: str, body: str, *, script: str = "", cache: str = "public, max-age=3600", with_form: bool = False, status: int = 200
) -> Response:
    """An HTML page. `body` is trusted markup; the policy allows exactly our style and `script`, by their hashes, and forms that are sent here."""
    forms = "'self'" if with_form else "'none'"
    policy = f"default-src 'none'; style-src {_STYLE_HASH}; base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
    ending = ""
    if script:
        policy += f"; script-src {_hash(script)}; connect-src 'self'"
        ending = f"<script>{script}</script>"
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>{body}</main>{ending}</body></html>"
    )
    return Response(html, status, {"Content-Security-Policy": policy, "Cache-Control": cache}, "text/html; charset=utf-8")
