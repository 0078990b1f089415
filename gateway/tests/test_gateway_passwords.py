"""Passwords through the API: set, changed, forgotten and reset; and account locks as administrators see them."""

import pytest
from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken

PASSWORD = "correct horse battery"
NEW = "a wholly new phrase"


async def linked(gateway, person, purpose):
    """The token of a new link. It has no mail: notifications would issue it anew at each attempt to send one."""
    token = OpaqueToken.generate(person.workspace_id, uuid7())
    async with gateway.environment.superuser() as connection:
        await connection.execute(
            "INSERT INTO identity.magic_links (workspace_id, id, purpose, user_id, hash, created_at, expires_at)"
            " VALUES ($1, $2, $3, $4, $5, now(), now() + interval '15 minutes')",
            person.workspace_id, token.row_id, purpose, person.user_id, token.hash,
        )  # fmt: skip
    return str(token)


async def login(http, email, password=PASSWORD):
    return await http.post("/api/v1/auth/login", json={"email": email, "password": password})


async def test_a_forgotten_password_is_reset_by_the_mailed_token(gateway, person, check_problem):
    async with gateway.anonymous() as browser, gateway.anonymous() as other:
        await login(other, person.email)
        token = await linked(gateway, person, "password_reset")
        weak = await browser.post("/api/v1/auth/password/reset", json={"token": token, "new_password": "passwordpassword"})
        problem = check_problem(weak, 422, "password_too_weak")
        assert [fault["pointer"] for fault in problem["errors"]] == ["/new_password"]

        reset = await browser.post("/api/v1/auth/password/reset", json={"token": token, "new_password": NEW})

        assert (reset.status_code, reset.content) == (204, b"")
        assert "set-cookie" not in reset.headers
        again = await browser.post("/api/v1/auth/password/reset", json={"token": token, "new_password": NEW})
        check_problem(again, 401, "link_invalid")
        check_problem(await login(browser, person.email), 401, "invalid_credentials")
        assert (await login(browser, person.email, NEW)).status_code == 200
        await gateway.app.state.verifier.refresh()
        assert (await other.get("/api/v1/auth/me")).status_code == 401


async def test_a_forgotten_password_gets_one_reply_for_every_address(gateway, person):
    async with gateway.anonymous() as http:
        known = await http.post("/api/v1/auth/password/forgot", json={"email": person.email})
        unknown = await http.post("/api/v1/auth/password/forgot", json={"email": "nobody-at-all@example.com"})

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert {name for name, _ in known.headers.items()} == {name for name, _ in unknown.headers.items()}


async def test_somebody_who_came_by_link_sets_a_password_without_a_current_one(gateway, person, check_problem):
    async with gateway.environment.superuser() as connection:
        await connection.execute("UPDATE identity.users SET password_hash = NULL WHERE id = $1", person.user_id)
    async with gateway.anonymous() as http:
        token = await linked(gateway, person, "sign_in")
        assert (await http.post("/api/v1/auth/verify", json={"token": token})).status_code == 200
        csrf = {"X-CSRF-Token": http.cookies["csrf_token"]}

        assert (await http.put("/api/v1/auth/password", json={"new_password": NEW}, headers=csrf)).status_code == 204

        check_problem(await http.put("/api/v1/auth/password", json={"new_password": PASSWORD}, headers=csrf), 422, "wrong_password")
        assert (await login(http, person.email, NEW)).status_code == 200


@pytest.mark.parametrize("weak", ["passwordpassword", "123456789012", "caseload-2026", "Henrietta Castellanos", "too short"])
async def test_a_password_that_is_easily_guessed_is_refused(gateway, person, weak, check_problem):
    async with gateway.anonymous() as http:
        await login(http, person.email)
        body = {"current_password": PASSWORD, "new_password": weak}
        reply = await http.put("/api/v1/auth/password", json=body, headers={"X-CSRF-Token": http.cookies["csrf_token"]})

    assert check_problem(reply, 422, "password_too_weak")["errors"][0]["pointer"] == "/new_password"


async def test_signing_out_everywhere(gateway, person):
    async with gateway.anonymous() as here, gateway.anonymous() as there:
        for browser in (here, there):
            await login(browser, person.email)

        reply = await here.delete("/api/v1/auth/sessions", headers={"X-CSRF-Token": here.cookies["csrf_token"]})

        assert (reply.status_code, reply.content) == (204, b"")
        await gateway.app.state.verifier.refresh()
        for browser in (here, there):
            assert (await browser.get("/api/v1/auth/me")).status_code == 401


async def test_a_lock_is_shown_to_administrators_until_when(gateway):
    person = await gateway.open_workspace("hospital")
    async with gateway.anonymous(address="198.51.100.20") as http:
        signed_in = (await login(http, person.email)).json()
        mine = {"Authorization": f"Bearer {signed_in['access_token']}"}
        settings = await http.patch("/api/v1/workspaces/current", json={"settings": {"lock_after_failures": 3}}, headers=mine)
        assert settings.status_code == 200
        wrong = await http.patch("/api/v1/workspaces/current", json={"settings": {"lock_after_failures": 1}}, headers=mine)
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/settings/lock_after_failures")
        for number in range(3):
            async with gateway.anonymous(address=f"198.51.100.{30 + number}") as stranger:
                assert (await login(stranger, person.email, "guess after guess")).status_code == 401

        found = (await http.get(f"/api/v1/users/{person.user_id}", headers=mine)).json()

    assert found["is_locked"]
    assert found["locked_until"] > found["last_login_at"]
    async with gateway.anonymous(address="198.51.100.40") as elsewhere:
        assert (await login(elsewhere, person.email)).status_code == 401
