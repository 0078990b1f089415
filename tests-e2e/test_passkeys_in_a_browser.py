"""Passkeys in a real Chromium, whose authenticators are virtual: what a browser and a device make of our options, and we of their replies."""

import base64
import contextlib
from urllib.parse import urljoin

import jwt
import pytest
from attack.installation import PASSWORD, AttackedInstallation
from playwright.async_api import expect

# Built into a telephone: finds its passkeys by itself and verifies its user.
TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# Old enough to know neither: it has to be told which of its keys is meant.
SECURITY_KEY = {"protocol": "u2f", "transport": "usb", "automaticPresenceSimulation": True}

ASK = """
async ({method, path, body}) => {
  const csrf = /(?:^|; )csrf_token=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  const headers = {"Content-Type": "application/json", "X-CSRF-Token": csrf};
  const reply = await fetch("/api/v1/auth" + path, {method, headers, body: body && JSON.stringify(body)});
  return {status: reply.status, ignored: reply.headers.get("X-Ignored-Members"), said: reply.status === 204 ? null : await reply.json()};
}
"""
CREATE = """
async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({publicKey})).toJSON();
}
"""
GET = """
async (options) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({publicKey})).toJSON();
}
"""


class Device:
    """A browser on a page of the gateway's own origin, with one authenticator."""

    def __init__(self, page, protocol, authenticator):
        self._page, self._protocol, self.authenticator = page, protocol, authenticator

    async def send(self, command, **parameters):
        return await self._protocol.send(f"WebAuthn.{command}", parameters | {"authenticatorId": self.authenticator})

    async def ask(self, method, path, body=None, *, status=200):
        reply = await self._page.evaluate(ASK, {"method": method, "path": path, "body": body})
        assert (reply["status"], reply["ignored"]) == (status, None), reply
        return reply["said"]

    async def sign_in_at_the_explorer(self, person):
        await self._page.goto(urljoin(self._page.url, "/docs"))
        await self._page.locator("#email").fill(person.email)
        await self._page.locator("#password").fill(PASSWORD)
        await self._page.keyboard.press("Enter")
        await expect(self._page.locator("#user")).to_contain_text("owner")

    async def log_in(self, person):
        return await self.ask("POST", "/login", {"email": person.email, "password": PASSWORD})

    async def register(self, name):
        options = await self.ask("POST", "/passkeys")
        credential = await self._page.evaluate(CREATE, options)
        return await self.ask("POST", "/passkeys/finish", {"credential": credential, "name": name}, status=201)

    async def sign_in(self, first_step=None, *, status=200):
        step = {} if first_step is None else {"temp_token": first_step["temp_token"]}
        options = await self.ask("POST", "/passkeys/sign-in", step or None)
        credential = await self._page.evaluate(GET, options)
        return await self.ask("POST", "/passkeys/sign-in/finish", step | {"credential": credential}, status=status)

    async def refused_by_the_browser(self, doing):
        with pytest.raises(Exception, match="Error") as refused:
            await doing
        return str(refused.value)


@pytest.fixture
async def device(embedded, browser):
    """Opens a browser that has never been here, on a device with one authenticator."""
    async with contextlib.AsyncExitStack() as stack:

        async def opened(kind):
            # The start page allows no requests, and ours are to be made from a page of the gateway's.
            context = await browser.new_context(bypass_csp=True)
            stack.push_async_callback(context.close)
            page = await context.new_page()
            # An address is no domain that a passkey could be good for.
            await page.goto(f"{embedded.gateway_url.replace('127.0.0.1', 'localhost')}/")
            protocol = await context.new_cdp_session(page)
            await protocol.send("WebAuthn.enable", {"enableUI": False})
            added = await protocol.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
            return Device(page, protocol, added["authenticatorId"])

        yield opened


@pytest.fixture
async def owner(embedded):
    return await AttackedInstallation(embedded).open_practice()


def steps(signed_in):
    return jwt.decode(signed_in["access_token"], options={"verify_signature": False})["amr"]


async def test_a_passkey_from_the_first_sign_in_to_its_removal(device, owner):
    telephone = await device(TELEPHONE)
    await telephone.log_in(owner)
    made = await telephone.register("Telephone")
    (kept,) = (
        await telephone.send(
            "getCredentials",
        )
    )["credentials"]
    assert kept["isResidentCredential"]
    assert len(base64.b64decode(kept["userHandle"])) == 32
    assert "InvalidStateError" in await telephone.refused_by_the_browser(telephone.register("The same again"))
    await telephone.ask("POST", "/logout")
    await telephone.ask("GET", "/me", status=401)

    # Nobody types an address.
    assert steps(await telephone.sign_in()) == ["passkey"]

    assert (await telephone.ask("GET", "/me"))["email"] == owner.email
    (listed,) = await telephone.ask("GET", "/passkeys")
    assert (listed["id"], listed["name"]) == (made["id"], "Telephone")
    assert listed["last_used_at"] is not None
    assert (await telephone.ask("PATCH", f"/passkeys/{made['id']}", {"name": "Old telephone"}))["name"] == "Old telephone"
    await telephone.ask("DELETE", f"/passkeys/{made['id']}", status=204)
    await telephone.ask("POST", "/logout")
    # The device still has it, and nobody believes it.
    assert (await telephone.sign_in(status=401))["code"] == "passkey_not_accepted"
    assert steps(await telephone.log_in(owner)) == ["pwd"]


async def test_a_device_that_cannot_verify_its_user_does_not_sign_in_alone(device, owner):
    telephone = await device(TELEPHONE)
    await telephone.log_in(owner)
    await telephone.register("Telephone")
    await telephone.send("setUserVerified", isUserVerified=False)
    assert "NotAllowedError" in await telephone.refused_by_the_browser(telephone.sign_in())


async def test_a_security_key_is_the_second_step_after_a_password(device, owner):
    key = await device(SECURITY_KEY)
    await key.log_in(owner)
    await key.register("Key")
    await key.ask("POST", "/logout")
    first = await key.log_in(owner)
    assert (first["requires_2fa"], first["methods"]) == (True, ["passkey"])
    await key.ask("GET", "/me", status=401)

    assert steps(await key.sign_in(first)) == ["pwd", "passkey"]

    assert (await key.ask("GET", "/me"))["email"] == owner.email


async def test_the_explorer_asks_for_what_the_second_step_can_be_made_by(device, owner):
    key = await device(SECURITY_KEY)
    await key.log_in(owner)
    await key.register("Key")
    await key.ask("POST", "/logout")

    await key.sign_in_at_the_explorer(owner)

    assert (await key.ask("GET", "/me"))["email"] == owner.email


async def test_a_copy_of_a_passkey_is_refused(device, owner, embedded, eventually):
    telephone = await device(TELEPHONE)
    await telephone.log_in(owner)
    await telephone.register("Telephone")
    (stolen,) = (
        await telephone.send(
            "getCredentials",
        )
    )["credentials"]
    for _ in range(3):
        await telephone.sign_in()
    thief = await device(TELEPHONE)
    await thief.send("addCredential", credential=stolen)

    assert (await thief.sign_in(status=401))["code"] == "passkey_not_accepted"

    assert eventually(
        lambda: [mail for mail in embedded.mail() if mail["to"] == [owner.email] and "somebody had copied it" in mail["text"]]
    )
    assert steps(await telephone.sign_in()) == ["passkey"]
