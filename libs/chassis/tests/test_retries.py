"""When a failed delivery is tried again, and when it is given up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Unavailable
from chassis.events.broker.errors import Malformed
from chassis.events.broker.retry import DeliveryCount, Retries
from chassis.observability.redaction import cause, place

FAILURES = st.lists(st.sampled_from([ValueError(), Unavailable("away"), Conflict("taken")]), max_size=60)
RETRIES = st.builds(
    Retries,
    delays=st.lists(st.floats(0.1, 600), min_size=1, max_size=6).map(tuple),
    longest_wait=st.floats(0.1, 600),
    waits=st.integers(0, 20),
)


@given(RETRIES, FAILURES)
def test_every_delivery_comes_to_an_end(retries, failures):
    count, tries = DeliveryCount(), 0
    for error in failures:
        tries += 1
        again = retries.after(error, count)
        if again is None:
            break
        assert again.delay in retries.delays
        count = again.count
    assert tries <= len(retries.delays) + retries.waits + 1


@given(RETRIES, st.integers(0, 20))
def test_what_fails_is_tried_once_more_than_there_are_delays_however_long_it_had_to_wait_before(retries, waits):
    count = DeliveryCount()
    for _ in range(min(waits, retries.waits)):
        count = retries.after(Unavailable("away"), count).count
    delays = []
    while again := retries.after(ValueError(), count):
        delays.append(again.delay)
        count = again.count
    assert delays == list(retries.delays)


def test_what_cannot_be_read_is_given_up_at_once():
    assert Retries().after(Malformed(), DeliveryCount()) is None


def test_somebody_who_is_away_is_waited_for_about_a_day():
    retries, count, seconds = Retries(), DeliveryCount(), 0.0
    while again := retries.after(Unavailable("away"), count):
        seconds += again.delay
        count = again.count
        if count.unavailable == retries.waits:
            break
    assert 20 * 3600 < seconds < 30 * 3600
    assert count.attempt == 1


@given(st.integers(0, 1449))
def test_somebody_who_comes_back_is_found_within_a_minute(waits):
    assert Retries().after(Unavailable("away"), DeliveryCount(unavailable=waits)).delay <= 60.0


def test_somebody_who_is_away_is_asked_by_the_delays_that_are_not_too_long_the_last_one_over_and_over():
    retries, count, seen = Retries(delays=(1.0, 10.0, 60.0, 600.0), longest_wait=60.0, waits=5), DeliveryCount(attempt=2), []
    while again := retries.after(Unavailable("away"), count):
        seen.append((again.delay, again.count.attempt, again.count.unavailable))
        count = again.count
    # Waited for as long as that, it counts as a failure: by the delays of the attempts that are left.
    assert seen == [(1.0, 2, 1), (10.0, 2, 2), (60.0, 2, 3), (60.0, 2, 4), (60.0, 2, 5), (10.0, 3, 5), (60.0, 4, 5), (600.0, 5, 5)]


def test_where_every_delay_is_too_long_the_first_is_waited():
    retries = Retries(delays=(5.0, 6.0), longest_wait=1.0)
    assert [retries.after(Unavailable("away"), DeliveryCount(unavailable=waits)).delay for waits in range(3)] == [5.0, 5.0, 5.0]


def test_unless_told_otherwise_a_failure_is_tried_again_after_a_second_ten_a_minute_and_ten_minutes():
    assert Retries() == Retries(delays=(1.0, 10.0, 60.0, 600.0), longest_wait=60.0, waits=1450)


def test_without_a_delay_there_is_nothing_to_count():
    with pytest.raises(ValueError, match="at least one delay"):
        Retries(delays=())


def test_an_error_is_told_by_its_kind_code_and_place_but_not_in_its_words():
    with pytest.raises(Conflict) as refused:
        raise Conflict("room_taken", "Jane Doe is in there.")
    assert cause(refused.value) == "Conflict:room_taken"
    assert place(refused.value).startswith("test_retries.py:")
    assert cause(ValueError("Jane Doe")) == "ValueError"
    assert place(ValueError()) == ""
