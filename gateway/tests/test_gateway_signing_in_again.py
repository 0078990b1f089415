"""Whoever is told to sign in again finds the way back: at the pages, by any means they have, and to the workspace they were in (decision 119)."""

import html
import re

import pyotp
import pytest
from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken
from gateway.pages.languages import LANGUAGES, language
from standalone.selftest.software_authenticator import SoftPasskey

PASSWORD = "correct horse battery"
ORIGIN = "http://localhost:8000"
KEY = {"name": "Import", "scopes": ["clients:read"]}


async def send(http, page, path, **fields):
    token = re.search(r'name="form_token" value="([^"]+)"', (await http.get(page)).text)[1]
    return await http.post(path, data={"form_token": token, **fields})


async def test_whoever_has_to_enrol_is_led_back_and_then_to_where_they_wanted(gateway, person, let_pass):
    async with gateway.environment.superuser() as database:
        required = """UPDATE identity.workspaces SET settings = settings || '{"second_factor_required": true}' WHERE workspace_id = $1"""
        assert await database.execute(required, person.workspace_id) == "UPDATE 1"
    who = {"email": person.email, "password": PASSWORD}
    async with gateway.anonymous() as http:
        first = await send(http, "/auth/sign-in", "/auth/sign-in", next="/docs", **who)
        assert first.headers["location"] == "/auth/second-factor?next=%2Fdocs"
        await let_pass(http, person.user_id, 16)

        led = await send(http, first.headers["location"], "/auth/second-factor/enrol", next="/docs")
        page = await http.get(led.headers["location"])
        wanted = html.unescape(re.search(r'name="next" value="([^"]+)"', page.text)[1])
        back = await send(http, led.headers["location"], "/auth/sign-in", next=wanted, **who)
        assert back.headers["location"] == "/auth/second-factor?next=%2Fdocs"
        enrolled = await send(http, back.headers["location"], "/auth/second-factor/enrol", next="/docs")
        secret = re.search(r'class="secret" dir="ltr">([A-Z2-7]+)<', enrolled.text)[1]
        code = pyotp.TOTP(secret).now()
        confirmed = await send(http, back.headers["location"], "/auth/second-factor/confirm", next="/docs", code=code)
        assert (confirmed.status_code, confirmed.headers["location"]) == (303, "/docs")


@pytest.mark.parametrize("code", LANGUAGES)
async def test_why_one_signs_in_again_is_told_in_the_language_that_is_chosen(gateway, code):
    async with gateway.anonymous() as http:
        page = await http.get("/auth/sign-in?done=again&next=%2Fauth%2Fsecond-factor")
        other = html.unescape(re.search(rf'href="([^"]*lang={code})"', page.text)[1])
        told = html.unescape((await http.get(other)).text)
    assert language(code).texts["done_again"] in told
    assert 'name="next" value="/auth/second-factor"' in told


async def test_a_sign_in_that_others_could_have_begun_is_led_to_one_of_the_persons_own(gateway, person):
    async with gateway.anonymous() as http:
        await send(http, "/auth/sign-in", "/auth/sign-in", email=person.email, password=PASSWORD)
        async with gateway.environment.superuser() as database:
            await database.execute("UPDATE identity.login_sessions SET amr = '{invitation}' WHERE user_id = $1", person.user_id)
        http.cookies.delete("access_token")
        change = {"current_password": PASSWORD, "new_password": "violet tractor under snow"}
        led = await send(http, "/auth/account", "/auth/account/password", **change)
        assert (led.status_code, led.headers["location"]) == (303, "/auth/sign-in?done=own")
        assert "How you sign in is changed by you alone." in (await http.get(led.headers["location"])).text


async def test_signing_in_again_leads_to_the_first_workspace_and_a_switch_back_keeps_the_proof(
    gateway, person, check_problem, login, let_pass
):
    there = await gateway.open_workspace("hospital")
    user_id = await gateway.add_user(there.workspace_id, "admin", email=person.email)
    async with gateway.anonymous() as http:

        async def go_there():
            moved = await http.post("/api/v1/auth/switch", json={"workspace_id": str(there.workspace_id)})
            assert moved.status_code == 200, moved.text
            http.headers["X-CSRF-Token"] = http.cookies["csrf_token"]

        await login(http, person)
        await go_there()
        await let_pass(http, user_id, 16)
        check_problem(await http.post("/api/v1/api-keys", json=KEY), 403, "reauthentication_required")

        await login(http, person)
        assert (await http.get("/api/v1/auth/me")).json()["workspace_id"] == str(person.workspace_id)
        await go_there()
        assert (await http.post("/api/v1/api-keys", json=KEY)).status_code == 201
        assert [each["name"] for each in (await http.get("/api/v1/api-keys")).json()] == ["Import"]


async def by_link(gateway, http, person, _passkey):
    token = OpaqueToken.generate(person.workspace_id, uuid7())
    async with gateway.environment.superuser() as database:
        await database.execute(
            "INSERT INTO identity.magic_links (workspace_id, id, purpose, user_id, hash, created_at, expires_at)"
            " VALUES ($1, $2, 'sign_in', $3, $4, now(), now() + interval '15 minutes')",
            person.workspace_id, token.row_id, person.user_id, token.hash,
        )  # fmt: skip
    return await http.post("/api/v1/auth/verify", json={"token": str(token)})


async def by_passkey(_gateway, http, _person, passkey):
    options = (await http.post("/api/v1/auth/passkeys/sign-in")).json()
    return await http.post("/api/v1/auth/passkeys/sign-in/finish", json={"credential": passkey.sign(options, ORIGIN)})


async def by_password_and_passkey(_gateway, http, person, passkey):
    step = (await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})).json()["temp_token"]
    options = (await http.post("/api/v1/auth/passkeys/sign-in", json={"temp_token": step})).json()
    credential = passkey.sign(options, ORIGIN)
    return await http.post("/api/v1/auth/passkeys/sign-in/finish", json={"temp_token": step, "credential": credential})


async def test_signing_in_again_by_any_means_is_the_proof(gateway, person, browser, check_problem, let_pass):
    options = (await browser.post("/api/v1/auth/passkeys")).json()
    passkey = SoftPasskey.of(options)
    added = {"credential": passkey.attest(options, ORIGIN), "name": "Telephone"}
    assert (await browser.post("/api/v1/auth/passkeys/finish", json=added)).status_code == 201
    for sign_in_again in (by_passkey, by_link, by_password_and_passkey):
        await let_pass(browser, person.user_id, 20)
        check_problem(await browser.post("/api/v1/api-keys", json=KEY), 403, "reauthentication_required")
        signed_in = await sign_in_again(gateway, browser, person, passkey)
        assert signed_in.status_code == 200, signed_in.text
        browser.headers["X-CSRF-Token"] = browser.cookies["csrf_token"]
        assert (await browser.post("/api/v1/api-keys", json=KEY)).status_code == 201
