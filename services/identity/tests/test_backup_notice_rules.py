"""When backups are in trouble, and when workspaces are told of it."""

from datetime import UTC, datetime, timedelta

import pytest

from identity.backup_notices.rules import Watched, counts_from, is_state, is_told, is_wrong

pytestmark = pytest.mark.quick

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG = Watched(since=NOW - timedelta(days=1))


def state(*problems, age=timedelta(minutes=1)):
    return {"looked_at": (NOW - age).isoformat(), "problems": list(problems)}


@pytest.mark.parametrize(
    ("said", "watched", "wrong"),
    [
        (state(), LONG, False),
        (state({"code": "late"}), LONG, True),
        # Whoever makes a long backup looks at nothing else.
        (state(age=11 * HOUR), LONG, False),
        (state(age=12 * HOUR), LONG, True),
        # Restarted, or gone.
        (None, Watched(since=LONG.since, answered_at=NOW - 59 * timedelta(minutes=1)), False),
        (None, Watched(since=LONG.since, answered_at=NOW - HOUR), True),
        (None, Watched(since=NOW - timedelta(minutes=59)), False),
        (None, Watched(since=NOW - HOUR), True),
        ({"looked_at": None, "problems": []}, Watched(since=NOW - timedelta(minutes=59)), False),
        ({"looked_at": None, "problems": []}, Watched(since=NOW - HOUR), True),
    ],
)
def test_what_is_wrong(said, watched, wrong):
    assert is_wrong(said, watched, now=NOW) == wrong


@pytest.mark.parametrize(
    ("since", "told", "now_told"),
    [
        (timedelta(minutes=14), None, False),
        (timedelta(minutes=15), None, True),
        (24 * HOUR, 5 * HOUR, False),
        (24 * HOUR, 6 * HOUR, True),
    ],
)
def test_it_is_told_after_a_quarter_of_an_hour_and_again_after_six_hours(since, told, now_told):
    watched = Watched(since=NOW - since, told_at=None if told is None else NOW - told)
    assert is_told(watched, now=NOW) == now_told


@pytest.mark.parametrize("answer", [{}, {"looked_at": None}, {"looked_at": "2026-11-22T12:00:00Z", "problems": []}, state()])
def test_what_says_when_it_looked_or_that_it_has_not_yet_is_a_state(answer):
    assert is_state(answer) is True


@pytest.mark.parametrize("answer", [None, [], "ok", 7, {"looked_at": 7}, {"looked_at": "today"}, {"looked_at": "2026-11-22T12:00:00"}])
def test_what_something_else_answers_is_no_state(answer):
    assert is_state(answer) is False


@pytest.mark.parametrize(
    ("well_at", "counted"), [(None, 6 * HOUR), (NOW - 7 * HOUR, 6 * HOUR), (NOW - 5 * HOUR, 5 * HOUR), (NOW - HOUR, HOUR)]
)
def test_who_was_told_of_this_trouble_within_six_hours_knows(well_at, counted):
    assert counts_from(Watched(since=LONG.since, well_at=well_at), now=NOW) == NOW - counted
