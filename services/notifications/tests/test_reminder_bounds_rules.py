"""Where exactly the rules of reminders end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from chassis.errors import Invalid
from notifications.mail import dates
from notifications.reminders import rules

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_reminder_goes_out_one_to_720_hours_before():
    assert [rules.check_hours_before(hours) for hours in (1, 720)] == [1, 720]
    for hours in (0, 721):
        with pytest.raises(Invalid) as refused:
            rules.check_hours_before(hours)
        assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("hours_before_range", ["/hours_before"])


def test_what_begins_within_two_minutes_is_nobody_reminded_of():
    assert rules.due_times([(1, "sms")], NOW + timedelta(minutes=2), now=NOW) == {}
    assert rules.due_times([(1, "sms")], NOW + timedelta(minutes=2) + SECOND, now=NOW) == {(1, "sms"): NOW}


def test_a_rule_whose_time_comes_now_speaks_for_those_that_came_before():
    """Of 24 hours and 2, both with their time passed or come, the nearer one."""
    assert rules.due_times([(24, "email"), (2, "email")], NOW + timedelta(hours=2), now=NOW) == {(2, "email"): NOW}
    assert rules.due_times([(24, "email"), (2, "email")], NOW + timedelta(hours=2) + SECOND, now=NOW) == {
        (24, "email"): NOW,
        (2, "email"): NOW + SECOND,
    }
    # A text message does not speak for a mail: the client may have no telephone.
    assert rules.due_times([(24, "email"), (2, "sms")], NOW + timedelta(hours=2), now=NOW) == {(24, "email"): NOW, (2, "sms"): NOW}
    assert rules.due_times([], NOW + timedelta(hours=2), now=NOW) == {}


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 15), (2, 30), (3, 60), (6, 480), (7, 900), (8, 900), (500, 900)])
def test_pauses_double_up_to_a_quarter_of_an_hour(attempts, seconds):
    at = rules.next_attempt_at(attempts, first_pause=timedelta(seconds=15), now=NOW, until=NOW + timedelta(days=1))
    assert at == NOW + timedelta(seconds=seconds)


def test_an_attempt_as_the_appointment_begins_is_too_late():
    pause = timedelta(seconds=15)
    assert rules.next_attempt_at(1, first_pause=pause, now=NOW, until=NOW + pause) is None
    assert rules.next_attempt_at(1, first_pause=pause, now=NOW, until=NOW + pause + SECOND) == NOW + pause


@pytest.mark.parametrize("locale", ["en-US", "en_US", "en-CA", "en-AU", "en-US-POSIX"])
def test_where_the_clock_has_twelve_hours_it_is_said_so(locale):
    there = ZoneInfo("America/Chicago")
    said = [dates.format_time(datetime(2026, 11, 20, hour, 5, tzinfo=there), there, dates.locale(locale)) for hour in (0, 11, 12, 23)]
    assert [time.upper().replace(".", "") for time in said] == ["12:05 AM CST", "11:05 AM CST", "12:05 PM CST", "11:05 PM CST"]


@pytest.mark.parametrize(("locale", "zone"), [("en-GB", "CET"), ("de-DE", "MEZ"), ("en", "CET"), ("", "CET")])
def test_elsewhere_it_has_twenty_four(locale, zone):
    there = ZoneInfo("Europe/Berlin")
    assert dates.format_time(datetime(2026, 11, 20, 14, 5, tzinfo=there), there, dates.locale(locale)) == f"14:05 {zone}"


def test_a_day_is_said_in_words_and_where_the_client_is():
    moment, there = datetime(2026, 11, 20, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin")
    assert dates.format_day(moment, there, dates.ENGLISH).replace(",", "") == "Saturday 21 November 2026"
    assert dates.zone("", "Europe/Berlin") == ZoneInfo("Europe/Berlin")
    assert dates.zone("America/Chicago", "Europe/Berlin") == ZoneInfo("America/Chicago")


def test_of_each_appointment_the_newest_version_counts():
    first, second = (rules.KnownAppointment(UUID(int=n), UUID(int=9), NOW, version=2) for n in (1, 2))
    older, newer = replace(first, version=1), replace(first, version=3)
    assert rules.newest([second, first, older, newer]) == [newer, second]
    # Of two that say the same version the first one stays.
    repeated = replace(first, starts_at=NOW + SECOND)
    assert rules.newest([first, repeated]) == [first]
    assert rules.newest([]) == []
