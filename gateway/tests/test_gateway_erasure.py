"""A deleted workspace whose time is over is erased in every service, once, and no other workspace loses anything."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2 as identity_events
from caseload.scheduling.v1 import events_pb2 as scheduling_events
from caseload.services import SERVICE_NAMES
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.errors import NotFound
from chassis.protobuf.timestamps import to_timestamp

REASON = {"reason": "The practice has closed."}
PASSWORD = "correct horse battery"


@pytest.fixture
async def prune(gateway):
    """One round of the retention of every service, which works every ten minutes otherwise."""

    async def prune():
        for runtime in gateway.environment.runtimes.values():
            session = await asyncpg.connect(runtime.settings.relay_database_url.get_secret_value())
            try:
                await runtime.pruner.prune(session)
            finally:
                await session.close()
        await gateway.environment.settle()

    return prune


@pytest.fixture
async def look(gateway):
    """What a superuser sees, or changes."""

    async def look(sql, *values):
        async with gateway.environment.superuser() as connection:
            return await connection.fetch(sql, *values)

    return look


@pytest.fixture
async def delete(gateway, platform, look):
    """Deletes a workspace, so long ago that its time is over, or not quite."""

    async def delete(workspace_id, *, over=True):
        reply = await platform.request("DELETE", f"/api/v1/platform-admin/workspaces/{workspace_id}", json=REASON)
        assert reply.status_code == 200, reply.text
        assert reply.json()["erasure"] is None
        left = timedelta(seconds=-1) if over else timedelta(minutes=1)
        await look(
            "UPDATE identity.workspaces SET deleted_at = $2::timestamptz - interval '30 days', erase_after = $2 WHERE workspace_id = $1",
            workspace_id,
            datetime.now(UTC) + left,
        )
        await gateway.suspended_long_ago(workspace_id)

    return delete


@pytest.fixture
async def operated(platform, look):
    async def operated(workspace_id):
        # One of many with the same name.
        name = uuid7().hex
        await look("UPDATE identity.workspace_directory SET name = $2 WHERE workspace_id = $1", workspace_id, name)
        reply = await platform.get("/api/v1/platform-admin/workspaces", params={"search": name})
        assert reply.status_code == 200, reply.text
        (found,) = reply.json()["workspaces"]
        return found

    return operated


async def announced(gateway, workspace_id):
    return len(await gateway.environment.emitted(identity_events.WorkspaceErased, workspace_id))


async def test_a_workspace_is_erased_when_its_time_is_over_and_not_before(gateway, platform, practice, delete, prune, operated, look):
    client = await practice.add_client()
    await practice.booked(client["id"])
    await practice.write_note(client["id"])
    workspace_id = practice.person.workspace_id
    await delete(workspace_id, over=False)
    await prune()
    assert (await operated(workspace_id))["erasure"] is None

    await look("UPDATE identity.workspaces SET erase_after = now() WHERE workspace_id = $1", workspace_id)
    await prune()
    await prune()

    shown = await operated(workspace_id)
    erasure = shown["erasure"]
    assert (shown["status"], shown["owner_email"], shown["user_count"], shown["session_count"]) == ("suspended", None, 0, 0)
    assert (erasure["finished"], erasure["unfinished"]) == (list(SERVICE_NAMES), [])
    assert shown["deleted_at"] < erasure["began_at"] <= erasure["finished_at"]
    assert await announced(gateway, workspace_id) == 1
    for what, method in {"reactivate": "POST", "suspend": "POST", "": "DELETE"}.items():
        path = f"/api/v1/platform-admin/workspaces/{workspace_id}/{what}".rstrip("/")
        refused = await platform.request(method, path, json=REASON)
        assert (refused.status_code, refused.json()["code"]) == (409, "workspace_erased")
    for method, path in (
        ("POST", f"/api/v1/platform-admin/resend-invitation/{practice.person.user_id}"),
        ("PATCH", f"/api/v1/workspaces/{workspace_id}/storage/quota"),
    ):
        gone = await platform.request(method, path, json={"quota_bytes": 5})
        assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
    for name in set(SERVICE_NAMES) - {"audit"}:
        with pytest.raises(NotFound):
            gateway.environment.runtime(name).keys.forget(workspace_id)
            await gateway.environment.runtime(name).keys.of(workspace_id)
        ((told,),) = await look(f"SELECT deleted FROM {name}.erased_workspaces WHERE workspace_id = $1", workspace_id)
        ((line,),) = await look(
            "SELECT metadata FROM audit.audit_events WHERE workspace_id = $1 AND event_type = 'erase_workspace'"
            " AND metadata->>'recorded_by' = $2",
            workspace_id,
            name,
        )
        assert json.loads(line)["facts"] == {table: str(count) for table, count in json.loads(told).items()}
        assert json.loads(told), name


async def test_a_workspace_that_is_brought_back_at_the_last_moment_is_not_erased(gateway, platform, practice, delete, prune, operated):
    client = await practice.add_client()
    workspace_id = practice.person.workspace_id
    await delete(workspace_id)
    path = f"/api/v1/platform-admin/workspaces/{workspace_id}/reactivate"
    assert (await platform.post(path, json=REASON)).status_code == 200

    # As it was found before, and is handled now.
    async with gateway.environment.runtime("identity").background(workspace_id) as work:
        work.emit(identity_events.DeletedWorkspaceOver(workspace_id=str(workspace_id)))
    await prune()

    assert await announced(gateway, workspace_id) == 0
    assert (await operated(workspace_id))["erasure"] is None
    async with gateway.anonymous() as http:
        login = await http.post("/api/v1/auth/login", json={"email": practice.person.email, "password": PASSWORD})
        token = login.json()["access_token"]
        found = await http.get(f"/api/v1/clients/{client['id']}", headers={"Authorization": f"Bearer {token}"})
    assert (login.status_code, found.status_code) == (200, 200)


async def test_of_bringing_back_and_erasing_at_the_same_time_one_wins(gateway, platform, delete, look):
    for _ in range(6):
        person = await gateway.open_workspace()
        await delete(person.workspace_id)

        async def begin(workspace_id=person.workspace_id):
            async with gateway.environment.runtime("identity").background(workspace_id) as work:
                work.emit(identity_events.DeletedWorkspaceOver(workspace_id=str(workspace_id)))
            await gateway.environment.settle()

        path = f"/api/v1/platform-admin/workspaces/{person.workspace_id}/reactivate"
        _, _, reply = await asyncio.gather(begin(), begin(), platform.post(path, json=REASON))
        (row,) = await look("SELECT status, deleted_at, erased_at FROM identity.workspaces WHERE workspace_id = $1", person.workspace_id)
        is_erased = row["erased_at"] is not None
        assert reply.status_code == (409 if is_erased else 200), reply.text
        assert await announced(gateway, person.workspace_id) == is_erased
        assert (row["status"], row["deleted_at"] is None) == (("suspended", False) if is_erased else ("active", True))


async def test_what_is_told_of_an_erased_workspace_later_has_no_effect(gateway, practice, delete, prune, look):
    workspace_id = practice.person.workspace_id
    await delete(workspace_id)
    await prune()

    starts = datetime.now(UTC) + timedelta(days=3)
    booked = scheduling_events.AppointmentBooked(
        appointment_id=str(uuid7()),
        client_id=str(uuid7()),
        practitioner_id=str(practice.person.user_id),
        starts_at=to_timestamp(starts),
        ends_at=to_timestamp(starts + timedelta(hours=1)),
        version=1,
    )
    async with gateway.environment.runtime("scheduling").background(workspace_id) as work:
        work.emit(booked)
    async with gateway.environment.runtime("identity").background(workspace_id) as work:
        work.emit(identity_events.WorkspaceOpened(workspace_id=str(workspace_id)))
        work.emit(identity_events.WorkspaceErased(workspace_id=str(workspace_id)))
    await gateway.environment.settle()

    for table in ("appointments", "reminders", "reminder_configurations", "dead_letters"):
        assert await look(f"SELECT FROM notifications.{table} WHERE workspace_id = $1", workspace_id) == []
    rows = await look("SELECT state FROM notifications.data_keys WHERE workspace_id = $1", workspace_id)
    assert {row["state"] for row in rows} == {"destroyed"}
    finished = await look("SELECT FROM identity.erasure_progress WHERE workspace_id = $1", workspace_id)
    assert len(finished) == len(SERVICE_NAMES)


async def test_an_erasure_that_stands_still_goes_on_and_is_looked_at_once_more_at_its_end(gateway, practice, delete, prune, look):
    workspace_id = practice.person.workspace_id
    await delete(workspace_id)
    await prune()
    state = "SELECT finished_at, settled_at FROM clients.erased_workspaces WHERE workspace_id = $1"
    (ended,) = await look(state, workspace_id)
    assert ended["finished_at"] is not None
    assert ended["settled_at"] is None

    # Written by what had begun before the end. Then ten minutes pass.
    await look("INSERT INTO clients.erasures (workspace_id, id, revision) VALUES ($1, $2, 1)", workspace_id, uuid7())
    for name in SERVICE_NAMES:
        await look(
            f"UPDATE {name}.erased_workspaces SET advanced_at = advanced_at - interval '11 minutes',"
            " finished_at = finished_at - interval '11 minutes' WHERE workspace_id = $1",
            workspace_id,
        )
    await prune()

    assert await look("SELECT FROM clients.erasures WHERE workspace_id = $1", workspace_id) == []
    for name in SERVICE_NAMES:
        (row,) = await look(f"SELECT settled_at FROM {name}.erased_workspaces WHERE workspace_id = $1", workspace_id)
        assert row["settled_at"] is not None, name
    assert len(await look("SELECT FROM audit.audit_events WHERE workspace_id = $1 AND event_type = 'erase_workspace'", workspace_id)) == 6


async def linked(look, workspace_id, user_id, purpose):
    """The token of a link as it is mailed."""
    token = OpaqueToken.generate(workspace_id, uuid7())
    await look(
        "INSERT INTO identity.magic_links (workspace_id, id, purpose, user_id, hash, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, now(), now() + interval '40 days')",
        workspace_id, token.row_id, purpose, UUID(str(user_id)), token.hash,
    )  # fmt: skip
    return str(token)


async def test_the_next_membership_becomes_home_and_nothing_of_the_erased_one_lets_anybody_in(
    gateway, practice, elsewhere, delete, prune, look
):
    person, workspace_id = practice.person, practice.person.workspace_id
    there = await gateway.add_user(elsewhere.person.workspace_id, "therapist", email=person.email)
    async with gateway.anonymous() as http:
        signed_in = await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})
        assert signed_in.json()["user"]["workspace_id"] == str(workspace_id)
        cookies = dict(http.cookies)
    key = (await practice.http.post("/api/v1/api-keys", json={"name": "Import", "scopes": ["clients:read"]})).json()["secret"]
    added = {"email": f"{uuid7().hex}@example.com", "full_name": "Nora Quist", "role": "assistant"}
    user = (await practice.http.post("/api/v1/users", json=added)).json()["id"]
    sent = await practice.http.post(f"/api/v1/invitations/{user}/resend")
    invitation = sent.json()["invitation_url"].partition("token=")[2]
    link, reset = [await linked(look, workspace_id, person.user_id, purpose) for purpose in ("sign_in", "password_reset")]
    await delete(workspace_id)
    await prune()

    async with gateway.anonymous() as http:
        unknown = str(OpaqueToken.generate(uuid7(), uuid7()))
        for answers in (
            [
                await http.post("/api/v1/auth/login", json={"email": each, "password": PASSWORD})
                for each in (person.email, "no@example.com")
            ],
            [await http.post("/api/v1/auth/verify", json={"token": each}) for each in (link, unknown)],
            [
                await http.post("/api/v1/auth/password/reset", json={"token": each, "new_password": "eleven quiet herons"})
                for each in (reset, unknown)
            ],
            [await http.get("/api/v1/auth/accept-invite", params={"token": each}) for each in (invitation, unknown)],
            [
                await http.get("/api/v1/clients", headers={"Authorization": f"Bearer {each}"})
                for each in (key, key.replace(key[-8:], "AAAAAAAA"))
            ],
        ):
            of_erased, of_unknown = answers
            assert of_erased.status_code == of_unknown.status_code >= 400, of_erased.text
            assert of_erased.json()["code"] == of_unknown.json()["code"]
    async with gateway.anonymous() as http:
        http.cookies.update({"refresh_token": cookies["refresh_token"]})
        assert (await http.get("/api/v1/auth/me")).status_code == 401

    async with gateway.anonymous() as http:
        body = {"token": await linked(look, elsewhere.person.workspace_id, there, "password_reset"), "new_password": "eleven quiet herons"}
        assert (await http.post("/api/v1/auth/password/reset", json=body)).status_code == 204
        again = await http.post("/api/v1/auth/login", json={"email": person.email, "password": "eleven quiet herons"})
    assert (again.json()["user"]["id"], again.json()["user"]["workspace_id"]) == (there, str(elsewhere.person.workspace_id))


async def test_a_workspace_of_platform_administrators_is_neither_deleted_nor_erased(
    gateway, platform, practice, delete, prune, look, check_problem
):
    """What they did and whom they keep out would be erased with it."""
    workspace_id, user_id = practice.person.workspace_id, practice.person.user_id
    make = "UPDATE identity.users SET is_platform_admin = $2 WHERE id = $1"
    await look(make, user_id, True)
    path = f"/api/v1/platform-admin/workspaces/{workspace_id}"
    check_problem(await platform.request("DELETE", path, json=REASON), 409, "workspace_of_administrators")

    # One that was deleted by an earlier release.
    await look(make, user_id, False)
    await delete(workspace_id)
    await look(make, user_id, True)
    await prune()
    assert await announced(gateway, workspace_id) == 0
    # As it was: others list all workspaces.
    await look(make, user_id, False)
