"""What reminders say and when they go out, over HTTP."""

API = "/api/v1"
TEMPLATE = {"name": "Kurz", "locale": "de", "subject": "Termin am {date}", "text": "{first_name}, {date}, {time}"}


async def test_templates_are_made_listed_changed_previewed_and_deleted(practice, check_problem):
    made = await practice.http.post(f"{API}/reminders/templates", json=TEMPLATE)
    assert made.status_code == 201, made.text
    template = made.json()
    path = f"{API}/reminders/templates/{template['id']}"
    assert template == TEMPLATE | {
        "id": template["id"],
        "workspace_id": str(practice.person.workspace_id),
        "html": None,
        "is_active": True,
        "created_at": template["created_at"],
        "updated_at": template["created_at"],
    }
    changed = await practice.http.put(path, json={"html": "<p>{date} {time}</p>"})
    assert (changed.status_code, changed.json()["html"], changed.json()["text"]) == (200, "<p>{date} {time}</p>", TEMPLATE["text"])
    assert (await practice.http.put(path, json={"html": None})).json()["html"] is None
    assert (await practice.http.get(f"{API}/reminders/templates")).json()["items"][0]["id"] == template["id"]

    shown = await practice.http.post(f"{path}/preview")
    assert (shown.status_code, shown.json().keys()) == (200, {"subject", "text", "html", "text_message"})
    assert shown.json()["text"].startswith("Anna, ")

    rule = await practice.http.post(f"{API}/reminders/configurations", json={"hours_before": 3, "template_id": template["id"]})
    assert (rule.status_code, rule.json()["template_id"]) == (201, template["id"])
    assert check_problem(await practice.http.delete(path), 409, "reminder_template_used")["rules"] == 1
    cleared = await practice.http.put(f"{API}/reminders/configurations/{rule.json()['id']}", json={"template_id": None})
    assert (cleared.status_code, cleared.json()["template_id"]) == (200, None)
    assert (await practice.http.delete(path)).status_code == 204
    check_problem(await practice.http.delete(path), 404, "not_found")


async def test_what_a_template_lacks_is_a_422_at_its_field(practice, check_problem):
    for but, pointer in (
        ({"text": "Bald."}, "/text"),
        ({"text": "{date} {time} {diagnosis}"}, "/text"),
        ({"subject": "{who}"}, "/subject"),
        ({"locale": "klingon"}, "/locale"),
        ({"html": "<p>{date}</p>"}, "/html"),
        ({"name": ""}, "/name"),
        ({"text": None}, "/text"),
    ):
        reply = await practice.http.post(f"{API}/reminders/templates", json=TEMPLATE | but)
        assert reply.status_code == 422, reply.text
        assert [fault["pointer"] for fault in reply.json()["errors"]] == [pointer]
    nobodys = {"hours_before": 5, "template_id": "0192a000-0000-7000-8000-00000000000a"}
    check_problem(await practice.http.post(f"{API}/reminders/configurations", json=nobodys), 404, "reminder_template_not_found")


async def test_the_policy_is_read_and_replaced(practice):
    path = f"{API}/reminders/policy"
    unset = {
        "quiet_start": None,
        "quiet_end": None,
        "late_reminders": "combined",
        "cancel_link": "ask",
        "tell_declined": True,
        "updated_at": None,
    }
    assert (await practice.http.get(path)).json() == unset
    chosen = {"quiet_start": "21:00", "quiet_end": "08:00", "late_reminders": "skipped", "cancel_link": "cancel", "tell_declined": False}
    stored = await practice.http.put(path, json=chosen)
    assert stored.status_code == 200, stored.text
    assert stored.json() == chosen | {"updated_at": stored.json()["updated_at"]}
    assert (await practice.http.get(path)).json() == stored.json()
    for wrong in ({"quiet_start": "21:00"}, {"quiet_start": "9", "quiet_end": "10:00"}, {"late_reminders": "never"}, {"cancel_link": None}):
        assert (await practice.http.put(path, json=wrong)).status_code == 422
    replaced = (await practice.http.put(path, json={"cancel_link": "cancel"})).json()
    assert (replaced["quiet_start"], replaced["late_reminders"], replaced["cancel_link"]) == (None, "combined", "cancel")
