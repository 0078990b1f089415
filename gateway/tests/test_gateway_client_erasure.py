"""A client is erased in every service and the job says how far that is: a service that is down finishes later, and nothing comes back."""

import asyncio
import io
from datetime import timedelta

import pytest
from PIL import Image

from caseload.audit.v1 import events_pb2 as audit_events
from caseload.clients.v1 import events_pb2
from caseload.scheduling.v1 import events_pb2 as scheduling_events
from chassis.errors import Unavailable
from chassis.storage.base import new_key

API = "/api/v1"
_LONGEST_WAIT = 60.0


async def erase(practice, client):
    """The path of the job that sees the erasure through."""
    reply = await practice.http.delete(f"{API}/clients/{client['id']}/permanent")
    assert (reply.status_code, reply.content) == (204, b""), reply.text
    return reply.headers["location"]


async def until(practice, job, is_so):
    async with asyncio.timeout(_LONGEST_WAIT):
        while not is_so(found := (await practice.http.get(job)).json()):
            await asyncio.sleep(0.05)
        return found


def is_over(job):
    return job["finished_at"] is not None


def has_finished(service):
    return lambda job: job["result"] is not None and job["result"]["services"][service]["status"] == "done"


async def furnished(practice):
    """A client with an appointment, a note and a file; the client, and the file's id."""
    client = await practice.add_client()
    await practice.booked(client["id"])
    await practice.write_note(client["id"])
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    upload = {"file": ("scan.png", picture.getvalue(), "image/png")}
    reply = await practice.http.post(f"{API}/clients/{client['id']}/attachments", files=upload)
    assert reply.status_code == 201, reply.text
    return client, reply.json()["id"]


async def test_an_erasure_is_a_job_that_tells_what_every_service_has_done(gateway, practice, elsewhere, check_problem):
    client, file_id = await furnished(practice)
    await gateway.environment.settle()
    job = await erase(practice, client)
    check_problem(await practice.http.get(f"{API}/clients/{client['id']}"), 404, "not_found")
    for method, path in (("GET", job), ("POST", f"{job}/cancel")):
        assert (await elsewhere.http.request(method, path)).status_code == 404
    done = await until(practice, job, is_over)

    assert (done["kind"], done["status"], done["done"], done["total"]) == ("erase_client", "done", 3, 3)
    told = done["result"]
    assert (told["client_id"], told["times_told"]) == (client["id"], 1)
    assert {name: service["status"] for name, service in told["services"].items()} == dict.fromkeys(
        ("clinical", "notifications", "scheduling"), "done"
    )
    # The note and the file; nothing of it is signed.
    assert told["services"]["clinical"]["deleted"] == 2
    assert told["services"]["scheduling"]["deleted"] == 1
    check_problem(await practice.http.post(f"{job}/cancel"), 409, "job_decided")

    await gateway.environment.settle()
    blobs = gateway.environment.runtime("clinical").blobs
    assert await blobs.missing([key := new_key(practice.person.workspace_id, file_id)]) == [key]
    lines = await gateway.environment.emitted(audit_events.AuditRecorded, practice.person.workspace_id)
    destroyed = {line.event_type for line in lines if line.facts.get("client_id") == client["id"]}
    assert destroyed >= {"erase_appointments", "erase_notes", "erase_reminders"}
    assert [line.resource_id for line in lines if line.event_type == "remove_file"] == [file_id]


async def test_a_service_that_was_down_finishes_later_and_is_told_again(gateway, practice, monkeypatch):
    monkeypatch.setattr("clients.erasures.rules.TOLD_AGAIN_AFTER", timedelta())
    client, _ = await furnished(practice)
    keys, down = gateway.environment.runtime("scheduling").keys, True
    of = keys.of

    async def away(workspace_id):
        if down:
            raise Unavailable("database_unavailable")
        return await of(workspace_id)

    monkeypatch.setattr(keys, "of", away)
    job = await erase(practice, client)
    await until(practice, job, has_finished("clinical"))
    waiting = await until(practice, job, lambda found: (found["result"] or {}).get("times_told", 0) > 1)
    assert (waiting["status"], waiting["result"]["services"]["scheduling"]) == (
        "running",
        {"status": "pending", "deleted": None, "finished_at": None},
    )
    down = False
    done = await until(practice, job, is_over)
    assert (done["status"], done["result"]["services"]["scheduling"]["status"]) == ("done", "done")
    async with gateway.environment.superuser() as connection:
        left = "SELECT count(*) FROM scheduling.appointments WHERE workspace_id = $1"
        assert await connection.fetchval(left, practice.person.workspace_id) == 0


async def test_what_comes_late_or_twice_has_no_effect(gateway, practice):
    client, other = (await furnished(practice))[0], await practice.add_client()
    job = await erase(practice, client)
    done = await until(practice, job, is_over)
    for runtime, event in (
        ("clients", events_pb2.ClientErased(client_id=client["id"], job_id=job.rpartition("/")[2])),
        ("scheduling", scheduling_events.ClientErasureFinished(client_id=client["id"], deleted=99)),
        ("scheduling", scheduling_events.ClientErasureFinished(client_id=other["id"], deleted=99)),
    ):
        async with gateway.environment.runtime(runtime).background(practice.person.workspace_id) as work:
            work.emit(event)
    await gateway.environment.settle()
    assert (await practice.http.get(job)).json() == done
    assert (await practice.http.get(f"{API}/clients/{other['id']}")).status_code == 200


async def test_a_client_is_erased_while_their_import_goes_on_and_stays_erased(practice):
    file = "\n".join(["first_name,last_name,external_id", *(f"Given{n},Family,{n}" for n in range(1_500))])
    importing = (await practice.http.post(f"{API}/clients/import", content=file, headers={"content-type": "text/csv"})).json()
    path = f"{API}/jobs/{importing['id']}"
    await until(practice, path, lambda job: job["done"] > 0)
    client = (await practice.http.get(f"{API}/clients?search=given0")).json()["items"][0]
    job = await erase(practice, client)
    imported = await until(practice, path, is_over)
    assert (imported["status"], imported["result"]["created"]) == ("done", 1_500)
    assert (await until(practice, job, is_over))["status"] == "done"
    assert (await practice.http.get(f"{API}/clients")).json()["total"] == 1_499
    assert (await practice.http.get(f"{API}/clients/{client['id']}")).status_code == 404


async def test_any_number_of_clients_can_be_being_erased_and_jobs_can_be_ordered_beside(practice):
    jobs = [await erase(practice, await practice.add_client()) for _ in range(7)]
    file = "\n".join(["first_name,last_name", *(f"Given{n},Family" for n in range(1_001))])
    ordered = await practice.http.post(f"{API}/clients/import", content=file, headers={"content-type": "text/csv"})
    assert ordered.status_code == 202
    for job in jobs:
        assert (await until(practice, job, is_over))["status"] == "done"
    imported = await until(practice, f"{API}/jobs/{ordered.json()['id']}", is_over)
    assert (imported["status"], imported["result"]["created"]) == ("done", 1_001)


async def test_nobody_has_to_stay_for_an_erasure_to_go_on(gateway, practice):
    """Whoever decided it is deactivated before the services have done their part."""
    owner = await gateway.add_user(practice.person.workspace_id, "owner")
    client, _ = await furnished(practice)
    async with gateway.colleague(practice.person, user_id=owner) as colleague:
        job = (await colleague.delete(f"{API}/clients/{client['id']}/permanent")).headers["location"]
    assert (await practice.http.post(f"{API}/users/{owner}/deactivate")).status_code == 200
    assert (await until(practice, job, is_over))["status"] == "done"


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_an_erasure_that_is_refused_leaves_no_job(practice, check_problem, moment):
    client = await practice.add_client()
    hold = (await practice.http.post(f"{API}/audit/legal-holds", json={"client_id": client["id"], "reason": "A court"})).json()
    if moment == "before":
        check_problem(await practice.http.delete(f"{API}/clients/{client['id']}/permanent"), 409, "under_legal_hold")
        assert (await practice.http.get(f"{API}/jobs?kind=erase_client")).json()["items"] == []
    else:
        await practice.http.post(f"{API}/audit/legal-holds/{hold['id']}/release")
        job = await erase(practice, client)
        assert (await until(practice, job, is_over))["status"] == "done"
