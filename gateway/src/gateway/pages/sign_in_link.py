"""The page that a mailed sign-in link opens, where no front end has a page of its own."""

from starlette.responses import Response

from gateway.pages.layout import page

# The button signs in, not the opening of the page: mail scanners open links, and a link is good for one use.
_BODY = """<h1>Sign in to Caseload</h1>
<p id="message" role="status">This link signs you in on this device.</p>
<form id="form"><p id="step" hidden><label for="code">Code of your authenticator, or a backup code</label><br>
<input id="code" autocomplete="one-time-code" minlength="6" maxlength="8"></p>
<p><button id="sign-in" type="submit">Sign in</button></p></form>
<p id="next" hidden><a href="/docs">Go to the API explorer</a></p>
<noscript><p>This page needs JavaScript to sign you in.</p></noscript>"""
_SCRIPT = """
const message = document.getElementById("message"), button = document.getElementById("sign-in");
const form = document.getElementById("form"), step = document.getElementById("step"), code = document.getElementById("code");
let temporary = null;
const post = (path, body) => fetch(`/api/v1/auth/${path}`, {
  method: "POST", credentials: "same-origin", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
});
const token = new URLSearchParams(location.search).get("token");
history.replaceState(null, "", location.pathname);
if (!token) { message.textContent = "This link is not complete."; button.hidden = true; }
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    const reply = await (temporary ? post("verify-2fa", {temp_token: temporary, totp_code: code.value.trim()}) : post("verify", {token}));
    const answer = await reply.json();
    if (reply.ok && answer.requires_2fa) {
      temporary = answer.temp_token;
      message.textContent = "This account has a second factor.";
      step.hidden = false;
      code.required = true;
      code.focus();
    } else {
      const again = reply.status >= 500 || reply.status === 429 || answer.code === "second_factor_wrong" || reply.status === 422;
      message.textContent = reply.ok ? `You are signed in, ${answer.user.full_name}.` : answer.detail;
      form.hidden = reply.ok || !again;
      document.getElementById("next").hidden = !reply.ok;
    }
  } catch {
    message.textContent = "The server cannot be reached; try again.";
  }
  button.disabled = false;
});
"""


def sign_in_link_page() -> Response:
    return page("Sign in to Caseload", _BODY, script=_SCRIPT, cache="no-store")
