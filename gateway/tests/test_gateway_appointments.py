"""Appointments over HTTP: clients' names, conflicts, and dates in the practice's time zone."""

from datetime import datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from uuid_utils.compat import uuid7

from gateway.api.appointments.routes import initials
from identity.roles import SCOPES_BY_ROLE

FIELDS = {
    "id", "workspace_id", "client_id", "practitioner_id", "series_id", "scheduled_start", "scheduled_end", "location_type", "location_id",
    "location_details", "service_id", "status", "notes", "overbooked", "version", "edited_at", "edit_count", "client", "cancelled_at",
    "confirmed_at", "cancellation_asked_at", "payment_price", "payment_status", "payment_method", "payment_notes", "paid_at", "change_reason", "created_at",
    "updated_at", "overbooking_reason", "time_zone",
}  # fmt: skip


async def test_an_appointment_includes_its_clients_name(practice):
    client = await practice.add_client()

    appointment = await practice.booked(client["id"], notes="first visit")

    assert appointment.keys() == FIELDS
    assert appointment["client"] == {name: client[name] for name in ("id", "first_name", "last_name", "full_name")}
    assert appointment["practitioner_id"] == str(practice.person.user_id)
    assert (appointment["status"], appointment["notes"], appointment["overbooked"]) == ("scheduled", "first visit", False)
    assert (await practice.http.get(f"/api/v1/appointments/{appointment['id']}")).json() == appointment


async def test_a_booking_asks_clients_once(practice):
    client = await practice.add_client()
    before = [_asked(method) for method in ("GetSummaries", "CheckClient")]

    await practice.booked(client["id"])

    assert [_asked(method) for method in ("GetSummaries", "CheckClient")] == [before[0] + 1, before[1]]


def _asked(method):
    return REGISTRY.get_sample_value("caseload_rpc_total", {"service": "clients", "method": method, "code": "ok"}) or 0


async def test_a_caller_who_may_not_read_clients_sees_no_names(gateway, practice):
    await practice.booked((await practice.add_client())["id"])

    async with gateway.colleague(practice.person, scopes={"appointments:read"}) as colleague:
        (listed,) = (await colleague.get("/api/v1/appointments")).json()["items"]

    assert listed["client"] is None
    assert listed["client_id"]


async def test_a_conflict_lists_every_conflicting_appointment_with_initials(practice, check_problem):
    client = await practice.add_client()
    first = await practice.booked(client["id"], 9)
    second = await practice.booked((await practice.add_client(first_name="Grace", last_name="Hopper"))["id"], 10)

    reply = await practice.book(client["id"], 9, scheduled_end="2027-03-01T10:30:00Z")

    problem = check_problem(reply, 409, "appointment_conflict")
    assert problem["conflicting_appointments"] == [
        {
            "id": appointment["id"],
            "scheduled_start": appointment["scheduled_start"],
            "scheduled_end": appointment["scheduled_end"],
            "client_initials": letters,
            "location_type": "clinic",
            "status": "scheduled",
        }
        for appointment, letters in ((first, "A.L."), (second, "G.H."))
    ]
    assert client["id"] not in reply.text


async def test_moving_into_another_appointment_is_refused_in_the_same_way(practice, check_problem):
    client = await practice.add_client()
    await practice.booked(client["id"], 9)
    other = await practice.booked(client["id"], 12)

    moved = {"scheduled_start": "2027-03-01T09:30:00Z", "scheduled_end": "2027-03-01T10:30:00Z"}
    problem = check_problem(await practice.http.put(f"/api/v1/appointments/{other['id']}", json=moved), 409, "appointment_conflict")

    assert [conflict["client_initials"] for conflict in problem["conflicting_appointments"]] == ["A.L."]


async def test_overbooking_needs_allow_conflict(practice):
    client = await practice.add_client()
    await practice.booked(client["id"])

    reply = await practice.book(client["id"], query="?allow_conflict=true", overbooking_reason="In pain")

    assert (reply.status_code, reply.json()["overbooked"], reply.json()["overbooking_reason"]) == (201, True, "In pain")
    path = f"/api/v1/appointments/{reply.json()['id']}"
    changed = await practice.http.put(path, json={"overbooking_reason": "Asked by the ward"})
    assert changed.json()["overbooking_reason"] == (await practice.http.get(path)).json()["overbooking_reason"] == "Asked by the ward"


async def test_conflicts_are_checked_without_booking(practice):
    booked = await practice.booked((await practice.add_client())["id"])
    window = {"scheduled_start": "2027-03-01T09:30:00Z", "scheduled_end": "2027-03-01T09:45:00Z"}

    busy = (await practice.http.get("/api/v1/appointments/conflicts", params=window)).json()
    free = (await practice.http.get("/api/v1/appointments/conflicts", params={**window, "exclude_appointment_id": booked["id"]})).json()

    assert busy["has_conflict"] is True
    assert [conflict["id"] for conflict in busy["conflicting_appointments"]] == [booked["id"]]
    assert free == {"has_conflict": False, "conflicting_appointments": []}


async def test_a_check_counts_the_buffers_of_the_service(practice):
    client = await practice.add_client()
    await practice.booked(client["id"], 9)
    offer = {"name": "Massage", "default_duration_minutes": 60, "buffer_before_minutes": 15}
    service = (await practice.http.post("/api/v1/services", json=offer)).json()
    window = {"scheduled_start": "2027-03-01T10:10:00Z", "scheduled_end": "2027-03-01T11:10:00Z"}

    plain, buffered = [
        (await practice.http.get("/api/v1/appointments/conflicts", params=window | more)).json()["has_conflict"]
        for more in ({}, {"service_id": service["id"]})
    ]
    refused = await practice.book(client["id"], service_id=service["id"], **window)

    assert (plain, buffered, refused.status_code) == (False, True, 409)


@pytest.mark.parametrize(
    ("query", "hours"),
    [
        # 2027-03-01 in New York is 05:00 to 05:00 in UTC.
        ("start_date=2027-03-01&end_date=2027-03-01", [23, 9]),
        ("start_date=2027-03-02", []),
        ("end_date=2027-02-28", [4]),
        ("start_date=2027-03-01T09:00:00Z&end_date=2027-03-01T23:00:00Z", [9]),
        ("start_date=2027-03-01T10:00:00+01:00", [23, 9]),
        ("status=cancelled", []),
        ("status=scheduled&page_size=1&page=3", [4]),
    ],
)
async def test_a_date_is_a_day_in_the_practices_time_zone(practice, query: str, hours: list[int]):
    client = await practice.add_client()
    for hour, end in ((4, "2027-03-01T04:30:00Z"), (9, "2027-03-01T09:30:00Z"), (23, "2027-03-01T23:30:00Z")):
        await practice.booked(client["id"], hour, scheduled_end=end)

    listed = (await practice.http.get(f"/api/v1/appointments?{query}")).json()

    assert [int(appointment["scheduled_start"][11:13]) for appointment in listed["items"]] == hours


@pytest.mark.parametrize(
    "but",
    [
        {"scheduled_start": "2027-03-01T09:00:00"},
        {"scheduled_start": 1_800_000_000},
        {"scheduled_start": "9999-12-31T23:59:59-14:00"},
        {"scheduled_end": "2027-03-01T09:00:00Z"},
        {"scheduled_end": "2027-03-02T09:00:01Z"},
        {"location_type": "moon"},
        {"client_id": "42"},
    ],
)
async def test_an_impossible_appointment_is_a_422(practice, but: dict[str, object]):
    client = await practice.add_client()

    reply = await practice.book(client["id"], **but)

    assert (reply.status_code, bool(reply.json()["errors"])) == (422, True), reply.text


@pytest.mark.parametrize(("query", "hours"), [("", [15, 12, 9]), ("?sort=scheduled_start", [9, 12, 15]), ("?page_size=1&page=2", [12])])
async def test_the_latest_start_comes_first_unless_the_other_order_is_asked_for(practice, query: str, hours: list[int]):
    client = await practice.add_client()
    for hour in (12, 15, 9):
        await practice.booked(client["id"], hour)
    joined = "&" if query else "?"

    for narrowed in ("", f"{joined}client_id={client['id']}", f"{joined}start_date=2027-03-01T00:00:00Z"):
        listed = (await practice.http.get(f"/api/v1/appointments{query}{narrowed}")).json()

        assert [int(appointment["scheduled_start"][11:13]) for appointment in listed["items"]] == hours


async def test_an_order_that_there_is_not_is_a_422(practice, check_problem):
    check_problem(await practice.http.get("/api/v1/appointments?sort=client"), 422, "validation_failed")


async def test_a_change_of_status_is_kept_with_who_made_it_and_when(gateway, practice, elsewhere, check_problem):
    client = await practice.add_client()
    appointment = await practice.booked(client["id"])
    path = f"/api/v1/appointments/{appointment['id']}"
    for status in ("cancelled", "no_show", "scheduled"):
        assert (await practice.http.put(path, json={"status": status})).status_code == 200

    history = (await practice.http.get(f"{path}/history")).json()

    assert [change["changes"]["status"] for change in history] == [
        {"before": "no_show", "after": "scheduled"},
        {"before": "cancelled", "after": "no_show"},
        {"before": "scheduled", "after": "cancelled"},
    ]
    assert [change["version"] for change in history] == [4, 3, 2]
    assert {change["changed_by"] for change in history} == {str(practice.person.user_id)}
    assert all(change["changed_at"].endswith("Z") for change in history)
    check_problem(await elsewhere.http.get(f"{path}/history"), 404, "not_found")


async def test_what_has_not_begun_cannot_be_completed(practice, check_problem):
    appointment = await practice.booked((await practice.add_client())["id"])

    reply = await practice.http.put(f"/api/v1/appointments/{appointment['id']}", json={"status": "completed"})

    assert check_problem(reply, 422, "appointment_not_begun")["errors"][0]["pointer"] == "/status"


async def test_an_appointment_that_somebody_else_has_changed_is_a_412(practice, check_problem):
    appointment = await practice.booked((await practice.add_client())["id"])
    path = f"/api/v1/appointments/{appointment['id']}"
    seen = (await practice.http.get(path)).headers["ETag"]
    changed = await practice.http.put(path, json={"notes": "Rang at eight"}, headers={"If-Match": seen})

    assert (seen, changed.headers["ETag"]) == ('"1"', '"2"')
    problem = check_problem(await practice.http.put(path, json={"notes": "At nine"}, headers={"If-Match": seen}), 412, "stale_version")
    assert problem["current_version"] == 2
    [change] = (await practice.http.get(f"{path}/history")).json()
    assert (change["version"], change["changes"]) == (2, {"notes": {"before": None, "after": None}})


async def test_a_completed_appointment_with_a_note_stays_with_its_client(practice, check_problem):
    client, other = await practice.add_client(), await practice.add_client()
    times = {"scheduled_start": "2026-01-05T09:00:00Z", "scheduled_end": "2026-01-05T10:00:00Z"}
    appointment = await practice.booked(client["id"], **times)
    path = f"/api/v1/appointments/{appointment['id']}"
    assert (await practice.http.put(path, json={"status": "completed", "client_id": other["id"]})).status_code == 200
    assert (await practice.http.put(path, json={"client_id": client["id"]})).status_code == 200
    await practice.write_note(client["id"], appointment_id=appointment["id"])

    check_problem(await practice.http.put(path, json={"client_id": other["id"]}), 409, "session_note_exists")
    assert (await practice.http.put(path, json={"client_id": client["id"], "notes": "?"})).status_code == 200
    check_problem(await practice.http.put(path, json={"scheduled_end": "2026-01-05T09:45:00Z"}), 422, "change_reason_required")
    corrected = await practice.http.put(path, json={"scheduled_end": "2026-01-05T09:45:00Z", "change_reason": "Left early"})
    assert corrected.json()["change_reason"] == "Left early"


async def test_a_deleted_appointment_is_no_longer_on_the_calendar(practice):
    client = await practice.add_client()
    plain, reasoned = await practice.booked(client["id"], 9), await practice.booked(client["id"], 11)

    replies = [
        await practice.http.delete(f"/api/v1/appointments/{plain['id']}"),
        await practice.http.request(
            "DELETE", f"/api/v1/appointments/{reasoned['id']}", json={"reason": "ill", "session_note_action": "delete"}
        ),
    ]

    assert [reply.status_code for reply in replies] == [204, 204]
    assert (await practice.http.get("/api/v1/appointments?status=scheduled")).json()["total"] == 0
    assert (await practice.book(client["id"], 9)).status_code == 201


async def documented(practice, **but: object) -> tuple[str, str, str]:
    """The ids of a client, of an appointment and of its note."""
    client = await practice.add_client()
    appointment = await practice.booked(client["id"])
    note = await practice.write_note(client["id"], appointment_id=appointment["id"], **but)
    return client["id"], appointment["id"], note["id"]


async def delete_appointment(http, appointment_id: str, **body: object):
    return await http.request("DELETE", f"/api/v1/appointments/{appointment_id}", json=body)


async def test_an_appointment_with_a_note_is_deleted_only_when_it_is_said_what_becomes_of_the_note(practice, check_problem):
    _, appointment_id, note_id = await documented(practice)

    check_problem(await practice.http.delete(f"/api/v1/appointments/{appointment_id}"), 409, "session_note_exists")
    check_problem(await delete_appointment(practice.http, appointment_id, reason="ill"), 409, "session_note_exists")

    assert (await practice.http.get(f"/api/v1/appointments/{appointment_id}")).json()["status"] == "scheduled"
    assert (await practice.http.get(f"/api/v1/sessions/{note_id}")).json()["appointment_id"] == appointment_id


@pytest.mark.parametrize("signed", [False, True])
async def test_a_kept_note_has_no_appointment_any_more(practice, signed):
    client_id, appointment_id, note_id = await documented(practice)
    if signed:
        assert (await practice.http.post(f"/api/v1/sessions/{note_id}/finalize")).status_code == 200
    before = (await practice.http.get(f"/api/v1/sessions/{note_id}")).json()

    assert (await delete_appointment(practice.http, appointment_id, session_note_action="keep")).status_code == 204

    note = (await practice.http.get(f"/api/v1/sessions/{note_id}")).json()
    changed = {name for name in note if note[name] != before[name]}
    assert (note["appointment_id"], changed) == (None, {"appointment_id", "version", "updated_at"})
    events = (await practice.http.get(f"/api/v1/clients/{client_id}/timeline")).json()["events"]
    assert {event["appointment_id"] for event in events} == {None}
    assert (await practice.http.get(f"/api/v1/appointments/{appointment_id}")).status_code == 404


@pytest.mark.parametrize("signed", [False, True])
async def test_a_note_is_deleted_softly_together_with_its_appointment(practice, check_problem, signed):
    client_id, appointment_id, note_id = await documented(practice)
    if signed:
        assert (await practice.http.post(f"/api/v1/sessions/{note_id}/finalize")).status_code == 200
    totals = [(await practice.http.get(f"/api/v1/sessions{query}")).json()["total"] for query in ("", "?include_deleted=true")]

    reply = await delete_appointment(practice.http, appointment_id, session_note_action="delete", deletion_reason="Wrong client.")

    assert reply.status_code == 204
    check_problem(await practice.http.get(f"/api/v1/sessions/{note_id}"), 404, "not_found")
    check_problem(await practice.http.get(f"/api/v1/appointments/{appointment_id}"), 404, "not_found")
    (listed,) = (await practice.http.get(f"/api/v1/sessions?client_id={client_id}&include_deleted=true")).json()["items"]
    assert (listed["id"], listed["deleted_reason"], listed["deleted_by_user_id"]) == (
        note_id,
        "Wrong client.",
        str(practice.person.user_id),
    )
    deleted, until = (datetime.fromisoformat(listed[name]) for name in ("deleted_at", "permanent_delete_after"))
    assert until - deleted == timedelta(days=30)
    timeline = (await practice.http.get(f"/api/v1/clients/{client_id}/timeline")).json()
    assert (timeline["events"], timeline["total_events"]) == ([], 0)
    after = [(await practice.http.get(f"/api/v1/sessions{query}")).json()["total"] for query in ("", "?include_deleted=true")]
    assert after == [totals[0] - 1, totals[1]]


@pytest.mark.parametrize("action", ["keep", "delete"])
async def test_an_appointment_without_a_note_is_deleted_either_way(practice, action):
    appointment = await practice.booked((await practice.add_client())["id"])

    assert (await delete_appointment(practice.http, appointment["id"], session_note_action=action)).status_code == 204


async def test_who_may_not_delete_both_deletes_neither(gateway, practice, check_problem):
    _, appointment_id, note_id = await documented(practice)

    async with gateway.colleague(practice.person, scopes={"appointments:read", "sessions:read", "sessions:write"}) as nurse:
        check_problem(await delete_appointment(nurse, appointment_id, session_note_action="delete"), 403, "permission_denied")
        assert (await nurse.get(f"/api/v1/sessions/{note_id}")).status_code == 200
    async with gateway.colleague(practice.person, scopes={"appointments:read", "appointments:write"}) as desk:
        check_problem(await delete_appointment(desk, appointment_id, session_note_action="delete"), 403, "permission_denied")
        check_problem(await delete_appointment(desk, appointment_id), 409, "session_note_exists")
        assert (await desk.get(f"/api/v1/appointments/{appointment_id}")).status_code == 200
        assert (await delete_appointment(desk, appointment_id, session_note_action="keep")).status_code == 204


async def test_a_note_that_somebody_else_signed_is_not_deleted_with_its_appointment(gateway, practice, check_problem):
    _, appointment_id, note_id = await documented(practice)
    assert (await practice.http.post(f"/api/v1/sessions/{note_id}/finalize")).status_code == 200

    async with gateway.colleague(practice.person, user_id=uuid7(), scopes=SCOPES_BY_ROLE["therapist"]) as therapist:
        check_problem(await delete_appointment(therapist, appointment_id, session_note_action="delete"), 403, "signed_by_another")
        assert (await therapist.get(f"/api/v1/appointments/{appointment_id}")).status_code == 200
        assert (await therapist.get(f"/api/v1/sessions/{note_id}")).json()["appointment_id"] == appointment_id
    assert (await delete_appointment(practice.http, appointment_id, session_note_action="delete")).status_code == 204


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"session_note_action": "delete", "reason": "x" * 5001}, "text_too_long"),
        ({"session_note_action": "delete", "reason": "x" * 20_001, "deletion_reason": "Wrong client."}, "text_too_long"),
        ({"session_note_action": "keep", "reason": "x" * 20_001}, "text_too_long"),
        ({"session_note_action": "delete", "deletion_reason": "x" * 5001}, "validation_failed"),
    ],
)
async def test_a_refused_deletion_changes_neither_the_appointment_nor_the_note(practice, check_problem, body, code):
    _, appointment_id, note_id = await documented(practice)
    before = (await practice.http.get(f"/api/v1/sessions/{note_id}")).json()

    check_problem(await delete_appointment(practice.http, appointment_id, **body), 422, code)

    assert (await practice.http.get(f"/api/v1/sessions/{note_id}")).json() == before
    assert (await practice.http.get(f"/api/v1/appointments/{appointment_id}")).json()["status"] == "scheduled"


@pytest.mark.parametrize("action", ["keep", "delete"])
async def test_a_key_of_another_deletion_changes_neither(practice, check_problem, action):
    _, first_id, _ = await documented(practice)
    appointment = await practice.booked((await practice.add_client())["id"], 15)
    note = await practice.write_note(appointment["client_id"], appointment_id=appointment["id"])
    headers = {"Idempotency-Key": uuid7().hex}
    body = {"session_note_action": action}

    done = [await practice.http.request("DELETE", f"/api/v1/appointments/{first_id}", json=body, headers=headers) for _ in range(2)]
    refused = await practice.http.request("DELETE", f"/api/v1/appointments/{appointment['id']}", json=body, headers=headers)

    assert [reply.status_code for reply in done] == [204, 204]
    check_problem(refused, 422, "idempotency_key_reused")
    assert (await practice.http.get(f"/api/v1/sessions/{note['id']}")).json() == note
    assert (await practice.http.get(f"/api/v1/appointments/{appointment['id']}")).status_code == 200


async def test_another_workspaces_note_is_not_touched(practice, elsewhere, check_problem):
    _, appointment_id, note_id = await documented(elsewhere)

    for action in ("keep", "delete"):
        check_problem(await delete_appointment(practice.http, appointment_id, session_note_action=action), 404, "not_found")

    assert (await elsewhere.http.get(f"/api/v1/sessions/{note_id}")).json()["version"] == 1


async def test_an_appointment_of_another_workspace_is_not_found(practice, elsewhere):
    theirs = (await elsewhere.booked((await elsewhere.add_client())["id"]))["id"]
    mine = await practice.add_client()
    for appointment_id in (theirs, str(uuid7())):
        path = f"/api/v1/appointments/{appointment_id}"
        replies = [
            await practice.http.get(path),
            await practice.http.put(path, json={"notes": "x"}),
            await practice.http.delete(path),
            await practice.http.get(f"{path}/reminders"),
            await practice.http.post("/api/v1/sessions", json={"client_id": mine["id"], "appointment_id": appointment_id}),
        ]
        assert [reply.status_code for reply in replies] == [404] * 5, [reply.text for reply in replies]

    assert (await elsewhere.http.get(f"/api/v1/appointments/{theirs}")).json()["version"] == 1


def test_initials_are_made_of_the_names_that_are_not_empty():
    assert initials({"first_name": "ada", "last_name": "lovelace"}) == "A.L."
    assert initials({"first_name": " ", "last_name": "Øre"}) == "Ø."
    assert initials(None) == "?"


async def test_services_and_locations_are_created_changed_and_deleted(practice, check_problem):
    http = practice.http
    service = (await http.post("/api/v1/services", json={"name": "Massage", "default_duration_minutes": 50, "price_minor_units": 0})).json()
    room = (await http.post("/api/v1/locations", json={"name": "Room 1", "location_type": "clinic", "address": "1 Main St"})).json()

    service = (await http.put(f"/api/v1/services/{service['id']}", json={"price_minor_units": None, "buffer_after_minutes": 10})).json()
    room = (await http.put(f"/api/v1/locations/{room['id']}", json={"name": "Room 2"})).json()

    assert (service["name"], service["price_minor_units"], service["buffer_after_minutes"]) == ("Massage", None, 10)
    assert (room["name"], room["address"], room["is_room"]) == ("Room 2", "1 Main St", False)
    assert (await http.put(f"/api/v1/locations/{room['id']}", json={"is_room": True})).json()["is_room"] is True
    check_problem(await http.put(f"/api/v1/locations/{room['id']}", json={"location_type": "home"}), 422, "location_invalid")
    assert (await http.delete(f"/api/v1/services/{service['id']}")).status_code == 204
    assert (await http.delete(f"/api/v1/locations/{room['id']}")).status_code == 204
    assert (await http.get("/api/v1/services?is_active=true")).json()["total"] == 0
    assert (await http.get("/api/v1/locations?is_active=true&location_type=clinic")).json()["total"] == 0
    assert (await http.get(f"/api/v1/services/{service['id']}")).status_code == 404
