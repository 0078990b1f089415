"""Working hours, holidays and free slots over HTTP."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import slots_pb2 as pb
from chassis.protobuf.timestamps import to_timestamp
from gateway.api.slots.routes import rendered

HOURS = {"weekday": 0, "start": "09:00", "end": "12:00"}
OFF = {"date": "2031-03-10", "kind": "off", "start": None, "end": None, "note": "Conference"}
MONDAYS = {"time_zone": "Europe/Berlin", "weekly": [HOURS], "exceptions": [OFF], "notice_minutes": 30, "slot_step_minutes": 60}


def path(practice):
    return f"/api/v1/availability/{practice.person.user_id}"


async def test_hours_are_nothing_until_they_are_set_and_a_later_version_is_not_overwritten(practice, check_problem):
    nothing = await practice.http.get(path(practice))
    assert nothing.headers["etag"] == '"0"'
    assert (nothing.json()["weekly"], nothing.json()["updated_at"]) == ([], None)

    kept = await practice.http.put(path(practice), json=MONDAYS)
    assert kept.status_code == 200, kept.text
    assert {name: kept.json()[name] for name in MONDAYS} == MONDAYS
    assert (kept.headers["etag"], kept.json()["practitioner_id"]) == ('"1"', str(practice.person.user_id))
    assert (await practice.http.get(path(practice))).json() == kept.json()
    check_problem(await practice.http.put(path(practice), json=MONDAYS, headers={"If-Match": '"0"'}), 412, "stale_version")
    assert (await practice.http.put(path(practice), json={"weekly": []}, headers={"If-Match": '"1"'})).headers["etag"] == '"2"'


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"),
    [
        ({"weekly": [HOURS | {"weekday": 7}]}, "validation_failed", "/weekly/0/weekday"),
        ({"weekly": [HOURS | {"end": "12:60"}]}, "validation_failed", "/weekly/0/end"),
        ({"weekly": [HOURS, HOURS | {"start": "11:00"}]}, "availability_invalid", "/weekly/1"),
        ({"exceptions": [OFF | {"kind": "open"}]}, "availability_invalid", "/exceptions/0/start"),
        ({"slot_step_minutes": 25}, "availability_invalid", "/slot_step_minutes"),
        ({"time_zone": "Mars/Olympus"}, "validation_failed", "/time_zone"),
    ],
)
async def test_wrong_hours_are_refused(practice, check_problem, wrong, code, pointer):
    problem = check_problem(await practice.http.put(path(practice), json=MONDAYS | wrong), 422, code)
    assert pointer in [fault["pointer"] for fault in problem["errors"]]
    assert (await practice.http.get(path(practice))).json()["version"] == 0


async def test_slots_are_those_of_the_days_that_are_asked_for_without_holidays(practice, check_problem):
    assert (await practice.http.put(path(practice), json=MONDAYS)).status_code == 200
    days = {"from": "2031-03-01", "to": "2031-03-31"}

    async def starts(**query):
        reply = await practice.http.get("/api/v1/slots", params=days | query)
        assert reply.status_code == 200, reply.text
        assert {slot["practitioner_id"] for slot in reply.json()} <= {str(practice.person.user_id)}
        return [slot["start"] for slot in reply.json()]

    hours = ["08:00", "09:00", "10:00"]
    before_summer = [f"2031-03-{day}T{hour}:00Z" for day in ("03", "17", "24") for hour in hours]
    in_summer = [f"2031-03-31T{hour}:00Z" for hour in ("07:00", "08:00", "09:00")]
    assert await starts() == before_summer + in_summer
    assert await starts(duration_minutes=180) == [*before_summer[::3], in_summer[0]]

    holiday = await practice.http.post("/api/v1/holidays", json={"date": "2031-03-17", "name": "Founders' day"})
    assert (holiday.status_code, holiday.json()["country"]) == (201, None)
    assert await starts() == [start for start in before_summer + in_summer if "-17T" not in start]
    listed = (await practice.http.get("/api/v1/holidays", params=dict(zip(("start_date", "end_date"), days.values(), strict=True)))).json()
    assert (listed["items"], listed["total"]) == ([holiday.json()], 1)
    check_problem(await practice.http.post("/api/v1/holidays", json={"date": "2031-03-17", "name": "Founders' day"}), 409, "holiday_exists")
    assert (await practice.http.delete(f"/api/v1/holidays/{holiday.json()['id']}")).status_code == 204
    assert await starts() == before_summer + in_summer


async def test_public_holidays_are_copied(practice):
    copied = await practice.http.post("/api/v1/holidays/public", json={"country": "DE", "subdivision": "BY", "year": 2031})

    assert copied.status_code == 200, copied.text
    assert (len(copied.json()["added"]), copied.json()["unchanged"], copied.json()["outdated"]) == (12, [], [])


async def test_slots_without_a_range_or_of_a_stranger_are_refused(practice, check_problem):
    problem = check_problem(await practice.http.get("/api/v1/slots", params={"from": "2031-03-03"}), 422, "validation_failed")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/to"]
    days = {"from": "2031-03-01", "to": "2031-04-30"}
    check_problem(await practice.http.get("/api/v1/slots", params=days), 422, "range_invalid")
    check_problem(await practice.http.get("/api/v1/slots", params={"since": "2031-03-03"}), 422, "unknown_parameter")
    stranger = {"from": "2031-03-01", "to": "2031-03-02", "practitioner_id": str(uuid7())}
    check_problem(await practice.http.get("/api/v1/slots", params=stranger), 404, "practitioner_not_found")


def test_slots_of_a_service_of_the_release_before_are_answered_as_those_of_this_one():
    start = datetime(2031, 3, 3, 9, tzinfo=UTC)
    who = str(uuid7())
    older = pb.FreeSlotList(
        items=[pb.FreeSlot(practitioner_id=who, start=to_timestamp(start), end=to_timestamp(start + timedelta(minutes=50)))]
    )
    newer = pb.FreeSlotList(practitioner_id=who, starts=[int(start.timestamp())], duration_minutes=50)

    assert [json.loads(slot) for slot in rendered(older)] == [json.loads(slot) for slot in rendered(newer)]
