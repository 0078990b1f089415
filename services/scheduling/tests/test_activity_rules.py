"""Periods of a report, and what their numbers come to."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Forbidden, Invalid
from scheduling.activity import rules
from scheduling.activity.rules import Days

ME, OTHER = UUID(int=1), UUID(int=2)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = datetime(2031, 3, 3, 12, tzinfo=UTC)


def days(first, last):
    return Days(date.fromisoformat(first), date.fromisoformat(last))


@given(st.dates(date(1970, 1, 1), date(2198, 12, 31)), st.integers(0, 365), st.sampled_from(("day", "week", "month")))
def test_periods_are_whole_days_without_gaps_and_end_where_a_group_does(first, length, group_by):
    found = rules.periods(Days(first, first + length * DAY), group_by)

    assert (found[0].first, found[-1].last) == (first, first + length * DAY)
    assert all(before.last + DAY == after.first for before, after in pairwise(found))
    for period in found[:-1]:
        ends = {"day": True, "week": period.last.weekday() == 6, "month": (period.last + DAY).day == 1}
        assert ends[group_by]
        inner = [period.first + n * DAY for n in range((period.last - period.first).days)]
        assert not any({"day": True, "week": day.weekday() == 6, "month": (day + DAY).day == 1}[group_by] for day in inner)


def test_a_report_is_of_a_day_to_a_year():
    assert rules.check_days("2031-01-01", "2031-01-01") == days("2031-01-01", "2031-01-01")
    assert rules.check_days("1970-01-01", "1971-01-01")
    for first, last, pointers in (
        ("2031-01-02", "2031-01-01", ["/end_date"]),
        ("2031-01-01", "2032-01-02", ["/end_date"]),
        ("x", "2031-13-01", ["/start_date", "/end_date"]),
        ("1969-12-31", "2200-01-01", ["/start_date", "/end_date"]),
    ):
        with pytest.raises(Invalid) as refused:
            rules.check_days(first, last)
        assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("report_range_invalid", pointers)


def test_bounds_are_local_midnights():
    groups = rules.periods(days("2031-03-29", "2031-03-31"), "day")
    found = rules.bounds(groups, ZoneInfo("Europe/Berlin"))
    assert [after - before for before, after in pairwise(found)] == [24 * HOUR, 23 * HOUR, 24 * HOUR]
    assert f"{found[0]:%d %H}" == "28 23"


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=5),
    st.lists(st.integers(0, 220), min_size=2, max_size=6, unique=True).map(sorted),
)
def test_hours_between_moments_are_those_of_a_plain_count(worked, edges):
    hours = [{hour for start, length in [part] for hour in range(start, start + length)} for part in worked]
    found = rules.hours_between(
        [(NOON + start * HOUR, NOON + (start + length) * HOUR) for start, length in worked], [NOON + edge * HOUR for edge in edges]
    )
    assert found == [sum(start <= hour < end for part in hours for hour in part) for start, end in pairwise(edges)]


def test_utilisation_is_a_share():
    assert rules.utilisation(1, 3) == 0.3333
    assert rules.utilisation(4, 2) == 2
    assert rules.utilisation(4, 0) is None


def test_numbers_are_ones_own_or_for_those_who_manage():
    rules.check_may_see(ME, ME, [])
    rules.check_may_see(OTHER, ME, ["catalogue:write"])
    rules.check_may_see(None, ME, ["catalogue:write"])
    for others in (OTHER, None):
        with pytest.raises(Forbidden) as refused:
            rules.check_may_see(others, ME, ["appointments:write"])
        assert refused.value.code == "permission_denied"
