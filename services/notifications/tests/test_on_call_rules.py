"""Who is on call: across midnight, changes of the clock, and with overrides."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid, NotFound
from notifications.on_call.rules import (
    DAYS,
    EARLIEST,
    LATEST,
    Override,
    Worker,
    check_override,
    check_staff,
    department_of_override,
    is_in_shift,
    on_call,
    shifts_of,
)

BERLIN = ZoneInfo("Europe/Berlin")
WARD, CLINIC = uuid4(), uuid4()
ADA, BERT, CARL = uuid4(), uuid4(), uuid4()
HOUR = timedelta(hours=1)


def every_day(start, end):
    return {day: [{"start": start, "end": end}] for day in DAYS}


def the_shift(start, end, zone, day):
    ((begins, ends),) = shifts_of(every_day(start, end), ZoneInfo(zone), date.fromisoformat(day))
    return begins, ends


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-27", 8), ("2026-03-28", 7), ("2026-10-24", 9), ("2026-10-25", 8)])
def test_a_night_shift_is_as_long_as_the_night(day, hours):
    begins, ends = the_shift("22:00", "06:00", "Europe/Berlin", day)
    assert ends - begins == hours * HOUR


def test_a_shift_from_a_time_that_does_not_come_begins_when_the_clock_has_changed():
    begins, ends = the_shift("02:30", "10:00", "Europe/Berlin", "2026-03-29")
    assert begins == utc("2026-03-29T01:00")
    assert begins.astimezone(BERLIN).time().isoformat() == "03:00:00"
    assert ends == utc("2026-03-29T08:00")


def test_a_handover_at_a_time_that_comes_twice_overlaps():
    zone = ZoneInfo("Australia/Lord_Howe")
    begins, _ = the_shift("01:45", "09:00", "Australia/Lord_Howe", "2026-04-05")
    _, ends = the_shift("17:00", "01:45", "Australia/Lord_Howe", "2026-04-04")
    assert ends - begins == timedelta(minutes=30)
    both = begins + timedelta(minutes=10)
    assert is_in_shift(every_day("01:45", "09:00"), zone, both)
    assert is_in_shift(every_day("17:00", "01:45"), zone, both)


@pytest.mark.parametrize(("zone", "day"), [("Asia/Beirut", "2026-03-28"), ("Africa/Cairo", "2026-04-23")])
@pytest.mark.parametrize("end", ["00:00", "24:00"])
def test_a_handover_at_a_midnight_that_does_not_come_leaves_no_gap(zone, day, end):
    """The clock jumps from 24:00 to 01:00."""
    if end == "00:00":
        _, ends = the_shift("16:00", "00:00", zone, day)
    else:
        _, ends = the_shift("16:00", "24:00", zone, day)
    begins, _ = the_shift("00:00", "08:00", zone, (date.fromisoformat(day) + timedelta(days=1)).isoformat())
    assert begins == ends
    assert begins.astimezone(ZoneInfo(zone)).hour == 1


def test_the_shift_of_the_day_before_is_asked_too():
    sunday_night = {"sun": [{"start": "22:00", "end": "06:00"}]}
    monday = datetime(2026, 6, 8, 3, tzinfo=BERLIN)
    assert monday.strftime("%a") == "Mon"
    assert is_in_shift(sunday_night, BERLIN, monday)
    assert not is_in_shift(sunday_night, BERLIN, monday.replace(hour=6))
    assert not is_in_shift(sunday_night, BERLIN, monday - timedelta(days=1))


def test_a_shift_until_24_ends_at_midnight():
    evening = {"mon": [{"start": "16:00", "end": "24:00"}]}
    assert is_in_shift(evening, BERLIN, datetime(2026, 6, 8, 23, 59, 59, tzinfo=BERLIN))
    assert not is_in_shift(evening, BERLIN, datetime(2026, 6, 9, tzinfo=BERLIN))


@given(st.integers(0, 366 * 24 * 60), st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo"]))
def test_shifts_around_the_clock_leave_no_moment_out(minutes, zone):
    at, here = utc("2026-01-01") + timedelta(minutes=minutes), ZoneInfo(zone)
    on = [is_in_shift(every_day(*shift), here, at) for shift in (("00:00", "08:00"), ("08:00", "16:00"), ("16:00", "24:00"))]
    assert any(on)


def worker(user_id, department_id=WARD, shifts=None):
    return Worker(user_id, "nurse", department_id, shifts)


NOON = datetime(2026, 6, 8, 12, tzinfo=UTC)
ALWAYS = every_day("00:00", "24:00")
NEVER_NOW = every_day("00:00", "01:00")


def stands_in(user_id, replaces=None, department_id=WARD, *, start=NOON - HOUR, end=NOON + HOUR):
    return Override(user_id, department_id, replaces, start, end)


def test_people_are_on_call_for_their_department():
    workers = [worker(ADA, shifts=ALWAYS), worker(BERT, CLINIC, NEVER_NOW), worker(CARL), worker(uuid4(), shifts={})]
    assert on_call(workers, [], BERLIN, NOON) == {WARD: {ADA}, CLINIC: set()}


def test_whoever_stands_in_is_on_call_in_place_of_another():
    workers = [worker(ADA, shifts=ALWAYS), worker(BERT, CLINIC)]
    assert on_call(workers, [stands_in(BERT, ADA)], BERLIN, NOON) == {WARD: {BERT}}
    assert on_call(workers, [stands_in(BERT)], BERLIN, NOON) == {WARD: {ADA, BERT}}
    # In another department it changes nothing about the shift in this one.
    assert on_call(workers, [stands_in(BERT, ADA, CLINIC)], BERLIN, NOON) == {WARD: {ADA}, CLINIC: {BERT}}


def test_whoever_is_not_there_any_more_does_not_stand_in():
    assert on_call([worker(ADA, shifts=ALWAYS)], [stands_in(BERT, ADA)], BERLIN, NOON) == {WARD: set()}


def test_overrides_that_touch_neither_overlap_nor_leave_a_gap():
    workers = [worker(ADA), worker(BERT)]
    touching = [stands_in(ADA, end=NOON), stands_in(BERT, start=NOON)]
    assert on_call(workers, touching, BERLIN, NOON - timedelta(microseconds=1)) == {WARD: {ADA}}
    assert on_call(workers, touching, BERLIN, NOON) == {WARD: {BERT}}
    assert on_call(workers, touching, BERLIN, NOON + HOUR) == {}


def faults_of(**but):
    values = {"starts_at": NOON, "ends_at": NOON + HOUR, "user_id": ADA, "replaces_user_id": None, **but}
    try:
        check_override(**values)
    except Invalid as refused:
        return [refused.code == "on_call_override_invalid" and fault.pointer for fault in refused.faults]
    return []


def test_an_override_has_an_end_within_a_year():
    assert faults_of() == faults_of(ends_at=NOON + timedelta(days=366)) == []
    assert faults_of(ends_at=NOON) == faults_of(ends_at=NOON + timedelta(days=366, microseconds=1)) == ["/ends_at"]
    assert faults_of(starts_at=EARLIEST, ends_at=EARLIEST + HOUR) == faults_of(starts_at=LATEST, ends_at=LATEST + HOUR) == []
    early, late = EARLIEST - timedelta(microseconds=1), LATEST + timedelta(microseconds=1)
    assert faults_of(starts_at=early, ends_at=NOON.replace(year=2000)) == ["/starts_at"]
    assert faults_of(starts_at=late, ends_at=late + HOUR) == ["/starts_at"]


def test_nobody_replaces_themselves():
    assert faults_of(replaces_user_id=ADA) == ["/replaces_user_id"]
    assert faults_of(replaces_user_id=BERT) == []


def test_an_override_is_for_the_department_of_whom_it_replaces():
    workers = [worker(ADA), worker(BERT, CLINIC), worker(CARL, None)]
    assert [department_of_override(None, user_id, workers) for user_id in (ADA, BERT, CARL, None)] == [WARD, CLINIC, None, None]
    assert [department_of_override(CLINIC, user_id, workers) for user_id in (BERT, None)] == [CLINIC, CLINIC]
    for replaced, named in ((ADA, CLINIC), (BERT, WARD), (CARL, WARD)):
        with pytest.raises(Invalid) as refused:
            department_of_override(named, replaced, workers)
        assert [fault.pointer for fault in refused.value.faults] == ["/department_id"]


def test_an_override_is_of_active_users():
    check_staff({"user_id": ADA, "replaces_user_id": None}, [ADA])
    with pytest.raises(NotFound):
        check_staff({"user_id": ADA, "replaces_user_id": BERT}, [ADA])
