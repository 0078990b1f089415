"""Sign-in by cookies and by tokens, and what protects each."""

import asyncio

import httpx
import jwt
import pytest
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_pb2
from caseload.identity.v1 import events_pb2 as identity_events
from gateway.app import ROUTERS, routes_of
from gateway.request import SAFE_METHODS
from gateway.routing.nouns import API, is_public

PASSWORD = "correct horse battery"
ROOM = {"name": "Room 1", "location_type": "clinic"}


@pytest.fixture
async def browser(gateway, person):
    """A browser in which the person is signed in."""
    async with gateway.anonymous() as http:
        reply = await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})
        assert reply.status_code == 200, reply.text
        yield http


def csrf(browser: httpx.AsyncClient) -> dict[str, str]:
    return {"X-CSRF-Token": browser.cookies["csrf_token"]}


def cookies_of(reply: httpx.Response) -> dict[str, str]:
    """The attributes of each cookie a reply sets, by its name."""
    return {line.partition("=")[0]: line.partition(";")[2] for line in reply.headers.get_list("set-cookie")}


def lose_access(browser: httpx.AsyncClient) -> None:
    """What the access cookie's Max-Age does after five minutes."""
    browser.cookies.delete("access_token")


async def test_a_sign_in_returns_a_token_and_the_user_and_sets_cookies(gateway, person):
    async with gateway.anonymous() as http:
        reply = await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})

    told = reply.json()
    assert told.keys() == {"access_token", "token_type", "expires_in", "user"}
    assert (told["token_type"], told["user"]["id"], told["user"]["email"]) == ("bearer", str(person.user_id), person.email)
    cookies = cookies_of(reply)
    assert cookies.keys() == {"access_token", "refresh_token", "csrf_token", "device_token"}
    assert "HttpOnly" in cookies["access_token"]
    assert "HttpOnly" in cookies["refresh_token"]
    assert "Path=/;" in cookies["refresh_token"]
    assert "SameSite=Strict" in cookies["refresh_token"]
    assert "HttpOnly" not in cookies["csrf_token"]
    assert not any("Secure" in attributes for attributes in cookies.values())


async def test_cookies_are_secure_unless_the_gateway_is_on_the_same_machine(gateway, person):
    async with gateway.reconfigured(public_url="https://practice.example").anonymous() as http:
        reply = await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})

    assert all("; Secure" in attributes for attributes in cookies_of(reply).values())


async def test_a_wrong_password_and_an_unknown_address_get_the_same_reply(gateway, person, check_problem):
    async with gateway.anonymous() as http:
        wrong = await http.post("/api/v1/auth/login", json={"email": person.email, "password": "wrong"})
        unknown = await http.post("/api/v1/auth/login", json={"email": "nobody@example.com", "password": "wrong"})

    assert check_problem(wrong, 401, "invalid_credentials")["detail"] == check_problem(unknown, 401, "invalid_credentials")["detail"]
    assert not wrong.headers.get_list("set-cookie")


async def test_a_link_request_for_a_known_and_an_unknown_address_gets_the_same_reply(gateway, person):
    async with gateway.anonymous() as http:
        replies = [await http.post("/api/v1/auth/magic-link", json={"email": email}) for email in (person.email, "nobody@example.com")]

    assert [reply.status_code for reply in replies] == [200, 200]
    assert replies[0].json() == replies[1].json()
    assert replies[0].json()["message"]


async def test_a_forged_link_is_a_401(gateway, check_problem):
    async with gateway.anonymous() as http:
        check_problem(await http.post("/api/v1/auth/verify", json={"token": "x" * 40}), 401, "link_invalid")


async def test_a_browser_reads_with_its_cookie_alone(browser, person):
    reply = await browser.get("/api/v1/auth/me")

    assert reply.json()["id"] == str(person.user_id)


async def test_a_browsers_write_must_repeat_the_csrf_token(browser, check_problem):
    check_problem(await browser.post("/api/v1/locations", json=ROOM), 403, "csrf_failed")
    check_problem(await browser.post("/api/v1/locations", json=ROOM, headers={"X-CSRF-Token": "guess"}), 403, "csrf_failed")
    assert (await browser.get("/api/v1/locations")).json()["total"] == 0

    assert (await browser.post("/api/v1/locations", json=ROOM, headers=csrf(browser))).status_code == 201


async def test_a_cross_site_write_with_a_planted_csrf_cookie_is_refused(browser, check_problem):
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", **csrf(browser)}

    check_problem(await browser.post("/api/v1/locations", json=ROOM, headers=headers), 403, "csrf_failed")


async def test_a_token_in_the_header_needs_no_csrf_token(browser, gateway):
    async with gateway.anonymous(Authorization=f"Bearer {browser.cookies['access_token']}") as client:
        assert (await client.post("/api/v1/locations", json=ROOM)).status_code == 201


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic b3duZXI6cGFzcw==", "Bearer a.b.c"])
async def test_an_invalid_header_is_refused_even_with_a_valid_cookie(browser, check_problem, header: str):
    reply = await browser.get("/api/v1/auth/me", headers={"Authorization": header})

    check_problem(reply, 401, "token_invalid")
    assert not reply.headers.get_list("set-cookie")


async def test_an_active_browser_stays_signed_in(browser, person):
    before = dict(browser.cookies)
    lose_access(browser)

    reply = await browser.get("/api/v1/auth/me")

    assert reply.status_code == 200, reply.text
    assert reply.json()["id"] == str(person.user_id)
    assert browser.cookies["refresh_token"] != before["refresh_token"]
    assert browser.cookies["csrf_token"] == before["csrf_token"]


async def test_an_invalid_access_cookie_is_refreshed_as_well(browser):
    lose_access(browser)
    browser.cookies.set("access_token", "void", domain="127.0.0.1")

    assert (await browser.get("/api/v1/auth/me")).status_code == 200


async def test_concurrent_requests_with_an_expired_cookie_share_one_refresh(browser):
    lose_access(browser)

    replies = await asyncio.gather(*(browser.get("/api/v1/auth/me") for _ in range(8)))
    late = await browser.get("/api/v1/auth/me")

    assert {reply.status_code for reply in (*replies, late)} == {200}
    successors = {line for reply in replies for line in reply.headers.get_list("set-cookie") if line.startswith("refresh_token=")}
    assert len({line.split(";")[0] for line in successors}) == 1


async def test_a_write_with_an_expired_cookie_succeeds(browser):
    lose_access(browser)

    assert (await browser.post("/api/v1/locations", json=ROOM, headers=csrf(browser))).status_code == 201


async def test_refreshing_rotates_the_refresh_token(browser, check_problem):
    before = browser.cookies["refresh_token"]
    check_problem(await browser.post("/api/v1/auth/session/refresh"), 403, "csrf_failed")

    reply = await browser.post("/api/v1/auth/session/refresh", headers=csrf(browser))

    assert reply.json()["access_token"]
    assert browser.cookies["refresh_token"] != before


async def test_there_is_nothing_to_refresh_without_a_cookie(gateway, check_problem):
    async with gateway.anonymous() as http:
        check_problem(await http.post("/api/v1/auth/session/refresh"), 401, "refresh_token_missing")


async def test_signing_out_ends_the_login_session_and_clears_the_cookies(browser, gateway, check_problem):
    held = dict(browser.cookies)

    reply = await browser.post("/api/v1/auth/logout", headers=csrf(browser))

    assert reply.status_code == 200
    assert not {"access_token", "refresh_token", "csrf_token"} & set(browser.cookies)
    await gateway.app.state.verifier.refresh()
    async with gateway.anonymous(Authorization=f"Bearer {held['access_token']}") as thief:
        check_problem(await thief.get("/api/v1/auth/me"), 401, "token_revoked")
    async with gateway.anonymous() as thief:
        thief.cookies.set("refresh_token", held["refresh_token"])
        reply = await thief.get("/api/v1/auth/me")
        assert reply.status_code == 401
        assert "Max-Age=0" in cookies_of(reply)["refresh_token"]


async def test_signing_out_twice_is_answered_as_signing_out_once(browser, gateway, check_problem):
    held = dict(browser.cookies)

    async def sign_out(**headers: str) -> httpx.Response:
        async with gateway.anonymous(**headers) as http:
            return await http.post("/api/v1/auth/logout")

    first = await browser.post("/api/v1/auth/logout", headers=csrf(browser))
    await gateway.app.state.verifier.refresh()
    again = [
        await browser.post("/api/v1/auth/logout"),
        await sign_out(Authorization=f"Bearer {held['access_token']}"),
        await sign_out(
            Cookie=f"refresh_token={held['refresh_token']}; csrf_token={held['csrf_token']}", **{"X-CSRF-Token": held["csrf_token"]}
        ),
    ]

    assert {(reply.status_code, reply.json()["message"]) for reply in (first, *again)} == {(200, "Signed out.")}
    assert "Max-Age=0" in cookies_of(again[2])["refresh_token"]
    check_problem(await sign_out(Authorization="Bearer none-of-ours"), 401, "token_invalid")


async def test_signing_out_by_cookies_needs_the_csrf_token(browser, check_problem):
    check_problem(await browser.post("/api/v1/auth/logout"), 403, "csrf_failed")
    assert (await browser.get("/api/v1/auth/me")).status_code == 200


async def test_login_sessions_are_listed_and_ended_one_by_one(browser, gateway, person, check_problem):
    async with gateway.anonymous() as phone:
        await phone.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})
        sessions = (await browser.get("/api/v1/auth/sessions")).json()
        assert [session["current"] for session in sessions].count(True) == 1
        other = next(session for session in sessions if not session["current"])

        ended = await browser.delete(f"/api/v1/auth/sessions/{other['id']}", headers=csrf(browser))

        assert ended.status_code == 204
        check_problem(await browser.delete(f"/api/v1/auth/sessions/{uuid7()}", headers=csrf(browser)), 404, "not_found")
        await gateway.app.state.verifier.refresh()
        assert (await phone.get("/api/v1/auth/me")).status_code == 401
        assert (await browser.get("/api/v1/auth/me")).status_code == 200


async def test_only_the_new_password_signs_in(browser, gateway, person, check_problem):
    change = {"current_password": PASSWORD, "new_password": "staple battery horse"}

    assert (await browser.put("/api/v1/auth/password", json=change, headers=csrf(browser))).status_code == 204

    async with gateway.anonymous() as http:
        check_problem(await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD}), 401, "invalid_credentials")
        again = await http.post("/api/v1/auth/login", json={"email": person.email, "password": change["new_password"]})
        assert again.status_code == 200


async def test_the_published_keys_verify_the_tokens(browser, gateway):
    await browser.get("/api/v1/auth/me")
    async with gateway.anonymous() as http:
        keys = jwt.PyJWKSet.from_dict((await http.get("/.well-known/jwks.json")).json())

    token = browser.cookies["access_token"]
    kid = jwt.get_unverified_header(token)["kid"]
    assert jwt.decode(token, keys[kid], algorithms=["EdDSA"], audience="caseload")["iss"] == "caseload"


async def test_a_planted_cookie_is_no_csrf_token_and_reaches_no_header(browser, check_problem):
    """Another site of the same domain can set a cookie, and have a form sent with it."""
    planted = {"Cookie": f"csrf_token=planted; access_token={browser.cookies['access_token']}", "X-CSRF-Token": "planted"}
    own = browser.cookies["csrf_token"]
    refused = await browser.post("/api/v1/locations", json=ROOM, headers=planted)
    lose_access(browser)
    renewed = await browser.get(
        "/api/v1/auth/me", headers={"Cookie": f"csrf_token=planted; refresh_token={browser.cookies['refresh_token']}"}
    )

    check_problem(refused, 403, "csrf_failed")
    assert renewed.status_code == 200
    for reply in (refused, renewed):
        assert "planted" not in str(reply.headers.multi_items())
    # The page has the right one again.
    assert renewed.headers["x-csrf-token"] == own
    assert f"csrf_token={own}; " in renewed.headers["set-cookie"]


async def test_an_expired_access_cookie_of_another_session_does_not_choose_the_csrf_token(gateway, browser, person, check_problem):
    """Somebody plants the cookies of a sign-in of their own, whose CSRF token they know, beside the victim's refresh token."""
    async with gateway.anonymous() as other:
        await other.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})
        known = csrf(other)
        spoilt = other.cookies["access_token"][:-4] + "AAAA"
    cookies = {"Cookie": f"access_token={spoilt}; refresh_token={browser.cookies['refresh_token']}"}

    check_problem(await browser.post("/api/v1/locations", json=ROOM, headers=cookies | known), 403, "csrf_failed")


@pytest.mark.parametrize("refresh_token", ["nonsense", "a", "%ff", "A" * 86])
async def test_a_refresh_token_that_names_no_session_writes_nothing(gateway, check_problem, refresh_token):
    async with gateway.anonymous() as http:
        reply = await http.post("/api/v1/locations", json=ROOM, headers={"Cookie": f"refresh_token={refresh_token}"})

    check_problem(reply, 403, "csrf_failed")


async def test_the_csrf_token_of_one_login_session_is_not_anothers(gateway, browser, person, check_problem):
    async with gateway.anonymous() as other:
        await other.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})
        foreign = csrf(other)

    assert foreign != csrf(browser)
    check_problem(await browser.post("/api/v1/locations", json=ROOM, headers=foreign), 403, "csrf_failed")
    check_problem(await browser.post("/api/v1/auth/session/refresh", headers=foreign), 403, "csrf_failed")
    assert (await browser.post("/api/v1/auth/session/refresh", headers=csrf(browser))).status_code == 200


async def test_every_gateway_of_an_installation_knows_the_csrf_token(gateway, browser):
    same, other = gateway.reconfigured(), gateway.reconfigured(gateway_secret=SecretStr("another installation's"))
    statuses = []
    for each in (same, other):
        async with each.anonymous(**csrf(browser)) as http:
            http.cookies.set("access_token", browser.cookies["access_token"])
            statuses.append((await http.post("/api/v1/locations", json=ROOM)).status_code)

    assert statuses == [201, 403]


async def test_a_page_with_an_old_or_planted_csrf_cookie_gets_the_right_one_with_its_next_read(browser, check_problem):
    right = browser.cookies["csrf_token"]
    assert "x-csrf-token" not in (await browser.get("/api/v1/auth/me")).headers
    browser.cookies.delete("csrf_token")
    browser.cookies.set("csrf_token", "of-an-earlier-release")
    check_problem(await browser.post("/api/v1/auth/logout", headers={"X-CSRF-Token": "of-an-earlier-release"}), 403, "csrf_failed")

    read = await browser.get("/api/v1/auth/me")

    assert read.headers["x-csrf-token"] == right
    assert any(line.startswith(f"csrf_token={right};") for line in read.headers.get_list("set-cookie"))


async def test_no_other_sites_page_signs_anybody_in(gateway, person):
    """Every operation without sign-in that writes: one that is added is asked without being written down here."""
    paths = [route.path for route in routes_of(ROUTERS) if route.path.startswith(API) and is_public(route) and route.methods - SAFE_METHODS]
    assert len(paths) >= 9
    body = {"email": person.email, "password": PASSWORD}
    async with gateway.anonymous() as http:
        for site in ("cross-site", "same-site"):
            for origin in ({}, {"Origin": "null"}, {"Origin": "https://evil.example", "Referer": f"{gateway.settings.app_url}/"}):
                replies = [await http.post(path, json=body, headers={"Sec-Fetch-Site": site} | origin) for path in paths]
                assert {(reply.status_code, reply.json()["code"]) for reply in replies} == {(403, "csrf_failed")}
        # What a form can send without a script, of older browsers too.
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            reply = await http.post(
                "/api/v1/auth/login", content=httpx.Request("POST", "/", json=body).content, headers={"Content-Type": kind}
            )
            assert reply.status_code == 422
        assert not http.cookies
        own = await http.post("/api/v1/auth/login", json=body, headers={"Sec-Fetch-Site": "cross-site", "Origin": gateway.settings.app_url})
        assert own.status_code == 200


async def test_nobody_accepts_an_invitation_by_being_sent_to_the_api(gateway, practice, check_problem):
    invited = await practice.http.post(
        "/api/v1/users", json={"email": f"tess-{uuid7().hex}@example.com", "full_name": "Tess Doe", "role": "therapist"}
    )
    url = (await practice.http.post(f"/api/v1/invitations/{invited.json()['id']}/resend")).json()["invitation_url"]
    query = {"token": url.partition("token=")[2]}
    path = "/api/v1/auth/accept-invite"
    async with gateway.anonymous() as http:
        for headers in ({"Accept": "text/html,*/*;q=0.8"}, {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"}):
            sent = await http.get(path, params=query, headers=headers)
            assert (sent.status_code, sent.headers["location"]) == (303, f"/accept-invitation?token={query['token']}")
        picture = {"Accept": "image/*", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "image"}
        check_problem(await http.get(path, params=query, headers=picture), 403, "csrf_failed")
        assert not http.cookies

        own = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
        assert (await http.get(path, params=query, headers=own)).json()["success"] is True


async def test_a_stolen_refresh_token_ends_the_sign_in_is_on_record_and_told_to_the_person(browser, gateway, person, check_problem):
    stolen = browser.cookies["refresh_token"]
    assert (await browser.post("/api/v1/auth/session/refresh", headers=csrf(browser))).status_code == 200
    async with gateway.environment.superuser() as database:
        later = (
            "UPDATE identity.refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE workspace_id = $1 AND used_at IS NOT NULL"
        )
        assert await database.execute(later, person.workspace_id) == "UPDATE 1"

    async with gateway.anonymous(Cookie=f"refresh_token={stolen}") as thief:
        check_problem(await thief.get("/api/v1/auth/me"), 401, "session_ended")
    browser.cookies.delete("access_token")
    check_problem(await browser.get("/api/v1/auth/me"), 401, "session_ended")

    recorded = await gateway.environment.emitted(audit_pb2.AuditRecorded, person.workspace_id)
    (line,) = [line for line in recorded if line.event_type == "end_stolen_login_session"]
    assert (line.resource_id, line.outcome) == (str(person.user_id), audit_pb2.OUTCOME_SUCCESS)
    told = await gateway.environment.emitted(identity_events.SecurityNoticeRaised, person.workspace_id)
    assert [(each.user_id, each.notice) for each in told] == [(str(person.user_id), identity_events.SECURITY_NOTICE_SIGN_IN_STOLEN)]
