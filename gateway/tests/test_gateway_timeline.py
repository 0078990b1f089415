"""A client's timeline, merged from appointments, notes and plans of care."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.client_archive.timeline import Position, read_cursor, write_cursor
from chassis.errors import Invalid

moments = st.integers(0, 3).map(lambda seconds: datetime(2027, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
places = st.builds(Position, moments, st.sampled_from([0, 1, 2]), st.integers(0, 5).map(lambda number: str(UUID(int=number))))


@given(st.sets(places, max_size=20), st.integers(1, 5))
def test_following_the_cursors_returns_every_event_once_and_in_order(story: set[Position], limit: int):
    told: list[Position] = []
    since: Position | None = None
    while True:
        merged: list[Position] = []
        for source in (0, 1, 2):
            own = sorted(((place.at, place.id) for place in story if place.source == source), reverse=True)
            after = own if since is None else [entry for entry in own if entry < since.before(source)]
            merged += [Position(at, source, entry_id) for at, entry_id in after[:limit]]
        page = sorted(merged, reverse=True)[:limit]
        if not page:
            break
        told += page
        since = read_cursor(write_cursor(page[-1]))

    assert told == sorted(story, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMywzXQ", "é", "WzEsMCwiYSJd", "e30", "bnVsbA", "WzFlOTksMCwiYSJd"])
def test_a_forged_cursor_is_refused(cursor: str):
    with pytest.raises(Invalid):
        read_cursor(cursor)


async def test_the_timeline_has_appointments_and_notes_newest_first(practice):
    client = await practice.add_client()
    appointment = await practice.booked(client["id"])
    note = await practice.write_note(client["id"])
    await practice.http.post(f"/api/v1/sessions/{note['id']}/finalize")
    await practice.booked((await practice.add_client())["id"], 15)

    timeline = (await practice.http.get(f"/api/v1/clients/{client['id']}/timeline")).json()

    assert timeline.keys() == {"client_id", "events", "total_events", "next_cursor"}
    assert (timeline["client_id"], timeline["total_events"], timeline["next_cursor"]) == (client["id"], 3, None)
    assert [event["event_type"] for event in timeline["events"]] == ["appointment_scheduled", "session_finalized", "session"]
    assert timeline["events"][0] == {
        "event_type": "appointment_scheduled",
        "event_date": appointment["scheduled_start"],
        "title": "Appointment scheduled",
        "description": "At the clinic",
        "appointment_id": appointment["id"],
        "session_id": None,
        "plan_id": None,
        "milestone_id": None,
    }
    assert timeline["events"][2]["session_id"] == note["id"]
    assert "Slept badly" not in str(timeline)


async def test_the_timeline_is_paged_by_cursor(practice):
    client = await practice.add_client()
    for hour in (8, 10, 12):
        await practice.booked(client["id"], hour)
    for day in (1, 2):
        await practice.write_note(client["id"], session_date=f"2026-11-0{day}T10:00:00Z")
    path = f"/api/v1/clients/{client['id']}/timeline"
    whole = (await practice.http.get(path)).json()["events"]

    told, cursor = [], None
    for _ in range(4):
        page = (await practice.http.get(path, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        told += page["events"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(whole) == 5
    assert told == whole
    assert cursor is None


async def test_each_amendment_and_each_end_of_a_plan_is_an_event_of_its_own(practice):
    client_id = (await practice.add_client())["id"]
    note = f"/api/v1/sessions/{(await practice.write_note(client_id, session_date='2026-03-02T10:00:00Z'))['id']}"
    plan = (await practice.http.post("/api/v1/plans", json={"client_id": client_id, "title": "Walk again"})).json()
    for reply in [
        await practice.http.post(f"{note}/finalize"),
        *[await practice.http.put(note, json={"plan": text, "reason": "A slip."}) for text in ("Rest.", "Walk.", "Run.")],
        *[
            await practice.http.put(f"/api/v1/plans/{plan['id']}", json={"status": status})
            for status in ("completed", "discontinued", "active")
        ],
    ]:
        assert reply.status_code == 200, reply.text
    path = f"/api/v1/clients/{client_id}/timeline"
    whole = (await practice.http.get(path)).json()

    assert [(event["event_type"], bool(event["session_id"]), bool(event["plan_id"])) for event in whole["events"]] == [
        ("plan_updated", False, True),
        ("plan_discontinued", False, True),
        ("plan_completed", False, True),
        *[("session_amended", True, False)] * 3,
        ("session_finalized", True, False),
        ("plan_created", False, True),
        ("session", True, False),
    ]
    assert whole["total_events"] == 9
    told, cursor = [], None
    while not told or cursor:
        page = (await practice.http.get(path, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        told += page["events"]
        cursor = page["next_cursor"]
        if len(told) == 2:
            await practice.http.put(note, json={"plan": "Swim.", "reason": "A slip."})
    assert told == whole["events"]


async def test_a_caller_sees_only_the_sources_they_may_read(gateway, practice, check_problem):
    client = await practice.add_client()
    await practice.booked(client["id"])
    await practice.write_note(client["id"])

    async def seen(*scopes: str):
        async with gateway.colleague(practice.person, scopes=scopes) as colleague:
            return await colleague.get(f"/api/v1/clients/{client['id']}/timeline")

    assert [event["event_type"] for event in (await seen("appointments:read")).json()["events"]] == ["appointment_scheduled"]
    assert [event["event_type"] for event in (await seen("sessions:read")).json()["events"]] == ["session"]
    check_problem(await seen("clients:read"), 403, "permission_denied")


@pytest.mark.parametrize("query", ["limit=0", "limit=501"])
async def test_a_limit_out_of_range_is_a_422(practice, check_problem, query: str):
    client = await practice.add_client()

    check_problem(await practice.http.get(f"/api/v1/clients/{client['id']}/timeline?{query}"), 422, "validation_failed")
