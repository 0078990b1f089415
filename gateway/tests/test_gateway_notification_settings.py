"""What somebody wants to be mailed about their own work, over HTTP."""

PATH = "/api/v1/users/me/notification-settings"


async def test_settings_are_read_and_changed_member_by_member(practice, check_problem):
    person = practice.person
    unset = (await practice.http.get(PATH)).json()
    assert unset == {
        "id": str(person.user_id),
        "user_id": str(person.user_id),
        "workspace_id": str(person.workspace_id),
        "email_enabled": True,
        "notify_appointment_booked": False,
        "notify_appointment_cancelled": False,
        "notify_appointment_rescheduled": False,
        "notify_appointment_confirmed": False,
        "notify_alerts": True,
        "digest_enabled": False,
        "digest_time": "07:00",
        "digest_days": [0, 1, 2, 3, 4, 5, 6],
        "tomorrow_digest_enabled": False,
        "tomorrow_digest_time": "18:00",
        "tomorrow_digest_days": [0, 1, 2, 3, 4, 5, 6],
        "reminder_enabled": False,
        "reminder_minutes": 30,
        "notes_reminder_enabled": False,
        "notes_reminder_time": "17:00",
        "time_zone": None,
        "extended_settings": {},
        "created_at": None,
        "updated_at": None,
    }
    chosen = {
        "digest_enabled": True,
        "digest_time": "06:45",
        "digest_days": [1, 5],
        "time_zone": "Asia/Jerusalem",
        "extended_settings": {"a": [1, None]},
    }
    stored = await practice.http.put(PATH, json=chosen)
    assert stored.status_code == 200, stored.text
    assert stored.json() == unset | chosen | {name: stored.json()[name] for name in ("created_at", "updated_at")}
    assert stored.json()["created_at"].endswith("Z")
    # Null is no time; what is enabled needs one.
    assert (await practice.http.put(PATH, json={"tomorrow_digest_time": None})).json()["tomorrow_digest_time"] is None
    for wrong, pointer in (
        ({"digest_time": None}, "/digest_time"),
        ({"tomorrow_digest_enabled": True}, "/tomorrow_digest_time"),
        ({"digest_time": "6:45"}, "/digest_time"),
        ({"digest_days": [7]}, "/digest_days/0"),
        ({"reminder_minutes": 20}, "/reminder_minutes"),
        ({"time_zone": "Mars"}, "/time_zone"),
        ({"email_enabled": None}, "/email_enabled"),
        ({"extended_settings": {"a": "x" * 10_000}}, "/extended_settings"),
    ):
        refused = await practice.http.put(PATH, json=wrong)
        assert (refused.status_code, [fault["pointer"] for fault in refused.json()["errors"]]) == (422, [pointer]), refused.text
    assert (await practice.http.get(PATH)).json() | {"updated_at": None} == stored.json() | {
        "tomorrow_digest_time": None,
        "updated_at": None,
    }


async def test_an_api_key_has_no_mailbox(practice, check_problem):
    made = await practice.http.post("/api/v1/api-keys", json={"name": "calendar", "scopes": ["appointments:read"]})
    assert made.status_code == 201, made.text
    headers = {"Authorization": f"Bearer {made.json()['secret']}"}
    check_problem(await practice.http.get(PATH, headers=headers), 404, "practitioner_not_found")
