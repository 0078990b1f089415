"""The arithmetic of the benchmark."""

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

from bench import monolith, notes
from bench.comparison import Measurement
from bench.load import FIRST_SLOT, SLOT, LoadResult, Plan, Recorder, answer, filled, percentile
from bench.report import floors, ratios, table
from bench.staff import WITH_PASSWORD
from chassis.encryption.records import WorkspaceKeys


def measurement(per_second: float) -> Measurement:
    return Measurement(LoadResult(per_second, 1.0, 2.0, 3.0, 100, 0), {"own": 0.1, "postgres": 0.1, "rabbitmq": 0.0})


def test_each_request_gets_its_own_number_and_slot():
    body = '{"n": %n, "from": "%start", "to": "%end"}'
    assert (
        filled(body, 2).decode()
        == f'{{"n": 2, "from": "{(FIRST_SLOT + 2 * SLOT).isoformat()}", "to": "{(FIRST_SLOT + 3 * SLOT).isoformat()}"}}'
    )


def test_the_monolith_answers_notes_and_events_as_its_response_models_say():
    keys = WorkspaceKeys("clinical", UUID(int=7), active=1, keys={1: b"s" * 32}, index=b"i" * 32)
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    row = notes.draft(UUID(int=7), UUID(int=1), UUID(int=2), now, now, {"plan": "Rest."}, keys)

    answered = monolith.Session.model_validate(monolith.note_answer(SimpleNamespace(**row), keys))
    assert (answered.plan, answered.is_draft) == ("Rest.", True)
    events = [monolith._event(kind, now, session_id=UUID(int=3)) for kind in ("session", "appointment_scheduled")]
    told = {"client_id": UUID(int=1), "events": events, "total_events": 2, "next_cursor": None}
    assert len(monolith.Timeline.model_validate(told).events) == 2


def test_a_percentile_is_one_of_the_values():
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert percentile([1.0], 0.99) == 1.0
    assert percentile([], 0.5) == 0.0


def test_a_result_counts_requests_in_time_and_all_sent_ones():
    recorder = Recorder(10)
    numbers = [recorder.take() for _ in range(4)]
    recorder.took += [0.001, 0.003]
    result = recorder.result(2.0)
    assert numbers == [10, 11, 12, 13]
    assert (result.per_second, result.sent, result.p99) == (1.0, 4, 3.0)


def test_ratios_are_computed_per_round_and_compared_with_the_floors():
    measurements = {
        "suite": [measurement(30), measurement(40)],
        "bare": [measurement(100), measurement(100)],
        "monolith": [measurement(10), measurement(40)],
    }
    assert ratios(measurements, "bare") == [0.3, 0.4]
    results = list(floors({("get client", 16): measurements}))
    assert [line.split()[-1] for line in results] == ["reached", "reached"]
    assert "0.35 (0.30 to 0.40)" in "\n".join(table(("get client", 16), measurements))


def test_a_plan_survives_the_json_between_processes():
    plan = Plan(port=1, method="POST", paths=["/"], headers={"a": "b"}, body="%n", users=3, seconds=0.5, expect=201)
    assert Plan(**json.loads(json.dumps(asdict(plan)))) == plan


def test_people_who_sign_in_are_not_the_same_at_once():
    bodies = {filled('{"email": "%account"}', number) for number in range(WITH_PASSWORD)}
    assert len(bodies) == WITH_PASSWORD
    assert filled("%account", WITH_PASSWORD) == filled("%account", 0) == b"staff0@example.com"
    assert filled("%person", 9_999) == b"staff9999@example.com"


async def test_a_reply_is_read_with_its_status_and_its_cookies():
    reader = asyncio.StreamReader()
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: refresh_token=a.b-c; Path=/\r\nset-cookie: csrf_token=d; Path=/\r\ncontent-length: 2\r\n\r\n{}"
    reader.feed_data(head + b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")

    assert await answer(reader) == (200, {"refresh_token": "a.b-c", "csrf_token": "d"})
    assert await answer(reader) == (202, {})
