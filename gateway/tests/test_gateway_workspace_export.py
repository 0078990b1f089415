"""All clients of a workspace in one archive: whole, resumed where it was interrupted, and without what its orderer may not open."""

import asyncio
import io
import json
from hashlib import sha256
from zipfile import ZipFile

import pytest

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.options.v1 import options_pb2
from chassis.errors import Unavailable
from chassis.jobs.running import RunningJob
from clients.exports import workflow
from clients.exports.elsewhere import Reader

API = "/api/v1"


async def ordered(http):
    reply = await http.post(f"{API}/clients/export-all")
    assert reply.status_code == 202, reply.text
    job = reply.json()
    assert (job["kind"], job["status"], reply.headers["location"]) == ("export_clients", "pending", f"{API}/jobs/{job['id']}")
    return job


async def finished(http, job):
    async with asyncio.timeout(90.0):
        while not (found := (await http.get(f"{API}/jobs/{job['id']}")).json())["finished_at"]:
            await asyncio.sleep(0.05)
    return found


async def downloaded(http, job):
    reply = await http.get(job["result_url"])
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/zip"), reply.text
    archive = ZipFile(io.BytesIO(reply.content))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    assert [entry["name"] for entry in manifest["entries"]] == archive.namelist()[:-1]
    for entry in manifest["entries"]:
        content = archive.read(entry["name"])
        assert (len(content), sha256(content).hexdigest()) == (entry["size"], entry["sha256"])
    return archive, manifest


def of_client(archive, client_id):
    found = ZipFile(io.BytesIO(archive.read(f"clients/{client_id}.zip")))
    assert found.testzip() is None
    return found


async def test_a_workspace_takes_along_what_each_clients_archive_has_and_goes_on_where_it_was_interrupted(gateway, practice, monkeypatch):
    monkeypatch.setattr(workflow, "_CLIENTS_IN_A_STEP", 1)
    monkeypatch.setattr("chassis.jobs.rules.SECONDS_WHILE_AWAY", 0.0)
    monkeypatch.setattr("chassis.jobs.rules.pause_after", lambda _failures: 0.0)
    clients = [await practice.add_client(first_name=name, medical_history="Asthma") for name in ("Ada", "Grace", "Alan")]
    inactive = await practice.add_client(first_name="Edith")
    assert (await practice.http.delete(f"{API}/clients/{inactive['id']}")).status_code == 204
    note = await practice.write_note(clients[0]["id"], subjective="Slept badly.")
    assert (await practice.http.post(f"{API}/sessions/{note['id']}/finalize")).status_code == 200
    await practice.booked(clients[1]["id"])
    ids = [client["id"] for client in (*clients, inactive)]

    add, tried, failing = workflow.ExportOfAll._add, [], [Unavailable("scheduling_away"), ValueError("half of an archive is written")]

    async def fail_half_way(self, client_id, step, keys):
        tried.append(str(client_id))
        await add(self, client_id, step, keys)
        if failing and len(tried) > 1:
            raise failing.pop()

    monkeypatch.setattr(workflow.ExportOfAll, "_add", fail_half_way)
    job = await finished(practice.http, await ordered(practice.http))
    assert (job["status"], job["done"], job["total"], job["result"]) == ("done", 4, 4, {"exported": 4, "left_out": 0}), job
    assert failing == []
    # Only what was half written is done again.
    assert sorted(tried) == sorted([*ids, ids[1], ids[1]])

    archive, manifest = await downloaded(practice.http, job)
    assert archive.namelist() == [*(f"clients/{client_id}.zip" for client_id in ids), "manifest.json"]
    assert (manifest["format"], manifest["format_version"], manifest["clients_left_out"]) == ("caseload workspace export", 1, [])
    assert (manifest["workspace_id"], manifest["exported_by"]) == (str(practice.person.workspace_id), str(practice.person.user_id))
    for client_id in ids:
        alone = ZipFile(io.BytesIO((await practice.http.get(f"{API}/clients/{client_id}/export")).content))
        with_all = of_client(archive, client_id)
        assert with_all.namelist() == alone.namelist()
        for name in set(alone.namelist()) - {"manifest.json"}:
            assert name.endswith(".pdf") or with_all.read(name) == alone.read(name), name
    lines = await gateway.environment.emitted(AuditRecorded, practice.person.workspace_id)
    exported = [line for line in lines if line.event_type == "export_client" and line.user_agent == f"caseload export {job['id']}"]
    assert {line.resource_id for line in exported} == set(ids)
    assert {line.user_id for line in exported} == {str(practice.person.user_id)}
    (order,) = [line for line in lines if line.event_type == "export_all_clients"]
    assert (order.action, order.resource) == (options_pb2.ACTION_EXPORT, options_pb2.RESOURCE_WORKSPACE)


@pytest.mark.parametrize("in_a_step", [50, 1])
async def test_a_client_whose_record_its_orderer_may_not_open_is_named_and_left_out(
    gateway, practice, check_problem, monkeypatch, in_a_step
):
    monkeypatch.setattr(workflow, "_CLIENTS_IN_A_STEP", in_a_step)
    therapist = await gateway.add_user(practice.person.workspace_id, "therapist")
    open_to_all, closed, own, last = [await practice.add_client() for _ in range(4)]
    for client, team in ((closed, therapist), (own, str(practice.person.user_id)), (last, therapist)):
        set_to = {"restricted": True, "user_ids": [team]}
        assert (await practice.http.put(f"{API}/clients/{client['id']}/care-team", json=set_to)).status_code == 200
    job = await finished(practice.http, await ordered(practice.http))
    assert job["result"] == {"exported": 2, "left_out": 2}, job
    archive, manifest = await downloaded(practice.http, job)
    assert archive.namelist() == [f"clients/{open_to_all['id']}.zip", f"clients/{own['id']}.zip", "manifest.json"]
    assert manifest["clients_left_out"] == [closed["id"], last["id"]]

    # Another owner sees the job. They are not of the care team of a client who is in its archive.
    async with gateway.colleague(practice.person, user_id=await gateway.add_user(practice.person.workspace_id, "owner")) as other:
        check_problem(await other.get(f"{API}/clients/{own['id']}/export"), 403, "client_restricted")
        assert (await other.get(f"{API}/jobs/{job['id']}")).status_code == 200
        for headers in ({}, {"Range": "bytes=0-99"}):
            check_problem(await other.get(job["result_url"], headers=headers), 403, "permission_denied")


async def test_however_many_are_left_out_in_a_row_the_jobs_state_stays_small(gateway, practice, monkeypatch):
    monkeypatch.setattr(workflow, "_CLIENTS_IN_A_STEP", 1)
    monkeypatch.setattr(workflow, "_MOST_UNTOLD", 3)
    therapist = await gateway.add_user(practice.person.workspace_id, "therapist")
    opened, *closed = [await practice.add_client() for _ in range(8)]
    for client in closed:
        team = {"restricted": True, "user_ids": [therapist]}
        assert (await practice.http.put(f"{API}/clients/{client['id']}/care-team", json=team)).status_code == 200
    states, step = [], RunningJob.step

    def watched(job):
        states.append(len(json.dumps(job.state)))
        return step(job)

    monkeypatch.setattr(RunningJob, "step", watched)
    job = await finished(practice.http, await ordered(practice.http))
    assert job["result"] == {"exported": 1, "left_out": 7}, job
    archive, manifest = await downloaded(practice.http, job)
    left_out = [client["id"] for client in closed]
    assert manifest["clients_left_out"] == left_out
    parts = [name for name in archive.namelist() if name.startswith("left-out/")]
    assert [json.loads(archive.read(name))["clients_left_out"] for name in parts] == [left_out[:3], left_out[3:6]]
    assert archive.namelist() == [f"clients/{opened['id']}.zip", *parts, "manifest.json"]
    # The last client, the numbers, and no more than two who are not told of yet.
    assert max(states) < 300, states


async def test_one_client_may_take_longer_than_a_token_lasts_and_may_be_closed_meanwhile(gateway, practice, monkeypatch):
    monkeypatch.setattr(workflow, "_SECONDS_UNTIL_TRIED_AGAIN", 0.0)
    monkeypatch.setattr(Reader, "is_due", property(lambda _self: True))
    therapist = await gateway.add_user(practice.person.workspace_id, "therapist")
    kept, closed = [await practice.add_client() for _ in range(2)]
    renew, contents_of, lent, used = Reader.renew, workflow.ClientContents._contents, [], []

    async def counted(self):
        await renew(self)
        lent.append(self.context)

    async def closing(self):
        if self._id == closed["id"]:
            team = {"restricted": True, "user_ids": [therapist]}
            assert (await practice.http.put(f"{API}/clients/{closed['id']}/care-team", json=team)).status_code == 200
        async for entry in contents_of(self):
            yield entry
        used.append((self._context is lent[-1], len(lent)))

    monkeypatch.setattr(Reader, "renew", counted)
    monkeypatch.setattr(workflow.ClientContents, "_contents", closing)
    job = await finished(practice.http, await ordered(practice.http))
    assert (job["status"], job["result"]) == ("done", {"exported": 1, "left_out": 1}), job
    archive, manifest = await downloaded(practice.http, job)
    assert (archive.namelist(), manifest["clients_left_out"]) == ([f"clients/{kept['id']}.zip", "manifest.json"], [closed["id"]])
    # Renewed while the one client was read, who was read to the end by the newest.
    assert used
    assert all(by_newest and number > 3 for by_newest, number in used), used


async def test_a_workspace_is_taken_along_by_those_who_run_it_once_at_a_time_and_can_be_stopped(
    gateway, practice, elsewhere, check_problem, monkeypatch
):
    await practice.add_client()
    async with gateway.colleague(practice.person, scopes=["clients:export", "clients:read", "clients:phi"]) as other:
        check_problem(await other.post(f"{API}/clients/export-all"), 403, "permission_denied")
    made = await practice.http.post(f"{API}/api-keys", json={"name": "Leaving", "scopes": ["clients:export-all"]})
    check_problem(made, 422, "api_key_invalid")

    reached, go_on, add = asyncio.Event(), asyncio.Event(), workflow.ExportOfAll._add

    async def stand_still(self, client_id, step, keys):
        reached.set()
        await go_on.wait()
        await add(self, client_id, step, keys)

    monkeypatch.setattr(workflow.ExportOfAll, "_add", stand_still)
    job = await ordered(practice.http)
    async with asyncio.timeout(60.0):
        await reached.wait()
    again = (await practice.http.post(f"{API}/clients/export-all")).json()
    assert (again["id"], again["status"]) == (job["id"], "running")
    check_problem(await elsewhere.http.get(f"{API}/jobs/{job['id']}/result"), 404, "not_found")
    assert (await practice.http.post(f"{API}/jobs/{job['id']}/cancel")).status_code == 200
    go_on.set()
    cancelled = await finished(practice.http, job)
    assert (cancelled["status"], cancelled["result_url"]) == ("cancelled", None)


async def test_an_export_ends_when_its_orderer_may_not_read_any_more(gateway, practice, monkeypatch):
    for _ in range(2):
        await practice.add_client()
    owner = await gateway.add_user(practice.person.workspace_id, "owner")
    monkeypatch.setattr(workflow, "_CLIENTS_IN_A_STEP", 1)
    add, added = workflow.ExportOfAll._add, []

    async def demote(self, client_id, step, keys):
        await add(self, client_id, step, keys)
        if not added:
            reply = await practice.http.put(f"{API}/users/{owner}/role", json={"role": "therapist"})
            assert reply.status_code == 200, reply.text
        added.append(client_id)

    monkeypatch.setattr(workflow.ExportOfAll, "_add", demote)
    async with gateway.colleague(practice.person, user_id=owner) as http:
        job = await ordered(http)
    failed = await finished(practice.http, job)
    assert (failed["status"], failed["error"], len(added)) == ("failed", "job_not_permitted", 1), failed
