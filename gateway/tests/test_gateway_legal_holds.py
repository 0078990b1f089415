"""Legal holds over HTTP: nothing that is held is destroyed, by nobody and by no worker, until the hold is released."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from PIL import Image

from caseload.audit.v1 import events_pb2 as audit_events
from caseload.clinical.v1 import events_pb2 as clinical_events
from caseload.identity.v1 import events_pb2 as identity_events
from chassis.rpc.client.legal_holds import HoldsOfAudit

API = "/api/v1"
HOLDS = f"{API}/audit/legal-holds"
REASON = "The court of Lakeside, 7 C 12/26."


async def hold(practice, **on):
    reply = await practice.http.post(HOLDS, json={"reason": REASON, **on})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def release(practice, placed):
    reply = await practice.http.post(f"{HOLDS}/{placed['id']}/release")
    assert reply.status_code == 200, reply.text
    return reply.json()


def erase(practice, client):
    return practice.http.delete(f"{API}/clients/{client['id']}/permanent")


async def deleted_note(practice, client):
    note = await practice.write_note(client["id"])
    assert (await practice.http.request("DELETE", f"{API}/sessions/{note['id']}", json={"reason": "Twice"})).status_code == 204
    return note


async def test_a_client_who_is_held_is_not_destroyed_by_anybody(practice, check_problem):
    client, other = await practice.add_client(), await practice.add_client(external_id="1")
    note = await deleted_note(practice, client)
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    upload = {"file": ("scan.png", picture.getvalue(), "image/png")}
    file = (await practice.http.post(f"{API}/clients/{client['id']}/attachments", files=upload)).json()
    placed = await hold(practice, client_id=client["id"])
    assert placed == placed | {"client_id": client["id"], "user_id": None, "reason": REASON, "released_at": None}
    assert placed["created_by"] == str(practice.person.user_id)

    destroying = [
        f"/clients/{client['id']}/permanent",
        f"/sessions/{note['id']}/permanent",
        f"/clients/{client['id']}/attachments/{file['id']}",
    ]
    for path in destroying:
        check_problem(await practice.http.delete(f"{API}{path}"), 409, "under_legal_hold")
    assert (await practice.http.get(f"{API}/clients/{client['id']}")).status_code == 200
    assert (await erase(practice, other)).status_code == 204

    released = await release(practice, placed)
    assert released["released_at"] is not None
    assert await release(practice, placed) == released
    for path in reversed(destroying):
        assert (await practice.http.delete(f"{API}{path}")).status_code == 204
    listed = (await practice.http.get(HOLDS)).json()
    assert (listed["items"], listed["total"]) == ([released], 1)


@pytest.mark.parametrize("on", ["user", "workspace"])
async def test_a_hold_on_a_user_or_the_workspace_keeps_every_client(practice, check_problem, on):
    client = await practice.add_client()
    first = await hold(practice, **({"user_id": str(practice.person.user_id)} if on == "user" else {}))
    second = await hold(practice)
    for placed in (first, second):
        check_problem(await erase(practice, client), 409, "under_legal_hold")
        await release(practice, placed)
    assert (await erase(practice, client)).status_code == 204


async def test_who_may_not_and_what_cannot_be_held_is_refused_and_changes_nothing(gateway, practice, elsewhere, check_problem):
    client, placed = await elsewhere.add_client(), await hold(elsewhere)
    check_problem(await practice.http.post(HOLDS, json={"client_id": client["id"], "reason": REASON}), 404, "not_found")
    check_problem(await practice.http.post(HOLDS, json={"user_id": str(uuid4()), "reason": REASON}), 404, "user_not_found")
    both = {"client_id": client["id"], "user_id": str(practice.person.user_id), "reason": REASON}
    check_problem(await practice.http.post(HOLDS, json=both), 422, "hold_on_both")
    check_problem(await practice.http.post(HOLDS, json={"reason": "  "}), 422, "invalid_reason")
    check_problem(await practice.http.post(f"{HOLDS}/{placed['id']}/release"), 404, "not_found")
    assert (await practice.http.get(HOLDS)).json()["items"] == []
    async with gateway.colleague(practice.person, scopes=["clients:read", "clients:erase", "audit:read"]) as clinician:
        for method, path in (("GET", HOLDS), ("POST", HOLDS), ("POST", f"{HOLDS}/{placed['id']}/release")):
            check_problem(await clinician.request(method, path, json={"reason": REASON}), 403, "permission_denied")


async def test_a_hold_that_comes_while_an_erasure_is_decided_is_refused_and_the_erasure_goes_on(
    gateway, practice, monkeypatch, check_problem
):
    """The erasure has asked whether the client is held. The hold waits for it, and finds nobody to hold."""
    client = await practice.add_client()
    held, placing = HoldsOfAudit.held, []

    async def place_meanwhile(self, client_ids, work):
        answer = await held(self, client_ids, work)
        placing.append(asyncio.create_task(practice.http.post(HOLDS, json={"client_id": client["id"], "reason": REASON})))
        async with asyncio.timeout(10), gateway.environment.superuser() as watching:
            waits = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'clients_app' AND datname = current_database() AND wait_event_type = 'Lock'"
            while not await watching.fetchval(waits):
                await asyncio.sleep(0.01)
        return answer

    monkeypatch.setattr(HoldsOfAudit, "held", place_meanwhile)
    assert (await erase(practice, client)).status_code == 204
    check_problem(await placing[0], 404, "not_found")
    assert (await practice.http.get(HOLDS)).json()["items"] == []


async def test_what_workers_destroy_waits_for_the_release(gateway, practice):
    """A deleted note whose time is over is not erased while it is held, and is when it is not."""
    note, workspace_id = await deleted_note(practice, await practice.add_client()), practice.person.workspace_id
    placed = await hold(practice, client_id=note["client_id"])
    async with gateway.environment.superuser() as connection:
        await connection.execute("UPDATE clinical.sessions SET permanent_delete_after = now() WHERE id = $1", UUID(note["id"]))

        async def is_there():
            await gateway.environment.settle()
            return await connection.fetchval("SELECT count(*) FROM clinical.sessions WHERE id = $1", UUID(note["id"]))

        async with gateway.environment.runtime("clinical").background(workspace_id) as work:
            work.emit(clinical_events.DeletedSessionOver(session_id=note["id"]))
        assert await is_there()
        await release(practice, placed)
        assert not await is_there()
    assert len(await gateway.environment.emitted(audit_events.LegalHoldReleased, workspace_id)) == 1


async def test_an_import_of_which_a_client_is_held_is_not_undone(practice):
    file = "first_name,last_name\nIda,Berg\nUwe,Tal\n"
    imported = (await practice.http.post(f"{API}/clients/import", content=file, headers={"content-type": "text/csv"})).json()
    client = (await practice.http.get(f"{API}/clients")).json()["items"][0]
    placed = await hold(practice, client_id=client["id"])

    async def undo():
        job = (await practice.http.post(f"{API}/clients/import/{imported['job_id']}/undo")).json()
        async with asyncio.timeout(30):
            while not (job := (await practice.http.get(f"{API}/jobs/{job['id']}")).json())["finished_at"]:
                await asyncio.sleep(0.05)
        return job["status"], job["error"], job["result"]

    assert await undo() == ("failed", "under_legal_hold", {"clients": 1})
    assert (await practice.http.get(f"{API}/clients")).json()["total"] == 2
    await release(practice, placed)
    assert await undo() == ("done", None, {"erased": 2, "kept": 0})


async def test_a_deleted_workspace_of_which_anything_is_held_is_not_erased(gateway, practice, platform):
    client, workspace_id = await practice.add_client(), practice.person.workspace_id
    await hold(practice, client_id=client["id"])
    deleting = f"{API}/platform-admin/workspaces/{workspace_id}"
    assert (await platform.request("DELETE", deleting, json={"reason": "Closed"})).status_code == 200
    async with gateway.environment.superuser() as connection:
        over = "UPDATE identity.workspaces SET deleted_at = $2::timestamptz - interval '30 days', erase_after = $2 WHERE workspace_id = $1"
        await connection.execute(over, workspace_id, datetime.now(UTC) - timedelta(seconds=1))
        async with gateway.environment.runtime("identity").background(workspace_id) as work:
            work.emit(identity_events.DeletedWorkspaceOver(workspace_id=str(workspace_id)))
        await gateway.environment.settle()
        erased = "SELECT erased_at IS NOT NULL FROM identity.workspaces WHERE workspace_id = $1"
        assert not await connection.fetchval(erased, workspace_id)
        assert await connection.fetchval("SELECT count(*) FROM clients.clients WHERE workspace_id = $1", workspace_id) == 1


async def test_a_reason_is_sealed_and_a_hold_is_on_record(gateway, practice):
    placed = await hold(practice)
    await release(practice, placed)
    recorded = await gateway.environment.emitted(audit_events.AuditRecorded, practice.person.workspace_id)
    assert [line.event_type for line in recorded if line.resource_id == placed["id"]] == ["place_legal_hold", "release_legal_hold"]
    async with gateway.environment.superuser() as connection:
        row = await connection.fetchval("SELECT h::text FROM audit.legal_holds h WHERE id = $1", UUID(placed["id"]))
    assert REASON not in row
    assert REASON.encode().hex() not in row


async def test_evidence_that_goes_by_age_stays_while_anything_is_held(gateway, practice):
    """What is kept of a reminder of three years ago."""
    runtime, workspace_id = gateway.environment.runtime("notifications"), practice.person.workspace_id
    placed = await hold(practice, client_id=(await practice.add_client())["id"])
    await practice.booked((await practice.add_client())["id"])
    await gateway.environment.settle()
    async with gateway.environment.superuser() as connection:
        old = "UPDATE notifications.reminders SET starts_at = now() - interval '3 years', status = 'cancelled' WHERE workspace_id = $1"
        assert await connection.execute(old, workspace_id) == "UPDATE 1"

        async def left():
            session = await asyncpg.connect(runtime.settings.relay_database_url.get_secret_value())
            try:
                await runtime.pruner.prune(session)
            finally:
                await session.close()
            return await connection.fetchval("SELECT count(*) FROM notifications.reminders WHERE workspace_id = $1", workspace_id)

        assert await left() == 1
        await release(practice, placed)
        assert await left() == 0


async def test_of_a_hold_and_an_erasure_at_once_exactly_one_wins(practice):
    clients = [await practice.add_client() for _ in range(12)]

    async def both(client):
        placing = practice.http.post(HOLDS, json={"client_id": client["id"], "reason": REASON})
        return tuple(reply.status_code for reply in await asyncio.gather(placing, erase(practice, client)))

    won = await asyncio.gather(*map(both, clients))
    assert set(won) <= {(201, 409), (404, 204)}
    held = {each["client_id"] for each in (await practice.http.get(HOLDS)).json()["items"]}
    assert held == {client["id"] for client, statuses in zip(clients, won, strict=True) if statuses == (201, 409)}
