"""The page at which a sign-in with a provider ends that has failed."""

from html import escape

from starlette.responses import Response

from gateway.pages.layout import page


def refused_page(detail: str, status: int) -> Response:
    body = f'<h1>You are not signed in</h1><p role="status">{escape(detail)}</p>'
    return page("You are not signed in", body, cache="no-store", status=status)
