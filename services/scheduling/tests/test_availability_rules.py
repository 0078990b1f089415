"""Which working hours are valid, and which holidays."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Forbidden, Invalid, Stale
from scheduling.availability import rules
from scheduling.workspace_holidays import rules as holidays

ME, OTHER = UUID(int=1), UUID(int=2)
SETTINGS = {"time_zone": None, "notice_minutes": 0, "slot_step_minutes": 15}
DAY = {"date": "2026-03-01", "kind": "off", "start": None, "end": None, "note": None}


def hours(weekday, start, end):
    return {"weekday": weekday, "start": start, "end": end}


def faults(weekly=(), exceptions=(), **settings):
    try:
        rules.check_hours({**SETTINGS, **settings, "weekly": weekly, "exceptions": exceptions})
    except Invalid as refusal:
        return [fault.pointer for fault in refusal.faults]
    return []


def test_wrong_hours_are_refused_with_a_code():
    with pytest.raises(Invalid) as refused:
        rules.check_hours({**SETTINGS, "weekly": [hours(7, "09:00", "12:00")], "exceptions": []})
    assert refused.value.code == "availability_invalid"


@pytest.mark.parametrize(
    ("settings", "pointers"),
    [
        ({"time_zone": "Europe/Berlin", "notice_minutes": 43_200, "slot_step_minutes": 240}, []),
        ({"slot_step_minutes": 5}, []),
        ({"time_zone": "Europe/Bonn"}, ["/time_zone"]),
        ({"notice_minutes": -1}, ["/notice_minutes"]),
        ({"notice_minutes": 43_201}, ["/notice_minutes"]),
        *(({"slot_step_minutes": step}, ["/slot_step_minutes"]) for step in (0, -5, 7, 25, 245, 480)),
    ],
)
def test_settings_have_bounds(settings, pointers):
    assert faults(**settings) == pointers


@pytest.mark.parametrize(
    ("weekly", "pointers"),
    [
        ([hours(0, "09:00", "12:00"), hours(0, "12:00", "24:00"), hours(6, "22:00", "09:00")], []),
        ([hours(0, "09:00", "12:00"), hours(0, "11:59", "13:00")], ["/weekly/1"]),
        ([hours(1, "05:00", "06:00"), hours(0, "22:00", "06:00")], ["/weekly/0"]),
        ([hours(6, "22:00", "06:00"), hours(0, "05:59", "08:00")], ["/weekly/1"]),
        ([hours(2, "00:00", "24:00"), hours(2, "10:00", "11:00"), hours(2, "12:00", "13:00")], ["/weekly/1", "/weekly/2"]),
        ([hours(-1, "09:00", "12:00"), hours(7, "09:00", "12:00")], ["/weekly/0/weekday", "/weekly/1/weekday"]),
        ([hours(0, "24:00", "12:00"), hours(1, "09:00", "09:00"), hours(2, "", "")], ["/weekly/0/start", "/weekly/1/end", "/weekly/2/start", "/weekly/2/end"]),
        ([hours(0, "09:00", "12:00")] * 101, ["/weekly"]),
    ],
)  # fmt: skip
def test_weekly_hours_neither_overlap_nor_lie_beside_the_week(weekly, pointers):
    assert faults(weekly) == pointers


@pytest.mark.parametrize(
    ("exception", "pointers"),
    [
        ({}, []),
        ({"start": "12:00", "end": "11:00", "note": "x" * 500}, []),
        ({"kind": "open", "start": "12:00", "end": "24:00"}, []),
        ({"kind": "open"}, ["start", "end"]),
        ({"start": "12:00"}, ["end"]),
        ({"end": "12:00"}, ["start"]),
        ({"kind": None}, ["kind"]),
        ({"note": "x" * 501}, ["note"]),
        *(({"date": wrong}, ["date"]) for wrong in ("", "2026-02-30", "20260301", "1969-12-31", "2201-01-01", "2026-W09-7")),
    ],
)
def test_days_that_differ_have_a_date_and_times_where_they_are_open(exception, pointers):
    assert faults(exceptions=[DAY, DAY | exception]) == [f"/exceptions/1/{name}" for name in pointers]


def test_so_many_days_may_differ():
    assert faults(exceptions=[DAY] * 500) == []
    assert faults(exceptions=[DAY] * 501) == ["/exceptions"]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(0, 24)), max_size=5))
def test_hours_are_refused_when_a_minute_of_the_week_is_in_two_of_them(some):
    weekly = [hours(day, f"{start:02}:00", f"{end:02}:00") for day, start, end in some if start != end]
    minutes = []
    for day, start, end in some:
        if start != end:
            length = end - start if end > start else end + 24 - start
            minutes += [(day * 24 + start + hour) % 168 for hour in range(length)]
    assert bool(faults(weekly)) == (len(minutes) != len(set(minutes)))


def test_hours_are_ones_own_or_managed():
    assert rules.is_own_or_managed(ME, ME, [])
    assert rules.is_own_or_managed(OTHER, ME, ["catalogue:write"])
    assert not rules.is_own_or_managed(OTHER, ME, ["catalogue:read", "appointments:write"])
    rules.check_may_set(ME, ME, [])
    with pytest.raises(Forbidden) as refused:
        rules.check_may_set(OTHER, ME, ["appointments:write"])
    assert refused.value.code == "permission_denied"


def test_hours_that_were_seen_are_replaced_and_others_are_not():
    rules.check_fresh(None, 3)
    rules.check_fresh(3, 3)
    with pytest.raises(Stale) as refused:
        rules.check_fresh(2, 3)
    assert (refused.value.code, refused.value.facts) == ("stale_version", {"current_version": 3})


def test_a_holiday_has_a_date_and_a_name():
    assert holidays.check_holiday({"date": "2026-12-24", "name": " Eve "}) == {"date": date(2026, 12, 24), "name": "Eve"}
    assert holidays.check_holiday({"date": "1970-01-01", "name": "x" * 255})
    assert holidays.check_holiday({"date": "2200-12-31", "name": "x"})
    for wrong, pointers in (
        ({"date": "2026-12-32", "name": " "}, ["/date", "/name"]),
        ({"date": "1969-12-31", "name": "x"}, ["/date"]),
        ({"date": "2201-01-01", "name": "x" * 256}, ["/date", "/name"]),
        ({"date": "2026-W09-7", "name": "x"}, ["/date"]),
    ):
        with pytest.raises(Invalid) as refused:
            holidays.check_holiday(wrong)
        assert refused.value.code == "holiday_invalid"
        assert [fault.pointer for fault in refused.value.faults] == pointers


def test_a_list_of_holidays_has_bounds_of_its_own():
    assert holidays.check_days(None, None) == {"first": holidays.FIRST_DAY, "last": holidays.LAST_DAY}
    assert holidays.check_days("2026-01-01", "2026-12-31") == {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
    with pytest.raises(Invalid) as refused:
        holidays.check_days("x", "y")
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("holiday_invalid", ["/start_date", "/end_date"])


def test_public_holidays_are_known_for_a_century():
    holidays.check_year(2000)
    holidays.check_year(2100)
    for year in (1999, 2101):
        with pytest.raises(Invalid) as refused:
            holidays.check_year(year)
        assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("holiday_invalid", ["/year"])
    unknown = holidays.country_unknown("/country")
    assert (unknown.code, [fault.pointer for fault in unknown.faults]) == ("holiday_country_unknown", ["/country"])
