"""One person, several workspaces: what is shown, who may switch, and what whoever runs one workspace cannot do to another."""

import asyncio
import time

import pyotp
import pytest
from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken
from identity.roles import scopes_of

PASSWORD = "correct horse battery"
NEW = "a wholly new phrase"


class Browser:
    """A browser with cookies; `token` is the access token of its last sign-in."""

    def __init__(self, gateway):
        self.gateway, self.http = gateway, gateway.anonymous(address=f"198.51.100.{uuid7().int % 250}")

    async def write(self, method, path, body=None, **headers):
        headers |= {"X-CSRF-Token": self.http.cookies.get("csrf_token", "")}
        return await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def sign_in(self, email, password=PASSWORD):
        reply = await self.http.post("/api/v1/auth/login", json={"email": email, "password": password})
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def switch(self, workspace_id, **headers):
        return await self.write("POST", "/auth/switch", {"workspace_id": str(workspace_id)}, **headers)

    async def workspaces(self):
        listed = await self.http.get("/api/v1/auth/workspaces")
        assert listed.status_code == 200, listed.text
        return listed.json()

    async def me(self):
        await self.gateway.app.state.verifier.refresh()
        return await self.http.get("/api/v1/auth/me")


@pytest.fixture
async def browsers(gateway):
    opened = []

    def open_one():
        opened.append(Browser(gateway))
        return opened[-1]

    yield open_one
    for browser in opened:
        await browser.http.aclose()


@pytest.fixture
async def hospital(gateway):
    """Another workspace, and HTTP as its administrator."""
    person = await gateway.open_workspace("hospital")
    async with gateway.colleague(person, role="admin", scopes=scopes_of("admin", is_platform_admin=False)) as http:
        await http.patch("/api/v1/workspaces/current", json={"name": f"Hospital {uuid7().hex}"})
        yield person, http


async def add(http, email, role="nurse"):
    reply = await http.post("/api/v1/users", json={"email": email, "full_name": "Nora Quist", "role": role})
    assert reply.status_code == 201, reply.text
    return reply.json()["id"]


async def shown(http, user_id):
    """The token of the link that whoever invites is shown."""
    reply = await http.post(f"/api/v1/invitations/{user_id}/resend")
    assert reply.status_code == 200, reply.text
    return reply.json()["invitation_url"].partition("token=")[2]


async def mailed(gateway, workspace_id, user_id):
    """The token of a new invitation's mail. It has no mail: notifications would mint the secret anew at each attempt to send one."""
    token = OpaqueToken.generate(workspace_id, uuid7())
    async with gateway.environment.superuser() as connection:
        await connection.execute(
            "INSERT INTO identity.invitations (workspace_id, id, user_id, mailed_hash, shown_hash, created_at, expires_at)"
            " VALUES ($1, $2, $3::text::uuid, $4, sha256('never shown'), now(), now() + interval '1 day')",
            workspace_id, token.row_id, str(user_id), token.hash,
        )  # fmt: skip
    return str(token)


async def accept(browser, token):
    reply = await browser.http.get("/api/v1/auth/accept-invite", params={"token": token})
    assert reply.status_code == 200, reply.text
    return reply.json()["user"]


@pytest.fixture
async def nurse(gateway, person, hospital, browsers):
    """The person as a nurse of the hospital, who has accepted by mail. The id of the user."""
    head, http = hospital
    user_id = await add(http, person.email)
    await accept(browsers(), await mailed(gateway, head.workspace_id, user_id))
    return user_id


async def set_workspace(gateway, workspace_id, status):
    async with gateway.environment.superuser() as connection:
        await connection.execute("UPDATE identity.workspaces SET status = $2 WHERE workspace_id = $1", workspace_id, status)


async def linked(gateway, workspace_id, user_id, purpose="sign_in"):
    token = OpaqueToken.generate(workspace_id, uuid7())
    async with gateway.environment.superuser() as connection:
        await connection.execute(
            "INSERT INTO identity.magic_links (workspace_id, id, purpose, user_id, hash, created_at, expires_at)"
            " VALUES ($1, $2, $3, $4::text::uuid, $5, now(), now() + interval '15 minutes')",
            workspace_id, token.row_id, purpose, str(user_id), token.hash,
        )  # fmt: skip
    return str(token)


async def enroll(gateway, browser):
    """Gives whoever is signed in a second factor. Returns a code that is good once."""
    made = (await browser.write("POST", "/auth/totp/enroll")).json()
    code = pyotp.TOTP(made["secret"]).at(int(time.time()))
    assert (await browser.write("POST", "/auth/totp/verify", {"code": code})).status_code == 200
    return made["backup_codes"]


async def current_sessions(browser):
    return [session for session in (await browser.http.get("/api/v1/auth/sessions")).json() if session["current"]]


async def lines(gateway, http, event_type):
    async with asyncio.timeout(20):
        while True:
            found = (await http.get("/api/v1/audit-events?page_size=100")).json()["items"]
            if matching := [event for event in found if (event["event_type"], event["outcome"]) == (event_type, "success")]:
                return matching
            await asyncio.sleep(0.1)


# --- switching ---


async def test_a_person_of_two_workspaces_switches_between_them(gateway, person, hospital, nurse, browsers, practice):
    head, http = hospital
    browser = browsers()
    assert (await browser.sign_in(person.email))["user"]["workspace_id"] == str(person.workspace_id)
    here, there = str(person.workspace_id), str(head.workspace_id)
    listed = await browser.workspaces()
    assert [(each["workspace_id"], each["role"], each["current"]) for each in listed] == [(there, "nurse", False), (here, "owner", True)]
    assert listed[0].keys() == {"workspace_id", "name", "role", "current"}
    assert listed[0]["name"].startswith("Hospital ")
    before = dict(browser.http.cookies)
    (session,) = await current_sessions(browser)

    switched = await browser.switch(there)

    assert switched.status_code == 200, switched.text
    told = switched.json()
    assert (told["user"]["id"], told["user"]["workspace_id"], told["user"]["role"]) == (nurse, there, "nurse")
    assert all(browser.http.cookies[name] != before[name] for name in ("access_token", "refresh_token", "csrf_token"))
    assert browser.http.cookies["device_token"] == before["device_token"]
    assert [each["current"] for each in await browser.workspaces()] == [True, False]
    (continued,) = await current_sessions(browser)
    assert (continued["id"] != session["id"], continued["created_at"]) == (True, session["created_at"])
    async with gateway.anonymous(Cookie=f"refresh_token={before['refresh_token']}") as old:
        assert (await old.get("/api/v1/auth/me")).status_code == 401
    async with gateway.anonymous(Authorization=f"Bearer {before['access_token']}") as old:
        await gateway.app.state.verifier.refresh()
        assert (await old.get("/api/v1/auth/me")).status_code == 401
    assert (await browser.write("POST", "/auth/session/refresh")).json()["user"]["id"] == nurse
    assert (await browser.http.get(f"/api/v1/users/{person.user_id}")).status_code == 404

    (left,) = await lines(gateway, practice.http, "switch_workspace")
    (entered,) = await lines(gateway, http, "switch_workspace")
    assert (left["user_id"], left["resource_id"], left["action"]) == (str(person.user_id), str(person.user_id), "LOGOUT")
    assert (entered["user_id"], entered["resource_id"], entered["action"]) == (nurse, nurse, "LOGIN")
    assert left["ip_address"] == entered["ip_address"] is not None
    assert there not in str(left)
    assert here not in str(entered)
    assert (await browser.switch(here)).json()["user"]["id"] == str(person.user_id)
    assert (await browser.write("POST", "/auth/logout")).status_code == 200
    assert (await browser.me()).status_code == 401


async def test_a_sign_in_ends_when_it_would_have_however_often_it_is_taken_elsewhere(gateway, person, hospital, nurse, browsers):
    browser = browsers()
    await browser.sign_in(person.email)
    for workspace_id in (hospital[0].workspace_id, person.workspace_id, hospital[0].workspace_id):
        assert (await browser.switch(workspace_id)).status_code == 200
    async with gateway.environment.superuser() as connection:
        ends = await connection.fetch(
            "SELECT DISTINCT expires_at FROM identity.login_sessions WHERE user_id = $1 OR (user_id::text = $2 AND end_reason IS DISTINCT"
            " FROM 'proved' AND created_at >= (SELECT min(created_at) FROM identity.login_sessions WHERE user_id = $1))",
            person.user_id,
            nurse,
        )
        reasons = await connection.fetch("SELECT end_reason FROM identity.login_sessions WHERE user_id = $1", person.user_id)
    assert len(ends) == 1
    assert {row["end_reason"] for row in reasons} == {"switched"}


async def test_whatever_is_no_workspace_of_the_person_is_not_found(gateway, person, hospital, nurse, browsers, elsewhere, check_problem):
    head, http = hospital
    browser = browsers()
    await browser.sign_in(person.email)
    made = "SELECT count(*) FROM identity.data_keys WHERE workspace_id = '00000000-0000-0000-0000-000000000000'"
    async with gateway.environment.superuser() as connection:
        before = await connection.fetchval(made)
    for workspace_id in (elsewhere.person.workspace_id, uuid7(), "00000000-0000-0000-0000-000000000000"):
        check_problem(await browser.switch(workspace_id), 404, "not_found")
    check_problem(await browser.switch("nonsense"), 422, "validation_failed")
    check_problem(await browser.write("POST", "/auth/switch", {}), 422, "validation_failed")
    async with gateway.environment.superuser() as connection:
        assert await connection.fetchval(made) == before

    assert (await http.post(f"/api/v1/users/{nurse}/deactivate")).status_code == 200
    check_problem(await browser.switch(head.workspace_id), 404, "not_found")
    assert [each["current"] for each in await browser.workspaces()] == [True]
    assert (await http.post(f"/api/v1/users/{nurse}/activate")).status_code == 200
    assert len(await browser.workspaces()) == 2
    await set_workspace(gateway, head.workspace_id, "suspended")
    check_problem(await browser.switch(head.workspace_id), 404, "not_found")
    assert [each["current"] for each in await browser.workspaces()] == [True]
    await set_workspace(gateway, head.workspace_id, "active")
    assert (await browser.switch(head.workspace_id)).status_code == 200


async def test_of_many_who_switch_from_one_sign_in_at_once_one_does(gateway, person, hospital, nurse, browsers):
    browser = browsers()
    token = (await browser.sign_in(person.email))["access_token"]
    async with gateway.anonymous(Authorization=f"Bearer {token}") as http:
        body = {"workspace_id": str(hospital[0].workspace_id)}
        replies = await asyncio.gather(*(http.post("/api/v1/auth/switch", json=body) for _ in range(50)))
    codes = [reply.status_code for reply in replies]
    assert codes.count(200) == 1
    assert set(codes) <= {200, 401, 503}
    async with gateway.environment.superuser() as connection:
        open_sessions = "SELECT count(*) FROM identity.login_sessions WHERE user_id::text = $1 AND ended_at IS NULL AND amr = '{pwd}'"
        assert await connection.fetchval(open_sessions, nurse) == 1
        assert await connection.fetchval(open_sessions, str(person.user_id)) == 0


async def test_switching_makes_no_sign_in_younger(gateway, person, hospital, nurse, browsers, check_problem):
    """What needs a recent sign-in is refused after a switch as before it (decision 119)."""
    browser = browsers()
    await browser.sign_in(person.email)
    async with gateway.environment.superuser() as connection:
        earlier = "UPDATE identity.login_sessions SET created_at = created_at - interval '16 minutes' WHERE user_id = $1"
        await connection.execute(earlier, person.user_id)
    browser.http.cookies.delete("access_token")
    assert (await browser.switch(hospital[0].workspace_id)).status_code == 200
    check_problem(await browser.write("POST", "/auth/totp/enroll"), 403, "reauthentication_required")
    await browser.sign_in(person.email)
    assert (await browser.switch(hospital[0].workspace_id)).status_code == 200
    assert (await browser.write("POST", "/auth/totp/enroll")).status_code == 200


async def test_an_answer_of_secrets_is_not_given_again_under_an_idempotency_key(gateway, person, hospital, nurse, browsers, check_problem):
    browser = browsers()
    token = (await browser.sign_in(person.email))["access_token"]
    async with gateway.anonymous(Authorization=f"Bearer {token}") as http:
        body, key = {"workspace_id": str(hospital[0].workspace_id)}, {"Idempotency-Key": "once"}
        first = await http.post("/api/v1/auth/switch", json=body, headers=key)
        assert first.status_code == 200
        again = await http.post("/api/v1/auth/switch", json=body, headers=key)
    assert again.status_code == 401
    assert "access_token" not in again.text
    async with gateway.environment.superuser() as connection:
        assert await connection.fetchval("SELECT count(*) FROM identity.idempotency WHERE key = 'once'") == 0


async def test_switching_by_cookies_takes_the_csrf_token(person, hospital, nurse, browsers, check_problem):
    browser = browsers()
    await browser.sign_in(person.email)
    refused = await browser.http.post("/api/v1/auth/switch", json={"workspace_id": str(hospital[0].workspace_id)})
    check_problem(refused, 403, "csrf_failed")


@pytest.mark.parametrize("amr", ["sso", "invitation", "key"])
async def test_a_sign_in_that_others_could_have_begun_stays_where_it_is(gateway, person, hospital, nurse, browsers, check_problem, amr):
    """A workspace's own provider of sign-ins may assert any address."""
    browser = browsers()
    await browser.sign_in(person.email)
    async with gateway.environment.superuser() as connection:
        await connection.execute("UPDATE identity.login_sessions SET amr = ARRAY[$2] WHERE user_id = $1", person.user_id, amr)
    assert [each["current"] for each in await browser.workspaces()] == [True]
    check_problem(await browser.switch(hospital[0].workspace_id), 404, "not_found")
    assert (await browser.me()).status_code == 200
    check_problem(await browser.write("POST", "/auth/totp/enroll"), 403, "own_sign_in_required")
    change = {"current_password": PASSWORD, "new_password": NEW}
    check_problem(await browser.write("PUT", "/auth/password", change), 403, "own_sign_in_required")
    elsewhere = browsers()
    await elsewhere.sign_in(person.email)
    assert (await elsewhere.switch(hospital[0].workspace_id)).status_code == 200
    # From such a sign-in neither a password nor a code is guessed, and nobody is signed out elsewhere.
    async with gateway.colleague(person, amr=[amr]) as begun:
        for password in (PASSWORD, "guessed"):
            change = {"current_password": password, "new_password": NEW}
            check_problem(await begun.put("/api/v1/auth/password", json=change), 403, "own_sign_in_required")
        guess = {"totp_code": "123456"}
        check_problem(await begun.request("DELETE", "/api/v1/auth/totp", json=guess), 403, "own_sign_in_required")
        check_problem(await begun.post("/api/v1/auth/totp/verify", json={"code": "123456"}), 403, "own_sign_in_required")
        assert (await begun.delete("/api/v1/auth/sessions")).status_code == 204
    assert (await browser.me()).status_code == 401
    assert (await elsewhere.me()).status_code == 200


async def test_an_api_key_belongs_to_one_workspace(gateway, practice, hospital, nurse, check_problem):
    key = (await practice.http.post("/api/v1/api-keys", json={"name": "Import", "scopes": ["clients:read"]})).json()["secret"]
    async with gateway.anonymous(Authorization=f"Bearer {key}") as program:
        check_problem(await program.get("/api/v1/auth/workspaces"), 404, "not_found")
        switch = {"workspace_id": str(hospital[0].workspace_id)}
        check_problem(await program.post("/api/v1/auth/switch", json=switch), 404, "not_found")


# --- what whoever runs one workspace cannot do to another ---


async def test_whoever_accepts_by_the_link_they_were_shown_gets_no_further(gateway, person, hospital, browsers, check_problem):
    head, http = hospital
    user_id = await add(http, person.email)
    evil = browsers()
    assert (await accept(evil, await shown(http, user_id)))["id"] == user_id

    assert [each["workspace_id"] for each in await evil.workspaces()] == [str(head.workspace_id)]
    check_problem(await evil.switch(person.workspace_id), 404, "not_found")
    assert (await evil.write("PUT", "/auth/password", {"new_password": NEW})).status_code == 204
    await enroll(gateway, evil)
    refused = await evil.http.post("/api/v1/auth/login", json={"email": person.email, "password": NEW})
    check_problem(refused, 401, "invalid_credentials")
    signed_in = await browsers().sign_in(person.email)
    assert (signed_in["user"]["id"], signed_in["user"]["two_factor_enabled"]) == (str(person.user_id), False)
    # Neither sign-ins nor the account of the person's own workspace are touched from here.
    victim = browsers()
    await victim.sign_in(person.email)
    assert (await evil.write("DELETE", "/auth/sessions")).status_code == 204
    assert (await victim.me()).status_code == 200
    assert len(await victim.workspaces()) == 1


async def test_a_password_from_before_the_proof_opens_no_other_workspace(gateway, hospital, browsers, check_problem):
    """The first workspace that adds an address may be somebody's who waits for the person to join another one."""
    head, http = hospital
    email = f"victim-{uuid7().hex}@example.com"
    user_id = await add(http, email)
    evil = browsers()
    await accept(evil, await shown(http, user_id))
    assert (await evil.write("PUT", "/auth/password", {"new_password": NEW})).status_code == 204
    await evil.sign_in(email, NEW)

    owner = await gateway.open_workspace()
    async with gateway.colleague(owner) as theirs:
        joined = await add(theirs, email, "therapist")
    victim = browsers()
    await accept(victim, await mailed(gateway, owner.workspace_id, joined))

    check_problem(await evil.http.post("/api/v1/auth/login", json={"email": email, "password": NEW}), 401, "invalid_credentials")
    assert len(await evil.workspaces()) == 1
    check_problem(await evil.switch(owner.workspace_id), 404, "not_found")
    assert [each["workspace_id"] for each in await victim.workspaces()] == [str(owner.workspace_id)]
    # The person is invited again, and what was set before is void.
    token = await shown(http, user_id)
    again = browsers()
    check_problem(await again.http.get("/api/v1/auth/accept-invite", params={"token": token}), 410, "invitation_over")
    await shown(http, user_id)
    await accept(again, await mailed(gateway, head.workspace_id, user_id))
    assert len(await again.workspaces()) == 2
    assert (await evil.me()).status_code == 401
    async with gateway.environment.superuser() as connection:
        kept = await connection.fetchval("SELECT password_hash FROM identity.users WHERE id::text = $1", user_id)
    assert kept is None


async def test_a_sign_in_from_before_the_proof_is_over_with_it(gateway, hospital, browsers, check_problem):
    head, http = hospital
    email = f"victim-{uuid7().hex}@example.com"
    user_id = await add(http, email)
    evil = browsers()
    await accept(evil, await shown(http, user_id))
    before = evil.http.cookies["access_token"]

    victim = browsers()
    token = await linked(gateway, head.workspace_id, user_id)
    assert (await victim.http.post("/api/v1/auth/verify", json={"token": token})).status_code == 200

    # Its access token may be believed for a moment; it sets no password.
    async with gateway.anonymous(Authorization=f"Bearer {before}") as late:
        check_problem(await late.put("/api/v1/auth/password", json={"new_password": NEW}), 403, "own_sign_in_required")
    assert (await evil.me()).status_code == 401
    assert (await victim.me()).status_code == 200


async def test_a_mailbox_is_no_way_around_the_second_factor(gateway, person, hospital, browsers, check_problem):
    head, http = hospital
    home = browsers()
    await home.sign_in(person.email)
    codes = await enroll(gateway, home)
    user_id = await add(http, person.email)
    assert (await http.get(f"/api/v1/users/{user_id}")).json()["two_factor_enabled"] is False

    thief = browsers()
    assert (await accept(thief, await mailed(gateway, head.workspace_id, user_id)))["two_factor_enabled"] is True

    assert [each["workspace_id"] for each in await thief.workspaces()] == [str(head.workspace_id)]
    check_problem(await thief.switch(person.workspace_id), 404, "not_found")
    check_problem(await thief.write("POST", "/auth/totp/enroll"), 409, "second_factor_enabled")
    assert (await http.get(f"/api/v1/users/{user_id}")).json()["two_factor_enabled"] is True
    # Whoever has the second factor signs in as ever, and goes where they like.
    browser = browsers()
    first = (await browser.http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})).json()
    step = {"temp_token": first["temp_token"], "totp_code": codes[0]}
    assert (await browser.http.post("/api/v1/auth/verify-2fa", json=step)).status_code == 200
    assert (await browser.switch(head.workspace_id)).json()["user"]["id"] == user_id
    # And manages it wherever they are.
    removed = await browser.write("DELETE", "/auth/totp", {"totp_code": codes[1]})
    assert removed.status_code == 200, removed.text
    assert (await browsers().sign_in(person.email))["user"]["two_factor_enabled"] is False


async def test_whoever_adds_an_address_learns_nothing_of_it_and_lifts_no_limit(gateway, person, hospital, browsers, check_problem):
    _, http = hospital
    fresh = f"new-{uuid7().hex}@example.com"
    replies = {}
    for email in (person.email, fresh):
        reply = await http.post("/api/v1/users", json={"email": email, "full_name": "Nora Quist", "role": "nurse"})
        replies[email] = {name: value for name, value in reply.json().items() if name not in {"id", "email", "created_at", "updated_at"}}
        check_problem(await http.post("/api/v1/users", json={"email": email, "full_name": "No", "role": "nurse"}), 409, "email_taken")
    assert replies[person.email] == replies[fresh]
    user_id = (await http.get(f"/api/v1/users?search={person.email}")).json()["items"][0]["id"]

    guesser = browsers()
    for _ in range(7):
        await guesser.http.post("/api/v1/auth/login", json={"email": person.email, "password": "guessed"})
    unlocked = await http.post(f"/api/v1/users/{user_id}/unlock")
    assert (unlocked.status_code, unlocked.json()["is_locked"]) == (200, False)
    check_problem(
        await guesser.http.post("/api/v1/auth/login", json={"email": person.email, "password": "guessed"}), 429, "too_many_attempts"
    )


@pytest.mark.parametrize(("own", "passes_for"), [("fa\u00df", "fass"), ("\uff46ass", "fass")])
async def test_nobody_adds_an_address_that_passes_for_anothers(gateway, hospital, check_problem, own, passes_for):
    """Whoever reads the mail of doc@faß… would be let in where doc@fass… is: the two are two domains, and were one account."""
    _, http = hospital
    domain = uuid7().hex
    practice = await gateway.open_workspace()
    await gateway.add_user(practice.workspace_id, "owner", email=f"doc@{passes_for}-{domain}.example")

    new = {"email": f"doc@{own}-{domain}.example", "full_name": "Nora Quist", "role": "nurse"}
    refused = check_problem(await http.post("/api/v1/users", json=new), 422, "email_invalid")
    assert [error["pointer"] for error in refused["errors"]] == ["/email"]
    assert (await http.get("/api/v1/users")).json()["total"] == 1
    await add(http, f"doc@{passes_for}-{domain}.example")


# --- one account, several workspaces ---


@pytest.mark.parametrize("why", ["suspended", "deactivated"])
async def test_nobody_loses_a_workspace_because_the_first_one_is_closed(gateway, person, hospital, nurse, browsers, why):
    home = browsers()
    await home.sign_in(person.email)
    codes = await enroll(gateway, home)
    if why == "suspended":
        await set_workspace(gateway, person.workspace_id, "suspended")
    else:
        other = await gateway.add_user(person.workspace_id, "owner")
        async with gateway.colleague(person, user_id=other) as colleague:
            assert (await colleague.post(f"/api/v1/users/{person.user_id}/deactivate")).status_code == 200

    browser = browsers()
    first = (await browser.http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})).json()
    step = {"temp_token": first["temp_token"], "totp_code": codes[0]}
    signed_in = (await browser.http.post("/api/v1/auth/verify-2fa", json=step)).json()
    assert signed_in["user"]["id"] == nurse
    assert [each["workspace_id"] for each in await browser.workspaces()] == [str(hospital[0].workspace_id)]
    change = {"current_password": PASSWORD, "new_password": NEW}
    assert (await browser.write("PUT", "/auth/password", change)).status_code == 204
    assert "temp_token" in await browsers().sign_in(person.email, NEW)

    async with gateway.environment.superuser() as connection:
        asked = "SELECT count(*) FROM identity.magic_links WHERE user_id::text = $1"
        await browser.http.post("/api/v1/auth/magic-link", json={"email": person.email})
        assert await connection.fetchval(asked, nurse) == 1
    reset = await linked(gateway, hospital[0].workspace_id, nurse, "password_reset")
    body = {"token": reset, "new_password": PASSWORD}
    assert (await browser.http.post("/api/v1/auth/password/reset", json=body)).status_code == 204
    assert (await browser.me()).status_code == 401
    assert "temp_token" in await browsers().sign_in(person.email)


@pytest.mark.parametrize("how", ["everywhere", "password", "reset"])
async def test_signing_out_everywhere_is_so_in_every_workspace(gateway, person, hospital, nurse, browsers, how):
    head, _ = hospital
    here, there = browsers(), browsers()
    for browser in (here, there):
        await browser.sign_in(person.email)
    assert (await there.switch(head.workspace_id)).status_code == 200

    if how == "everywhere":
        assert (await here.write("DELETE", "/auth/sessions")).status_code == 204
    elif how == "password":
        change = {"current_password": PASSWORD, "new_password": NEW}
        assert (await there.write("PUT", "/auth/password", change)).status_code == 204
    else:
        token = await linked(gateway, person.workspace_id, person.user_id, "password_reset")
        body = {"token": token, "new_password": NEW}
        assert (await here.http.post("/api/v1/auth/password/reset", json=body)).status_code == 204

    assert (await here.me()).status_code == 401
    assert (await there.me()).status_code == (200 if how == "password" else 401)
    await browsers().sign_in(person.email, PASSWORD if how == "everywhere" else NEW)


async def test_signing_out_everywhere_leaves_no_session_that_is_just_being_begun(gateway, person, hospital, nurse, browsers):
    for _ in range(5):
        one, other = browsers(), browsers()
        for browser in (one, other):
            await browser.sign_in(person.email)
        await asyncio.gather(one.write("DELETE", "/auth/sessions"), other.switch(hospital[0].workspace_id))
        async with gateway.environment.superuser() as connection:
            left = "SELECT count(*) FROM identity.login_sessions WHERE user_id::text = ANY($1) AND ended_at IS NULL AND amr = '{pwd}'"
            assert await connection.fetchval(left, [nurse, str(person.user_id)]) == 0


async def test_where_a_second_factor_is_required_a_switch_without_one_is_good_for_enrolling(
    gateway, person, hospital, nurse, browsers, check_problem
):
    head, http = hospital
    settings = {"settings": {"second_factor_required": True}}
    assert (await http.patch("/api/v1/workspaces/current", json=settings)).status_code == 200
    browser = browsers()
    await browser.sign_in(person.email)
    assert (await browser.switch(head.workspace_id)).status_code == 200
    check_problem(await browser.http.get("/api/v1/clients"), 403, "permission_denied")

    await enroll(gateway, browser)

    await gateway.app.state.verifier.refresh()
    assert (await browser.http.get("/api/v1/clients")).status_code == 200
    async with gateway.colleague(person) as home:
        assert (await home.get(f"/api/v1/users/{person.user_id}")).json()["two_factor_enabled"] is True
    assert (await browser.switch(person.workspace_id)).status_code == 200


# --- the second factor of somebody who has lost it ---


async def test_an_administrator_removes_the_second_factor_of_somebody_who_lost_it(gateway, practice, person, browsers, check_problem):
    owner = gateway.colleague(await gateway.open_workspace())
    email, own = f"t-{uuid7().hex}@example.com", practice.http
    user_id = await add(own, email, "therapist")
    browser = browsers()
    await accept(browser, await mailed(gateway, person.workspace_id, user_id))
    path = f"/api/v1/users/{user_id}/second-factor"
    check_problem(await own.delete(path), 409, "second_factor_not_enrolled")
    await enroll(gateway, browser)
    check_problem(await own.delete(f"{path}?reason=whatever"), 422, "validation_failed")
    check_problem(await owner.delete(path), 404, "not_found")
    check_problem(await own.delete(f"/api/v1/users/{person.user_id}/second-factor"), 403, "own_second_factor")
    check_problem(await browser.write("DELETE", f"/users/{person.user_id}/second-factor"), 403, "permission_denied")

    removed = await own.delete(f"{path}?reason=device_lost")

    assert (removed.status_code, removed.content) == (204, b"")
    assert (await browser.me()).status_code == 401
    assert (await own.get(f"/api/v1/users/{user_id}")).json()["two_factor_enabled"] is False
    token = await linked(gateway, person.workspace_id, user_id)
    assert "access_token" in (await browser.http.post("/api/v1/auth/verify", json={"token": token})).json()
    recorded = await lines(gateway, own, "remove_second_factor")
    assert [(line["resource_id"], line["metadata"]["facts"]["reason"]) for line in recorded] == [(user_id, "device_lost")]
    await owner.aclose()


async def test_no_administrator_removes_the_second_factor_that_guards_another_workspace(
    gateway, person, hospital, nurse, practice, browsers, check_problem
):
    browser = browsers()
    await browser.sign_in(person.email)
    await enroll(gateway, browser)
    check_problem(await hospital[1].delete(f"/api/v1/users/{nurse}/second-factor"), 409, "belongs_elsewhere_too")
    other = await gateway.add_user(person.workspace_id, "owner")
    async with gateway.colleague(person, user_id=other) as colleague:
        check_problem(await colleague.delete(f"/api/v1/users/{person.user_id}/second-factor"), 409, "belongs_elsewhere_too")
    async with gateway.colleague(person, user_id=other, role="therapist") as lesser:
        check_problem(await lesser.delete(f"/api/v1/users/{person.user_id}/second-factor"), 403, "permission_denied")
    async with gateway.colleague(person, user_id=other, role="") as program:
        check_problem(await program.delete(f"/api/v1/users/{nurse}/second-factor"), 404, "not_found")
        check_problem(await program.delete(f"/api/v1/users/{person.user_id}/second-factor"), 403, "permission_denied")
