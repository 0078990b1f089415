"""Clients over HTTP, with the counters of their appointments."""

import asyncio

from uuid_utils.compat import uuid7

FIELDS = {
    "id", "workspace_id", "first_name", "last_name", "full_name", "restricted", "email", "phone", "date_of_birth", "address", "medical_history",
    "emergency_contact_name", "emergency_contact_phone", "is_active", "consent_status", "notes", "tags", "gender", "time_zone",
    "external_id", "version", "created_at", "updated_at", "next_appointment", "last_appointment", "appointment_count",
}  # fmt: skip


async def test_a_new_client_is_returned_with_all_fields(practice):
    client = await practice.add_client(email="ada@example.com", date_of_birth="1990-02-03", tags=["vip"], notes=None)

    assert client.keys() == FIELDS
    assert (client["full_name"], client["date_of_birth"], client["tags"]) == ("Ada Lovelace", "1990-02-03", ["vip"])
    assert (client["is_active"], client["consent_status"], client["notes"]) == (True, False, None)
    assert (client["next_appointment"], client["last_appointment"], client["appointment_count"]) == (None, None, 0)
    assert client["created_at"].endswith("Z")


async def test_unknown_members_are_ignored(practice):
    assert (await practice.add_client(favourite_colour="blue")).keys() == FIELDS


async def test_an_absent_member_keeps_its_value_and_null_clears_it(practice):
    client = await practice.add_client(phone="+1 555 0100", email="ada@example.com")

    changed = (await practice.http.put(f"/api/v1/clients/{client['id']}", json={"phone": None, "last_name": "King"})).json()

    assert (changed["phone"], changed["email"], changed["last_name"]) == (None, "ada@example.com", "King")
    assert changed["version"] > client["version"]


async def test_a_name_cannot_be_cleared(practice, check_problem):
    client = await practice.add_client()

    problem = check_problem(await practice.http.put(f"/api/v1/clients/{client['id']}", json={"first_name": None}), 422, "validation_failed")

    assert problem["errors"][0]["pointer"] == "/first_name"


async def test_the_counters_of_a_client_come_from_scheduling(practice):
    client = await practice.add_client()
    later = await practice.booked(client["id"], 14)
    sooner = await practice.booked(client["id"], 9)
    past = await practice.booked(client["id"], scheduled_start="2026-03-02T09:00:00Z", scheduled_end="2026-03-02T10:00:00Z")
    await practice.booked((await practice.add_client())["id"], 11)

    told = (await practice.http.get(f"/api/v1/clients/{client['id']}")).json()
    done = await practice.http.put(f"/api/v1/appointments/{past['id']}", json={"status": "completed"})
    await practice.http.put(f"/api/v1/appointments/{sooner['id']}", json={"status": "cancelled"})
    after = (await practice.http.get(f"/api/v1/clients/{client['id']}")).json()

    assert (told["next_appointment"], told["last_appointment"], told["appointment_count"]) == (sooner["scheduled_start"], None, 3)
    assert done.status_code == 200
    assert (after["next_appointment"], after["last_appointment"]) == (later["scheduled_start"], past["scheduled_start"])


async def test_figures_that_a_list_was_not_asked_for_are_null_and_not_nought(practice):
    client = await practice.add_client()
    booked = await practice.booked(client["id"])
    await practice.add_client(last_name="Without")

    plain = (await practice.http.get("/api/v1/clients")).json()
    figured = (await practice.http.get("/api/v1/clients?include_appointments=true")).json()

    assert [item["next_appointment"] for item in plain["items"]] == [None, None]
    assert [item["appointment_count"] for item in plain["items"]] == [None, None]
    assert [item["next_appointment"] for item in figured["items"]] == [booked["scheduled_start"], None]
    assert [item["appointment_count"] for item in figured["items"]] == [1, 0]


async def test_a_list_is_ordered_by_name_and_has_the_number_of_pages(practice):
    for last_name in ("Noether", "Curie", "Hopper"):
        await practice.add_client(first_name="X", last_name=last_name)

    page = (await practice.http.get("/api/v1/clients?page=1&page_size=2")).json()
    rest = (await practice.http.get("/api/v1/clients?page=2&page_size=2")).json()

    assert [client["last_name"] for client in page["items"] + rest["items"]] == ["Curie", "Hopper", "Noether"]
    assert {name: page[name] for name in ("total", "page", "page_size", "total_pages")} == {
        "total": 3,
        "page": 1,
        "page_size": 2,
        "total_pages": 2,
    }


async def test_clients_are_found_by_name_tag_and_activity(practice):
    ada = await practice.add_client(tags=["vip"])
    gone = await practice.add_client(first_name="Grace", last_name="Hopper")
    assert (await practice.http.delete(f"/api/v1/clients/{gone['id']}")).status_code == 204

    async def found(query: str) -> list[str]:
        return [client["id"] for client in (await practice.http.get(f"/api/v1/clients?{query}")).json()["items"]]

    assert await found("search=Love") == [ada["id"]]
    assert await found("tag=vip") == [ada["id"]]
    assert await found("search=") == [ada["id"]]
    assert await found("search=Hop") == []
    assert await found("search=Hop&include_inactive=true") == [gone["id"]]


async def test_numbers_and_days_are_read_as_the_workspace_writes_them(practice):
    ada = await practice.add_client(phone="+1 415 555 2671", date_of_birth="1980-02-03", external_id="P-17")
    await practice.add_client(phone="+49 170 1234567", date_of_birth="1980-03-02")

    async def found(search: str) -> list[str]:
        return [client["id"] for client in (await practice.http.get("/api/v1/clients", params={"search": search})).json()["items"]]

    # In New York.
    for search in ("(415) 555-2671", "1-415-555-2671", "Lovelace 02/03/1980", "Love 3.2.1980", "p-17"):
        assert await found(search) == [ada["id"]], search
    assert await found("0170 1234567") == []


async def test_an_erased_client_is_not_found(practice, check_problem):
    client = await practice.add_client()

    assert (await practice.http.delete(f"/api/v1/clients/{client['id']}/permanent")).status_code == 204

    check_problem(await practice.http.get(f"/api/v1/clients/{client['id']}"), 404, "not_found")


async def test_a_client_of_another_workspace_is_not_found(practice, elsewhere):
    theirs = (await elsewhere.add_client())["id"]
    http = practice.http
    for client_id in (theirs, str(uuid7())):
        path = f"/api/v1/clients/{client_id}"
        replies = await asyncio.gather(
            http.get(path),
            http.put(path, json={"notes": "x"}),
            http.delete(path),
            http.delete(f"{path}/permanent"),
            http.get(f"{path}/timeline"),
            http.get(f"/api/v1/sessions/clients/{client_id}/latest-finalized"),
            practice.book(client_id),
            http.post("/api/v1/sessions", json={"client_id": client_id, "session_date": "2026-11-02T10:00:00Z"}),
        )
        assert [reply.status_code for reply in replies] == [404] * len(replies), [reply.text for reply in replies]

    assert (await elsewhere.http.get(f"/api/v1/clients/{theirs}")).json()["is_active"] is True


async def test_the_same_idempotency_key_writes_once(practice, check_problem):
    body = {"first_name": "Ada", "last_name": "Lovelace"}
    key = {"Idempotency-Key": "key 1"}

    first = await practice.http.post("/api/v1/clients", json=body, headers=key)
    again = await practice.http.post("/api/v1/clients", json=body, headers=key)
    other = await practice.http.post("/api/v1/clients", json=body | {"first_name": "Eda"}, headers=key)

    assert first.json() == again.json()
    assert other.status_code == 422
    assert (await practice.http.get("/api/v1/clients")).json()["total"] == 1
