"""The blacklist, over HTTP: whoever has an address on it is neither invited nor let in, by any means, and is told nothing."""

import asyncio
import logging
from urllib.parse import quote

import pytest
from prometheus_client import generate_latest
from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken
from identity.roles import scopes_of

PASSWORD = "correct horse battery"
REASON = "Sold a colleague's password."
BLACKLIST = "/api/v1/platform-admin/blacklist"


def new_address():
    return f"barred-{uuid7().hex}@example.com"


async def bar(platform, email, reason=REASON):
    reply = await platform.post(BLACKLIST, json={"email": email, "reason": reason})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def listed(platform):
    """All entries by address, page by page."""
    entries, number = {}, 1
    while page := (await platform.get(BLACKLIST, params={"page": number, "page_size": 100})).json()["blacklist"]:
        entries |= {entry["email"]: entry for entry in page}
        number += 1
    return entries


async def login(http, email, password=PASSWORD):
    return await http.post("/api/v1/auth/login", json={"email": email, "password": password})


async def linked(gateway, person, purpose):
    """The token of a link that was mailed before."""
    token = OpaqueToken.generate(person.workspace_id, uuid7())
    async with gateway.environment.superuser() as connection:
        await connection.execute(
            "INSERT INTO identity.magic_links (workspace_id, id, purpose, user_id, hash, created_at, expires_at)"
            " VALUES ($1, $2, $3, $4, $5, now(), now() + interval '15 minutes')",
            person.workspace_id, token.row_id, purpose, person.user_id, token.hash,
        )  # fmt: skip
    return str(token)


def told(reply):
    """What somebody who is not let in can see of a refusal."""
    told = {name: said for name, said in reply.json().items() if name != "request_id"}
    return reply.status_code, told, {name for name in reply.headers if not name.startswith("ratelimit")}


async def test_an_address_is_listed_with_its_reason_and_taken_off_again(platform, check_problem):
    email = new_address()
    me = (await platform.get("/api/v1/auth/me")).json()
    first = (await bar(platform, f" {email.upper()} "))["blacklist"][0]
    assert (first["email"], first["reason"], first["added_by"]) == (email.upper(), REASON, me["id"])
    assert first.keys() == {"email", "reason", "added_at", "added_by"}

    # In another spelling, and for another reason: it is listed already.
    total = (await bar(platform, email, "Another."))["total"]
    again = await listed(platform)
    assert again[email.upper()] == first
    assert email not in again

    gone = await platform.delete(f"{BLACKLIST}/{quote(email)}")
    assert (gone.status_code, gone.json()["total"]) == (200, total - 1)
    assert email.upper() not in await listed(platform)
    check_problem(await platform.delete(f"{BLACKLIST}/{quote(email)}"), 404, "not_found")


async def test_racers_who_add_one_address_add_one_entry_and_none_waits_for_a_connection(gateway, platform):
    email = new_address()
    before = (await platform.get(BLACKLIST)).json()["total"]
    # More than there are connections, each with the lock of the address or waiting for it.
    racers = gateway.environment.runtime("identity").settings.pool_max + 4
    await asyncio.gather(*(bar(platform, email) for _ in range(racers)))
    assert (await platform.get(BLACKLIST)).json()["total"] == before + 1


async def test_what_cannot_be_blacklisted_is_refused(platform, check_problem):
    own = (await platform.get("/api/v1/auth/me")).json()["email"]
    before = (await platform.get(BLACKLIST)).json()
    check_problem(await platform.post(BLACKLIST, json={"email": own.upper(), "reason": REASON}), 409, "own_address")
    check_problem(await platform.post(BLACKLIST, json={"email": "a/b@example.com", "reason": REASON}), 422, "email_invalid")
    check_problem(await platform.post(BLACKLIST, json={"email": new_address(), "reason": "  "}), 422, "reason_invalid")
    for body in ({}, {"email": new_address()}, {"email": "nobody", "reason": REASON}, {"email": new_address(), "reason": "x" * 501}):
        assert (await platform.post(BLACKLIST, json=body)).status_code == 422
    assert (await platform.delete(f"{BLACKLIST}/nobody")).status_code == 422
    assert (await platform.get(BLACKLIST)).json() == before


async def test_whoever_is_blacklisted_is_out_within_five_seconds_and_told_what_everybody_is_told(
    gateway, platform, practice, check_problem
):
    person = practice.person
    link = await linked(gateway, person, "sign_in")
    reset = await linked(gateway, person, "password_reset")
    async with gateway.anonymous() as browser, gateway.anonymous() as stranger:
        assert (await login(browser, person.email)).status_code == 200
        csrf, cookies = {"X-CSRF-Token": browser.cookies["csrf_token"]}, dict(browser.cookies)
        assert (await browser.get("/api/v1/clients")).status_code == 200
        await bar(platform, person.email)

        async with asyncio.timeout(5):
            while (await browser.get("/api/v1/clients")).status_code != 401:
                await asyncio.sleep(0.05)
        browser.cookies.update(cookies)
        check_problem(await browser.post("/api/v1/auth/session/refresh", headers=csrf), 401, "session_ended")
        assert told(await login(stranger, person.email)) == told(await login(stranger, new_address()))
        asked = [await stranger.post("/api/v1/auth/magic-link", json={"email": email}) for email in (person.email, new_address())]
        assert (asked[0].status_code, asked[0].json()) == (asked[1].status_code, asked[1].json())
        unknown = str(OpaqueToken.generate(person.workspace_id, uuid7()))
        for path, token, more in (
            ("/api/v1/auth/verify", link, {}),
            ("/api/v1/auth/password/reset", reset, {"new_password": "a wholly new phrase"}),
        ):
            replies = [await stranger.post(path, json={"token": text, **more}) for text in (token, unknown)]
            assert replies[0].json()["code"] == "link_invalid"
            assert told(replies[0]) == told(replies[1])

        # The links are as good as before once the address is taken off; the session that ended is over.
        assert (await platform.delete(f"{BLACKLIST}/{person.email}")).status_code == 200
        browser.cookies.update(cookies)
        check_problem(await browser.post("/api/v1/auth/session/refresh", headers=csrf), 401, "session_ended")
        assert (await stranger.post("/api/v1/auth/verify", json={"token": link})).status_code == 200


async def test_no_link_is_mailed_to_a_blacklisted_address(gateway, platform, person):
    await bar(platform, person.email)
    async with gateway.anonymous() as http:
        assert (await http.post("/api/v1/auth/magic-link", json={"email": person.email})).status_code == 200
    async with gateway.environment.superuser() as connection, asyncio.timeout(20):
        # Whoever mails it has been told that there is nothing to mail.
        while not await connection.fetchval("SELECT count(*) FROM notifications.inbox WHERE workspace_id = $1", person.workspace_id):
            await asyncio.sleep(0.1)
        assert (
            await connection.fetchval("SELECT count(*) FROM identity.magic_links WHERE user_id = $1 AND hash IS NOT NULL", person.user_id)
            == 0
        )


async def test_a_blacklisted_address_is_not_invited_and_an_invitation_of_before_is_over(gateway, platform, practice, check_problem):
    body = {"email": new_address(), "full_name": "Nora Quist", "role": "therapist"}
    added = await practice.http.post("/api/v1/users", json=body)
    assert added.status_code == 201, added.text
    resend = f"/api/v1/invitations/{added.json()['id']}/resend"
    url = (await practice.http.post(resend)).json()["invitation_url"]
    await bar(platform, body["email"])

    async with gateway.anonymous() as http:
        accepted = await http.get("/api/v1/auth/accept-invite", params={"token": url.partition("token=")[2]})
    check_problem(accepted, 410, "invitation_over")
    check_problem(await practice.http.post(resend), 409, "email_blacklisted")

    barred = new_address()
    await bar(platform, barred)
    check_problem(await practice.http.post("/api/v1/users", json={**body, "email": barred.upper()}), 409, "email_blacklisted")
    owner = {"workspace_name": f"Hill {uuid7().hex}", "therapist_email": barred, "therapist_full_name": "Nora Quist"}
    check_problem(await platform.post("/api/v1/platform-admin/invite-therapist", json=owner), 409, "email_blacklisted")
    found = await platform.get("/api/v1/platform-admin/workspaces", params={"search": owner["workspace_name"]})
    assert found.json()["total"] == 0


async def test_what_was_done_is_on_record_without_the_address(gateway, platform, practice):
    email = practice.person.email
    await bar(platform, email)
    await platform.delete(f"{BLACKLIST}/{email}")

    activities = (await platform.get("/api/v1/platform-admin/activity?limit=2")).json()["activities"]
    assert [activity["type"] for activity in activities] == ["address_unblacklisted", "address_blacklisted"]
    assert email not in str(activities)
    assert REASON not in str(activities)
    async with gateway.colleague(practice.person, scopes=scopes_of("owner", is_platform_admin=False)) as http, asyncio.timeout(20):
        while "address_blacklisted" not in str((await http.get("/api/v1/audit-events?resource_type=User")).json()):
            await asyncio.sleep(0.1)
    async with gateway.environment.superuser() as connection:
        for table in await connection.fetch(
            "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables"
            " WHERE table_schema IN ('identity', 'audit') AND table_type = 'BASE TABLE'"
        ):
            holds = f"SELECT count(*) FROM {table['name']} AS t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0"
            hexadecimal = email.encode().hex()
            assert await connection.fetchval(holds, email, hexadecimal) == 0, table["name"]


async def test_no_log_line_and_no_metric_holds_the_address(platform, caplog: pytest.LogCaptureFixture):
    email = new_address()
    caplog.set_level(logging.DEBUG)
    await bar(platform, email)
    await platform.delete(f"{BLACKLIST}/{quote(email)}")
    await platform.delete(f"{BLACKLIST}/{quote(email)}")
    await platform.put(f"{BLACKLIST}/{quote(email)}")
    await platform.delete(f"{BLACKLIST}/{quote(email)}?email={quote(email)}")

    lines = [str(vars(record)) for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert any("/platform-admin/blacklist/{email}" in line for line in lines)
    assert not [line for line in lines if email.partition("@")[0] in line]
    assert email.partition("@")[0] not in generate_latest().decode()


async def test_nobody_of_a_workspace_keeps_the_blacklist(gateway, practice, check_problem):
    async with gateway.colleague(practice.person, scopes=scopes_of("owner", is_platform_admin=False)) as owner:
        for method, path, body in (
            ("GET", BLACKLIST, None),
            ("POST", BLACKLIST, {"email": new_address(), "reason": REASON}),
            ("DELETE", f"{BLACKLIST}/{new_address()}", None),
            ("GET", "/api/v1/platform-admin/metrics", None),
        ):
            check_problem(await owner.request(method, path, json=body), 403, "permission_denied")


async def figures(platform):
    return (await platform.get("/api/v1/platform-admin/metrics")).json()


async def test_the_figures_follow_what_is_done(gateway, platform):
    async with gateway.environment.superuser() as connection:
        counted = {
            name: await connection.fetchval(f"SELECT count(*) FROM identity.{rows}")
            for name, rows in {
                "total_workspaces": "workspaces",
                "active_users": "users WHERE is_active",
                "total_users": "users",
                "pending_invitations": "workspace_directory WHERE owner_id IS NOT NULL AND owner_accepted_at IS NULL AND deleted_at IS NULL",
                "blacklisted_users": "blacklisted_addresses",
            }.items()
        }
    before = await figures(platform)
    assert before == counted

    owner = {"workspace_name": "Figures", "therapist_email": new_address(), "therapist_full_name": "Nora Quist"}
    opened = (await platform.post("/api/v1/platform-admin/invite-therapist", json=owner)).json()
    workspace = await gateway.open_workspace("hospital")
    nurses = await asyncio.gather(*(gateway.add_user(workspace.workspace_id, "nurse") for _ in range(4)))
    async with gateway.colleague(workspace, role="admin") as admin:
        await asyncio.gather(*(admin.post(f"/api/v1/users/{nurse}/deactivate") for nurse in nurses))
        await admin.post(f"/api/v1/users/{nurses[0]}/activate")
        await admin.post(f"/api/v1/users/{nurses[0]}/activate")
    await bar(platform, new_address())
    expected = {"total_workspaces": 2, "active_users": 3, "total_users": 6, "pending_invitations": 1, "blacklisted_users": 1}
    assert await figures(platform) == {name: before[name] + more for name, more in expected.items()}

    async with gateway.anonymous() as http:
        await http.get("/api/v1/auth/accept-invite", params={"token": opened["invitation_url"].partition("token=")[2]})
    assert (await figures(platform))["pending_invitations"] == before["pending_invitations"]
