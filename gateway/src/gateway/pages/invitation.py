"""The page that a mailed invitation opens, where no front end has a page of its own. It works without script."""

from html import escape

from starlette.responses import Response

from gateway.pages.layout import page


def invitation_page(token: str) -> Response:
    """Asks whether to accept. The button accepts, not the opening of the page: mail scanners open links, and one is good for one use."""
    body = (
        "<h1>Accept your invitation</h1><p>You have been added to a workspace. Accepting signs you in on this device.</p>"
        f'<form method="post" action="/accept-invitation"><input type="hidden" name="token" value="{escape(token)}">'
        '<p><button type="submit">Accept and sign in</button></p></form>'
    )
    return page("Accept your invitation", body, cache="no-store", with_form=True)


def accepted_page(full_name: str) -> Response:
    body = (
        f'<h1>Welcome</h1><p role="status">You are signed in, {escape(full_name)}.</p>'
        "<p>The next time, sign in as you are used to: by the password or passkey you have, or by a link to this address.</p>"
        '<p><a href="/docs">Go to the API explorer</a></p>'
    )
    return page("Welcome", body, cache="no-store")


def refused_page(detail: str, status: int) -> Response:
    body = f'<h1>This invitation cannot be accepted</h1><p role="status">{escape(detail)}</p>'
    return page("This invitation cannot be accepted", body, cache="no-store", status=status)
