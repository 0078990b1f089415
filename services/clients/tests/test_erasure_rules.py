"""When a service is told again of an erased client, and what people are told of the erasure."""

from datetime import UTC, datetime, timedelta

from clients.erasures import rules

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_service_is_told_again_when_events_have_stopped_coming_by_themselves():
    assert not rules.is_told_again(NOW, NOW + timedelta(minutes=10) - timedelta(microseconds=1))
    assert rules.is_told_again(NOW, NOW + timedelta(minutes=10))


def test_an_erasure_is_looked_at_often_at_first_and_every_minute_when_it_takes_long():
    assert [rules.pause(NOW, NOW + timedelta(seconds=seconds)) for seconds in (0, 20, 30, 599, 600, 86_400)] == [
        2.0,
        2.0,
        3.0,
        59.9,
        60.0,
        60.0,
    ]


def test_what_people_are_told_names_every_service_and_no_client_but_the_id():
    rows = [
        {"service": "clinical", "deleted": 3, "finished_at": NOW},
        {"service": "scheduling", "deleted": None, "finished_at": None},
    ]
    assert rules.outcome("id", rows, 2) == {
        "client_id": "id",
        "services": {
            "clinical": {"status": "done", "deleted": 3, "finished_at": "2026-03-02T09:00:00Z"},
            "scheduling": {"status": "pending", "deleted": None, "finished_at": None},
        },
        "times_told": 2,
    }
