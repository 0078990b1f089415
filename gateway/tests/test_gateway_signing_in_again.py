"""Whoever is told to sign in again finds the way back: at the pages, by any means they have, and to the workspace they were in (decision 119)."""

import html
import re
import time
from dataclasses import replace
from uuid import UUID

import pyotp
import pytest
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_pb2
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


@pytest.fixture
def by_link(mailed_link):
    async def by_link(http, person, _passkey):
        assert (await http.post("/api/v1/auth/magic-link", json={"email": person.email})).status_code == 200
        return await http.post("/api/v1/auth/verify", json={"token": await mailed_link(person)})

    return by_link


async def by_passkey(http, _person, passkey):
    options = (await http.post("/api/v1/auth/passkeys/sign-in")).json()
    return await http.post("/api/v1/auth/passkeys/sign-in/finish", json={"credential": passkey.sign(options, ORIGIN)})


async def by_password_and_passkey(http, person, passkey):
    step = (await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})).json()["temp_token"]
    options = (await http.post("/api/v1/auth/passkeys/sign-in", json={"temp_token": step})).json()
    credential = passkey.sign(options, ORIGIN)
    return await http.post("/api/v1/auth/passkeys/sign-in/finish", json={"temp_token": step, "credential": credential})


async def by_form(http, person, _passkey):
    return await send(http, "/auth/sign-in?done=again", "/auth/sign-in", email=person.email, password=PASSWORD)


async def by_form_and_code(http, person, secret):
    assert (await by_form(http, person, None)).headers["location"] == "/auth/second-step"
    return await send(http, "/auth/second-step", "/auth/second-step", totp_code=pyotp.TOTP(secret).at(int(time.time()) + 30))


async def add_passkey(browser):
    options = (await browser.post("/api/v1/auth/passkeys")).json()
    passkey = SoftPasskey.of(options)
    added = {"credential": passkey.attest(options, ORIGIN), "name": "Telephone"}
    assert (await browser.post("/api/v1/auth/passkeys/finish", json=added)).status_code == 201
    return passkey


async def test_signing_in_again_by_any_means_is_the_proof(person, browser, check_problem, let_pass, by_link):
    passkey = await add_passkey(browser)
    for sign_in_again in (by_passkey, by_link, by_password_and_passkey):
        await let_pass(browser, person.user_id, 20)
        check_problem(await browser.post("/api/v1/api-keys", json=KEY), 403, "reauthentication_required")
        signed_in = await sign_in_again(browser, person, passkey)
        assert signed_in.status_code == 200, signed_in.text
        browser.headers["X-CSRF-Token"] = browser.cookies["csrf_token"]
        assert (await browser.post("/api/v1/api-keys", json=KEY)).status_code == 201


def fields_of(page):
    return {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)}


# --- the workspace that one is in ---


@pytest.fixture
async def there(gateway, person):
    """The person as a user of another workspace, which is not where they sign in first."""
    hospital = await gateway.open_workspace("hospital")
    user_id = await gateway.add_user(hospital.workspace_id, "admin", email=person.email)
    return replace(person, user_id=UUID(user_id), workspace_id=hospital.workspace_id)


async def go(http, workspace):
    moved = await http.post("/api/v1/auth/switch", json={"workspace_id": str(workspace.workspace_id)})
    assert moved.status_code == 200, moved.text
    http.headers["X-CSRF-Token"] = http.cookies["csrf_token"]


async def where(http):
    return (await http.get("/api/v1/auth/me")).json()["workspace_id"]


async def test_signing_in_again_by_any_means_keeps_the_workspace_one_is_in(
    gateway, person, there, browser, check_problem, login, let_pass, by_link
):
    async def by_password(http, person, _passkey):
        return await login(http, person)

    async def check(*means):
        for sign_in_again, shown in means:
            await let_pass(browser, there.user_id, 16)
            check_problem(await browser.post("/api/v1/api-keys", json=KEY), 403, "reauthentication_required")
            signed_in = await sign_in_again(browser, there, shown)
            assert signed_in.status_code in {200, 303}, signed_in.text
            browser.headers["X-CSRF-Token"] = browser.cookies["csrf_token"]
            assert await where(browser) == str(there.workspace_id), sign_in_again.__name__
            made = await browser.post("/api/v1/api-keys", json=KEY)
            assert made.status_code == 201, made.text
            assert (await browser.delete(f"/api/v1/api-keys/{made.json()['id']}")).status_code == 204

    await go(browser, there)
    await check((by_password, None), (by_form, None), (by_link, None))
    secret = (await browser.post("/api/v1/auth/totp/enroll")).json()["secret"]
    assert (await browser.post("/api/v1/auth/totp/verify", json={"code": pyotp.TOTP(secret).now()})).status_code == 200
    await check((by_form_and_code, secret))
    passkey = await add_passkey(browser)
    await check((by_passkey, passkey), (by_password_and_passkey, passkey))
    # Signed out, it is the first one again, and so it is in a browser that has never been there.
    assert (await browser.post("/api/v1/auth/logout")).status_code == 200
    for http in (browser, gateway.anonymous()):
        assert (await by_passkey(http, person, passkey)).status_code == 200
        assert await where(http) == str(person.workspace_id)


async def test_a_link_that_is_asked_for_in_a_workspace_leads_there_in_any_browser(gateway, there, browser, mailed_link):
    await go(browser, there)
    await browser.post("/api/v1/auth/magic-link", json={"email": there.email})
    async with gateway.anonymous() as telephone:
        assert (await telephone.post("/api/v1/auth/verify", json={"token": await mailed_link(there)})).status_code == 200
        assert await where(telephone) == str(there.workspace_id)


async def test_whoever_belongs_there_no_longer_is_led_to_the_first_workspace(gateway, person, there, browser, login):
    await go(browser, there)
    async with gateway.environment.superuser() as database:
        await database.execute("UPDATE identity.users SET is_active = false WHERE id = $1", there.user_id)
    await login(browser, person)
    assert await where(browser) == str(person.workspace_id)


async def test_somebody_else_in_the_same_browser_is_led_to_their_own_first_workspace(gateway, there, browser, login):
    """Also if they work in the workspace that whoever was there before is in."""
    await go(browser, there)
    other = await gateway.open_workspace()
    await gateway.add_user(there.workspace_id, "nurse", email=other.email)
    await login(browser, other)
    assert await where(browser) == str(other.workspace_id)


async def test_a_made_up_login_session_leads_nowhere(gateway, person, there):
    """A token names a workspace and a login session, and is believed for its secret alone."""
    async with gateway.anonymous() as http:
        for made_up in (str(OpaqueToken.generate(there.workspace_id, uuid7())), "x" * 400, ""):
            http.cookies.set("refresh_token", made_up, domain="127.0.0.1")
            assert (await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})).status_code == 200
            assert await where(http) == str(person.workspace_id)
            http.cookies.clear()


async def test_wrong_passwords_are_on_the_trail_of_the_first_workspace_wherever_the_browser_is(gateway, person, there, browser):
    """Whoever runs another workspace can begin login sessions in it, with a provider of theirs, and would guess where nobody looks."""

    async def refused(workspace):
        lines = await gateway.environment.emitted(audit_pb2.AuditRecorded, workspace.workspace_id)
        return [line for line in lines if line.event_type == "login" and line.code == "invalid_credentials"]

    await go(browser, there)
    await change(gateway, "UPDATE identity.login_sessions SET amr = '{sso}' WHERE user_id = $1", there.user_id)
    wrong = await browser.post("/api/v1/auth/login", json={"email": person.email, "password": "wrong horse battery"})
    assert wrong.status_code == 401
    assert len(await refused(person)) == 1
    assert await refused(there) == []


# --- what the page offers ---


async def offered(http, why="again"):
    """By what the page for signing in lets this browser in."""
    page = (await http.get(f"/auth/sign-in?done={why}")).text
    marks = {"password": 'name="password"', "link": "/auth/sign-in-link", "passkey": 'id="passkey"', "provider": 'action="/auth/sso/'}
    return {means for means, mark in marks.items() if mark in page}


async def change(gateway, statement, *values):
    async with gateway.environment.superuser() as database:
        assert await database.execute(statement, *values) != "UPDATE 0"


async def configure(http, **but):
    slug = f"lakeside-{uuid7().hex[-12:]}"
    sso = {"slug": slug, "issuer": "https://id.example.org", "client_id": "caseload", "enabled": True, "default_role": "therapist"}
    reply = await http.put("/api/v1/workspaces/current/sso", json=sso | but)
    assert reply.status_code == 200, reply.text
    return slug


async def test_whoever_signs_in_again_is_offered_exactly_the_means_they_have(gateway, person, browser):
    assert await offered(browser, why="") == {"password", "link", "passkey"}
    assert await offered(browser) == {"password", "link"}
    await add_passkey(browser)
    assert await offered(browser) == {"password", "link", "passkey"}
    slug = await configure(browser)
    assert await offered(browser) == {"password", "link", "passkey", "provider"}
    page = (await browser.get("/auth/sign-in?done=again")).text
    assert f'action="/auth/sso/{slug}"' in page
    assert "Sign in with id.example.org" in page
    # It is nobody's own.
    assert await offered(browser, why="own") == {"password", "link", "passkey"}
    await change(gateway, "UPDATE identity.users SET password_hash = NULL WHERE id = $1", person.user_id)
    assert await offered(browser) == {"link", "passkey", "provider"}
    async with gateway.anonymous() as stranger:
        assert await offered(stranger) == {"password", "link", "passkey"}


@pytest.mark.parametrize("code", LANGUAGES)
async def test_whoever_needs_a_sign_in_of_their_own_is_told_by_what_they_have_it(gateway, person, browser, code):
    """In a sentence, of what the page offers and of nothing else."""
    texts = language(code).texts

    async def told():
        page = html.unescape((await browser.get(f"/auth/sign-in?done=own&lang={code}")).text)
        note = re.search(r'role="status">([^<]+)<', page)[1]
        return {means for means in ("password", "passkey", "link") if texts[f"means_{means}"] in note}

    assert await told() == await offered(browser, why="own") == {"password", "link"}
    await add_passkey(browser)
    assert await told() == await offered(browser, why="own") == {"password", "passkey", "link"}
    await change(gateway, "UPDATE identity.users SET password_hash = NULL WHERE id = $1", person.user_id)
    assert await told() == await offered(browser, why="own") == {"passkey", "link"}


async def test_those_who_administer_a_workspace_are_offered_what_they_have_although_the_provider_is_required(browser):
    await configure(browser, required=True)
    assert await offered(browser) == {"password", "link", "provider"}


async def test_a_refused_attempt_is_offered_the_same_means_again(person, browser):
    slug = await configure(browser)
    page = "/auth/sign-in?done=again&next=%2Fdocs"
    wrong = await send(browser, page, "/auth/sign-in", email=person.email, password="wrong horse battery", done="again", next="/docs")
    assert wrong.status_code == 401
    assert f'action="/auth/sso/{slug}"' in wrong.text
    assert 'id="passkey"' not in wrong.text
    assert wrong.text.count('name="next" value="/docs"') == 2
    assert 'name="done" value="again"' in wrong.text


async def test_a_page_that_was_open_for_longer_than_an_access_token_offers_the_same_means_after_a_refusal(person, browser):
    slug = await configure(browser)
    page = (await browser.get("/auth/sign-in?done=again")).text
    browser.cookies.delete("access_token")
    form = {"form_token": re.search(r'name="form_token" value="([^"]+)"', page)[1], "done": "again"}
    wrong = await browser.post("/auth/sign-in", data=form | {"email": person.email, "password": "wrong horse battery"})
    assert wrong.status_code == 401
    assert f'action="/auth/sso/{slug}"' in wrong.text


async def test_in_each_workspace_it_is_that_workspaces_provider_that_is_offered(person, there, browser):
    here = await configure(browser)
    assert "provider" in await offered(browser)
    await go(browser, there)
    assert "provider" not in await offered(browser)
    await go(browser, person)
    assert f"/auth/sso/{here}" in (await browser.get("/auth/sign-in?done=again")).text


# --- where a mailed link leads ---


async def ask_for_link(http, person, **fields):
    asked = await send(http, "/auth/sign-in", "/auth/sign-in-link", email=person.email, **fields)
    assert asked.headers["location"] == "/auth/link-sent"


async def open_link(http, token):
    return await send(http, f"/auth/verify?token={token}", "/auth/verify", token=token)


async def test_a_mailed_link_leads_on_to_where_one_was_going(gateway, person, mailed_link):
    async with gateway.anonymous() as http:
        await ask_for_link(http, person, next="/auth/second-factor?next=%2Fdocs", done="again")
        token = await mailed_link(person)
        assert (await open_link(http, token)).headers["location"] == "/auth/second-factor?next=%2Fdocs"
        # Once.
        await ask_for_link(http, person)
        assert (await open_link(http, await mailed_link(person))).headers["location"] == "/auth/account"


async def test_a_mailed_link_leads_on_by_way_of_the_second_step(gateway, person, browser, mailed_link):
    secret = (await browser.post("/api/v1/auth/totp/enroll")).json()["secret"]
    assert (await browser.post("/api/v1/auth/totp/verify", json={"code": pyotp.TOTP(secret).now()})).status_code == 200
    async with gateway.anonymous() as http:
        await ask_for_link(http, person, next="/docs")
        step = await open_link(http, await mailed_link(person))
        assert step.headers["location"] == "/auth/second-step?next=%2Fdocs"


def way_back(page):
    return html.unescape(re.search(r'href="(/auth/sign-in[^"]*)"', page.text)[1])


async def test_whoever_turns_back_on_the_way_is_led_on_all_the_same(gateway, person, mailed_link):
    """By another link where the first one is too old or did not arrive, and from the second step, which a page cannot always ask for."""
    wanted = "/auth/sign-in?next=%2Fauth%2Fsecond-factor"
    async with gateway.anonymous() as http:
        await ask_for_link(http, person, next="/auth/second-factor", done="again")
        await mailed_link(person)
        sent, too_old = await http.get("/auth/link-sent"), await open_link(http, "x")
        assert (too_old.status_code, way_back(sent), way_back(too_old)) == (401, wanted, wanted)
        form = fields_of(await http.get(wanted))
        assert (await http.post("/auth/sign-in-link", data=form | {"email": person.email})).status_code == 303
        assert (await open_link(http, await mailed_link(person))).headers["location"] == "/auth/second-factor"
        # Who has been led there begins anew.
        assert way_back(await http.get("/auth/link-sent")) == "/auth/sign-in"


async def test_the_way_back_from_the_second_step_leads_on(gateway, person, browser):
    secret = (await browser.post("/api/v1/auth/totp/enroll")).json()["secret"]
    assert (await browser.post("/api/v1/auth/totp/verify", json={"code": pyotp.TOTP(secret).now()})).status_code == 200
    async with gateway.anonymous() as http:
        step = await send(http, "/auth/sign-in", "/auth/sign-in", email=person.email, password=PASSWORD, next="/docs")
        assert way_back(await http.get(step.headers["location"])) == "/auth/sign-in?next=%2Fdocs"


async def test_whoever_asks_for_somebody_elses_link_does_not_say_where_it_leads(gateway, person, mailed_link):
    async with gateway.anonymous() as guest, gateway.anonymous() as own:
        await ask_for_link(guest, person, next="/docs")
        kept = guest.cookies["link_next"]
        token = await mailed_link(person)
        # Not even where the guest's cookie is planted in the person's browser: it is good for the guest's alone.
        await own.get("/auth/sign-in")
        own.cookies.set("link_next", kept, domain="127.0.0.1", path="/auth")
        assert (await open_link(own, token)).headers["location"] == "/auth/account"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_a_mailed_link_leads_to_no_other_site(gateway, person, mailed_link, wanted):
    async with gateway.anonymous() as http:
        await ask_for_link(http, person, next=wanted)
        assert "link_next" not in http.cookies
        assert (await open_link(http, await mailed_link(person))).headers["location"] == "/auth/account"
