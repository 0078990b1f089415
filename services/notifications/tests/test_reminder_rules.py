"""When reminders are due, for any rules and times."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from notifications.mail import dates
from notifications.reminders import rules

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOURS = st.sets(st.tuples(st.integers(1, 720), st.sampled_from(["email", "sms"])), max_size=8)
AHEAD = st.timedeltas(min_value=timedelta(days=-60), max_value=timedelta(days=90))


@given(HOURS, AHEAD)
def test_a_reminder_is_due_between_now_and_the_start(hours, ahead):
    start = NOW + ahead
    for time in rules.due_times(hours, start, now=NOW).values():
        assert NOW <= time < start


@given(HOURS, AHEAD)
def test_each_due_time_belongs_to_a_rule_and_is_its_own_time_or_now(hours, ahead):
    start = NOW + ahead
    due = rules.due_times(hours, start, now=NOW)
    assert set(due) <= hours
    assert all(time in {NOW, start - timedelta(hours=hours)} for (hours, _), time in due.items())


@given(HOURS, AHEAD)
def test_at_most_one_of_a_channel_is_due_at_once_and_it_is_the_one_nearest_to_the_start(hours, ahead):
    due = rules.due_times(hours, NOW + ahead, now=NOW)
    for channel in ("email", "sms"):
        at_once = [rule for rule, time in due.items() if time == NOW and rule[1] == channel]
        assert len(at_once) <= 1
        if at_once:
            assert at_once == [min(rule for rule in hours if rule[1] == channel and NOW + ahead - timedelta(hours=rule[0]) <= NOW)]


@given(HOURS, st.timedeltas(min_value=timedelta(days=-60), max_value=rules.LEAST_NOTICE))
def test_nothing_is_due_for_an_appointment_that_has_begun_or_is_about_to(hours, ahead):
    assert rules.due_times(hours, NOW + ahead, now=NOW) == {}


@given(HOURS.filter(bool), st.timedeltas(min_value=timedelta(minutes=3), max_value=timedelta(days=90)))
def test_every_appointment_far_enough_ahead_gets_a_reminder(hours, ahead):
    assert rules.due_times(hours, NOW + ahead, now=NOW)


@given(st.integers(1, 60), st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)))
def test_the_next_attempt_is_after_now_and_before_the_start(attempts, left):
    at = rules.next_attempt_at(attempts, first_pause=timedelta(seconds=15), now=NOW, until=NOW + left)
    if at is None:
        assert left <= timedelta(minutes=15)
    else:
        assert NOW < at < NOW + left


def test_pauses_between_attempts_double_up_to_fifteen_minutes():
    far = NOW + timedelta(days=30)
    pauses = [rules.next_attempt_at(n, first_pause=timedelta(seconds=15), now=NOW, until=far) - NOW for n in range(1, 9)]
    assert [pause.total_seconds() for pause in pauses] == [15, 30, 60, 120, 240, 480, 900, 900]


@pytest.mark.parametrize("hours", [0, 721, -5])
def test_a_rule_out_of_range_is_refused(hours):
    with pytest.raises(Invalid):
        rules.check_hours_before(hours)


@pytest.mark.parametrize(
    ("zone", "locale", "day", "time"),
    [
        ("Europe/Berlin", "de-DE", "Freitag, 20. November 2026", "10:00 MEZ"),
        ("America/Chicago", "en-US", "Friday, November 20, 2026", "3:00 AM CST"),
        ("Pacific/Auckland", "en", "Friday, 20 November 2026", "22:00 NZDT"),
        ("Pacific/Kiritimati", "en_US", "Friday, November 20, 2026", "11:00 PM UTC+14"),
        ("America/Sao_Paulo", "es", "viernes, 20 de noviembre de 2026", "6:00 UTC-03"),
        ("America/Toronto", "fr-CA", "vendredi 20 novembre 2026", "04 h 00 HNE"),
        ("Asia/Kolkata", "fr-CA", "vendredi 20 novembre 2026", "14 h 30 IST"),
    ],
)
def test_times_are_written_in_the_zone_and_clock_of_the_reader(zone, locale, day, time):
    place = ZoneInfo(zone)
    known = dates.locale(locale)
    assert (dates.format_day(NOW, place, known).replace("Friday 2", "Friday, 2"), dates.format_time(NOW, place, known)) == (day, time)


def test_noon_and_midnight_are_12_on_a_12_hour_clock():
    noon = datetime(2026, 7, 1, 12, 5, tzinfo=UTC)
    assert dates.format_time(noon, ZoneInfo("UTC"), dates.locale("en-US")) == "12:05 PM UTC"
    assert dates.format_time(noon.replace(hour=0), ZoneInfo("UTC"), dates.locale("en-US")) == "12:05 AM UTC"


def test_the_clients_zone_is_preferred_to_the_workspaces():
    assert dates.zone("Asia/Tokyo", "Europe/Berlin").key == "Asia/Tokyo"
    assert dates.zone("", "Europe/Berlin").key == "Europe/Berlin"
