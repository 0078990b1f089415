"""Who signs in at a page ends the login session that the browser had, whoever it was; at the API nothing is ended (decision 144)."""

import asyncio
import html
import json
import re
import time
from contextlib import AsyncExitStack

import jwt
import pyotp
import pytest

from caseload.audit.v1 import events_pb2 as audit_pb2
from caseload.identity.v1 import events_pb2 as identity_pb2
from chassis.errors import Unavailable
from standalone.selftest.software_authenticator import SoftPasskey

PASSWORD = "correct horse battery"
ORIGIN = "http://localhost:8000"


def session_of(http):
    return jwt.decode(http.cookies["access_token"], options={"verify_signature": False})["sid"]


def fields_of(page, action):
    """The hidden fields of the form of a page that is sent there."""
    form = re.search(rf'<form[^>]* action="{action}".*?</form>', page.text, re.DOTALL)[0]
    return {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}


async def send(http, page, path, **fields):
    return await http.post(path, data=fields_of(await http.get(page), path) | fields)


async def listed(http):
    return {each["id"] for each in (await http.get("/api/v1/auth/sessions")).json()}


async def by_password(http, person, _mailed_link):
    return await send(http, "/auth/sign-in", "/auth/sign-in", email=person.email, password=PASSWORD)


async def by_link(http, person, mailed_link):
    await send(http, "/auth/sign-in", "/auth/sign-in", email=person.email, password="wrong horse battery")
    await http.post("/api/v1/auth/magic-link", json={"email": person.email})
    token = await mailed_link(person)
    return await send(http, f"/auth/verify?token={token}", "/auth/verify", token=token)


async def by_second_step(http, person, _mailed_link):
    csrf = {"X-CSRF-Token": http.cookies["csrf_token"]}
    secret = (await http.post("/api/v1/auth/totp/enroll", headers=csrf)).json()["secret"]
    code = {"code": pyotp.TOTP(secret).now()}
    assert (await http.post("/api/v1/auth/totp/verify", json=code, headers=csrf)).status_code == 200
    first, former = await by_password(http, person, None), session_of(http)
    assert first.headers["location"] == "/auth/second-step"
    # The first step has signed nobody in, and ends nothing.
    assert (await listed(http), session_of(http)) == ({former}, former)
    return await send(http, "/auth/second-step", "/auth/second-step", totp_code=pyotp.TOTP(secret).at(int(time.time()) + 30))


async def add_passkey(http):
    csrf = {"X-CSRF-Token": http.cookies["csrf_token"]}
    options = (await http.post("/api/v1/auth/passkeys", headers=csrf)).json()
    passkey = SoftPasskey.of(options)
    added = {"credential": passkey.attest(options, ORIGIN), "name": "Telephone"}
    assert (await http.post("/api/v1/auth/passkeys/finish", json=added, headers=csrf)).status_code == 201
    return passkey


async def use_passkey(http, page, passkey):
    """What the page's script does: has the browser sign what the API asks for, and sends the form."""
    fields = fields_of(await http.get(page), "/auth/passkey")
    options = await http.post("/api/v1/auth/passkeys/sign-in", json={"temp_token": fields["step"]} if "step" in fields else None)
    credential = passkey.sign(options.json(), ORIGIN)
    return await http.post("/auth/passkey", data=fields | {"credential": json.dumps(credential)})


async def by_passkey(http, _person, _mailed_link):
    return await use_passkey(http, "/auth/sign-in", await add_passkey(http))


async def by_password_and_passkey(http, person, _mailed_link):
    passkey = await add_passkey(http)
    assert (await by_password(http, person, None)).headers["location"] == "/auth/second-step"
    return await use_passkey(http, "/auth/second-step", passkey)


@pytest.fixture
async def at_the_page(gateway, person):
    """A browser in which the person has signed in at the page."""
    async with gateway.anonymous() as http:
        await by_password(http, person, None)
        yield http


@pytest.mark.parametrize("is_idle", [False, True])
@pytest.mark.parametrize("again", [by_password, by_link, by_second_step, by_passkey, by_password_and_passkey])
async def test_signing_in_again_at_a_page_ends_the_login_session_of_before(gateway, at_the_page, person, mailed_link, again, is_idle):
    http, former, refresh_token = at_the_page, session_of(at_the_page), at_the_page.cookies["refresh_token"]
    if is_idle:
        http.cookies.delete("access_token")
        await http.get("/auth/account")
        refresh_token = http.cookies["refresh_token"]

    signed_in = await again(http, person, mailed_link)

    assert (signed_in.status_code, signed_in.headers.get("location")) == (303, "/auth/account"), signed_in.text
    assert session_of(http) != former
    assert await listed(http) == {session_of(http)}
    async with gateway.anonymous() as other:
        other.cookies.set("refresh_token", refresh_token)
        assert (await other.get("/api/v1/auth/me")).status_code == 401
    assert await reasons(gateway, person) == [(former, "replaced")]


async def reasons(gateway, person):
    """The login sessions of the person that have ended, and what the trail says why."""
    async with gateway.environment.superuser() as database:
        ended = await database.fetch(
            "SELECT id, end_reason FROM identity.login_sessions WHERE user_id = $1 AND ended_at IS NOT NULL", person.user_id
        )
    lines = await gateway.environment.emitted(audit_pb2.AuditRecorded, person.workspace_id)
    told = [line.facts["reason"] for line in lines if line.event_type == "logout" and line.outcome == audit_pb2.OUTCOME_SUCCESS]
    assert told == [row["end_reason"] for row in ended]
    return [(str(row["id"]), row["end_reason"]) for row in ended]


async def test_somebody_else_who_signs_in_in_a_browser_signs_out_who_was_there(gateway, at_the_page, person):
    """As where colleagues share a computer: nobody has the tokens of the one before any more."""
    former, other = session_of(at_the_page), await gateway.open_workspace()
    assert (await by_password(at_the_page, other, None)).status_code == 303
    assert (await at_the_page.get("/api/v1/auth/me")).json()["id"] == str(other.user_id)
    assert await reasons(gateway, person) == [(former, "replaced")]
    assert await reasons(gateway, other) == []


async def test_signing_in_again_at_the_api_ends_nothing(gateway, at_the_page, person):
    """Programs keep cookies, and go on with the access tokens that they were given."""
    former = session_of(at_the_page)
    signed_in = await at_the_page.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})
    assert signed_in.status_code == 200
    assert await listed(at_the_page) == {former, session_of(at_the_page)}
    assert await reasons(gateway, person) == []


async def test_an_attempt_that_fails_ends_nothing(gateway, at_the_page, person):
    former = session_of(at_the_page)
    wrong = await send(at_the_page, "/auth/sign-in", "/auth/sign-in", email=person.email, password="wrong horse battery")
    assert wrong.status_code == 401
    token = re.search(r'name="form_token" value="([^"]+)"', wrong.text)[1]
    for credential in ("", "{", "[]", '{"id": 1}', "x" * 9000):
        sent = {"form_token": token, "credential": credential}
        refused = await at_the_page.post("/auth/passkey", data=sent)
        assert (refused.status_code, "That did not work." in refused.text) == (422, True)
    assert await listed(at_the_page) == {former}


async def test_a_passkey_that_is_not_accepted_shows_the_page_again(at_the_page, person):
    """A challenge is good once."""
    passkey = await add_passkey(at_the_page)
    fields = fields_of(await at_the_page.get("/auth/sign-in?next=/docs"), "/auth/passkey")
    options = (await at_the_page.post("/api/v1/auth/passkeys/sign-in")).json()
    fields["credential"] = json.dumps(passkey.sign(options, ORIGIN))
    first = await at_the_page.post("/auth/passkey", data=fields)
    assert (first.status_code, first.headers["location"]) == (303, "/docs")
    again = await at_the_page.post("/auth/passkey", data=fields)
    assert (again.status_code, "That did not work." in again.text) == (401, True)
    assert fields_of(again, "/auth/passkey")["next"] == "/docs"


@pytest.mark.parametrize("page", ["/auth/sign-in", "/auth/second-step"])
async def test_a_page_that_is_shown_again_is_there_in_other_languages_too(at_the_page, person, page):
    if page == "/auth/second-step":
        await add_passkey(at_the_page)
        await by_password(at_the_page, person, None)
    fields = fields_of(await at_the_page.get(page), "/auth/passkey") | {"credential": "{}"}
    again = await at_the_page.post("/auth/passkey", data=fields)
    assert again.status_code == 422
    address = html.unescape(re.search(r'href="([^"]*lang=fr[^"]*)"', again.text)[1])
    french = await at_the_page.get(address)
    assert (french.status_code, 'lang="fr"' in french.text) == (200, True), address
    assert fields_of(french, "/auth/passkey").get("step") == fields.get("step")


async def test_where_the_former_sign_in_cannot_be_ended_the_browser_stays_as_it_was(gateway, at_the_page, person, monkeypatch):
    former, asked = session_of(at_the_page), []

    async def away(message, _context):
        asked.append(message.replaced)
        raise Unavailable("unavailable", "Try again.")

    monkeypatch.setattr(gateway.app.state.stubs.sign_in, "Logout", away)
    refused = await by_password(at_the_page, person, None)
    assert (refused.status_code, asked) == (503, [True])
    assert session_of(at_the_page) == former
    assert (await at_the_page.get("/api/v1/auth/me")).status_code == 200


async def tabs_of(gateway, stack, http, number):
    """As many requests that a browser sends at once: each with the cookies of now."""
    tabs = [await stack.enter_async_context(gateway.anonymous()) for _ in range(number)]
    for tab in tabs:
        for name, value in http.cookies.items():
            tab.cookies.set(name, value)
    return tabs


@pytest.mark.parametrize("is_idle", [False, True])
async def test_tabs_that_sign_in_at_once_all_get_in_and_end_the_former_one_once(gateway, at_the_page, person, is_idle):
    former = session_of(at_the_page)
    fields = fields_of(await at_the_page.get("/auth/sign-in"), "/auth/sign-in") | {"email": person.email, "password": PASSWORD}
    if is_idle:
        at_the_page.cookies.delete("access_token")
    async with AsyncExitStack() as stack:
        tabs = await tabs_of(gateway, stack, at_the_page, 5)
        replies = await asyncio.gather(*(tab.post("/auth/sign-in", data=fields) for tab in tabs))
        assert {reply.status_code for reply in replies} == {303}
        assert {(await tab.get("/api/v1/auth/me")).status_code for tab in tabs} == {200}
    assert await reasons(gateway, person) == [(former, "replaced")]
    assert await gateway.environment.emitted(identity_pb2.SecurityNoticeRaised, person.workspace_id) == []


@pytest.mark.parametrize("leave", ["sign in again", "switch"])
async def test_what_was_under_way_with_the_former_cookies_leaves_the_new_ones_alone(gateway, at_the_page, person, leave):
    """A reply that comes later would delete them, and sign out whoever has just signed in."""
    other = await gateway.open_workspace()
    await gateway.add_user(other.workspace_id, "therapist", email=person.email)
    async with AsyncExitStack() as stack:
        (under_way,) = await tabs_of(gateway, stack, at_the_page, 1)
        if leave == "switch":
            csrf, wanted = {"X-CSRF-Token": at_the_page.cookies["csrf_token"]}, {"workspace_id": str(other.workspace_id)}
            assert (await at_the_page.post("/api/v1/auth/switch", json=wanted, headers=csrf)).status_code == 200
        else:
            await by_password(at_the_page, person, None)
        await gateway.app.state.verifier.refresh()
        refused = await under_way.get("/api/v1/auth/me")
        assert (refused.status_code, refused.json()["code"], refused.json()["replaced"]) == (401, "session_ended", True)
        assert "set-cookie" not in refused.headers
    assert (await at_the_page.get("/api/v1/auth/me")).status_code == 200


async def test_who_floods_the_address_keeps_nobody_from_replacing_what_the_browser_does_not_show_to_have(gateway, at_the_page, person):
    """A refresh token without the CSRF cookie that came with it is counted by address, as made-up ones are."""
    flooded, address = gateway.reconfigured(clock=lambda: 1_800_000_000.0, anonymous_per_minute=20), "203.0.113.91"
    for name in ("access_token", "csrf_token"):
        at_the_page.cookies.delete(name)
    async with flooded.anonymous(address=address) as browser, flooded.anonymous(address=address, Cookie="refresh_token=made-up") as guest:
        refused = [(await guest.post("/api/v1/auth/session/refresh")).status_code for _ in range(21)]
        assert refused[-1] == 429
        for name, value in at_the_page.cookies.items():
            browser.cookies.set(name, value)
        signed_in = await by_password(browser, person, None)
        assert (signed_in.status_code, signed_in.headers.get("location")) == (303, "/auth/account"), signed_in.text
        assert (await browser.get("/api/v1/auth/me")).status_code == 200


async def test_the_page_of_a_second_step_that_was_refused_is_shown_in_other_languages(at_the_page, person):
    """Asked for again, by the links at its foot, at the address that it has."""
    await add_passkey(at_the_page)
    await by_password(at_the_page, person, None)
    fields = fields_of(await at_the_page.get("/auth/second-step?next=/docs"), "/auth/passkey")
    refused = await at_the_page.post("/auth/passkey", data=fields | {"credential": "{"})
    assert refused.status_code == 422
    german = html.unescape(re.search(r'href="([^"]+lang=de[^"]*)"', refused.text)[1])
    page = await at_the_page.get(german)
    assert (page.status_code, 'lang="de"' in page.text) == (200, True)
    assert fields_of(page, "/auth/passkey")["next"] == "/docs"
