"""The channel for text messages over HTTP: set, shown, rotated; reminders that go by it."""

from uuid import uuid4

API = "/api/v1/reminders/channels/sms"
CHANNEL = {"url", "is_active", "created_at", "updated_at"}
ASKED = {"url": "https://sms.invalid/caseload"}


async def test_a_channel_is_set_shown_and_rotated_and_that_is_on_record(gateway, practice, elsewhere, check_problem):
    check_problem(await practice.http.get(API), 404, "not_found")
    made = (await practice.http.put(API, json=ASKED)).json()
    assert made.keys() == CHANNEL | {"secret"}
    assert (made["url"], made["is_active"], made["secret"][:6]) == (ASKED["url"], True, "whsec_")
    again = (await practice.http.put(API, json=ASKED | {"is_active": False})).json()
    assert (again["is_active"], again["secret"]) == (False, None)
    rotated = (await practice.http.post(f"{API}/rotate-secret")).json()
    assert rotated["secret"] not in {None, "", made["secret"]}
    check_problem(await practice.http.post(f"{API}/rotate-secret"), 409, "secret_rotated_lately")
    assert (await practice.http.get(API)).json() == {name: rotated[name] for name in CHANNEL}
    check_problem(await elsewhere.http.get(API), 404, "not_found")
    await gateway.environment.settle()
    found = (await practice.http.get("/api/v1/audit-events", params={"resource_type": "Workspace", "outcome": "success"})).json()["items"]
    lines = [line["event_type"] for line in reversed(found) if "sms" in line["event_type"]]
    assert lines == ["set_sms_channel", "set_sms_channel", "rotate_sms_secret"]


async def test_a_rule_may_remind_by_text_message(practice):
    made = await practice.http.post("/api/v1/reminders/configurations", json={"hours_before": 3, "channel": "sms"})
    assert (made.status_code, made.json()["channel"]) == (201, "sms")
    refused = await practice.http.post("/api/v1/reminders/configurations", json={"hours_before": 3, "channel": "fax"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/channel")


async def test_an_address_inside_is_refused(practice, check_problem):
    refused = await practice.http.put(API, json={"url": "https://10.0.0.1/"})
    assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, ["/url"])
    check_problem(await practice.http.get(API), 404, "not_found")


async def test_those_who_do_not_administer_the_workspace_are_refused(gateway, practice, check_problem):
    await gateway.add_user(practice.person.workspace_id, "therapist")
    async with gateway.colleague(practice.person, sub=str(uuid4()), role="therapist", scope="reminders:read reminders:write") as http:
        check_problem(await http.put(API, json=ASKED), 403, "permission_denied")
        check_problem(await http.get(API), 403, "permission_denied")


async def test_a_channel_is_deleted_once(practice, check_problem):
    check_problem(await practice.http.delete(API), 404, "not_found")
    assert (await practice.http.put(API, json=ASKED)).status_code == 200
    assert (await practice.http.delete(API)).status_code == 204
    check_problem(await practice.http.get(API), 404, "not_found")


async def test_the_preview_of_a_template_counts_the_parts_of_its_text_message(practice):
    body = {"name": "Short", "locale": "en", "subject": "-", "text": "{date} {time}"}
    made = (await practice.http.post("/api/v1/reminders/templates", json=body)).json()
    shown = (await practice.http.post(f"/api/v1/reminders/templates/{made['id']}/preview")).json()["text_message"]
    assert (shown["encoding"], shown["parts"], shown["is_too_long"], len(shown["text"])) == ("gsm7", 2, False, shown["characters"])
