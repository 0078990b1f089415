"""Plans of care over HTTP: ETags, partial changes, the one order, scores, and the timeline."""

import asyncio

import pytest

API = "/api/v1"


@pytest.fixture
async def client_id(practice):
    return (await practice.add_client())["id"]


@pytest.fixture
async def plan(practice, client_id):
    reply = await practice.http.post(f"{API}/plans", json={"client_id": client_id, "title": "Walk again", "goals": ["Stairs"]})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def test_a_plan_has_its_members_and_its_version_as_etag(practice, client_id):
    given = {
        "client_id": client_id,
        "title": "Walk again",
        "diagnosis": "Torn meniscus",
        "diagnosis_code": "s832",
        "start_date": "2026-03-02",
    }
    made = await practice.http.post(f"{API}/plans", json=given)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    plan = made.json()
    times = {name: plan[name] for name in ("id", "workspace_id", "created_at", "updated_at")}
    unset = {"goals": [], "end_date": None, "status": "active", "version": 1}
    assert plan == given | {"diagnosis_code": "S83.2"} | unset | times
    read = await practice.http.get(f"{API}/plans/{plan['id']}")
    assert (read.json(), read.headers["etag"]) == (plan, '"1"')


async def test_null_clears_and_absent_leaves(practice, plan):
    path = f"{API}/plans/{plan['id']}"
    await practice.http.put(path, json={"diagnosis": "Torn meniscus", "end_date": "2026-06-01"})
    changed = await practice.http.put(path, json={"diagnosis": None, "goals": None})
    assert changed.status_code == 200
    assert (changed.json()["diagnosis"], changed.json()["goals"], changed.json()["end_date"]) == (None, [], "2026-06-01")
    assert changed.headers["etag"] == '"3"'


async def test_a_stale_change_is_412(practice, plan, check_problem):
    path = f"{API}/plans/{plan['id']}"
    assert (await practice.http.put(path, json={"title": "Run"}, headers={"If-Match": '"1"'})).status_code == 200
    stale = await practice.http.put(path, json={"title": "Swim"}, headers={"If-Match": '"1"'})
    assert check_problem(stale, 412, "stale_version")["current_version"] == 2
    check_problem(await practice.http.put(path, json={"title": "Swim"}, headers={"If-Match": "x"}), 422, "invalid_if_match")
    assert (await practice.http.get(path)).json()["title"] == "Run"


async def test_what_an_ended_plan_says_is_a_409(practice, plan, check_problem):
    path = f"{API}/plans/{plan['id']}"
    assert (await practice.http.put(path, json={"status": "completed"})).json()["status"] == "completed"
    assert check_problem(await practice.http.put(path, json={"title": "Run"}), 409, "plan_ended")["plan_status"] == "completed"
    check_problem(await practice.http.post(f"{path}/milestones", json={"title": "Ten steps"}), 409, "plan_ended")
    assert (await practice.http.post(f"{path}/measures", json={"name": "Pain", "value": 2})).status_code == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"title": None}, "/title"),
        ({"status": None}, "/status"),
        ({"status": "archived"}, "/status"),
        ({"goals": ["x"] * 51}, "/goals"),
        ({"start_date": "2026-02-30"}, "/start_date"),
    ],
)
async def test_a_wrong_member_is_named(practice, plan, check_problem, body, pointer):
    problem = check_problem(await practice.http.put(f"{API}/plans/{plan['id']}", json=body), 422, "validation_failed")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


async def test_a_deleted_plan_is_a_404(practice, plan, check_problem):
    path = f"{API}/plans/{plan['id']}"
    assert (await practice.http.delete(path)).status_code == 204
    check_problem(await practice.http.get(path), 404, "not_found")
    assert (await practice.http.get(f"{API}/plans")).json()["total"] == 0


async def test_plans_are_filtered_and_paged(practice, client_id, plan):
    newer = (await practice.http.post(f"{API}/plans", json={"client_id": client_id, "title": "Sleep"})).json()
    await practice.http.put(f"{API}/plans/{plan['id']}", json={"status": "discontinued"})
    page = (await practice.http.get(f"{API}/plans", params={"client_id": client_id, "page_size": 1})).json()
    assert ([item["id"] for item in page["items"]], page["total"], page["total_pages"]) == ([newer["id"]], 2, 2)
    ended = (await practice.http.get(f"{API}/plans", params={"status": "discontinued"})).json()
    assert ([item["id"] for item in ended["items"]], ended["total"]) == ([plan["id"]], 1)


async def test_concurrent_orders_leave_one_order(practice, plan, check_problem):
    path = f"{API}/plans/{plan['id']}/milestones"
    ids = [(await practice.http.post(path, json={"title": f"Step {n}"})).json()["id"] for n in range(3)]
    orders = [ids[::-1], [ids[1], ids[0], ids[2]], [ids[2], ids[0], ids[1]]]
    answers = await asyncio.gather(*(practice.http.put(f"{path}/order", json={"milestone_ids": order}) for order in orders))
    assert [[item["id"] for item in answer.json()["items"]] for answer in answers] == orders
    kept = (await practice.http.get(path)).json()
    assert [item["id"] for item in kept["items"]] in orders
    assert ([item["position"] for item in kept["items"]], kept["total"]) == ([0, 1, 2], 3)
    check_problem(await practice.http.put(f"{path}/order", json={"milestone_ids": ids[1:]}), 409, "milestones_changed")
    check_problem(await practice.http.put(f"{path}/order", json={"milestone_ids": [ids[0], *ids]}), 422, "milestones_repeated")
    check_problem(await practice.http.put(f"{path}/order", json={"milestone_ids": ["first"]}), 422, "validation_failed")


async def test_a_score_is_a_number_in_its_range(practice, plan, check_problem):
    path = f"{API}/plans/{plan['id']}/measures"
    made = await practice.http.post(path, json={"name": "PHQ-9", "value": 11, "measured_at": "2026-03-02T09:00:00+01:00"})
    assert made.status_code == 201
    assert made.json() == {
        "id": made.json()["id"],
        "plan_id": plan["id"],
        "session_id": None,
        "name": "PHQ-9",
        "value": 11,
        "measured_at": "2026-03-02T08:00:00Z",
    }
    assert (await practice.http.get(path)).json()["items"] == [made.json()]
    for value in (True, "7", None, 1_000_001):
        check_problem(await practice.http.post(path, json={"name": "Weight", "value": value}), 422, "validation_failed")
    check_problem(await practice.http.post(path, json={"name": "PHQ-9", "value": 28}), 422, "measure_invalid")
    assert (await practice.http.delete(f"{path}/{made.json()['id']}")).status_code == 204
    assert (await practice.http.get(path)).json()["total"] == 0


async def test_the_timeline_tells_of_plans_and_follows_cursors_while_events_arrive(practice, client_id, plan):
    await practice.booked(client_id)
    await practice.write_note(client_id)
    path = f"{API}/plans/{plan['id']}"
    milestone = (await practice.http.post(f"{path}/milestones", json={"title": "Ten steps"})).json()
    await practice.http.put(f"{path}/milestones/{milestone['id']}", json={"status": "achieved"})
    await practice.http.put(path, json={"title": "Run"})
    timeline = f"{API}/clients/{client_id}/timeline"
    whole = (await practice.http.get(timeline)).json()
    of_plans = [event for event in whole["events"] if event["plan_id"]]
    assert [event["event_type"] for event in of_plans] == ["plan_updated", "milestone_achieved", "plan_created"]
    assert [event["milestone_id"] for event in of_plans] == [None, milestone["id"], None]
    assert whole["total_events"] == len(whole["events"]) == 5
    assert "Ten steps" not in str(whole)

    told, cursor, arriving = [], None, ["completed", "active", "discontinued", "active"]
    while not told or cursor:
        page = (await practice.http.get(timeline, params={"limit": 1} | ({"cursor": cursor} if cursor else {}))).json()
        told += page["events"]
        cursor = page["next_cursor"]
        if arriving:
            await practice.http.put(path, json={"status": arriving.pop(0)})
    # Those that arrived after the cursor's place are told as well, each once.
    assert [event for event in told if event in whole["events"]] == whole["events"]
    dates = [event["event_date"] for event in told]
    assert dates == sorted(set(dates), reverse=True)


async def test_the_timeline_of_a_caller_who_may_read_plans_alone_has_these(gateway, practice, client_id, plan):
    await practice.booked(client_id)
    async with gateway.colleague(practice.person, scopes=("plans:read",)) as colleague:
        told = (await colleague.get(f"{API}/clients/{client_id}/timeline")).json()
    assert [(event["event_type"], event["plan_id"]) for event in told["events"]] == [("plan_created", plan["id"])]
