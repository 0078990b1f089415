"""Clients from a file over HTTP: before the answer or as a job, with its mapping, and undone as a whole."""

import asyncio
import json

import pytest

from chassis.errors import Unavailable
from clients.merges.elsewhere import MovesElsewhere

API = "/api/v1"
CSV = {"content-type": "text/csv; charset=utf-8"}
_LONGEST_WAIT = 60.0


async def send(practice, content, query="", headers=CSV):
    return await practice.http.post(f"{API}/clients/import{query}", content=content, headers=headers)


async def finished(practice, job):
    async with asyncio.timeout(_LONGEST_WAIT):
        while not (found := (await practice.http.get(f"{API}/jobs/{job['id']}")).json())["finished_at"]:
            await asyncio.sleep(0.05)
        return found


async def undo(practice, job_id):
    reply = await practice.http.post(f"{API}/clients/import/{job_id}/undo")
    assert (reply.status_code, reply.headers["location"]) == (202, f"{API}/jobs/{reply.json()['id']}"), reply.text
    return await finished(practice, reply.json())


async def away(*_args):
    raise Unavailable("scheduling_away")


async def names(practice):
    return [client["full_name"] for client in (await practice.http.get(f"{API}/clients")).json()["items"]]


def lines(number):
    return "\n".join(["first_name,last_name,external_id", *(f"Given{n},Family,{n}" for n in range(number))])


async def test_a_file_is_imported_with_its_mapping_and_tells_what_it_leaves_out(practice):
    content = b"Rufname;Nachname;Farbe\nIda;Berg;rot\n;Ohne;blau\n"
    reply = await send(practice, content, f"?mapping={json.dumps({'Rufname': 'first_name'})}")
    imported = reply.json()
    assert reply.status_code == 200
    assert imported.pop("job_id")
    fault = {"row": 2, "pointer": "/first_name", "detail": "must not be empty"}
    told = {"created": 1, "skipped": 0, "failed": 1, "errors": [fault], "ignored_columns": ["Farbe"], "encoding": "utf-8"}
    assert imported == told
    assert await names(practice) == ["Ida Berg"]


@pytest.mark.parametrize("number", [1, 1_001])
async def test_a_file_in_other_letters_says_so_or_is_refused(practice, check_problem, number):
    """A guess would import names that nobody has; a job reads the file as it was asked for."""
    content = "\n".join(["first_name;last_name", *(f"Пётр;Щукин {n}" for n in range(number))]).encode("cp1251")
    check_problem(await send(practice, content), 422, "import_encoding_unknown")
    check_problem(await send(practice, content, "?encoding=utf-7"), 422, "validation_failed")
    check_problem(await send(practice, content, "?encoding=utf-8"), 422, "import_file_unreadable")
    assert await names(practice) == []
    reply = (await send(practice, content, "?encoding=cp1251")).json()
    told = (await finished(practice, reply))["result"] if "kind" in reply else reply
    assert (told["created"], told["encoding"]) == (number, "cp1251")
    assert (await practice.http.get(f"{API}/clients?search=щукин пё")).json()["total"] == number


async def test_objects_are_imported_too(practice):
    reply = await send(
        practice, json.dumps([{"first_name": "Ida", "last_name": "Berg", "tags": ["a"]}]), headers={"content-type": "application/json"}
    )
    assert (reply.status_code, reply.json()["created"]) == (200, 1)


async def test_a_long_file_is_a_job_that_can_be_asked_about(practice, elsewhere):
    reply = await send(practice, lines(1_001))
    job = reply.json()
    assert (reply.status_code, reply.headers["location"]) == (202, f"{API}/jobs/{job['id']}")
    assert (job["kind"], job["total"], job["result_url"]) == ("import_clients", 1_001, None)
    done = await finished(practice, job)
    assert (done["status"], done["done"], done["result"]["created"]) == ("done", 1_001, 1_001)
    listed = (await practice.http.get(f"{API}/jobs?kind=import_clients&status=done")).json()
    assert [each["id"] for each in listed["items"]] == [job["id"]]
    for method, path in (("GET", ""), ("POST", "/cancel")):
        assert (await elsewhere.http.request(method, f"{API}/jobs/{job['id']}{path}")).status_code == 404
    assert (await elsewhere.http.post(f"{API}/clients/import/{job['id']}/undo")).status_code == 404
    assert (await elsewhere.http.get(f"{API}/jobs")).json()["items"] == []


async def test_an_import_is_undone_as_a_whole_and_may_be_made_again(practice):
    await practice.add_client()
    for content in (lines(3), lines(1_001)):
        reply = (await send(practice, content)).json()
        job = reply if "kind" in reply else {"id": reply["job_id"]}
        await finished(practice, job)
        undone = await undo(practice, job["id"])
        created = content.count("\n")
        assert (undone["status"], undone["result"]) == ("done", {"erased": created, "kept": 0})
        assert await names(practice) == ["Ada Lovelace"]


@pytest.mark.parametrize("use", ["changed", "booked", "noted", "restricted", "merged into"])
async def test_an_import_of_which_a_client_is_in_use_is_not_undone(practice, monkeypatch, use):
    imported = (await send(practice, lines(3))).json()
    client = (await practice.http.get(f"{API}/clients?search=given1")).json()["items"][0]
    match use:
        case "changed":
            assert (await practice.http.put(f"{API}/clients/{client['id']}", json={"phone": "030 1"})).status_code == 200
        case "booked":
            await practice.booked(client["id"])
        case "noted":
            await practice.write_note(client["id"])
        case "restricted":
            team = {"restricted": True, "user_ids": [str(practice.person.user_id)]}
            assert (await practice.http.put(f"{API}/clients/{client['id']}/care-team", json=team)).status_code == 200
        case "merged into":
            # It takes over nothing and no other service has heard of it, so it is as it was imported; and it is all that is left of both.
            monkeypatch.setattr("chassis.jobs.rules.SECONDS_WHILE_AWAY", 0.0)
            monkeypatch.setattr(MovesElsewhere, "move", away)
            duplicate = await practice.add_client(first_name=client["first_name"], last_name=client["last_name"])
            merged = await practice.http.post(f"{API}/clients/{client['id']}/merge", json={"duplicate_id": duplicate["id"]})
            assert (merged.status_code, merged.json()["version"]) == (200, 1)
            job = merged.headers["location"]
            assert (await practice.http.post(f"{job}/cancel")).status_code == 200
            await finished(practice, {"id": job.rpartition("/")[2]})
    undone = await undo(practice, imported["job_id"])
    assert (undone["status"], undone["error"], undone["result"]) == ("failed", "import_in_use", {"clients": 1})
    assert len(await names(practice)) == 3


async def test_what_cannot_be_meant_is_refused_and_changes_nothing(practice, check_problem):
    check_problem(await send(practice, lines(2), headers={"content-type": "text/plain"}), 422, "validation_failed")
    check_problem(await send(practice, lines(2), "?mapping=[]"), 422, "validation_failed")
    check_problem(await send(practice, lines(2), '?mapping={"x":"colour"}'), 422, "import_mapping_invalid")
    check_problem(await send(practice, "name\nIda\n"), 422, "import_file_unsuitable")
    check_problem(await send(practice, "{}", headers={"content-type": "application/json"}), 422, "import_file_unreadable")
    assert await names(practice) == []


async def test_a_job_that_imported_nothing_is_not_undone(practice, check_problem):
    imported = (await send(practice, lines(1))).json()
    undone = await undo(practice, imported["job_id"])
    check_problem(await practice.http.post(f"{API}/clients/import/{undone['id']}/undo"), 409, "no_import")
    check_problem(await practice.http.post(f"{API}/jobs/{undone['id']}/cancel"), 409, "job_over")


async def test_the_front_desk_imports_nothing(gateway, practice, check_problem):
    async with gateway.colleague(practice.person, scopes=["clients:read", "clients:write"]) as desk:
        reply = await desk.post(f"{API}/clients/import", content=lines(1), headers=CSV)
    check_problem(reply, 403, "permission_denied")
