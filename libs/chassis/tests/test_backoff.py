"""Waits between attempts grow, stop growing, and differ between instances."""

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chassis.backoff import Backoff

seconds = st.floats(min_value=0.001, max_value=86_400)
shares = st.floats(min_value=0, max_value=1)
failures = st.integers(min_value=1, max_value=10**9)


@st.composite
def backoffs(draw, jitter=shares):
    first, longest = sorted((draw(seconds), draw(seconds)))
    return Backoff(first, longest, jitter=draw(jitter))


@given(backoffs(), failures)
def test_a_delay_lies_between_the_unjittered_wait_and_the_share_that_jitter_leaves_of_it(backoff, count):
    without_jitter = Backoff(backoff.first, backoff.longest, jitter=0).delay(count)
    assert without_jitter * (1 - backoff.jitter) <= backoff.delay(count) <= without_jitter


@given(backoffs(), failures)
def test_no_delay_is_longer_than_the_longest(backoff, count):
    assert 0 <= backoff.delay(count) <= backoff.longest


@given(backoffs(jitter=st.just(0.0)), failures)
def test_without_jitter_each_delay_is_twice_the_one_before_until_the_longest(backoff, count):
    assert backoff.delay(1) == backoff.first
    assert backoff.delay(count + 1) == min(backoff.longest, 2 * backoff.delay(count))


@given(backoffs(jitter=st.just(0.0)))
def test_the_longest_delay_is_reached(backoff):
    assert backoff.delay(10**9) == backoff.longest


def test_two_instances_that_fail_together_do_not_try_again_together():
    backoff = Backoff(first=1, longest=60)
    delays = [backoff.delay(3) for _ in range(1_000)]
    assert len(set(delays)) > 900
    assert min(delays) < 2.2
    assert max(delays) > 3.8


def test_full_jitter_uses_the_whole_range_from_zero():
    random.seed(7)
    delays = [Backoff(first=1, longest=60, jitter=1).delay(1) for _ in range(1_000)]
    assert min(delays) < 0.05
    assert max(delays) > 0.95


@given(st.integers(max_value=0))
def test_a_number_of_failures_below_one_is_refused(count):
    with pytest.raises(ValueError, match="number 1"):
        Backoff(first=1, longest=2).delay(count)


@given(st.floats(max_value=0), seconds)
def test_a_first_delay_that_is_not_positive_is_refused(first, longest):
    with pytest.raises(ValueError, match="first <= longest"):
        Backoff(first, longest)


@given(seconds, seconds)
def test_a_longest_delay_below_the_first_is_refused(one, other):
    assume(one != other)
    with pytest.raises(ValueError, match="first <= longest"):
        Backoff(first=max(one, other), longest=min(one, other))


@given(st.one_of(st.floats(max_value=-1e-9), st.floats(min_value=1.000001), st.just(float("nan"))))
def test_a_jitter_outside_zero_to_one_is_refused(jitter):
    with pytest.raises(ValueError, match="jitter"):
        Backoff(first=1, longest=2, jitter=jitter)
