"""Which rules of series are taken, when their occurrences are, and what a change makes of them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Invalid, NotFound, Stale
from scheduling.series import rules
from scheduling.series.recurrence import MAX_OCCURRENCES, expand, parse, shortened, without_first
from scheduling.series.rules import Occurrence, Place

HOUR = timedelta(hours=1)
NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
# A local time that clocks skip, and one that they show twice.
GAPS = {
    "Europe/Berlin": "2026-03-29T02:30",
    "America/New_York": "2026-03-08T02:30",
    "Australia/Lord_Howe": "2026-10-04T02:15",
    "Asia/Jerusalem": "2026-03-27T02:30",
    "Asia/Beirut": "2026-03-29T00:15",
    "Africa/Cairo": "2026-04-24T00:15",
    "America/Santiago": "2026-09-06T00:15",
}
FOLDS = {
    "Europe/Berlin": "2026-10-25T02:30",
    "America/New_York": "2026-11-01T01:30",
    "Australia/Lord_Howe": "2026-04-05T01:45",
    "Asia/Jerusalem": "2026-10-25T01:30",
}


def at(local, zone):
    """The first moment at which clocks show this."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def series(rule, first, zone="Europe/Berlin"):
    return expand(parse(rule), at(first, zone), ZoneInfo(zone))


def days(rule, first, zone="Europe/Berlin"):
    return [f"{each.start.astimezone(ZoneInfo(zone)):%m-%d}" for each in series(rule, first, zone)]


def refused(rule, first="2026-03-02T10:00"):
    with pytest.raises(Invalid) as refusal:
        series(rule, first)
    return refusal.value.code


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;COUNT=4", "2026-01-06T10:00", ["01-06", "01-11", "01-20", "01-25"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;COUNT=4;WKST=SU", "2026-01-06T10:00", ["01-06", "01-18", "01-20", "02-01"]),
        ("FREQ=MONTHLY;BYDAY=5MO;COUNT=3", "2026-03-30T10:00", ["03-30", "06-29", "08-31"]),
        ("FREQ=MONTHLY;COUNT=3", "2026-01-31T10:00", ["01-31", "03-31", "05-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2026-01-31T10:00", ["01-31", "02-28", "03-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "2026-01-30T10:00", ["01-30", "02-27", "03-31"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;BYMONTH=1,3;COUNT=3", "2026-01-30T10:00", ["01-30", "03-27", "01-29"]),
        ("FREQ=YEARLY;BYMONTHDAY=15;COUNT=2", "2026-05-15T10:00", ["05-15", "05-15"]),
        ("FREQ=YEARLY;BYDAY=1MO;COUNT=2", "2026-01-05T10:00", ["01-05", "01-04"]),
        ("FREQ=YEARLY;BYDAY=2TU;BYMONTH=4;BYSETPOS=1;COUNT=2", "2026-04-14T10:00", ["04-14", "04-13"]),
        ("rrule:freq=daily;interval=3;until=20260308", "2026-03-02T10:00", ["03-02", "03-05", "03-08"]),
        ("FREQ=DAILY;UNTIL=20260304T095959", "2026-03-02T10:00", ["03-02", "03-03"]),
        ("FREQ=DAILY;UNTIL=20260304T090000Z", "2026-03-02T10:00", ["03-02", "03-03", "03-04"]),
        ("FREQ=WEEKLY;COUNT=1", "2026-03-02T10:00", ["03-02"]),
    ],
)
def test_rules_mean_what_rfc_5545_says(rule, first, expected):
    assert days(rule, first) == expected


def test_an_end_in_utc_is_compared_with_the_moment():
    assert days("FREQ=WEEKLY;UNTIL=20230819T093000Z", "2023-08-05T12:30", "Asia/Jerusalem") == ["08-05", "08-12", "08-19"]
    assert days("FREQ=WEEKLY;UNTIL=20230819T092959Z", "2023-08-05T12:30", "Asia/Jerusalem") == ["08-05", "08-12"]


@pytest.mark.parametrize("zone", GAPS)
def test_a_local_time_that_clocks_skip_is_marked_and_does_not_count(zone):
    gap = datetime.fromisoformat(GAPS[zone])
    first = (gap - timedelta(days=1)).isoformat()
    found = series("FREQ=DAILY;COUNT=3", first, zone)

    assert [each.exists for each in found] == [True, False, True, True]
    shown = [each.start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for each in found]
    assert [shown[n] for n in (0, 2, 3)] == [gap + timedelta(days=n) for n in (-1, 1, 2)]
    assert gap < shown[1] <= gap + HOUR


@pytest.mark.parametrize("zone", FOLDS)
def test_a_local_time_that_clocks_show_twice_is_the_first(zone):
    fold = datetime.fromisoformat(FOLDS[zone])
    found = series("FREQ=DAILY;COUNT=2", (fold - timedelta(days=1)).isoformat(), zone)
    assert found[1].start == at(FOLDS[zone], zone)
    # Unless the series itself starts at the second.
    second = fold.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    assert expand(parse("FREQ=DAILY;COUNT=2"), second, ZoneInfo(zone))[0].start == second != found[1].start


@given(
    st.sampled_from([*GAPS, "UTC", "Asia/Kathmandu"]),
    st.integers(0, 15 * 365 * 24 * 60),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(1, 3),
    st.integers(1, 9),
)
def test_clocks_show_the_same_time_at_every_occurrence(zone, minutes, frequency, interval, count):
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = expand(parse(f"FREQ={frequency};INTERVAL={interval};COUNT={count}"), start, ZoneInfo(zone))

    assert found[0].start == start
    assert sum(each.exists for each in found) == count
    clock = start.astimezone(ZoneInfo(zone)).time()
    assert all(each.start.astimezone(ZoneInfo(zone)).time() == clock for each in found if each.exists)
    assert all(earlier.start < later.start for earlier, later in pairwise(found))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "rrule_invalid"),
        ("FREQ", "rrule_invalid"),
        ("COUNT=3", "rrule_invalid"),
        ("FREQ=WEEKLY", "rrule_invalid"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20270101", "rrule_invalid"),
        ("FREQ=WEEKLY;COUNT=3;COUNT=3", "rrule_invalid"),
        *((f"FREQ={word};COUNT=3", "rrule_invalid") for word in ("SECONDLY", "MINUTELY", "HOURLY", "")),
        *((f"FREQ=DAILY;COUNT=3;{part}", "rrule_invalid") for part in ("BYSECOND=1", "BYHOUR=1", "BYEASTER=0", "BYMONTH=2", "BYSETPOS=1")),
        *(
            (f"FREQ=YEARLY;COUNT=3;{part}", "rrule_invalid")
            for part in ("BYWEEKNO=1", "BYYEARDAY=1", "BYDAY=53MO", "BYDAY=0MO", "BYDAY=XX")
        ),
        *((f"FREQ=DAILY;COUNT={number}", "rrule_invalid") for number in ("0", "521", "-1", "1e3", "99999999999999999999", "")),
        *((f"FREQ=DAILY;COUNT=3;INTERVAL={number}", "rrule_invalid") for number in ("0", "100", "x")),
        *((f"FREQ=DAILY;UNTIL={until}", "rrule_invalid") for until in ("soon", "00000101", "20261331", "20261201T250000Z", "20260301")),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=1MO", "rrule_invalid"),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=2;BYDAY=MO", "rrule_invalid"),
        ("FREQ=MONTHLY;COUNT=3;BYSETPOS=1", "rrule_invalid"),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=32", "rrule_invalid"),
        ("FREQ=WEEKLY;COUNT=3\nDTSTART:20260101", "rrule_invalid"),
        ("FREQ=WEEKLY;COUNT=3;" + "X" * 500, "rrule_invalid"),
        # The rule never has it take place, and some have nothing ever take place.
        ("FREQ=WEEKLY;COUNT=3;BYDAY=TU", "series_start_off_rule"),
        ("FREQ=YEARLY;COUNT=3;BYMONTH=2;BYMONTHDAY=30", "series_start_off_rule"),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=2;BYSETPOS=2", "series_start_off_rule"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=MO;BYSETPOS=-1", "series_start_off_rule"),
        ("FREQ=MONTHLY;COUNT=3;INTERVAL=12;BYMONTH=4", "series_start_off_rule"),
        ("FREQ=YEARLY;COUNT=3;BYDAY=2MO", "series_start_off_rule"),
        ("FREQ=DAILY;UNTIL=99991231", "series_too_long"),
        ("FREQ=YEARLY;COUNT=520", "series_too_long"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=520", "series_too_long"),
    ],
)
def test_rules_without_an_end_or_a_sense_are_refused(rule, code):
    assert refused(rule) == code


def test_rules_that_rarely_match_are_refused_and_not_searched_for():
    assert refused("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=4", "2028-02-29T10:00") == "series_too_long"
    assert refused("FREQ=MONTHLY;BYMONTH=2;BYDAY=5MO;COUNT=2", "2044-02-29T10:00") == "series_too_long"
    with pytest.raises(Invalid) as refusal:
        expand(parse("FREQ=DAILY;COUNT=1"), NINE + timedelta(microseconds=1), ZoneInfo("UTC"))
    assert refusal.value.code == "series_start_invalid"


def test_a_series_has_520_occurrences_at_most():
    assert len(series(f"FREQ=WEEKLY;COUNT={MAX_OCCURRENCES}", "2026-03-02T10:00")) == 520
    assert len(series("FREQ=DAILY;UNTIL=20270803", "2026-03-02T10:00")) == 520
    assert refused("FREQ=DAILY;UNTIL=20270804") == "series_too_long"


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("RRULE:BYDAY=WE,MO;FREQ=WEEKLY;INTERVAL=1;COUNT=05", "FREQ=WEEKLY;COUNT=5;BYDAY=MO,WE"),
        ("FREQ=MONTHLY;UNTIL=20301231T080000Z;BYDAY=-1FR;BYMONTH=3,1", "FREQ=MONTHLY;UNTIL=20301231T080000Z;BYMONTH=1,3;BYDAY=-1FR"),
        ("FREQ=YEARLY;INTERVAL=2;UNTIL=20301231;BYMONTHDAY=3,-1;WKST=SU", "FREQ=YEARLY;INTERVAL=2;UNTIL=20301231;BYMONTHDAY=-1,3;WKST=SU"),
        ("FREQ=MONTHLY;UNTIL=20301231T080000;BYDAY=MO;BYSETPOS=2", "FREQ=MONTHLY;UNTIL=20301231T080000;BYDAY=MO;BYSETPOS=2"),
    ],
)
def test_a_rule_is_written_in_one_way(rule, written):
    assert str(parse(rule)) == written
    assert parse(written) == parse(rule)


def test_a_rule_is_cut_in_two():
    rule = parse("FREQ=WEEKLY;COUNT=10")
    assert (str(shortened(rule, 4)), str(without_first(rule, 4))) == ("FREQ=WEEKLY;COUNT=4", "FREQ=WEEKLY;COUNT=6")
    rule = parse("FREQ=WEEKLY;UNTIL=20301231")
    assert (str(shortened(rule, 4)), without_first(rule, 4)) == ("FREQ=WEEKLY;COUNT=4", rule)


def test_occurrences_lie_apart_with_their_buffers():
    starts = [NINE, NINE + 24 * HOUR]
    rules.check_apart(reversed(starts), 24 * HOUR)
    with pytest.raises(Invalid) as refusal:
        rules.check_apart(starts, 24 * HOUR + timedelta(minutes=1))
    assert refusal.value.code == "series_overlaps_itself"


def test_an_appointment_of_a_series_lasts_a_day_at_most():
    assert [rules.check_duration(minutes) for minutes in (1, 1440)] == [timedelta(minutes=1), timedelta(days=1)]
    for minutes in (0, 1441):
        with pytest.raises(Invalid):
            rules.check_duration(minutes)


def test_an_occurrence_is_marked_with_what_no_other_calendar_would_mend():
    busy = [uuid4()]
    assert rules.status_of(exists=False, on_holiday=True, conflicts=busy) == "nonexistent_local_time"
    assert rules.status_of(exists=True, on_holiday=True, conflicts=busy) == "holiday"
    assert rules.status_of(exists=True, on_holiday=False, conflicts=busy) == "conflict"
    assert rules.status_of(exists=True, on_holiday=False, conflicts=()) == "ok"


def test_marked_occurrences_are_refused_unless_they_are_left_out_and_something_is_left():
    free, marked = Occurrence(NINE, NINE + HOUR), Occurrence(NINE + 24 * HOUR, NINE + 25 * HOUR, rules.HOLIDAY)
    rules.check_bookable([free], skip=False)
    rules.check_bookable([free, marked], skip=True)
    for occurrences, skip in (([free, marked], False), ([marked], True)):
        with pytest.raises(Conflict) as refusal:
            rules.check_bookable(occurrences, skip=skip)
        assert refusal.value.facts["occurrences"] == [{"start": "2031-03-04T09:00:00Z", "end": "2031-03-04T10:00:00Z", "status": "holiday"}]


PLACES = [Place(NINE + n * 24 * HOUR, None, UUID(int=n + 1)) for n in range(4)]


def test_a_scope_begins_with_the_occurrence_that_is_named():
    assert rules.in_scope(PLACES, "all", None) == (0, 4)
    assert rules.in_scope(PLACES, "all", UUID(int=2)) == (0, 4)
    assert rules.in_scope(PLACES, "following", UUID(int=2)) == (1, 4)
    assert rules.in_scope(PLACES, "this", UUID(int=2)) == (1, 2)
    with pytest.raises(NotFound):
        rules.in_scope(PLACES, "all", UUID(int=9))
    rules.check_scope("all", None)
    rules.check_scope("this", UUID(int=2))
    for scope in ("this", "following"):
        with pytest.raises(Invalid):
            rules.check_scope(scope, None)


def test_what_is_over_or_not_to_take_place_is_not_changed():
    assert rules.is_open("scheduled", NINE, now=NINE - HOUR)
    assert not rules.is_open("scheduled", NINE, now=NINE)
    assert not rules.is_open("cancelled", NINE, now=NINE - HOUR)
    rules.check_open(is_open=True)
    with pytest.raises(Conflict):
        rules.check_open(is_open=False)


def test_an_occurrence_is_moved_if_its_time_is_not_that_of_the_rule():
    assert not rules.is_moved(PLACES[0], NINE, NINE + HOUR, HOUR)
    assert rules.is_moved(PLACES[0], NINE, NINE + 2 * HOUR, HOUR)
    assert rules.is_moved(PLACES[0], NINE + HOUR, NINE + 2 * HOUR, HOUR)


def test_own_changes_of_an_appointment_stay():
    assert rules.reached({"notes": "A", "location_id": None}, {"notes", "status"}) == {"location_id": None}


def test_a_series_that_has_changed_since_is_stale():
    rules.check_fresh(None, 3)
    rules.check_fresh(3, 3)
    with pytest.raises(Stale):
        rules.check_fresh(2, 3)


def test_places_follow_the_rule_in_order():
    times = [(NINE + n * 48 * HOUR, True) for n in range(3)]
    pairs, new = rules.shifted(PLACES[:2], times)
    assert [(old.appointment_id, place.planned_start) for old, place in pairs] == [(UUID(int=n + 1), times[n][0]) for n in range(2)]
    assert new == [Place(times[2][0])]

    pairs, new = rules.shifted(PLACES, times[:1])
    assert [place is None for _, place in pairs] == [False, True, True, True]
    assert new == []


def test_times_that_clocks_skip_do_not_count_when_places_follow_the_rule():
    skipped = Place(NINE + HOUR, rules.NONEXISTENT)
    times = [(NINE, True), (NINE + 2 * HOUR, False), (NINE + 3 * HOUR, True)]
    pairs, new = rules.shifted([PLACES[0], skipped, PLACES[1]], times)
    assert [place.planned_start for _, place in pairs] == [NINE, NINE + 3 * HOUR]
    assert new == [Place(NINE + 2 * HOUR, rules.NONEXISTENT)]


def test_what_was_left_out_stays_so():
    pairs, _ = rules.shifted([Place(NINE, rules.HOLIDAY)], [(NINE + HOUR, True)])
    assert pairs == [(Place(NINE, "holiday"), Place(NINE + HOUR, "holiday"))]
