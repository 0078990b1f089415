"""The page that a mailed link to choose a new password opens, where no front end has a page of its own."""

from starlette.responses import Response

from gateway.pages.layout import page

_BODY = """<h1>Choose a new password</h1>
<p id="message" role="status">It has at least 12 characters and is not easily guessed. You will be signed out everywhere.</p>
<form id="form"><p><label for="password">New password</label><br>
<input id="password" type="password" autocomplete="new-password" required minlength="12" maxlength="256"></p>
<p><button id="choose" type="submit">Set the password</button></p></form>
<noscript><p>This page needs JavaScript to set your password.</p></noscript>"""
_SCRIPT = """
const message = document.getElementById("message"), form = document.getElementById("form"), button = document.getElementById("choose");
const token = new URLSearchParams(location.search).get("token");
history.replaceState(null, "", location.pathname);
if (!token) { message.textContent = "This link is not complete."; form.hidden = true; }
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    const body = JSON.stringify({token, new_password: document.getElementById("password").value});
    const headers = {"Content-Type": "application/json"};
    const reply = await fetch("/api/v1/auth/password/reset", {method: "POST", credentials: "same-origin", headers, body});
    if (reply.ok) {
      message.textContent = "Your new password is set. Sign in with it.";
      form.hidden = true;
    } else {
      const problem = await reply.json();
      message.textContent = problem.errors?.length ? `The password ${problem.errors[0].detail}.` : problem.detail;
      form.hidden = reply.status === 401;
    }
  } catch {
    message.textContent = "The server cannot be reached; try again.";
  }
  button.disabled = false;
});
"""


def reset_password_page() -> Response:
    return page("Choose a new password", _BODY, script=_SCRIPT, cache="no-store")
