"""What keeps a month, and which parts of a chain it is."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.dropping import rules

TODAY = date(2026, 11, 22)
OVER = rules.Month(events=3, kept_until=TODAY, first_sequence=1, last_sequence=3, unchained=0)
WHOLE = rules.Standing(is_intact=True, covered=3)


def test_a_month_is_over_six_years_after_its_end():
    names = ["audit.audit_events_2020_11", "audit.audit_events_2020_10", "audit.audit_events_default", "audit.audit_events_2019_12"]
    assert rules.months_over(names, now=datetime(2026, 11, 1, tzinfo=UTC)) == [date(2019, 12, 1), date(2020, 10, 1)]
    west = timezone(-timedelta(hours=5))
    assert rules.months_over(names, now=datetime(2026, 10, 31, 18, tzinfo=west)) == [date(2019, 12, 1)]
    assert rules.months_over(names, now=datetime(2026, 10, 31, 19, tzinfo=west))[-1] == date(2020, 10, 1)


def test_nothing_keeps_what_is_over_in_the_chain_verified_and_covered():
    assert rules.kept_by(OVER, WHOLE, is_held=False, today=TODAY) is None


@pytest.mark.parametrize(
    ("month", "standing", "is_held", "by"),
    [
        ({"kept_until": TODAY + timedelta(days=1)}, {}, False, "retention"),
        ({}, {}, True, "legal_hold"),
        ({"unchained": 1}, {}, False, "not_in_chain"),
        ({}, {"is_intact": False}, False, "not_verified"),
        ({}, {"covered": 2}, False, "not_anchored"),
    ],
)
def test_what_keeps_a_month_is_named(month, standing, is_held, by):
    found = rules.Month(**{name: getattr(OVER, name) for name in OVER.__slots__} | month)
    assert rules.kept_by(found, rules.Standing(**{"is_intact": True, "covered": 3} | standing), is_held=is_held, today=TODAY) == by


@given(st.sets(st.integers(1, 60), max_size=60), st.sampled_from([1, 3, 256]))
def test_runs_have_every_number_once_and_end_at_multiples(numbers, longest):
    found = list(rules.runs(sorted(numbers), longest))
    assert [each for first, last in found for each in range(first, last + 1)] == sorted(numbers)
    assert all(last - first < longest and (first - 1) // longest == (last - 1) // longest for first, last in found)
    assert all(after[0] > before[1] + 1 or before[1] % longest == 0 for before, after in pairwise(found))


def test_december_is_followed_by_january():
    assert [rules.next_month(date(2015, month, 1)) for month in (1, 12)] == [date(2015, 2, 1), date(2016, 1, 1)]
