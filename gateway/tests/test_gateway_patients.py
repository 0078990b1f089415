"""The door for front ends that were written for json-server: `/patients` of one workspace."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from gateway.settings import GatewaySettings

FRONT_END = "http://localhost:3000"
PLENTY = {"reads_per_minute": 100_000, "writes_per_minute": 100_000}


def record(**but: object) -> dict[str, Any]:
    written = {
        "patientID": "P001",
        "name": "Ada King Lovelace",
        "age": 36,
        "gender": "Female",
        "medicalCondition": "Asthma",
        "lastVisit": "2026-11-02",
    }
    return {name: value for name, value in (written | but).items() if value is not ...}


@dataclass(frozen=True)
class Door:
    gateway: Any
    practice: Any
    key: str

    def http(self, address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
        return self.gateway.anonymous(address=address, **headers)


async def make_key(practice, *scopes: str) -> str:
    body = {"name": "The front end", "scopes": list(scopes or ("clients:read", "clients:write", "clients:phi"))}
    reply = await practice.http.post("/api/v1/api-keys", json=body)
    assert reply.status_code == 201, reply.text
    return reply.json()["secret"]


@pytest.fixture
async def door(gateway, practice) -> Door:
    key = await make_key(practice)
    settings = {"patients_workspace": practice.person.workspace_id, "patients_api_key": SecretStr(key), "cors_origins": (FRONT_END,)}
    return Door(gateway.reconfigured(**settings, **PLENTY), practice, key)


@pytest.fixture
async def front_end(door) -> AsyncIterator[httpx.AsyncClient]:
    async with door.http(Origin=FRONT_END) as http:
        yield http


async def post(http: httpx.AsyncClient, **but: object) -> dict[str, Any]:
    reply = await http.post("/patients", json=record(**but))
    assert reply.status_code == 201, reply.text
    return reply.json()


async def test_a_front_end_registers_reads_changes_and_deletes_patients(front_end):
    created = await front_end.post("/patients", json=record())
    assert (created.status_code, created.json()) == (201, record(id=1))
    assert created.headers["location"] == "http://127.0.0.1:8000/patients/1"
    assert (await front_end.get("/patients")).json() == [record(id=1)]
    assert (await front_end.get("/patients/1")).json() == record(id=1)

    replaced = await front_end.put("/patients/1", json=record(id=99, name="Ada Lovelace", age=37))
    assert (replaced.status_code, replaced.json()) == (200, record(id=1, name="Ada Lovelace", age=37))
    changed = await front_end.patch("/patients/1", json={"gender": "FEMALE", "lastVisit": "2026-11-20"})
    assert changed.json() == record(id=1, name="Ada Lovelace", age=37, gender="FEMALE", lastVisit="2026-11-20")

    gone = await front_end.delete("/patients/1")
    assert (gone.status_code, gone.json()) == (200, {})
    for reply in (
        await front_end.get("/patients/1"),
        await front_end.delete("/patients/1"),
        await front_end.put("/patients/1", json=record()),
        await front_end.patch("/patients/1", json={"age": 1}),
    ):
        assert (reply.status_code, reply.json()) == (404, {})
    assert (await front_end.get("/patients")).json() == []
    # The number of somebody who was deleted is nobody's again.
    assert (await post(front_end, patientID="P002"))["id"] == 2


async def test_a_patient_is_a_client_and_each_shows_what_was_changed_of_the_other(front_end, practice):
    await post(front_end, name="  Ada King  Lovelace ", medicalCondition="Asthma\n since 1830 ")
    (client,) = (await practice.http.get("/api/v1/clients?search=lovelace")).json()["items"]
    assert (client["first_name"], client["last_name"], client["external_id"]) == ("Ada King", "Lovelace", "P001")
    assert (client["gender"], client["medical_history"]) == ("Female", "Asthma\n since 1830 ")
    shown = (await front_end.get("/patients/1")).json()
    assert (shown["name"], shown["medicalCondition"]) == ("  Ada King  Lovelace ", "Asthma\n since 1830 ")

    path = f"/api/v1/clients/{client['id']}"
    assert (await practice.http.put(path, json={"last_name": "Byron", "gender": None})).status_code == 200
    shown = (await front_end.get("/patients")).json()[0]
    assert (shown["name"], shown["gender"]) == ("Ada King Byron", None)
    # The name as it is shown leaves the names it was made of alone.
    await practice.http.put(path, json={"first_name": "Ada", "last_name": "King Byron"})
    assert (await front_end.put("/patients/1", json=record(name="Ada King Byron"))).status_code == 200
    client = (await practice.http.get(path)).json()
    assert (client["first_name"], client["last_name"], client["gender"]) == ("Ada", "King Byron", "Female")

    assert (await front_end.delete("/patients/1")).status_code == 200
    assert (await practice.http.get(path)).json()["is_active"] is False
    await practice.http.put(path, json={"is_active": True})
    assert (await front_end.get("/patients/1")).status_code == 200
    assert (await practice.http.delete(f"{path}/permanent")).status_code == 204
    assert (await front_end.get("/patients/1")).status_code == 404
    assert (await front_end.get("/patients")).json() == []


async def test_what_was_registered_is_in_the_clients_archive_and_in_that_of_the_workspace(front_end, practice, check_problem):
    """Age and last visit are held nowhere else. Of who was merged they are in the survivor's."""
    patient, other = await post(front_end, id="K-7"), await post(front_end, patientID="P002", name="Ada Byron", age=37)
    ids = [(await practice.http.get(f"/api/v1/clients?search={one['patientID']}")).json()["items"][0]["id"] for one in (patient, other)]
    plain = await practice.add_client()

    async def taken_along(client_id):
        archive = ZipFile(io.BytesIO((await practice.http.get(f"/api/v1/clients/{client_id}/export")).content))
        return json.loads(archive.read("patients.json"))["patients"] if "patients.json" in archive.namelist() else None

    assert [await taken_along(client_id) for client_id in (*ids, plain["id"])] == [[patient], [other], None]
    assert (await practice.http.post(f"/api/v1/clients/{ids[0]}/merge", json={"duplicate_id": ids[1]})).status_code == 200
    assert [(one["id"], one["age"]) for one in await taken_along(ids[0])] == [("K-7", 36), (1, 37)]

    job = (await practice.http.post("/api/v1/clients/export-all")).json()
    async with asyncio.timeout(60.0):
        while not (done := (await practice.http.get(f"/api/v1/jobs/{job['id']}")).json())["finished_at"]:
            await asyncio.sleep(0.05)
    whole = ZipFile(io.BytesIO((await practice.http.get(done["result_url"])).content))
    with ZipFile(io.BytesIO(whole.read(f"clients/{ids[0]}.zip"))) as archive:
        assert [one["lastVisit"] for one in json.loads(archive.read("patients.json"))["patients"]] == ["2026-11-02"] * 2


async def test_a_client_who_was_no_patient_is_none(front_end, practice):
    await practice.add_client(external_id="P001")
    assert (await front_end.get("/patients")).json() == []
    refused = await front_end.post("/patients", json=record())
    assert (refused.status_code, refused.json()["code"]) == (409, "external_id_taken")


async def test_what_json_server_takes_and_makes_no_sense_is_refused_and_changes_nothing(front_end, check_problem):
    for but, pointer in [
        ({"patientID": ...}, "/patientID"),
        ({"name": "   "}, "/name"),
        ({"age": 0}, "/age"),
        ({"age": "36"}, "/age"),
        ({"gender": "male "}, "/gender"),
        ({"medicalCondition": None}, "/medicalCondition"),
        ({"lastVisit": "2026-02-30"}, "/lastVisit"),
        ({"patientID": "x" * 101}, "/patientID"),
        ({"name": f"{'x' * 256} y"}, "/name"),
        ({"phone": "0170"}, "/phone"),
        ({"id": True}, "/id"),
        ({"id": -1}, "/id"),
    ]:
        problem = check_problem(await front_end.post("/patients", json=record(**but)), 400, "invalid_patient")
        assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert (await front_end.get("/patients")).json() == []


async def test_a_body_that_is_no_record_is_refused(front_end, check_problem):
    twice, not_a_number, half, huge = b'{"age": 1, "age": 2}', b'{"age": NaN}', b'{"name": "\\ud800"}', b'{"age": 1e400}'
    for body in (b"", b"[]", b'"text"', b"{", twice, not_a_number, half, huge, b"[" * 100_000):
        reply = await front_end.post("/patients", content=body, headers={"Content-Type": "application/json"})
        check_problem(reply, 400, "validation_failed")


async def test_a_form_and_a_text_are_no_records(front_end, check_problem):
    check_problem(await front_end.post("/patients", data=record()), 400, "validation_failed")
    check_problem(await front_end.post("/patients", content="{}", headers={"Content-Type": "text/plain"}), 400, "validation_failed")


async def test_an_id_that_is_brought_along_stays_what_it_is(front_end, check_problem):
    assert (await post(front_end, id="a-7", patientID="1"))["id"] == "a-7"
    assert (await post(front_end, id=7, patientID="2"))["id"] == 7
    assert (await post(front_end, id="12", patientID="3"))["id"] == "12"
    assert (await post(front_end, id=None, patientID="4"))["id"] == 13
    assert (await post(front_end, id=0, patientID="5"))["id"] == 14
    assert [each["id"] for each in (await front_end.get("/patients")).json()] == ["a-7", 7, "12", 13, 14]
    assert (await front_end.get("/patients/12")).json()["patientID"] == "3"
    check_problem(await front_end.post("/patients", json=record(id="7", patientID="6")), 409, "patient_id_taken")


async def test_of_fifty_that_are_registered_at_once_none_is_lost_and_a_patient_id_is_unique(front_end):
    bodies = [record(patientID=f"P{number % 45}") for number in range(50)]
    replies = await asyncio.gather(*(front_end.post("/patients", json=body) for body in bodies))
    assert sorted(reply.status_code for reply in replies) == [201] * 45 + [409] * 5
    shown = (await front_end.get("/patients")).json()
    assert sorted(each["patientID"] for each in shown) == sorted({body["patientID"] for body in bodies})
    assert len({each["id"] for each in shown}) == 45
    assert sorted(shown, key=str) == sorted((reply.json() for reply in replies if reply.status_code == 201), key=str)


async def test_changes_at_the_same_time_are_all_kept(front_end):
    await post(front_end)
    changes = [{"age": 50}, {"gender": "other"}, {"lastVisit": "2020-02-29"}, {"medicalCondition": "none"}, {"name": "A B"}]
    replies = await asyncio.gather(*(front_end.patch("/patients/1", json=change) for change in changes))
    assert {reply.status_code for reply in replies} == {200}
    merged = record(id=1)
    for change in changes:
        merged |= change
    assert (await front_end.get("/patients/1")).json() == merged


async def test_lists_are_filtered_sorted_and_paged(front_end):
    for number, (name, age) in enumerate([("Bo Ek", 9), ("ada Lee", 10), ("Zoë Ek", 100)], 1):
        await post(front_end, patientID=f"P{number}", name=name, age=age)

    async def ids(query: str) -> list[int]:
        reply = await front_end.get(f"/patients?{query}")
        assert reply.status_code == 200, reply.text
        return [each["id"] for each in reply.json()]

    assert await ids("age_gte=10&age_lte=100") == [2, 3]
    assert await ids("name_like=%5Ez|BO") == [1, 3]
    assert await ids("q=EK") == [1, 3]
    assert await ids("id=3&id=1") == [1, 3]
    assert await ids("id_ne=3&id_ne=1") == [2]
    assert await ids("_sort=name") == [1, 3, 2]
    assert await ids("_sort=age&_order=desc&_limit=2") == [3, 2]
    assert await ids("nobody_gte=1") == []
    assert await ids("nobody=1") == [1, 2, 3]
    page = await front_end.get("/patients?_page=2&_limit=1")
    assert page.headers["x-total-count"] == "3"
    base = "http://127.0.0.1:8000/patients"
    assert page.headers["link"] == ", ".join(
        f'<{base}?_page={number}&_limit=1>; rel="{name}"' for name, number in [("first", 1), ("prev", 1), ("next", 3), ("last", 3)]
    )


async def test_a_query_that_cannot_be_answered_is_refused(front_end, check_problem):
    for query in (
        "name_like=(",
        "name_like=(?=a)",
        f"name_like={'a' * 501}",
        "_sort=name&_sort=age",
        "callback=steal",
        "name=%ff",
        "&".join("age_ne=1" for _ in range(60)),
    ):
        check_problem(await front_end.get(f"/patients?{query}"), 400, "invalid_patient_query")


async def test_answers_have_a_tag_and_are_not_sent_again(front_end):
    await post(front_end)
    for path in ("/patients", "/patients/1"):
        whole = await front_end.get(path)
        head = await front_end.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.content))
        again = await front_end.get(path, headers={"If-None-Match": f'"other", {whole.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
    assert (await front_end.head("/patients/2")).status_code == 404


async def test_paths_ignore_case_and_a_slash_at_the_end(front_end):
    await post(front_end)
    for path in ("/Patients", "/patients/", "/PATIENTS/1", "/patients/1/"):
        assert (await front_end.get(path)).status_code == 200
    for method, path in [("POST", "/patients/1"), ("PUT", "/patients"), ("PATCH", "/patients"), ("DELETE", "/Patients/")]:
        reply = await front_end.request(method, path, json=record())
        assert (reply.status_code, reply.json()) == (404, {})


async def test_pages_of_allowed_origins_may_ask_and_no_others(door, front_end, check_problem):
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    preflight = await front_end.options("/patients", headers=asks)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == FRONT_END
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
    exposed = (await front_end.get("/patients")).headers["access-control-expose-headers"]
    assert {"X-Total-Count", "Link", "Location"} <= set(exposed.split(", "))
    async with door.http() as http:
        assert (await http.options("/patients")).status_code == 204
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            check_problem(await http.get("/patients", headers=headers), 403, "origin_not_allowed")


async def test_from_elsewhere_an_api_key_is_needed(door, check_problem):
    bearer = {"Authorization": f"Bearer {door.key}"}
    rebound, proxied, forwarded = {"Host": "rebound.example"}, {"Via": "1.1 proxy"}, {"X-Forwarded-For": "198.18.7.7"}
    for address, headers in [("198.18.7.7", {}), ("127.0.0.1", rebound), ("127.0.0.1", proxied), ("127.0.0.1", forwarded)]:
        async with door.http(address, **headers) as http:
            check_problem(await http.get("/patients"), 401, "api_key_required")
            check_problem(await http.post("/patients", json=record()), 401, "api_key_required")
            assert (await http.get("/patients", headers=bearer)).status_code == 200
            check_problem(await http.get("/patients", headers={"Authorization": "Bearer clk_made_up"}), 401, "api_key_not_valid")


async def test_what_a_proxy_passes_on_is_not_of_this_machine(door, check_problem):
    for name in ("X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server", "CF-Connecting-IP", "CF-Ray", "X-Client-IP", "CDN-Loop"):
        async with door.http(**{name: "1"}) as http:
            check_problem(await http.get("/patients"), 401, "api_key_required")

    async def by_nginx(scope, receive, send) -> None:
        await door.gateway.app({**scope, "http_version": "1.0"}, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(by_nginx), base_url="http://127.0.0.1:8000") as http:
        check_problem(await http.get("/patients"), 401, "api_key_required")
        assert (await http.get("/patients", headers={"Authorization": f"Bearer {door.key}"})).status_code == 200


async def test_a_gateway_that_others_reach_needs_an_api_key_to_begin_with(door, practice, check_problem):
    public = door.gateway.reconfigured(public_url="https://caseload.example")
    async with public.anonymous(address="127.0.0.1") as http:
        check_problem(await http.get("/patients"), 401, "api_key_required")
    settings = {"environment": "development", "patients_workspace": practice.person.workspace_id}
    for reached in ({"http_listen": "0.0.0.0:8000"}, {"public_url": "https://caseload.example"}):
        with pytest.raises(ValidationError, match="needs CASELOAD_PATIENTS_API_KEY"):
            GatewaySettings(**settings, **reached)
        GatewaySettings(**settings, **reached, patients_api_key="clk_x")


async def test_the_door_is_open_for_one_workspace_and_closed_by_default(gateway, door, elsewhere, check_problem):
    await post(door.http())
    key = await make_key(elsewhere)
    async with door.http("198.18.7.7", Authorization=f"Bearer {key}") as stranger:
        for path in ("/patients", "/patients/1"):
            reply = await stranger.get(path)
            assert reply.status_code == 404
            assert "Ada" not in reply.text
        assert (await stranger.post("/patients", json=record())).status_code == 404
    async with gateway.anonymous(address="127.0.0.1") as http:
        check_problem(await http.get("/patients"), 404, "not_found")


async def test_the_keys_permissions_bind_the_front_end(door, practice, check_problem):
    await post(door.http())
    key = await make_key(practice, "clients:read", "clients:phi")
    async with door.http("198.18.7.7", Authorization=f"Bearer {key}") as http:
        assert (await http.get("/patients")).status_code == 200
        check_problem(await http.post("/patients", json=record()), 403, "permission_denied")
    key = await make_key(practice, "clients:read", "clients:write")
    async with door.http("198.18.7.7", Authorization=f"Bearer {key}") as http:
        for path in ("/patients", "/patients/1", "/patients?medicalCondition_like=a"):
            check_problem(await http.get(path), 403, "client_phi_not_permitted")
        for reply in (
            await http.post("/patients", json=record(patientID="P002")),
            await http.put("/patients/1", json=record()),
            await http.delete("/patients/1"),
        ):
            check_problem(reply, 403, "client_phi_not_permitted")


async def test_a_kept_answer_shows_nothing_clinical_to_who_may_not_see_it_any_more(door, practice, check_problem):
    for scopes, status in [({"clients:write", "clients:phi"}, 201), ({"clients:write"}, 403)]:
        async with door.gateway.colleague(practice.person, scopes=scopes) as http:
            reply = await http.post("/patients", json=record(), headers={"Idempotency-Key": "once"})
            assert reply.status_code == status
    check_problem(reply, 403, "client_phi_not_permitted")


async def test_a_restricted_patient_is_shown_to_no_front_end(front_end, practice, gateway, check_problem):
    await post(front_end)
    await post(front_end, patientID="P002", name="Bo Ek")
    client = (await practice.http.get("/api/v1/clients?search=lovelace")).json()["items"][0]
    therapist = await gateway.add_user(practice.person.workspace_id, "therapist")
    closed = await practice.http.put(f"/api/v1/clients/{client['id']}/care-team", json={"restricted": True, "user_ids": [therapist]})
    assert closed.status_code == 200, closed.text
    assert [each["id"] for each in (await front_end.get("/patients?_limit=5")).json()] == [2]
    assert (await front_end.get("/patients?_limit=5")).headers["x-total-count"] == "1"
    for reply in (
        await front_end.get("/patients/1"),
        await front_end.put("/patients/1", json=record()),
        await front_end.patch("/patients/1", json={"age": 1}),
        await front_end.delete("/patients/1"),
    ):
        check_problem(reply, 403, "client_restricted")


async def test_what_is_done_at_the_door_is_in_the_audit_trail(front_end, practice, gateway):
    await post(front_end)
    await front_end.get("/patients")
    (client,) = (await practice.http.get("/api/v1/clients")).json()["items"]

    async def told() -> dict[str, str]:
        events = (await practice.http.get(f"/api/v1/audit-events?resource_id={client['id']}&page_size=100")).json()["items"]
        return {event["event_type"]: event["outcome"] for event in events}

    for _ in range(200):
        if {"create_patient", "list_patients"} <= (await told()).keys():
            break
        await asyncio.sleep(0.05)
    assert {"create_patient", "list_patients"} <= (await told()).keys()
