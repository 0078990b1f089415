"""POST /sessions/sync: a batch of a device's notes, each with a result of its own."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from clinical.sync import rules as sync_rules
from clinical.sync.rpc import Sync
from gateway.api.sync import batch

PATH = "/api/v1/sessions/sync"
NOON = "2026-03-02T12:00:00Z"


@pytest.fixture
async def client_id(practice) -> str:
    return (await practice.http.post("/api/v1/clients", json={"first_name": "Ada", "last_name": "Lovelace"})).json()["id"]


@pytest.fixture
def item(client_id):
    """Builds an item that nobody could object to, but for what the test is about."""

    def built(name: str = "note 1", **but: Any) -> dict[str, Any]:
        written = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        return {"client_session_id": name, "client_id": client_id, "subjective": "sleeps badly", "created_at_client": written} | but

    return built


async def test_each_item_has_its_result_and_a_bad_one_keeps_no_other_from_its(practice, item):
    items = [
        item("one"),
        item("two", client_id=str(uuid7())),
        item("three", plan="x" * 100_001),
        item("four", subjective="x" * 5_001),
        item("one", subjective="sleeps well", created_at_client=NOON),
    ]
    result = (await practice.http.post(PATH, json={"sessions": items})).json()

    assert (result["synced_count"], result["failed_count"], result["remaining_count"]) == (3, 2, 0)
    told = [(each["client_session_id"], each["status"], each["code"], each["flags"]) for each in result["results"]]
    assert told == [
        ("one", "created", None, []),
        ("two", "rejected", "client_not_found", []),
        ("three", "rejected", "sync_item_invalid", []),
        ("four", "conflict", None, ["text_split"]),
        ("one", "conflict", None, ["stale_version", "older_than_limit"]),
    ]
    assert [bool(each["error"]) for each in result["results"]] == [False, True, True, True, True]
    assert [bool(each["server_session_id"]) for each in result["results"]] == [True, False, False, True, True]
    assert "x" * 10 not in "".join(each["error"] or "" for each in result["results"])
    form = json.dumps({"assessment": None, "objective": None, "plan": None, "subjective": "sleeps badly"}, separators=(",", ":"))
    assert result["results"][0]["content_hash"] == hashlib.sha256(form.encode()).hexdigest()


async def test_a_client_who_was_restricted_meanwhile_keeps_no_other_note_on_the_device(gateway, practice, item):
    therapist = await gateway.add_user(practice.person.workspace_id, "therapist")
    closed = await practice.add_client()
    team = {"restricted": True, "user_ids": [therapist]}
    assert (await practice.http.put(f"/api/v1/clients/{closed['id']}/care-team", json=team)).status_code == 200

    items = [item("closed", client_id=closed["id"]), item("one"), item("closed too", client_id=closed["id"]), item("two")]
    result = (await practice.http.post(PATH, json={"sessions": items})).json()

    told = [(each["status"], each["code"]) for each in result["results"]]
    assert told == [("rejected", "client_restricted"), ("created", None)] * 2


async def test_notes_of_a_client_who_is_half_of_a_merge_wait_and_keep_no_other_waiting(practice, item, monkeypatch):
    moving = (await practice.add_client())["id"]
    check = Sync._client

    async def half_moved(self, told, work):
        if told.client_id == moving:
            sync_rules.check_history_is_there(has_notes=True)
        return await check(self, told, work)

    monkeypatch.setattr(Sync, "_client", half_moved)

    waiting = [item(f"waits {number}", client_id=moving) for number in range(3)]
    result = (await practice.http.post(PATH, json={"sessions": [*waiting, item("one")]})).json()

    assert [(each["client_session_id"], each["status"]) for each in result["results"]] == [("one", "created")]
    assert result["remaining_count"] == 3


async def test_a_queue_that_is_sent_again_and_again_is_empty_in_the_end(practice, item):
    """What a front end does by its page: drops what has a result, takes the version along, and sends the rest again."""
    queue = {f"note {number}": item(f"note {number}", plan=f"plan {number}") for number in range(12)}
    queue["bad"] = item("bad", client_id=str(uuid7()))
    queue["long"] = item("long", plan="word " * 3_000)
    rounds = 0
    while queue:
        rounds += 1
        result = (await practice.http.post(PATH, json={"sessions": list(queue.values())})).json()
        for each in result["results"]:
            assert each["status"] in {"created", "updated", "unchanged", "conflict", "rejected"}
            del queue[each["client_session_id"]]
    assert rounds == 1
    assert (await practice.http.get("/api/v1/sessions")).json()["total"] == 12 + 1 + 2


async def test_an_answered_item_is_answered_again(practice, item):
    sent = {"sessions": [item("one"), item("two")]}
    first, again = [(await practice.http.post(PATH, json=sent)).json()["results"] for _ in range(2)]
    assert [each["status"] for each in (*first, *again)] == ["created", "created", "unchanged", "unchanged"]
    assert [each["server_session_id"] for each in first] == [each["server_session_id"] for each in again]


async def test_an_idempotency_key_is_good_for_one_batch(practice, item, check_problem):
    key = {"Idempotency-Key": str(uuid7())}
    sent = {"sessions": [item("one"), item("two")]}
    first, again = [await practice.http.post(PATH, json=sent, headers=key) for _ in range(2)]
    assert first.json() == again.json()

    for other in ([item("three")], [*sent["sessions"], item("three")]):
        check_problem(await practice.http.post(PATH, json={"sessions": other}, headers=key), 422, "idempotency_key_reused")
    assert (await practice.http.get("/api/v1/sessions")).json()["total"] == 2


@pytest.mark.parametrize(
    ("but", "pointer"),
    [
        ({"client_session_id": ""}, "/sessions/0/client_session_id"),
        ({"client_session_id": "x" * 101}, "/sessions/0/client_session_id"),
        ({"client_id": "nobody"}, "/sessions/0/client_id"),
        ({"base_version": -1}, "/sessions/0/base_version"),
        ({"created_at_client": "yesterday"}, "/sessions/0/created_at_client"),
        ({"plan": 7}, "/sessions/0/plan"),
    ],
)
async def test_a_malformed_item_is_named_and_nothing_is_taken(practice, item, check_problem, but, pointer):
    problem = check_problem(await practice.http.post(PATH, json={"sessions": [item(**but), item("two")]}), 422, "validation_failed")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert (await practice.http.get("/api/v1/sessions")).json()["total"] == 0


@pytest.mark.parametrize("number", [0, 101])
async def test_a_batch_has_one_to_a_hundred_items(practice, item, check_problem, number):
    items = [item(f"note {n}") for n in range(number)]
    check_problem(await practice.http.post(PATH, json={"sessions": items}), 422, "validation_failed")


async def test_a_hundred_notes_as_long_as_can_be_are_taken(gateway, practice, item):
    text = dict.fromkeys(("subjective", "objective", "assessment", "plan"), "א" * 5000)
    items = [item(f"note {number}", **text) for number in range(100)]
    body = json.dumps({"sessions": items}, ensure_ascii=False).encode()
    assert 4_000_000 < len(body) < gateway.settings.sync_limit_bytes

    taken = 0
    while taken < 100:
        reply = await practice.http.post(PATH, content=body, headers={"Content-Type": "application/json"})
        taken = reply.json()["synced_count"]
    assert (await practice.http.get("/api/v1/sessions?page_size=1")).json()["total"] == 100


async def test_few_large_batches_are_held_in_memory_at_once(gateway, practice, item, check_problem):
    narrow = gateway.reconfigured(json_limit_bytes=2048, sync_limit_bytes=20_000, large_syncs_per_user=1)
    arrived, go_on = asyncio.Event(), asyncio.Event()
    body = json.dumps({"sessions": [item(plan="x" * 5000)]}).encode()

    async def slowly():
        yield body[:100]
        arrived.set()
        await go_on.wait()
        yield body[100:]

    headers = {"Content-Type": "application/json"}
    async with narrow.colleague(practice.person) as http, narrow.anonymous() as nobody:
        first = asyncio.ensure_future(http.post(PATH, content=slowly(), headers=headers))
        async with asyncio.timeout(20):
            await arrived.wait()
        busy = await http.post(PATH, content=body, headers=headers)
        small = await http.post(PATH, json={"sessions": [item("small")]})
        unknown = await nobody.post(PATH, content=slowly(), headers=headers)
        too_large = await http.post(PATH, content=b" " * 20_001, headers=headers)
        go_on.set()
        assert (await first).json()["synced_count"] == 1
    assert check_problem(busy, 429, "too_many_syncs")["counted_by"] == "user"
    assert small.status_code == 200
    check_problem(unknown, 401, "sign_in_required")
    check_problem(too_large, 413, "body_too_large")


async def test_a_batch_ends_before_its_time_is_up(gateway, practice, item):
    hurried = gateway.reconfigured(call_seconds=batch._SECONDS_LEFT + 0.08)
    sent = {"sessions": [item(f"note {number}") for number in range(30)]}
    answered: set[str] = set()
    async with hurried.colleague(practice.person) as http, asyncio.timeout(120):
        while len(answered) < 30:
            left = [each for each in sent["sessions"] if each["client_session_id"] not in answered]
            reply = await http.post(PATH, json={"sessions": left})
            if reply.status_code == 200:
                result = reply.json()
                assert len(result["results"]) + result["remaining_count"] == len(left)
                answered |= {each["client_session_id"] for each in result["results"]}
    assert (await practice.http.get("/api/v1/sessions?page_size=1")).json()["total"] == 30


async def test_another_workspaces_clients_and_appointments_are_nowhere(practice, elsewhere, item):
    theirs = (await elsewhere.http.post("/api/v1/clients", json={"first_name": "Bo", "last_name": "Ek"})).json()["id"]
    slot = {"scheduled_start": "2026-03-02T09:00:00Z", "scheduled_end": "2026-03-02T10:00:00Z", "location_type": "clinic"}
    booked = (await elsewhere.http.post("/api/v1/appointments", json={"client_id": theirs, **slot})).json()["id"]
    items = [
        item("foreign", client_id=theirs),
        item("absent", client_id=str(uuid7())),
        item("foreign appointment", appointment_id=booked),
        item("absent appointment", appointment_id=str(uuid7())),
    ]
    results = (await practice.http.post(PATH, json={"sessions": items})).json()["results"]
    told = [(each["status"], each["code"], each["flags"], each["error"]) for each in results]
    assert told[0] == told[1]
    assert told[2] == told[3]
    assert (told[0][:2], told[2][::2]) == (("rejected", "client_not_found"), ("created", ["appointment_gone"]))


async def test_saving_often_is_counted_as_autosaving_is(gateway, practice, item):
    reply = await practice.http.post(PATH, json={"sessions": [item()]})
    assert reply.headers["ratelimit-limit"] == str(gateway.settings.autosaves_per_minute)


async def test_whatever_happened_meanwhile_is_told_in_a_flag_and_a_sentence(practice, item, client_id):
    http = practice.http

    async def began(**but: Any) -> str:
        return (await practice.write_note(client_id, **but))["id"]

    changed, signed, deleted, erased, written = [await began() for _ in range(5)]
    has_note, gone = [(await practice.booked(client_id, hour))["id"] for hour in (9, 11)]
    in_browser = await began(appointment_id=has_note, session_date=None)
    other = (await practice.add_client())["id"]
    others = (await practice.booked(other, 13))["id"]
    for reply in (
        await http.put(f"/api/v1/sessions/{changed}", json={"plan": "Rest."}),
        await http.post(f"/api/v1/sessions/{signed}/finalize"),
        await http.delete(f"/api/v1/sessions/{deleted}"),
        await http.delete(f"/api/v1/sessions/{erased}"),
        await http.delete(f"/api/v1/sessions/{erased}/permanent"),
        await http.delete(f"/api/v1/appointments/{gone}"),
    ):
        assert reply.status_code in {200, 204}, reply.text
    long_ago = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    sent = {
        "changed": (item(changed, base_version=1), changed, "conflict", ["stale_version"]),
        "signed": (item(signed, base_version=1), signed, "conflict", ["session_finalized"]),
        "deleted": (item(deleted, base_version=1), deleted, "conflict", ["session_deleted"]),
        "not changed": (item(written, base_version=1), written, "updated", []),
        "has a note": (item("a", appointment_id=has_note), in_browser, "conflict", ["appointment_has_note"]),
        "appointment deleted": (item("b", appointment_id=gone), None, "created", ["appointment_gone"]),
        "another client's": (item("c", appointment_id=others), None, "created", ["appointment_of_another_client"]),
        "old": (item("d", created_at_client=long_ago), None, "created", ["older_than_limit"]),
    }
    results = (await http.post(PATH, json={"sessions": [each for each, *_ in sent.values()]})).json()["results"]
    inactive = await http.put(f"/api/v1/clients/{client_id}", json={"is_active": False})
    assert inactive.status_code == 200, inactive.text
    results += (await http.post(PATH, json={"sessions": [item("e"), item("f", created_at_client=long_ago)]})).json()["results"]
    expected = [
        *sent.values(),
        (None, None, "created", ["client_inactive"]),
        (None, None, "created", ["client_inactive", "older_than_limit"]),
    ]

    for result, (_, note_id, status, flags) in zip(results, expected, strict=True):
        assert (result["status"], result["flags"], result["code"]) == (status, flags, None)
        assert result["error"] == (" ".join(batch.SENTENCES[flag] for flag in flags) or None)
        assert note_id in {None, result["server_session_id"]}
        kept = (await http.get(f"/api/v1/sessions/{result['conflict_session_id'] or result['server_session_id']}")).json()
        assert (kept["subjective"], kept["conflict_of"]) == ("sleeps badly", note_id if status == "conflict" else None)
    again = (await http.post(PATH, json={"sessions": [each for each, *_ in sent.values()]})).json()["results"]
    assert [(each["server_session_id"], each["conflict_session_id"], each["error"]) for each in again] == [
        (each["server_session_id"], each["conflict_session_id"], each["error"]) for each in results[: len(sent)]
    ]
    assert (await http.get(f"/api/v1/sessions/{signed}")).json()["subjective"] == "Slept badly."
