"""Which slots are free."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from scheduling.appointments.rules import EARLIEST_START, LATEST_START
from scheduling.slots import rules
from scheduling.slots.rules import Terms
from scheduling.working_hours.rules import union

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Jerusalem", "Asia/Beirut", "Africa/Cairo", "America/Santiago")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
FAR = NINE + timedelta(days=30)


def free(worked, busy=(), terms=None, *, zone="UTC", step=30, since=NINE - 24 * HOUR, until=FAR):
    terms = terms or Terms(HOUR)
    starts = rules.free_slots(worked, busy, terms, zone=ZoneInfo(zone), step=step, since=since, until=until)
    return [(start, start + terms.duration) for start in starts]


def starts(slots, zone="UTC"):
    return [f"{start.astimezone(ZoneInfo(zone)):%H:%M}" for start, _ in slots]


def shown(zone, day):
    """What clocks show at the grid of a day, and of the hours around it."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    moments = rules.grid(midnight, midnight + 26 * HOUR, ZoneInfo(zone), 30)
    local = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
    return [f"{each:%H:%M}" for each in local if each.date() == date.fromisoformat(day)]


def test_a_slot_ends_within_working_time_and_overlaps_with_the_next():
    assert free([(NINE, NINE + 2 * HOUR)]) == [(NINE + n * HOUR / 2, NINE + n * HOUR / 2 + HOUR) for n in range(3)]
    assert starts(free([(NINE + 10 * MINUTE, NINE + 2 * HOUR)])) == ["09:30", "10:00"]
    assert free([(NINE, NINE + 59 * MINUTE)]) == []


def test_buffers_are_kept_free_of_others_and_may_lie_outside_of_working_time():
    terms = Terms(HOUR, 15 * MINUTE, 30 * MINUTE)
    day = [(NINE, NINE + 5 * HOUR)]

    assert starts(free(day, [], terms))[0] == "09:00"
    assert starts(free(day, [(NINE + 2 * HOUR, NINE + 3 * HOUR)], terms)) == ["09:00", "09:30", "12:30", "13:00"]
    assert starts(free(day, [(NINE + 2 * HOUR - MINUTE, NINE + 3 * HOUR - 15 * MINUTE)], terms)) == ["09:00", "12:00", "12:30", "13:00"]
    assert starts(free(day, [(NINE - HOUR, NINE - 10 * MINUTE)], terms))[0] == "09:30"


def test_no_slot_starts_before_the_range_nor_at_its_end():
    day = [(NINE, NINE + 5 * HOUR)]

    assert starts(free(day, since=NINE + 31 * MINUTE, until=NINE + 2 * HOUR)) == ["10:00", "10:30"]
    assert starts(free(day, since=NINE + 30 * MINUTE, until=NINE + 2 * HOUR + timedelta(microseconds=1))) == [
        "09:30",
        "10:00",
        "10:30",
        "11:00",
    ]


def test_slots_start_at_round_times_where_the_zone_is_an_odd_number_of_minutes_from_utc():
    assert starts(free([(NINE + 3 * MINUTE, NINE + 4 * HOUR)], zone="Asia/Kathmandu"), "Asia/Kathmandu")[0] == "15:00"


@pytest.mark.parametrize(
    ("zone", "day", "missing"),
    [
        ("Europe/Berlin", "2026-03-29", ["02:00", "02:30"]),
        ("America/New_York", "2026-03-08", ["02:00", "02:30"]),
        ("Australia/Lord_Howe", "2026-10-04", ["02:00"]),
        ("Asia/Jerusalem", "2026-03-27", ["02:00", "02:30"]),
        ("Asia/Beirut", "2026-03-29", ["00:00", "00:30"]),
        ("Africa/Cairo", "2026-04-24", ["00:00", "00:30"]),
        ("America/Santiago", "2026-09-06", ["00:00", "00:30"]),
    ],
)
def test_no_slot_starts_in_a_gap(zone, day, missing):
    whole = [f"{half // 2:02}:{half % 2 * 30:02}" for half in range(48)]
    assert shown(zone, day) == [clock for clock in whole if clock not in missing]


@pytest.mark.parametrize(
    ("zone", "day", "twice"),
    [
        ("Europe/Berlin", "2026-10-25", ["02:00", "02:30"]),
        ("America/New_York", "2026-11-01", ["01:00", "01:30"]),
        ("Australia/Lord_Howe", "2026-04-05", ["01:30"]),
        ("Asia/Jerusalem", "2026-10-25", ["01:00", "01:30"]),
    ],
)
def test_slots_start_in_both_hours_of_a_fold(zone, day, twice):
    found = shown(zone, day)
    assert [clock for clock in sorted(set(found)) if found.count(clock) == 2] == twice
    assert len(found) == 48 + len(twice)


moments = st.integers(0, 365 * 24 * 60).map(lambda number: datetime(2026, 1, 1, tzinfo=UTC) + number * MINUTE)
lengths = st.integers(1, 48 * 60).map(lambda number: number * MINUTE)


@given(zone=st.sampled_from(ZONES), first=moments, length=lengths, step=st.sampled_from((5, 15, 20, 30, 45, 60, 90)))
def test_the_grid_is_every_multiple_of_the_step_on_a_clock(zone, first, length, step):
    last = first + length
    found = list(rules.grid(first, last, ZoneInfo(zone), step))

    begin = first.replace(second=0, microsecond=0)
    minutes = [begin + number * MINUTE for number in range(length // MINUTE + 2)]
    local = {minute: minute.astimezone(ZoneInfo(zone)) for minute in minutes}
    assert found == [
        minute for minute in minutes if first <= minute <= last and (local[minute].hour * 60 + local[minute].minute) % step == 0
    ]


short = st.integers(0, 300).map(lambda number: number * MINUTE)
periods = st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 400)), max_size=6).map(
    lambda some: [(NINE + start * MINUTE, NINE + (start + length) * MINUTE) for start, length in some]
)


@given(worked=periods.map(union), busy=periods, before=short, after=short, duration=short.filter(bool))
def test_free_are_those_of_the_grid_that_fit_and_disturb_nobody(worked, busy, before, after, duration):
    slots = free(worked, busy, Terms(duration, before, after))
    whole = [slot for start, end in worked for slot in rules.grid(start, end, ZoneInfo("UTC"), 30)]

    assert slots == [
        (slot, slot + duration)
        for slot in whole
        if any(start <= slot and slot + duration <= end for start, end in worked)
        and not any(start < slot + duration + after and slot - before < end for start, end in busy)
    ]


@pytest.mark.parametrize(
    ("since", "until", "pointers"),
    [
        (None, None, ["/from", "/to"]),
        (NINE, None, ["/to"]),
        (NINE, NINE, ["/to"]),
        (NINE, NINE + rules.MAX_RANGE + MINUTE, ["/to"]),
        (EARLIEST_START - MINUTE, NINE, ["/from"]),
        (LATEST_START, LATEST_START + HOUR, ["/from"]),
    ],
)
def test_a_range_that_is_none_is_refused(since, until, pointers):
    with pytest.raises(Invalid) as refused:
        rules.check_range(since, until)
    assert refused.value.code == "range_invalid"
    assert [fault.pointer for fault in refused.value.faults] == pointers


def test_a_range_is_six_weeks_at_most():
    assert rules.check_range(NINE, NINE + rules.MAX_RANGE) == (NINE, NINE + rules.MAX_RANGE)
    assert rules.check_range(EARLIEST_START, EARLIEST_START + MINUTE)


def test_a_duration_is_that_of_an_appointment():
    assert rules.check_duration(None) is None
    assert (rules.check_duration(1), rules.check_duration(1440)) == (MINUTE, 24 * HOUR)
    for wrong in (0, -1, 1441):
        with pytest.raises(Invalid) as refused:
            rules.check_duration(wrong)
        assert refused.value.code == "duration_invalid"
        assert [fault.pointer for fault in refused.value.faults] == ["/duration_minutes"]
