"""The page that a mailed sign-in link opens, where no front end has a page of its own."""

from starlette.responses import Response

from gateway.pages.layout import page

# The button signs in, not the opening of the page: mail scanners open links, and a link is good for one use.
_BODY = """<h1>Sign in to Caseload</h1>
<p id="message" role="status">This link signs you in on this device.</p>
<p><button id="sign-in" type="button">Sign in</button></p>
<p id="next" hidden><a href="/docs">Go to the API explorer</a></p>
<noscript><p>This page needs JavaScript to sign you in.</p></noscript>"""
_SCRIPT = """
const message = document.getElementById("message"), button = document.getElementById("sign-in");
const token = new URLSearchParams(location.search).get("token");
history.replaceState(null, "", location.pathname);
if (!token) { message.textContent = "This link is not complete."; button.hidden = true; }
button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const reply = await fetch("/api/v1/auth/verify", {
      method: "POST", credentials: "same-origin", headers: {"Content-Type": "application/json"}, body: JSON.stringify({token}),
    });
    const answer = await reply.json();
    message.textContent = reply.ok ? `You are signed in, ${answer.user.full_name}.` : answer.detail;
    button.hidden = reply.ok || reply.status < 500;
    document.getElementById("next").hidden = !reply.ok;
  } catch {
    message.textContent = "The server cannot be reached; try again.";
  }
  button.disabled = false;
});
"""


def sign_in_link_page() -> Response:
    return page("Sign in to Caseload", _BODY, script=_SCRIPT, cache="no-store")
