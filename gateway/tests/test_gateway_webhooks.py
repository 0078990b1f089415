"""Webhooks over HTTP: made, listed, rotated, deleted; what they are told by every service."""

from uuid import uuid4

import pytest

API = "/api/v1/webhooks"
HOOK = {"id", "url", "event_types", "is_active", "disabled_reason", "created_at"}
ASKED = {"url": "https://hooks.invalid/caseload", "event_types": ["session.finalized", "client.created"]}


async def make(practice, **but):
    reply = await practice.http.post(API, json=ASKED | but)
    assert reply.status_code == 201, reply.text
    return reply.json()


async def lines(practice):
    found = (await practice.http.get("/api/v1/audit-events", params={"resource_type": "Workspace", "outcome": "success"})).json()["items"]
    return [
        (line["event_type"], line["resource_id"])
        for line in reversed(found)
        if "ebhook" in line["event_type"] or "secret" in line["event_type"]
    ]


async def test_a_webhook_is_made_listed_rotated_and_deleted_and_that_is_on_record(gateway, practice, check_problem):
    made = await make(practice)
    assert made.keys() == HOOK | {"secret"}
    assert made["secret"].startswith("whsec_")
    assert (made["url"], made["event_types"], made["is_active"], made["disabled_reason"]) == (
        ASKED["url"],
        ["session.finalized", "client.created"],
        True,
        None,
    )
    path = f"{API}/{made['id']}"
    rotated = (await practice.http.post(f"{path}/rotate-secret")).json()
    assert rotated["secret"] not in {None, "", made["secret"]}
    check_problem(await practice.http.post(f"{path}/rotate-secret"), 409, "secret_rotated_lately")
    listed = (await practice.http.get(API)).json()
    assert listed == {"items": [{name: made[name] for name in HOOK}], "total": 1, "page": 1, "page_size": 50, "total_pages": 1}
    assert (await practice.http.delete(path)).status_code == 204
    check_problem(await practice.http.delete(path), 404, "not_found")
    check_problem(await practice.http.get(f"{path}/deliveries"), 404, "not_found")
    await gateway.environment.settle()
    assert await lines(practice) == [("create_webhook", made["id"]), ("rotate_secret", made["id"]), ("delete_webhook", made["id"])]


async def test_a_repeated_request_makes_one_webhook_and_shows_its_secret_once(practice):
    headers = {"Idempotency-Key": str(uuid4())}
    first, again = [await practice.http.post(API, json=ASKED, headers=headers) for _ in range(2)]
    assert first.json()["id"] == again.json()["id"]
    assert again.json()["secret"] == ""
    assert (await practice.http.get(API)).json()["total"] == 1


async def test_signed_notes_and_new_clients_are_told_in_pages(gateway, practice):
    made = await make(practice)
    client = await practice.add_client()
    note = await practice.write_note(client["id"])
    assert (await practice.http.post(f"/api/v1/sessions/{note['id']}/finalize")).status_code == 200
    imported = await practice.http.post("/api/v1/clients/import", json=[{"first_name": "Ida", "last_name": "Berg"}])
    assert imported.json()["created"] == 1
    await gateway.environment.settle()

    page = (await practice.http.get(f"{API}/{made['id']}/deliveries", params={"page_size": 2})).json()
    rest = (await practice.http.get(f"{API}/{made['id']}/deliveries", params={"page_size": 2, "page": 2})).json()
    assert (page["total"], page["total_pages"]) == (3, 2)
    found = page["items"] + rest["items"]
    assert sorted(each["event_type"] for each in found) == ["client.created", "client.created", "session.finalized"]
    assert [each["created_at"] for each in found] == sorted((each["created_at"] for each in found), reverse=True)
    for each in found:
        assert each.keys() == {"id", "event_type", "status", "attempts", "response_status", "next_attempt_at", "created_at"}
        assert (each["status"], each["response_status"]) == ("pending", None)
        assert each["next_attempt_at"] is not None or each["attempts"] > 0
    retried = await practice.http.post(f"{API}/{made['id']}/deliveries/{found[0]['id']}/retry")
    assert (retried.status_code, retried.json()["id"], retried.json()["status"]) == (200, found[0]["id"], "pending")


@pytest.mark.parametrize(
    ("but", "pointers"),
    [
        ({"url": "http://hooks.invalid"}, ["/url"]),
        ({"url": "https://user@hooks.invalid"}, ["/url"]),
        ({"url": ""}, ["/url"]),
        ({"url": "https://" + "a" * 505}, ["/url"]),
        ({"event_types": []}, ["/event_types"]),
        ({"event_types": ["client.created", "client.read"]}, ["/event_types/1"]),
        ({"event_types": ["*"], "url": None}, ["/url", "/event_types/0"]),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused_with_every_fault(practice, but, pointers):
    refused = await practice.http.post(API, json=ASKED | but)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert sorted(error["pointer"] for error in refused.json()["errors"]) == sorted(pointers)
    assert (await practice.http.get(API)).json()["total"] == 0


async def test_another_workspace_sees_nothing_of_it(practice, elsewhere, check_problem):
    made = await make(practice)
    path = f"{API}/{made['id']}"
    for reply in (
        await elsewhere.http.delete(path),
        await elsewhere.http.post(f"{path}/rotate-secret"),
        await elsewhere.http.get(f"{path}/deliveries"),
        await elsewhere.http.post(f"{path}/deliveries/{uuid4()}/retry"),
    ):
        check_problem(reply, 404, "not_found")
    assert (await elsewhere.http.get(API)).json()["total"] == 0


async def test_those_who_do_not_administer_the_workspace_are_refused(gateway, practice, check_problem):
    await gateway.add_user(practice.person.workspace_id, "therapist")
    async with gateway.colleague(practice.person, sub=str(uuid4()), role="therapist", scope="clients:read sessions:write") as http:
        check_problem(await http.post(API, json=ASKED), 403, "permission_denied")
        check_problem(await http.get(API), 403, "permission_denied")
