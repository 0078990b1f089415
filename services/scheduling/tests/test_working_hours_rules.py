"""From hours on a clock to moments, across clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from scheduling.working_hours import rules
from scheduling.working_hours.rules import Minutes, Week

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
ZONES = [
    *(ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Jerusalem")),
    # Where midnight is skipped once a year, where a day was, and where minutes are odd.
    *(ZoneInfo(name) for name in ("Asia/Beirut", "Africa/Cairo", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu")),
]
MONDAY = date(2026, 3, 2)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERY_DAY = range(7)


def week(zone=UTC_ZONE, weekly=None, closed=(), opened=None, off=None):
    return Week(zone, weekly or {}, frozenset(closed), opened or {}, off or {})


def at(text, zone=UTC_ZONE):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def every_day(start, end):
    return {weekday: [hours(start, end)] for weekday in EVERY_DAY}


def hours(start, end):
    return rules.minutes(rules.minute_of(start), rules.minute_of(end))


def worked(of, since, until):
    """What is worked in two days of 2026 and before the second, as local times."""
    found = rules.working_time(of, at(since, of.zone), at(until, of.zone))
    return [f"{start.astimezone(of.zone):%d %H:%M}-{end.astimezone(of.zone):%d %H:%M}" for start, end in found]


def test_a_zone_is_one_of_the_tz_database():
    assert rules.check_zone("Europe/Berlin").key == "Europe/Berlin"
    for wrong in ("", "Europe/Bonn", "../../etc/passwd", "europe/berlin"):
        with pytest.raises(Invalid) as refused:
            rules.check_zone(wrong)
        assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("time_zone_unknown", ["/time_zone"])


@pytest.mark.parametrize(
    ("clock", "minute"),
    [("00:00", 0), ("09:05", 545), ("23:59", 1439), ("24:00", 1440)]
    + [(wrong, None) for wrong in ("24:01", "9:00", "09:60", "", "09:00:00", "09:00\n", "\N{ARABIC-INDIC DIGIT ONE}9:00")],
)
def test_a_clock_shows_hours_and_minutes(clock, minute):
    assert rules.minute_of(clock) == minute


def test_hours_repeat_every_week_and_join_where_they_touch():
    of = week(weekly={0: [hours("09:00", "12:00"), hours("12:00", "13:00")], 2: [hours("10:00", "11:00")]})

    assert worked(of, "2026-03-02", "2026-03-16") == ["02 09:00-02 13:00", "04 10:00-04 11:00", "09 09:00-09 13:00", "11 10:00-11 11:00"]
    assert worked(of, "2026-03-02T12:30", "2026-03-04T10:15") == ["02 12:30-02 13:00", "04 10:00-04 10:15"]


def test_the_night_before_reaches_into_the_first_day():
    of = week(weekly={0: [hours("22:00", "06:00")]})

    assert worked(of, "2026-03-03", "2026-03-04") == ["03 00:00-03 06:00"]
    assert worked(of, "2026-03-02", "2026-03-03") == ["02 22:00-03 00:00"]


def test_a_closed_day_takes_the_hours_that_begin_on_it_and_what_reaches_into_it():
    nights = every_day("22:00", "06:00")

    assert worked(week(weekly=nights, closed=[date(2026, 3, 4)]), "2026-03-03", "2026-03-06T12:00") == [
        "03 00:00-03 06:00",
        "03 22:00-04 00:00",
        "05 22:00-06 06:00",
    ]


def test_open_hours_are_worked_on_closed_days_too_and_hours_off_never():
    of = week(
        weekly=every_day("09:00", "17:00"),
        closed=[MONDAY],
        opened={MONDAY: [hours("10:00", "12:00")], MONDAY + DAY: [hours("16:00", "20:00")]},
        off={MONDAY: [hours("11:00", "11:30")], MONDAY + DAY: [hours("12:00", "13:00"), hours("23:00", "09:30")]},
    )

    assert worked(of, "2026-03-02", "2026-03-05") == [
        "02 10:00-02 11:00",
        "02 11:30-02 12:00",
        "03 09:00-03 12:00",
        "03 13:00-03 20:00",
        "04 09:30-04 17:00",
    ]


@pytest.mark.parametrize(
    ("zone", "day", "gap", "ends"),
    [
        ("Europe/Berlin", "2026-03-29", "02:30", "01:00"),
        ("America/New_York", "2026-03-08", "02:30", "07:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "15:30"),
        ("Asia/Jerusalem", "2026-03-27", "02:30", "00:00"),
        ("Asia/Beirut", "2026-03-29", "00:00", "22:00"),
        ("Africa/Cairo", "2026-04-24", "00:00", "22:00"),
        ("America/Santiago", "2026-09-06", "00:00", "04:00"),
    ],
)
def test_hours_that_begin_in_a_gap_begin_when_it_ends(zone, day, gap, ends):
    found = rules.moment_of(date.fromisoformat(day), rules.minute_of(gap), ZoneInfo(zone))

    assert f"{found:%H:%M}" == ends
    assert rules.local_moments(datetime.combine(date.fromisoformat(day), time.fromisoformat(gap)), ZoneInfo(zone)) == []


@pytest.mark.parametrize(
    ("zone", "day", "fold", "first", "apart"),
    [
        ("Europe/Berlin", "2026-10-25", "02:30", "00:30", HOUR),
        ("America/New_York", "2026-11-01", "01:30", "05:30", HOUR),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "14:45", HOUR / 2),
        ("Asia/Jerusalem", "2026-10-25", "01:30", "22:30", HOUR),
    ],
)
def test_a_time_that_exists_twice_means_its_first_occurrence(zone, day, fold, first, apart):
    local = datetime.combine(date.fromisoformat(day), time.fromisoformat(fold))
    found = rules.moment_of(local.date(), rules.minute_of(fold), ZoneInfo(zone))

    assert f"{found:%H:%M}" == first
    assert rules.local_moments(local, ZoneInfo(zone)) == [found, found + apart]


def test_hours_across_a_clock_change_are_an_hour_more_or_less():
    nights = week(BERLIN, weekly=every_day("22:00", "06:00"))
    lengths = {
        day: [end - start for start, end in rules.working_time(nights, at(f"{day}T12:00", BERLIN), at(f"{day}T12:00", BERLIN) + DAY)]
        for day in ("2026-03-27", "2026-03-28", "2026-10-24", "2026-10-25")
    }

    assert list(lengths.values()) == [[8 * HOUR], [7 * HOUR], [9 * HOUR], [8 * HOUR]]


parts = st.builds(rules.minutes, st.integers(0, 1439), st.integers(1, 1440)).filter(lambda part: part.end - part.start < 1440)
days = st.dates(date(2025, 12, 28), date(2027, 1, 3))


@given(
    zone=st.sampled_from(ZONES),
    first=days,
    length=st.integers(1, 12),
    weekly=st.dictionaries(st.sampled_from(EVERY_DAY), st.lists(parts, max_size=3)),
    data=st.data(),
)
def test_working_time_is_what_a_clock_says_minute_by_minute(zone, first, length, weekly, data):
    """The oracle looks at a clock: at some moments, does it show a time that is worked?"""
    near = st.integers(-1, length).map(lambda n: first + timedelta(days=n))
    closed = data.draw(st.sets(near, max_size=3))
    opened, off = (data.draw(st.dictionaries(near, st.lists(parts, max_size=2), max_size=3)) for _ in range(2))
    of = week(zone, weekly, closed, opened, off)
    since = datetime.combine(first, time(), tzinfo=UTC)
    until = since + timedelta(days=length)
    found = rules.working_time(of, since, until)

    assert found == rules.union(found)
    assert all(since <= start < end <= until for start, end in found)
    for moment in data.draw(st.lists(st.datetimes(since.replace(tzinfo=None), until.replace(tzinfo=None)), min_size=30, max_size=30)):
        moment = moment.replace(second=30, microsecond=0, tzinfo=UTC)  # noqa: PLW2901 - never just at a border
        if since <= moment < until and not _is_repeated(moment, zone):
            assert any(start <= moment < end for start, end in found) == _is_worked(of, moment), moment


def _is_worked(of, moment):
    local = moment.astimezone(of.zone).replace(tzinfo=None)
    today, minute = local.date(), local.hour * 60 + local.minute
    yesterday = today - DAY

    def within(parts_of):
        now = (part for part in parts_of(today) if part.start <= minute < part.end)
        before = (part for part in parts_of(yesterday) if part.start <= minute + 1440 < part.end)
        return any(True for _ in (*now, *before))

    def weekly(day):
        return [] if {day, today} & set(of.closed) else of.weekly.get(day.weekday(), ())

    in_week, in_opened, in_off = (within(what) for what in (weekly, lambda day: of.opened.get(day, ()), lambda day: of.off.get(day, ())))
    return (in_week or in_opened) and not in_off


def _is_repeated(moment, zone):
    """Whether clocks show its time twice: hours begin and end at the first one."""
    return len(rules.local_moments(moment.astimezone(zone).replace(tzinfo=None), zone)) > 1


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_a_union_and_what_is_left_are_those_of_sets(some, others):
    def members(of):
        return {n for start, end in of for n in range(start, end)}

    joined, taken = rules.union(some), rules.union(others)
    assert members(joined) == members(some)
    assert all(before[1] < after[0] for before, after in pairwise(joined))
    assert members(rules.without(joined, taken)) == members(some) - members(others)
    assert all(start < end for start, end in rules.without(joined, taken))


@pytest.mark.parametrize(
    ("is_active", "treats", "code"), [(False, True, "practitioner_inactive"), (True, False, "practitioner_does_not_treat")]
)
def test_somebody_who_does_not_treat_has_no_hours(is_active, treats, code):
    rules.check_practitioner(is_active=True, treats=True)
    with pytest.raises(Invalid) as refused:
        rules.check_practitioner(is_active=is_active, treats=treats)
    assert refused.value.code == code
    assert [fault.pointer for fault in refused.value.faults] == ["/practitioner_id"]


def test_minutes_up_to_one_that_is_not_later_end_on_the_next_day():
    assert hours("22:00", "06:00") == Minutes(1320, 1800)
    assert hours("00:00", "24:00") == Minutes(0, 1440)


def away(of):
    return [f"{start.astimezone(of.zone):%d %H:%M}-{end.astimezone(of.zone):%d %H:%M}" for start, end in rules.time_off(of)]


def test_days_and_hours_off_are_time_off_but_not_what_is_worked_all_the_same():
    of = week(
        BERLIN,
        weekly=every_day("09:00", "17:00"),
        closed=[MONDAY, MONDAY + DAY, MONDAY + 3 * DAY],
        opened={MONDAY + 2 * DAY: [hours("22:00", "02:00")], MONDAY: [hours("10:00", "12:00")]},
        off={MONDAY: [hours("11:00", "11:30")], MONDAY + 5 * DAY: [hours("22:00", "06:00")]},
    )

    assert away(of) == ["02 00:00-02 10:00", "02 11:00-02 11:30", "02 12:00-04 00:00", "05 02:00-06 00:00", "07 22:00-08 06:00"]
    assert away(week(weekly=every_day("09:00", "17:00"))) == []


_PARTS = st.builds(rules.minutes, st.integers(0, 1439), st.integers(0, 1440)).filter(lambda part: part.start != part.end)


@given(
    st.sampled_from(ZONES),
    st.dates(date(2026, 1, 1), date(2026, 12, 28)),
    st.sets(st.integers(0, 4)),
    *[st.dictionaries(st.integers(0, 4), st.lists(_PARTS, max_size=2), max_size=3)] * 2,
)
def test_time_is_either_worked_or_off_and_only_what_is_off_is_missing_from_the_week(zone, first, closed, opened, off):
    always = {weekday: [Minutes(0, rules.MINUTES_OF_DAY)] for weekday in EVERY_DAY}
    days = {number: first + number * DAY for number in range(5)}
    of = week(
        zone, always, {days[n] for n in closed}, {days[n]: part for n, part in opened.items()}, {days[n]: part for n, part in off.items()}
    )
    since, until = (rules.moment_of(first + n * DAY, 0, zone) for n in (-1, 7))

    found = [(max(start, since), min(end, until)) for start, end in rules.time_off(of)]
    assert found == rules.without([(since, until)], rules.working_time(of, since, until))
