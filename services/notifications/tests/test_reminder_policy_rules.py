"""Quiet hours and late reminders, over nights in which clocks change. No server."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from notifications.reminder_policies import rules
from notifications.reminder_policies.rules import QuietHours

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(21), time(8))
MINUTE = timedelta(minutes=1)


def at(text):
    """A moment of Berlin's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def sent_at(due, start, now=None, quiet=NIGHT):
    latest = at(start) - 2 * MINUTE
    return rules.send_at(at(due), latest=latest, quiet=quiet, zone=BERLIN, now=at(now) if now else at(due) - timedelta(days=1))


def test_a_reminder_that_is_due_at_night_goes_out_in_the_morning():
    assert sent_at("2026-11-20T22:00", "2026-11-21T10:00") == at("2026-11-21T08:00")
    assert sent_at("2026-11-21T07:59", "2026-11-21T10:00") == at("2026-11-21T08:00")
    assert sent_at("2026-11-21T08:00", "2026-11-21T10:00") == at("2026-11-21T08:00")
    assert sent_at("2026-11-20T20:59", "2026-11-21T10:00") == at("2026-11-20T20:59")
    assert sent_at("2026-11-20T22:00", "2026-11-21T10:00", quiet=None) == at("2026-11-20T22:00")


def test_one_that_would_come_too_late_in_the_morning_goes_out_the_evening_before():
    assert sent_at("2026-11-21T06:30", "2026-11-21T07:30") == at("2026-11-20T20:59")
    # Booked at eight in the evening, and at twenty seconds to nine.
    assert sent_at("2026-11-21T06:30", "2026-11-21T07:30", now="2026-11-20T20:00") == at("2026-11-20T20:59")
    assert sent_at("2026-11-21T06:30", "2026-11-21T07:30", now="2026-11-20T20:59:40") == at("2026-11-20T20:59:40")


def test_one_that_is_asked_for_in_the_night_itself_for_early_in_the_morning_is_not_sent():
    assert sent_at("2026-11-20T22:30", "2026-11-21T07:30", now="2026-11-20T22:30") is None
    assert sent_at("2026-11-20T22:30", "2026-11-21T08:02", now="2026-11-20T22:30") is None
    assert sent_at("2026-11-20T22:30", "2026-11-21T08:03", now="2026-11-20T22:30") == at("2026-11-21T08:00")


def test_one_that_is_late_goes_out_at_once_but_not_at_night():
    assert sent_at("2026-11-20T15:00", "2026-11-21T15:00", now="2026-11-20T19:00") == at("2026-11-20T19:00")
    assert sent_at("2026-11-20T15:00", "2026-11-21T15:00", now="2026-11-20T23:00") == at("2026-11-21T08:00")


@pytest.mark.parametrize(("night", "hours"), [("2026-03-28", 10), ("2026-10-24", 12), ("2026-11-20", 11)])
def test_a_night_in_which_clocks_change_ends_when_clocks_say_so(night, hours):
    begin = at(f"{night}T21:00")
    assert NIGHT.around(begin, BERLIN) == (begin, begin + timedelta(hours=hours))
    assert NIGHT.around(begin - MINUTE, BERLIN) is None
    assert NIGHT.around(begin + timedelta(hours=hours), BERLIN) is None
    assert NIGHT.longest >= timedelta(hours=hours)


def test_an_hour_that_there_is_twice_is_quiet_twice():
    quiet = QuietHours(time(1), time(2, 30))
    begin, end = at("2026-10-25T01:00"), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert quiet.around(begin, BERLIN) == (begin, end)
    assert quiet.around(end - MINUTE, BERLIN) == (begin, end)


@pytest.mark.parametrize(
    ("start", "end", "begins", "ends"),
    [
        (time(22), time(2, 30), "2026-03-28T21:00", "2026-03-29T01:00"),
        (time(1, 45), time(2, 15), "2026-03-29T00:45", "2026-03-29T01:00"),
        (time(2, 30), time(8), "2026-03-29T01:00", "2026-03-29T06:00"),
    ],
)
def test_quiet_hours_in_an_hour_that_there_is_not_begin_or_end_when_clocks_change(start, end, begins, ends):
    quiet, begin, over = QuietHours(start, end), *(datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (begins, ends))
    assert quiet.around(begin, BERLIN) == quiet.around(over - MINUTE, BERLIN) == (begin, over)
    assert quiet.around(begin - MINUTE, BERLIN) is quiet.around(over, BERLIN) is None


def test_what_is_due_where_one_quiet_night_touches_the_next_waits_for_neither():
    # All but a minute that this day does not have.
    quiet = QuietHours(time(2, 30), time(2, 29))
    assert sent_at("2026-03-29T01:00", "2026-03-29T23:00", quiet=quiet) == at("2026-03-28T02:29")


def test_quiet_hours_within_a_day():
    noon = QuietHours(time(12), time(14))
    assert noon.around(at("2026-11-20T13:00"), BERLIN) == (at("2026-11-20T12:00"), at("2026-11-20T14:00"))
    assert noon.around(at("2026-11-20T14:00"), BERLIN) is None


CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
MOMENTS = st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 5)).map(lambda each: each.replace(tzinfo=UTC))  # noqa: DTZ001 - UTC is put in


@given(
    CLOCKS, CLOCKS, MOMENTS, st.timedeltas(timedelta(0), timedelta(hours=40)), st.timedeltas(timedelta(minutes=-600), timedelta(hours=50))
)
def test_nothing_goes_out_in_quiet_hours_too_late_or_before_it_is_looked_at(start, end, due, ahead, before):
    if start == end:
        return
    quiet, latest, now = QuietHours(start, end), due + ahead, due - before
    sent = rules.send_at(due, latest=latest, quiet=quiet, zone=BERLIN, now=now)
    if sent is not None:
        assert quiet.around(sent, BERLIN) is None
        assert sent >= now
        assert sent <= max(latest, due, now)
        # Whoever looks when it is to be looked at is in time.
        assert sent >= min(rules.looked_at(due, quiet), now) or sent == now


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=59)])
def test_an_hour_late_is_not_too_late(late):
    due = at("2026-11-20T15:00")
    assert not rules.is_too_late(due, quiet=NIGHT, zone=BERLIN, now=due + late)
    assert rules.is_too_late(due, quiet=NIGHT, zone=BERLIN, now=due + timedelta(minutes=61))


def test_the_night_does_not_count_as_late():
    due = at("2026-11-20T22:00")
    assert not rules.is_too_late(due, quiet=NIGHT, zone=BERLIN, now=at("2026-11-21T09:00"))
    assert rules.is_too_late(due, quiet=NIGHT, zone=BERLIN, now=at("2026-11-21T09:01"))
    assert rules.is_too_late(due, quiet=None, zone=BERLIN, now=at("2026-11-20T23:01"))


def test_without_quiet_hours_a_reminder_is_looked_at_when_it_is_due():
    due = at("2026-11-20T15:00")
    assert rules.looked_at(due, None) == due
    assert rules.looked_at(due, NIGHT) == due - timedelta(hours=13, minutes=1)


@pytest.mark.parametrize(
    ("but", "pointer"),
    [
        ({"quiet_start": "21:00"}, "/quiet_end"),
        ({"quiet_end": "21:00"}, "/quiet_start"),
        ({"quiet_start": "21:00", "quiet_end": "21:00"}, "/quiet_end"),
        ({"quiet_start": "9:00", "quiet_end": "21:00"}, "/quiet_start"),
        ({"quiet_start": "24:00", "quiet_end": "21:00"}, "/quiet_start"),
        ({"quiet_start": "21:00", "quiet_end": "08:00:00"}, "/quiet_end"),
        ({"late_reminders": None}, "/late_reminders"),
        ({"cancel_link": None}, "/cancel_link"),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused(but, pointer):
    rules.check_policy(rules.DEFAULT)
    rules.check_policy({**rules.DEFAULT, "quiet_start": "21:00", "quiet_end": "08:00"})
    with pytest.raises(Invalid) as refused:
        rules.check_policy({**rules.DEFAULT, **but})
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_quiet_hours_of_a_policy():
    assert QuietHours.of(rules.DEFAULT) is None
    assert QuietHours.of({**rules.DEFAULT, "quiet_start": "21:00", "quiet_end": "08:30"}) == QuietHours(time(21), time(8, 30))
