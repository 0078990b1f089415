"""Series over REST: previewed, booked, changed and deleted."""

from datetime import datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
WEEKLY = {"rrule": "FREQ=WEEKLY;COUNT=3", "first_start": "2031-03-24T09:00:00+01:00", "duration_minutes": 50, "time_zone": "Europe/Berlin"}


def clocks(series):
    return [f"{datetime.fromisoformat(each['start']).astimezone(BERLIN):%m-%d %H:%M}" for each in series["occurrences"]]


async def test_a_series_is_previewed_booked_changed_and_deleted(practice, elsewhere, check_problem):
    client = await practice.add_client()
    wanted = {**WEEKLY, "client_id": client["id"], "location_type": "clinic"}
    taken = (
        await practice.http.post(
            "/api/v1/appointments",
            json={
                "client_id": client["id"],
                "location_type": "clinic",
                "scheduled_start": "2031-03-31T09:30:00+02:00",
                "scheduled_end": "2031-03-31T10:00:00+02:00",
            },
        )
    ).json()

    preview = (await practice.http.post("/api/v1/series/preview", json=wanted)).json()
    assert set(preview) == {"id", "rrule", "first_start", "duration_minutes", "time_zone", "occurrences"}
    assert (preview["id"], preview["first_start"]) == ("00000000-0000-0000-0000-000000000000", "2031-03-24T08:00:00Z")
    assert [each["status"] for each in preview["occurrences"]] == ["ok", "conflict", "ok"]
    (conflict,) = preview["occurrences"][1]["conflicts"]
    assert (conflict["id"], conflict["client_initials"], conflict["status"]) == (taken["id"], "A.L.", "scheduled")
    assert (await practice.http.get("/api/v1/appointments")).json()["total"] == 1

    problem = check_problem(await practice.http.post("/api/v1/series", json=wanted), 409, "appointment_conflict")
    assert [each["client_initials"] for each in problem["conflicting_appointments"]] == ["A.L."]
    assert [(each["start"], each["status"]) for each in problem["occurrences"]] == [("2031-03-31T07:00:00Z", "conflict")]
    reply = await practice.http.post("/api/v1/series?on_conflict=skip", json=wanted)
    assert (reply.status_code, reply.headers["etag"]) == (201, '"1"')
    series = reply.json()
    path, (first, left_out, last) = f"/api/v1/series/{series['id']}", series["occurrences"]
    assert (left_out["status"], left_out["appointment_id"]) == ("conflict", None)
    shown = (await practice.http.get(f"/api/v1/appointments/{last['appointment_id']}")).json()
    assert (shown["series_id"], shown["scheduled_start"]) == (series["id"], "2031-04-07T07:00:00Z")

    later = {"first_start": "2031-03-24T11:00:00+01:00"}
    for stranger, code in ((elsewhere, "not_found"), (practice, "stale_version")):
        status = 404 if stranger is elsewhere else 412
        check_problem(await stranger.http.put(f"{path}?scope=all", json=later, headers={"If-Match": '"7"'}), status, code)
    reply = await practice.http.put(f"{path}?scope=all", json=later, headers={"If-Match": '"1"'})
    assert (reply.headers["etag"], clocks(reply.json())) == ('"2"', ["03-24 11:00", "03-31 11:00", "04-07 11:00"])
    tail = await practice.http.put(f"{path}?scope=following&appointment_id={last['appointment_id']}", json={"notes": "Knee"})
    assert (clocks(tail.json()), tail.json()["id"] != series["id"]) == (["04-07 11:00"], True)
    alone = await practice.http.put(
        f"{path}?scope=this&appointment_id={first['appointment_id']}", json={"first_start": "2031-03-25T09:00:00+01:00"}
    )
    assert clocks(alone.json()) == ["03-25 09:00", "03-31 11:00"]

    check_problem(await elsewhere.http.delete(f"{path}?scope=all"), 404, "not_found")
    assert (await practice.http.delete(f"{path}?scope=all")).status_code == 204
    check_problem(await practice.http.delete(f"{path}?scope=all"), 404, "not_found")
    left = (await practice.http.get("/api/v1/appointments")).json()["items"]
    assert {each["id"] for each in left} == {taken["id"], last["appointment_id"]}


async def test_a_series_that_cannot_be_is_refused_with_its_reason(practice, check_problem):
    client = await practice.add_client()
    wanted = {**WEEKLY, "client_id": client["id"], "location_type": "clinic"}
    for change, code in (
        ({"rrule": "FREQ=SECONDLY;COUNT=3"}, "rrule_invalid"),
        ({"rrule": "FREQ=DAILY;COUNT=100000"}, "rrule_invalid"),
        ({"rrule": "FREQ=DAILY;UNTIL=99991231T000000Z"}, "series_too_long"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2"}, "series_start_off_rule"),
        ({"time_zone": "Mars/Olympus"}, "validation_failed"),
        ({"duration_minutes": 1441}, "validation_failed"),
        ({"first_start": "2031-03-24T09:00:00"}, "validation_failed"),
    ):
        for path in ("/api/v1/series/preview", "/api/v1/series"):
            check_problem(await practice.http.post(path, json=wanted | change), 422, code)
    # Without a zone it is the workspace's.
    made = await practice.http.post("/api/v1/series", json={name: value for name, value in wanted.items() if name != "time_zone"})
    assert made.status_code == 201, made.text
    path = f"/api/v1/series/{made.json()['id']}"
    check_problem(await practice.http.put(f"{path}?scope=this", json={"notes": "Knee"}), 422, "series_scope_invalid")
    check_problem(await practice.http.put(path, json={"notes": "Knee"}), 422, "validation_failed")
    check_problem(await practice.http.put(f"{path}?scope=all", json={"rrule": None}), 422, "validation_failed")
