// The API explorer: starts Swagger UI, and signs in and out with the browser's cookies.
"use strict";

const API = "/api/v1";
const CSRF_COOKIE = "csrf_token";
const CSRF_HEADER = "X-CSRF-Token";
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

function csrfToken() {
  const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${CSRF_COOKIE}=`));
  return found ? found.slice(CSRF_COOKIE.length + 1) : "";
}

// A write that is authenticated by cookies has to repeat the CSRF token. One with an access token of its own needs none,
// and requests to other origins never get it.
function addCsrfToken(request) {
  const ours = new URL(request.url, location.href).origin === location.origin;
  const token = csrfToken();
  if (ours && token && !request.headers.Authorization && !SAFE_METHODS.includes((request.method || "GET").toUpperCase())) {
    request.headers[CSRF_HEADER] = token;
  }
  return request;
}

function send(method, path, body) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  const request = addCsrfToken({ url: API + path, method, headers });
  return fetch(request.url, { method, headers: request.headers, body: body && JSON.stringify(body), credentials: "same-origin" });
}

const element = (id) => document.getElementById(id);

function show(user) {
  element("sign-in").hidden = Boolean(user);
  element("signed-in").hidden = !user;
  element("user").textContent = user ? `${user.full_name}, ${user.role.replace("_", " ")}` : "";
}

function say(text) {
  element("message").textContent = text;
}

// Without the CSRF cookie nobody is signed in here, and the question would only be refused.
async function refreshUser() {
  const reply = csrfToken() ? await send("GET", "/auth/me") : null;
  show(reply && reply.ok ? await reply.json() : null);
}

async function attempt(work) {
  say("");
  try {
    await work();
  } catch {
    say("The server cannot be reached; try again.");
  }
}

// By a passkey where there is one and the browser knows how, else by a code. Null where nothing was tried.
async function secondStep({ temp_token, methods }) {
  const knowsPasskeys = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);
  const hasCode = methods.includes("totp");
  if (methods.includes("passkey") && knowsPasskeys && !(hasCode && window.confirm("Use a code? Cancel to use a passkey."))) {
    try {
      const options = await (await send("POST", "/auth/passkeys/sign-in", { temp_token })).json();
      const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      return await send("POST", "/auth/passkeys/sign-in/finish", { temp_token, credential });
    } catch {
      say("The passkey was not used. Try again, or have a link mailed to you.");
      return null;
    }
  }
  if (!hasCode) {
    say("Your second step is a passkey, which this browser cannot ask for. Have a link mailed to you instead.");
    return null;
  }
  const code = window.prompt("Code of your authenticator, or a backup code") ?? "";
  return send("POST", "/auth/verify-2fa", { temp_token, totp_code: code.trim() });
}

async function signIn() {
  let reply = await send("POST", "/auth/login", { email: element("email").value, password: element("password").value });
  let answer = await reply.json();
  if (reply.ok && answer.requires_2fa) {
    reply = await secondStep(answer);
    if (!reply) {
      return;
    }
    answer = await reply.json();
  }
  if (reply.ok) {
    element("password").value = "";
    show(answer.user);
  } else {
    say(answer.detail);
  }
}

async function mailLink() {
  if (!element("email").reportValidity()) {
    return;
  }
  const reply = await send("POST", "/auth/magic-link", { email: element("email").value });
  const answer = await reply.json();
  say(reply.ok ? answer.message : answer.detail);
}

async function signOut() {
  await send("POST", "/auth/logout");
  await refreshUser();
}

element("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(signIn);
});
element("mail-link").addEventListener("click", () => attempt(mailLink));
element("sign-out").addEventListener("click", () => attempt(signOut));

const dark = matchMedia("(prefers-color-scheme: dark)");
const followColorScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", followColorScheme);
followColorScheme();

SwaggerUIBundle({
  url: `${API}/openapi.json`,
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayOperationId: false,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: true,
  tryItOutEnabled: true,
  // No service of others is asked whether the document is valid.
  validatorUrl: null,
  requestInterceptor: addCsrfToken,
  responseInterceptor(response) {
    if (response.url && new URL(response.url).pathname.startsWith(`${API}/auth/`)) {
      attempt(refreshUser);
    }
    return response;
  },
});
attempt(refreshUser);
