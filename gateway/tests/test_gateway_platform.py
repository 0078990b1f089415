"""Running the installation, over HTTP: opening, listing, suspending and reactivating workspaces."""

import asyncio
import io
import time
from datetime import datetime, timedelta

import pytest
from PIL import Image
from uuid_utils.compat import uuid7

from identity.roles import scopes_of

PASSWORD = "correct horse battery"
REASON = {"reason": "The invoice of March."}


async def invite(platform, **but):
    email = f"new-{uuid7().hex}@example.com"
    body = {"workspace_name": f"Hill {uuid7().hex}", "therapist_email": email, "therapist_full_name": "Nora Quist", **but}
    reply = await platform.post("/api/v1/platform-admin/invite-therapist", json=body)
    assert reply.status_code == 201, reply.text
    return body, reply.json()


async def accept(gateway, url):
    async with gateway.anonymous() as http:
        return await http.get("/api/v1/auth/accept-invite", params={"token": url.partition("token=")[2]})


async def pending(platform):
    listed = (await platform.get("/api/v1/platform-admin/pending-invitations")).json()["invitations"]
    return {owner["user_id"]: owner for owner in listed}


@pytest.mark.parametrize(("kind", "role"), [("practice", "owner"), ("hospital", "admin")])
async def test_a_workspace_is_opened_with_its_owner_who_gets_in_by_the_invitation(gateway, platform, kind, role):
    asked, opened = await invite(platform, kind=kind, time_zone="Europe/Berlin", locale="de-DE")
    owner = (await pending(platform))[opened["user_id"]]
    assert (owner["email"], owner["full_name"], owner["workspace_name"]) == (
        asked["therapist_email"],
        "Nora Quist",
        asked["workspace_name"],
    )
    assert owner["invited_at"] < owner["expires_at"]

    accepted = (await accept(gateway, opened["invitation_url"])).json()
    assert (accepted["user"]["id"], accepted["user"]["role"]) == (opened["user_id"], role)
    async with gateway.anonymous(Authorization=f"Bearer {accepted['access_token']}") as http:
        workspace = (await http.get("/api/v1/workspaces/current")).json()
    assert (workspace["id"], workspace["name"], workspace["kind"]) == (opened["workspace_id"], asked["workspace_name"], kind)
    assert (workspace["time_zone"], workspace["locale"]) == ("Europe/Berlin", "de-DE")
    assert opened["user_id"] not in await pending(platform)


async def test_an_owner_is_invited_again_and_the_older_link_is_over(gateway, platform):
    _, opened = await invite(platform)
    path = f"/api/v1/platform-admin/resend-invitation/{opened['user_id']}"
    again = (await platform.post(path)).json()

    assert (await accept(gateway, opened["invitation_url"])).status_code == 410
    assert (await accept(gateway, again["invitation_url"])).status_code == 200
    assert (await platform.post(path)).json()["code"] == "invitation_accepted"
    assert (await platform.post(f"/api/v1/platform-admin/resend-invitation/{uuid7()}")).status_code == 404


async def test_an_owner_is_invited_again_after_a_recent_sign_in(gateway, platform, check_problem):
    """The reply has a link that lets the owner in."""
    _, opened = await invite(platform)
    path = f"/api/v1/platform-admin/resend-invitation/{opened['user_id']}"
    earlier = gateway.environment.caller(auth_time=int(time.time()) - 901)
    async with gateway.anonymous(Authorization=f"Bearer {earlier.token}") as stolen:
        check_problem(await stolen.post(path), 403, "reauthentication_required")
    assert (await platform.post(path)).status_code == 200


async def test_a_workspace_that_cannot_be_opened_leaves_nothing_behind(platform):
    name = f"Dale {uuid7().hex}"
    for but, status, code in (
        ({"locale": "nowhere!"}, 422, "workspace_invalid"),
        ({"time_zone": "Mars/Olympus"}, 422, "validation_failed"),
        ({"kind": "circus"}, 422, "validation_failed"),
        ({"therapist_email": "new@fa\u00df.example"}, 422, "email_invalid"),
    ):
        body = {"workspace_name": name, "therapist_email": f"new-{uuid7().hex}@example.com", "therapist_full_name": "Nora Quist", **but}
        refused = await platform.post("/api/v1/platform-admin/invite-therapist", json=body)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (await platform.get("/api/v1/platform-admin/workspaces", params={"search": name})).json() == {"workspaces": [], "total": 0}


async def test_workspaces_are_listed_with_their_owners_and_figures_and_found_by_name(gateway, platform, practice):
    await practice.write_note((await practice.add_client())["id"])
    await gateway.add_user(practice.person.workspace_id, "therapist")
    name = f"100% {uuid7().hex}"
    await practice.http.patch("/api/v1/workspaces/current", json={"name": name})

    found = (await platform.get("/api/v1/platform-admin/workspaces", params={"search": name.upper()})).json()
    (workspace,) = found["workspaces"]
    assert (found["total"], workspace.pop("created_at") is not None) == (1, True)
    assert workspace == {
        "id": str(practice.person.workspace_id),
        "name": name,
        "kind": "practice",
        "owner_email": practice.person.email,
        "status": "active",
        "user_count": 2,
        "session_count": 1,
        "deleted_at": None,
        "erase_after": None,
        "erasure": None,
    }
    newest = (await platform.get("/api/v1/platform-admin/workspaces?page_size=1")).json()
    assert len(newest["workspaces"]) == 1
    assert newest["total"] > 1
    assert (await platform.get("/api/v1/platform-admin/workspaces", params={"search": "100_"})).json()["total"] == 0


async def test_a_suspended_workspace_is_refused_everywhere_within_five_seconds_and_comes_back_whole(gateway, platform, practice):
    client = await practice.add_client()
    key = (await practice.http.post("/api/v1/api-keys", json={"name": "Import", "scopes": ["clients:read"]})).json()["secret"]
    path = f"/api/v1/platform-admin/workspaces/{practice.person.workspace_id}"
    credentials = {"email": practice.person.email, "password": PASSWORD}
    async with gateway.anonymous() as browser, gateway.anonymous(Authorization=f"Bearer {key}") as program:
        assert (await browser.post("/api/v1/auth/login", json=credentials)).status_code == 200
        doors = [
            lambda: practice.http.get("/api/v1/clients"),
            lambda: browser.get("/api/v1/clients"),
            lambda: browser.post("/api/v1/auth/login", json=credentials),
            lambda: program.get("/api/v1/clients"),
        ]
        assert [(await door()).status_code for door in doors] == [200] * 4

        suspended = await platform.post(f"{path}/suspend", json=REASON)
        assert suspended.json() == {
            "id": str(practice.person.workspace_id),
            "status": "suspended",
            "deleted_at": None,
            "erase_after": None,
            "erasure": None,
        }
        for door in doors:
            async with asyncio.timeout(5):
                while (await door()).status_code != 401:
                    await asyncio.sleep(0.05)

        again = await platform.post(f"{path}/suspend", json=REASON)
        assert (again.status_code, again.json()["code"]) == (400, "workspace_already_so")
        assert (await platform.post(f"{path}/reactivate", json=REASON)).json()["status"] == "active"
        token = (await browser.post("/api/v1/auth/login", json=credentials)).json()["access_token"]
        assert [(await program.get("/api/v1/clients")).status_code for _ in range(5)] == [200] * 5
    async with gateway.anonymous(Authorization=f"Bearer {token}") as http:
        assert (await http.get(f"/api/v1/clients/{client['id']}")).json() == client


async def test_what_cannot_be_suspended_is_refused(gateway, platform):
    own = (await platform.get("/api/v1/workspaces/current")).json()["id"]
    path = "/api/v1/platform-admin/workspaces"
    refused = await platform.post(f"{path}/{own}/suspend", json=REASON)
    assert (refused.status_code, refused.json()["code"]) == (409, "own_workspace")
    assert (await platform.post(f"{path}/{uuid7()}/suspend", json=REASON)).status_code == 404
    _, opened = await invite(platform)
    for body in ({}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 501}):
        assert (await platform.post(f"{path}/{opened['workspace_id']}/suspend", json=body)).status_code == 422
    active = await platform.post(f"{path}/{opened['workspace_id']}/reactivate", json=REASON)
    assert (active.status_code, active.json()["code"]) == (400, "workspace_already_so")


async def test_what_was_done_is_listed_and_on_record_in_the_workspace_it_was_done_to(gateway, platform, practice):
    asked, opened = await invite(platform)
    path = f"/api/v1/platform-admin/workspaces/{opened['workspace_id']}"
    await platform.post(f"{path}/suspend", json=REASON)
    await gateway.suspended_long_ago(path.rpartition("/")[2])
    await platform.post(f"{path}/reactivate", json=REASON)

    told = (await platform.get("/api/v1/platform-admin/activity?limit=2")).json()
    assert {name: told[name] for name in ("total_count", "has_more", "displayed_count")} == {
        "total_count": 3,
        "has_more": True,
        "displayed_count": 2,
    }
    assert [activity["type"] for activity in told["activities"]] == ["workspace_reactivated", "workspace_suspended"]
    assert told["activities"][1]["description"] == f"Suspended {asked['workspace_name']}"
    assert told["activities"][1]["metadata"]["reason"] == REASON["reason"]
    rest = (await platform.get("/api/v1/platform-admin/activity?offset=2")).json()
    assert ([activity["type"] for activity in rest["activities"]], rest["has_more"]) == (["workspace_opened"], False)

    accepted = (await accept(gateway, opened["invitation_url"])).json()
    async with gateway.anonymous(Authorization=f"Bearer {accepted['access_token']}") as http, asyncio.timeout(20):
        while {"workspace_suspended", "workspace_reactivated"} - {
            event["event_type"] for event in (await http.get("/api/v1/audit-events?resource_type=Workspace")).json()["items"]
        }:
            await asyncio.sleep(0.1)


async def test_nobody_of_a_workspace_runs_the_installation(gateway, practice):
    owner = gateway.colleague(practice.person, scopes=scopes_of("owner", is_platform_admin=False))
    for method, path in (
        ("POST", "invite-therapist"),
        ("GET", "pending-invitations"),
        ("GET", "workspaces"),
        ("GET", "activity"),
        ("POST", f"workspaces/{practice.person.workspace_id}/suspend"),
        ("POST", f"workspaces/{practice.person.workspace_id}/reactivate"),
        ("POST", f"resend-invitation/{practice.person.user_id}"),
    ):
        body = {"workspace_name": "Mine", "therapist_email": "me@example.com", "therapist_full_name": "My self", **REASON}
        reply = await owner.request(method, f"/api/v1/platform-admin/{path}", json=body if method == "POST" else None)
        assert (reply.status_code, reply.json()["code"]) == (403, "permission_denied"), path
    await owner.aclose()


def photograph():
    file = io.BytesIO()
    Image.effect_noise((64, 64), 40).save(file, "PNG")
    return file.getvalue()


async def upload(practice, note):
    files = {"file": ("knee.png", photograph(), "image/png")}
    return await practice.http.post(f"/api/v1/sessions/{note['id']}/attachments", files=files)


async def test_a_workspace_sees_its_storage_and_whoever_runs_the_installation_sets_the_quota(platform, practice, elsewhere):
    path = f"/api/v1/workspaces/{practice.person.workspace_id}/storage"
    note = await practice.write_note((await practice.add_client())["id"])
    before = (await practice.http.get(path)).json()
    assert (before["used_bytes"], before["usage_percentage"], before["is_quota_exceeded"]) == (0, 0.0, False)
    assert before["remaining_bytes"] == before["quota_bytes"] == 5 * 1024**3
    assert (before["quota_mb"], before["remaining_mb"], before["used_mb"]) == (5120.0, 5120.0, 0.0)
    size = (await upload(practice, note)).json()["file_size_bytes"]

    halved = (await platform.patch(f"{path}/quota", json={"quota_bytes": size // 2})).json()
    assert halved == (await platform.get(path)).json()
    assert (halved["used_bytes"], halved["remaining_bytes"], halved["is_quota_exceeded"]) == (size, 0, True)
    refused = await upload(practice, note)
    assert (refused.status_code, refused.json()["code"], refused.json()["quota_bytes"]) == (409, "quota_exceeded", size // 2)
    doubled = (await platform.patch(f"{path}/quota", json={"quota_bytes": 4 * size})).json()
    assert doubled["usage_percentage"] == 25.0
    assert (await upload(practice, note)).status_code == 201
    async with asyncio.timeout(20):
        while True:
            lines = (await practice.http.get("/api/v1/audit-events?resource_type=Workspace&action=UPDATE")).json()["items"]
            told = [line["metadata"]["facts"]["quota_bytes"] for line in lines if line["event_type"] == "storage_quota_set"]
            if len(told) == 2:
                break
            await asyncio.sleep(0.1)
    assert told == [str(4 * size), str(size // 2)]
    theirs = (await elsewhere.http.get(f"/api/v1/workspaces/{elsewhere.person.workspace_id}/storage")).json()
    assert theirs["quota_bytes"] == 5 * 1024**3


async def test_storage_of_other_workspaces_is_nowhere_and_quotas_are_not_the_owners_to_set(gateway, platform, practice, elsewhere):
    async with gateway.colleague(practice.person, scopes=scopes_of("owner", is_platform_admin=False)) as owner:
        for workspace_id in (elsewhere.person.workspace_id, uuid7()):
            assert (await owner.get(f"/api/v1/workspaces/{workspace_id}/storage")).status_code == 404
        own = f"/api/v1/workspaces/{practice.person.workspace_id}/storage/quota"
        assert (await owner.patch(own, json={"quota_bytes": 10**12})).status_code == 403
    nowhere = f"/api/v1/workspaces/{uuid7()}/storage"
    assert (await platform.get(nowhere)).status_code == 404
    assert (await platform.patch(f"{nowhere}/quota", json={"quota_bytes": 1})).status_code == 404
    for quota_bytes in (-1, 10**15 + 1, "much", None):
        assert (await platform.patch(own, json={"quota_bytes": quota_bytes})).status_code == 422


async def delete(platform, path, body=REASON):
    return await platform.request("DELETE", path, json=body)


async def test_a_deleted_workspace_is_shut_as_a_suspended_one_and_comes_back_whole(gateway, platform, practice):
    client = await practice.add_client()
    key = (await practice.http.post("/api/v1/api-keys", json={"name": "Import", "scopes": ["clients:read"]})).json()["secret"]
    name, workspace_id = f"Gone {uuid7().hex}", str(practice.person.workspace_id)
    await practice.http.patch("/api/v1/workspaces/current", json={"name": name})
    path = f"/api/v1/platform-admin/workspaces/{workspace_id}"
    credentials = {"email": practice.person.email, "password": PASSWORD}

    async def listed():
        found = (await platform.get("/api/v1/platform-admin/workspaces", params={"search": name})).json()["workspaces"][0]
        return {member: found[member] for member in ("id", "status", "deleted_at", "erase_after", "erasure")}

    active = {"id": workspace_id, "status": "active", "deleted_at": None, "erase_after": None, "erasure": None}
    assert await listed() == active
    async with gateway.anonymous() as browser, gateway.anonymous(Authorization=f"Bearer {key}") as program:
        doors = [
            lambda: practice.http.get("/api/v1/clients"),
            lambda: browser.post("/api/v1/auth/login", json=credentials),
            lambda: program.get("/api/v1/clients"),
        ]
        assert [(await door()).status_code for door in doors] == [200] * 3
        # Deleting what is suspended says from when on it is deleted.
        await platform.post(f"{path}/suspend", json=REASON)
        deleted = (await delete(platform, path)).json()
        assert deleted == await listed()
        times = [datetime.fromisoformat(deleted[member]) for member in ("deleted_at", "erase_after")]
        assert (deleted["status"], times[1] - times[0]) == ("suspended", timedelta(days=30))
        for door in doors:
            async with asyncio.timeout(5):
                while (await door()).status_code != 401:
                    await asyncio.sleep(0.05)
        for again in (await delete(platform, path), await platform.post(f"{path}/suspend", json=REASON)):
            assert (again.status_code, again.json()["code"]) == (400, "workspace_already_so")

        await gateway.suspended_long_ago(path.rpartition("/")[2])
        assert (await platform.post(f"{path}/reactivate", json=REASON)).json() == active == await listed()
        token = (await browser.post("/api/v1/auth/login", json=credentials)).json()["access_token"]
        async with gateway.anonymous(Authorization=f"Bearer {token}") as http:
            assert (await http.get(f"/api/v1/clients/{client['id']}")).json() == client


async def test_an_owner_whose_workspace_is_deleted_is_not_waited_for(gateway, platform):
    _, opened = await invite(platform)
    path = f"/api/v1/platform-admin/workspaces/{opened['workspace_id']}"
    before = (await platform.get("/api/v1/platform-admin/metrics")).json()
    await delete(platform, path)
    assert opened["user_id"] not in await pending(platform)
    after = (await platform.get("/api/v1/platform-admin/metrics")).json()
    assert after == before | {"pending_invitations": before["pending_invitations"] - 1}
    await gateway.suspended_long_ago(path.rpartition("/")[2])
    await platform.post(f"{path}/reactivate", json=REASON)
    assert opened["user_id"] in await pending(platform)


async def test_a_deletion_is_on_record_in_both_trails_and_its_owner_is_mailed(gateway, platform, practice):
    path = f"/api/v1/platform-admin/workspaces/{practice.person.workspace_id}"
    await delete(platform, path)
    (done,) = (await platform.get("/api/v1/platform-admin/activity?limit=1")).json()["activities"]
    assert (done["type"], done["metadata"]["reason"]) == ("workspace_deleted", REASON["reason"])
    async with gateway.environment.superuser() as connection, asyncio.timeout(20):
        mails = "SELECT count(*) FROM notifications.mails WHERE kind = 'workspace_deleted' AND user_id = $1"
        while not await connection.fetchval(mails, practice.person.user_id):
            await asyncio.sleep(0.1)

    await gateway.suspended_long_ago(path.rpartition("/")[2])
    await platform.post(f"{path}/reactivate", json=REASON)
    credentials = {"email": practice.person.email, "password": PASSWORD}
    async with gateway.anonymous() as http, asyncio.timeout(20):
        token = (await http.post("/api/v1/auth/login", json=credentials)).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        http.cookies.clear()
        while "workspace_deleted" not in (await http.get("/api/v1/audit-events?resource_type=Workspace&action=DELETE")).text:
            await asyncio.sleep(0.1)
    mine = f"/api/v1/audit-events?resource_type=Workspace&action=DELETE&resource_id={practice.person.workspace_id}"
    me = (await platform.get("/api/v1/auth/me")).json()
    assert (await platform.get(mine)).status_code == 403
    async with gateway.environment.superuser() as connection, asyncio.timeout(20):
        lines = "SELECT count(*) FROM audit.audit_events WHERE user_id = $1::uuid AND resource_id = $2"
        while not await connection.fetchval(lines, me["id"], practice.person.workspace_id):
            await asyncio.sleep(0.1)


async def test_what_cannot_be_deleted_is_refused(gateway, platform, practice):
    own = (await platform.get("/api/v1/workspaces/current")).json()["id"]
    path = "/api/v1/platform-admin/workspaces"
    refused = await delete(platform, f"{path}/{own}")
    assert (refused.status_code, refused.json()["code"]) == (409, "own_workspace")
    assert (await delete(platform, f"{path}/{uuid7()}")).status_code == 404
    for body in (None, {}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 501}):
        assert (await delete(platform, f"{path}/{practice.person.workspace_id}", body)).status_code == 422
    async with gateway.colleague(practice.person, scopes=scopes_of("owner", is_platform_admin=False)) as owner:
        assert (await delete(owner, f"{path}/{practice.person.workspace_id}")).status_code == 403
    assert (await practice.http.get("/api/v1/clients")).status_code == 200
