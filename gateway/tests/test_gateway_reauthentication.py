"""What decides who gets in from now on needs a recent sign-in, and signing in again is enough (decision 119)."""

import re

import pytest
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_pb2

PASSWORD = "correct horse battery"
SSO = {"slug": "lakeside", "issuer": "https://id.example.org", "client_id": "caseload", "enabled": True}
NAMED_ID = "018f0000-0000-7000-8000-000000000000"
DECIDE = {
    "begin a passkey": ("POST", "/auth/passkeys", None),
    "remove a passkey": ("DELETE", f"/auth/passkeys/{NAMED_ID}", None),
    "enrol an authenticator": ("POST", "/auth/totp/enroll", None),
    "make an API key": ("POST", "/api-keys", {"name": "Import", "scopes": ["clients:read"]}),
    "name a provider": ("PUT", "/workspaces/current/sso", SSO),
    "add an owner": ("POST", "/users", {"email": "nora@example.com", "full_name": "Nora Quist", "role": "owner"}),
}


@pytest.mark.parametrize("what", DECIDE)
async def test_an_older_sign_in_does_not_decide_who_gets_in(person, browser, check_problem, what, login, let_pass):
    method, path, body = DECIDE[what]

    async def ask():
        return await browser.request(method, f"/api/v1{path}", json=body)

    await let_pass(browser, person.user_id, 16)
    assert check_problem(await ask(), 403, "reauthentication_required")["max_age"] == 900
    # It is a sign-in like any other in everything else, and renewing it makes it no younger.
    assert (await browser.get("/api/v1/auth/me")).status_code == 200
    browser.cookies.delete("access_token")
    check_problem(await ask(), 403, "reauthentication_required")

    await login(browser, person)
    assert (await ask()).status_code in {200, 201, 404, 422}


async def test_fourteen_minutes_are_recent(person, browser, let_pass):
    await let_pass(browser, person.user_id, 14)
    assert (await browser.post("/api/v1/auth/totp/enroll")).status_code == 200


async def test_a_first_password_needs_a_recent_sign_in_and_another_one_the_current(gateway, person, browser, check_problem, let_pass):
    change = {"new_password": "violet tractor under snow"}
    await let_pass(browser, person.user_id, 16)
    async with gateway.environment.superuser() as database:
        await database.execute("UPDATE identity.users SET password_hash = NULL WHERE id = $1", person.user_id)
    check_problem(await browser.put("/api/v1/auth/password", json=change), 403, "reauthentication_required")
    async with gateway.environment.superuser() as database:
        later = "UPDATE identity.login_sessions SET created_at = created_at + make_interval(mins => 16) WHERE user_id = $1"
        await database.execute(later, person.user_id)
    browser.cookies.delete("access_token")
    assert (await browser.put("/api/v1/auth/password", json=change)).status_code == 204


async def test_a_password_is_changed_with_the_current_one_however_old_the_sign_in_is(person, browser, let_pass):
    await let_pass(browser, person.user_id, 16)
    change = {"current_password": PASSWORD, "new_password": "violet tractor under snow"}
    assert (await browser.put("/api/v1/auth/password", json=change)).status_code == 204


async def test_what_is_refused_changes_nothing_and_is_on_record(gateway, person, browser, let_pass):
    await let_pass(browser, person.user_id, 16)
    assert (await browser.post("/api/v1/api-keys", json={"name": "Import", "scopes": ["clients:read"]})).status_code == 403
    assert (await browser.get("/api/v1/api-keys")).json() == []
    recorded = await gateway.environment.emitted(audit_pb2.AuditRecorded, person.workspace_id)
    (line,) = [line for line in recorded if line.event_type == "create_api_key"]
    told = (line.outcome, line.code, line.user_id)
    assert told == (audit_pb2.OUTCOME_FAILURE, "reauthentication_required", str(person.user_id))


async def test_the_pages_lead_to_signing_in_and_back(gateway, person, let_pass):
    async with gateway.anonymous() as http:

        async def send(page, path, **fields):
            token = re.search(r'name="form_token" value="([^"]+)"', (await http.get(page)).text)[1]
            return await http.post(path, data={"form_token": token, **fields})

        who = {"email": person.email, "password": PASSWORD}
        assert (await send("/auth/sign-in", "/auth/sign-in", **who)).headers["location"] == "/auth/account"
        await let_pass(http, person.user_id, 16)

        led = await send("/auth/second-factor", "/auth/second-factor/enrol")
        assert (led.status_code, led.headers["location"]) == (303, "/auth/sign-in?done=again&next=%2Fauth%2Fsecond-factor")
        page = await http.get(led.headers["location"])
        assert "Sign in again to go on" in page.text
        back = await send(led.headers["location"], "/auth/sign-in", next="/auth/second-factor", **who)
        assert back.headers["location"] == "/auth/second-factor"
        enrolled = await send("/auth/second-factor", "/auth/second-factor/enrol")
        assert (enrolled.status_code, "data:image/png" in enrolled.text) == (200, True)


async def test_another_owner_is_made_after_a_recent_sign_in_and_other_people_at_any_time(person, browser, check_problem, login, let_pass):
    await let_pass(browser, person.user_id, 16)
    nora = {"email": f"nora-{uuid7().hex}@example.com", "full_name": "Nora Quist", "role": "therapist"}
    added = await browser.post("/api/v1/users", json=nora)
    assert added.status_code == 201, added.text
    role = f"/api/v1/users/{added.json()['id']}/role"
    check_problem(await browser.put(role, json={"role": "owner"}), 403, "reauthentication_required")
    assert (await browser.put(role, json={"role": "assistant"})).status_code == 200
    resend = f"/api/v1/invitations/{added.json()['id']}/resend"
    assert (await browser.post(resend)).status_code == 200

    await login(browser, person)
    assert (await browser.put(role, json={"role": "owner"})).status_code == 200
    assert (await browser.post(resend)).status_code == 200
    # The reply has a token that lets an owner in.
    await let_pass(browser, person.user_id, 16)
    check_problem(await browser.post(resend), 403, "reauthentication_required")
