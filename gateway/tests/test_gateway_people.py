"""People, their workspace and the audit trail over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

PASSWORD = "correct horse battery"
USER = {
    "id", "workspace_id", "email", "full_name", "role", "is_active", "is_platform_admin", "department_id", "license_number",
    "supervisor_id", "specialization", "shift_schedule", "two_factor_enabled", "has_passkey", "is_locked", "locked_until", "last_login_at", "created_at", "updated_at",
}  # fmt: skip
EVENT = {
    "id", "workspace_id", "user_id", "event_type", "resource_type", "resource_id", "action", "outcome", "ip_address", "user_agent",
    "session_id", "metadata", "retention_until", "sequence", "hash", "created_at",
}  # fmt: skip


async def test_a_user_is_returned_with_all_fields_and_updated_in_part(practice):
    path = f"/api/v1/users/{practice.person.user_id}"
    hours = {"mon": [{"start": "08:00", "end": "16:00"}]}

    changed = (await practice.http.put(path, json={"shift_schedule": hours, "license_number": "PT-1"})).json()
    again = (await practice.http.put(path, json={"license_number": None})).json()

    assert changed.keys() == USER
    assert (changed["shift_schedule"], changed["license_number"], changed["role"]) == (hours, "PT-1", "owner")
    assert (again["shift_schedule"], again["license_number"]) == (hours, None)
    assert (await practice.http.get("/api/v1/users?role=owner&is_active=true")).json()["items"][0] == again
    assert (await practice.http.get("/api/v1/users?role=assistant")).json()["total"] == 0


async def test_a_user_of_another_workspace_is_not_found(practice, elsewhere):
    for user_id in (elsewhere.person.user_id, uuid7()):
        path = f"/api/v1/users/{user_id}"
        replies = [
            await practice.http.get(path),
            await practice.http.put(path, json={"full_name": "Mallory"}),
            await practice.http.put(f"{path}/role", json={"role": "assistant"}),
            await practice.http.post(f"{path}/deactivate"),
            await practice.http.post(f"{path}/activate"),
        ]
        assert [reply.status_code for reply in replies] == [404] * 5, [reply.text for reply in replies]


def in_hours(hours):
    start = datetime.now(UTC) + timedelta(hours=hours)
    return {"scheduled_start": start.isoformat(), "scheduled_end": (start + timedelta(minutes=30)).isoformat()}


async def test_deactivating_a_practitioner_lists_the_appointments_that_are_still_to_come(gateway, practice):
    doctor = await gateway.add_user(practice.person.workspace_id, "therapist")
    client = await practice.add_client()
    booked = [await practice.booked(client["id"], practitioner_id=doctor, **in_hours(hours)) for hours in (50, 48, 49)]
    await practice.booked(client["id"], **in_hours(51))
    await practice.http.put(f"/api/v1/appointments/{booked[2]['id']}", json={"status": "cancelled"})
    path = f"/api/v1/users/{doctor}/deactivate"

    answers = [(await practice.http.post(path)).json() for _ in range(2)]

    for answer in answers:
        assert answer.keys() == USER | {"future_appointments", "future_appointment_count", "api_keys"}
        assert (answer["is_active"], answer["future_appointment_count"]) == (False, 2)
        assert [found["id"] for found in answer["future_appointments"]] == [booked[1]["id"], booked[0]["id"]]
        assert answer["future_appointments"][0]["client"]["full_name"] == "Ada Lovelace"
    refused = await practice.book(client["id"], practitioner_id=doctor, **in_hours(52))
    assert (refused.status_code, refused.json()["code"]) == (422, "practitioner_inactive")


async def test_who_may_not_read_appointments_deactivates_without_seeing_them(gateway, practice):
    doctor = await gateway.add_user(practice.person.workspace_id, "therapist")
    async with gateway.colleague(practice.person, role="owner", scopes={"users:write"}) as colleague:
        answer = (await colleague.post(f"/api/v1/users/{doctor}/deactivate")).json()

    assert (answer["is_active"], answer["future_appointments"], answer["future_appointment_count"]) == (False, None, None)
    assert answer["api_keys"] is None


async def test_deactivating_somebody_lists_the_keys_that_they_made_and_that_stay_good(gateway, practice):
    leaver = await gateway.add_user(practice.person.workspace_id, "therapist")
    new = {"name": "Import", "scopes": ["clients:read"]}
    kept = (await practice.http.post("/api/v1/api-keys", json=new)).json()
    # Somebody who made keys as an owner, and has another role by now.
    async with gateway.colleague(practice.person, role="owner", user_id=UUID(leaver)) as http:
        made = (await http.post("/api/v1/api-keys", json=new)).json()
    assert (kept["created_by"], made["created_by"]) == (str(practice.person.user_id), leaver)

    answer = (await practice.http.post(f"/api/v1/users/{leaver}/deactivate")).json()

    assert [key["id"] for key in answer["api_keys"]] == [made["id"]]
    assert answer["api_keys"][0]["created_by"] == leaver
    async with gateway.anonymous(Authorization=f"Bearer {made['secret']}") as program:
        assert (await program.get("/api/v1/clients")).status_code == 200


async def test_an_administrator_unlocks_a_user_who_guessed_too_often(gateway, practice):
    locked, path = await gateway.open_workspace(), f"/api/v1/users/{practice.person.user_id}"
    async with gateway.anonymous(address="198.51.100.99") as browser:

        async def sign_in(password, person=practice.person):
            return (await browser.post("/api/v1/auth/login", json={"email": person.email, "password": password})).status_code

        for number in range(6):
            assert await sign_in(f"wrong horse {number}") in {401, 429}
        before = (await practice.http.get(path)).json()
        assert (before["is_locked"], before["locked_until"] is not None) == (True, True)
        assert await sign_in(PASSWORD) == 429

        unlocked = (await practice.http.post(f"{path}/unlock")).json()
        assert (unlocked["is_locked"], unlocked["locked_until"]) == (False, None)
        assert await sign_in(PASSWORD) == 200
    assert (await practice.http.post(f"/api/v1/users/{locked.user_id}/unlock")).status_code == 404


async def test_a_role_the_contract_does_not_know_is_a_422(practice, check_problem):
    reply = await practice.http.put(f"/api/v1/users/{practice.person.user_id}/role", json={"role": "king"})

    check_problem(reply, 422, "validation_failed")


async def test_an_update_of_the_workspace_keeps_absent_members(practice):
    before = (await practice.http.get("/api/v1/workspaces/current")).json()

    after = (
        await practice.http.patch("/api/v1/workspaces/current", json={"name": "Seaside", "settings": {"theme": {"dark": True}}})
    ).json()

    assert (after["name"], after["settings"]) == ("Seaside", {"theme": {"dark": True}})
    assert after["time_zone"] == before["time_zone"] == "America/New_York"
    assert (before["kind"], before["status"], before["address"], before["settings"]) == ("practice", "active", None, {})


async def test_the_trail_contains_writes_reads_and_denials_and_verifies(gateway, practice):
    client = await practice.add_client()
    await practice.http.get(f"/api/v1/clients/{client['id']}")
    async with gateway.colleague(practice.person, role="operator", scopes={"clients:read"}) as colleague:
        assert (await colleague.delete(f"/api/v1/clients/{client['id']}")).status_code == 403

    async with asyncio.timeout(20):
        while True:
            listed = (await practice.http.get(f"/api/v1/audit-events?resource_type=Client&resource_id={client['id']}")).json()
            told = {(event["action"], event["outcome"]) for event in listed["items"]}
            if told >= {("CREATE", "success"), ("READ", "success"), ("UPDATE", "failure")} and all(e["hash"] for e in listed["items"]):
                break
            await asyncio.sleep(0.1)
    one = (await practice.http.get(f"/api/v1/audit-events/{listed['items'][0]['id']}")).json()
    verified = (await practice.http.get("/api/v1/audit/verify")).json()

    assert one.keys() == EVENT
    assert (one["ip_address"], one["workspace_id"]) == (gateway.address, str(practice.person.workspace_id))
    assert {key: verified[key] for key in ("intact", "first_break")} == {"intact": True, "first_break": None}
    assert verified["events"] >= 3
    assert len(verified["head"]) == 64


async def test_the_trail_of_another_workspace_is_not_found(practice, elsewhere):
    await elsewhere.add_client()
    async with asyncio.timeout(20):
        while not (theirs := (await elsewhere.http.get("/api/v1/audit-events?resource_type=Client")).json()["items"]):
            await asyncio.sleep(0.1)

    assert (await practice.http.get(f"/api/v1/audit-events/{theirs[0]['id']}")).status_code == 404
    assert (await practice.http.get("/api/v1/audit-events?resource_type=Client")).json()["total"] == 0


async def test_reminder_configurations_are_created_changed_and_deleted(gateway, practice):
    http = practice.http
    # A workspace is given its first rule when it has been opened.
    await gateway.environment.settle()
    before = (await http.get("/api/v1/reminders/configurations")).json()["total"]
    rule = (await http.post("/api/v1/reminders/configurations", json={"hours_before": 48, "channel": "email"})).json()
    path = f"/api/v1/reminders/configurations/{rule['id']}"

    changed = (await http.put(path, json={"is_active": False})).json()

    assert (rule["is_active"], rule["template_id"]) == (True, None)
    assert (changed["hours_before"], changed["is_active"], changed["channel"]) == (48, False, "email")
    assert (await http.delete(path)).status_code == 204
    assert (await http.get("/api/v1/reminders/configurations")).json()["total"] == before
    assert (await http.put(path, json={"is_active": True})).status_code == 404
    assert (await http.post("/api/v1/reminders/configurations", json={"hours_before": 0})).status_code == 422


async def test_the_reminders_of_a_booked_appointment_are_logged(gateway, practice):
    await practice.http.post("/api/v1/reminders/configurations", json={"hours_before": 24, "channel": "email"})
    appointment = await practice.booked((await practice.add_client(email="ada@example.com"))["id"])
    await gateway.environment.settle()

    logs = (await practice.http.get(f"/api/v1/appointments/{appointment['id']}/reminders")).json()
    listed = (await practice.http.get(f"/api/v1/reminders/logs?appointment_id={appointment['id']}&status=pending")).json()
    day = (await practice.http.get("/api/v1/reminders/logs?start_date=2027-02-28&end_date=2027-02-28")).json()

    assert ("2027-02-28T09:00:00Z", "pending", 24) in {(log["due_at"], log["status"], log["hours_before"]) for log in logs}
    assert listed["items"] == logs
    assert [log["id"] for log in day["items"]] == [log["id"] for log in logs if log["due_at"].startswith("2027-02-28T09")]
