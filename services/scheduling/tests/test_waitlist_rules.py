"""Who is offered time that has become free, at what time, and until when."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Invalid
from scheduling.waitlist import rules
from scheduling.waitlist.rules import Needs, Opening, Placement, Wish

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
NOW = NINE - timedelta(days=3)
# Where clocks show five hours more, and never change.
KARACHI = ZoneInfo("Asia/Karachi")
ME, OTHER = UUID(int=1), UUID(int=2)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def opening(**but):
    """An hour from nine, with ten free minutes before and twenty after it."""
    values = {
        "practitioner_id": ME, "starts_at": NINE, "ends_at": NINE + minutes(60), "free_from": NINE - minutes(10), "free_until": NINE + minutes(80),
    }  # fmt: skip
    return Opening(**{**values, **but})


def wish(**but):
    return Wish(**{"practitioner_id": None, "earliest": NINE - timedelta(days=1), "latest": NINE + timedelta(days=1), **but})


def placed(needs=None, *, free=None, worked=None, now=NOW, of=None, **but):
    found = of or opening()
    free = [(found.free_from, found.free_until)] if free is None else free
    return rules.placement(found, wish(**but), rules.needs_of(found, needs), free=free, worked=worked, zone=KARACHI, now=now)


def test_without_a_service_it_is_the_appointment_that_was_given_back():
    assert placed() == Placement(NINE, NINE + minutes(60), NINE, NINE + minutes(60))


def test_a_service_takes_its_own_time_and_buffers_in_what_is_free():
    assert placed(Needs(minutes(50), minutes(10), minutes(30))) == Placement(
        NINE, NINE + minutes(50), NINE - minutes(10), NINE + minutes(80)
    )
    # Its buffers need more than there is before nine: it begins by whole steps of five minutes later.
    assert placed(Needs(minutes(30), minutes(12))).starts_at == NINE + minutes(5)
    assert placed(Needs(minutes(90))) == Placement(NINE - minutes(10), NINE + minutes(80), NINE - minutes(10), NINE + minutes(80))
    assert placed(Needs(minutes(91))) is None
    assert placed(Needs(minutes(60), minutes(15), minutes(16))) is None


def test_it_lies_within_what_is_wished_for():
    assert placed(practitioner_id=ME) is not None
    assert placed(practitioner_id=OTHER) is None
    assert placed(Needs(minutes(30)), earliest=NINE + minutes(21)).starts_at == NINE + minutes(25)
    assert placed(Needs(minutes(30)), earliest=NINE + minutes(51)) is None
    assert placed(latest=NINE + minutes(60)).ends_at == NINE + minutes(60)
    assert placed(latest=NINE + minutes(59), earliest=NINE) is None
    # The wish is about the appointment, not about the buffers around it.
    assert placed(Needs(minutes(60), minutes(10), minutes(20)), earliest=NINE, latest=NINE + minutes(60)) is not None


def test_it_lies_within_working_time_where_hours_are_set():
    assert placed(worked=[]) is None
    assert placed(worked=[(NINE, NINE + minutes(60))]) is not None
    assert placed(worked=[(NINE, NINE + minutes(59))]) is None
    # The break between two parts of a day is not worked.
    halves = [(NINE - minutes(60), NINE + minutes(25)), (NINE + minutes(30), NINE + minutes(120))]
    assert placed(Needs(minutes(40)), worked=halves).starts_at == NINE + minutes(30)


def test_what_was_taken_since_is_not_offered_again():
    assert placed(
        Needs(minutes(30)), free=[(NINE - minutes(10), NINE + minutes(10)), (NINE + minutes(41), NINE + minutes(80))]
    ).starts_at == (NINE + minutes(45))
    assert placed(free=[]) is None


def test_an_offer_ends_after_two_hours_and_an_hour_before_the_appointment():
    assert rules.offered_until(NINE, KARACHI, now=NOW) == NOW + timedelta(hours=2)
    assert rules.offered_until(NINE, KARACHI, now=NINE - timedelta(hours=3)) == NINE - timedelta(hours=1)
    assert rules.offered_until(NINE, KARACHI, now=NINE - minutes(120)) == NINE - minutes(60)
    assert rules.offered_until(NINE, KARACHI, now=NINE - minutes(90)) == NINE - minutes(60)
    assert rules.offered_until(NINE, KARACHI, now=NINE - minutes(89)) is None
    assert placed(Needs(minutes(30)), now=NINE - minutes(89)).starts_at == NINE + minutes(5)


@given(
    st.integers(0, 240), st.integers(1, 240), st.integers(0, 240), st.integers(1, 120), st.integers(0, 30), st.integers(0, 30),
    st.integers(-300, 300), st.integers(1, 600),
)  # fmt: skip
def test_it_begins_when_the_one_before_did_or_as_early_as_it_fits(lead, length, tail, duration, before, after, earliest, window):
    found = opening(ends_at=NINE + minutes(length), free_from=NINE - minutes(lead), free_until=NINE + minutes(length + tail))
    needs, wanted = Needs(minutes(duration), minutes(before), minutes(after)), (NINE + minutes(earliest), NINE + minutes(earliest + window))

    def fits(start):
        is_free = found.free_from <= start - needs.before and start + needs.duration + needs.after <= found.free_until
        return is_free and wanted[0] <= start and start + needs.duration <= wanted[1]

    starts = [NINE, *(NINE + minutes(5 * number) for number in range(-60, 160))]
    first = next((start for start in starts if fits(start)), None)
    place = placed(needs, of=found, earliest=wanted[0], latest=wanted[1])
    assert (place and place.starts_at) == first
    assert place is None or (place.ends_at - place.starts_at, place.starts_at - place.busy_from, place.busy_until - place.ends_at) == (
        needs.duration, needs.before, needs.after,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("earliest", "latest", "pointers"),
    [
        (None, None, ["/earliest", "/latest"]),
        (NINE, None, ["/latest"]),
        (None, NINE, ["/earliest"]),
        (NINE, NINE, ["/latest"]),
        (NINE, NINE - minutes(1), ["/latest"]),
        (NOW - minutes(2), NOW, ["/latest"]),
        (NINE, NINE + rules.LONGEST_WINDOW + minutes(1), ["/latest"]),
        (rules.LATEST - minutes(1), rules.LATEST, ["/latest"]),
    ],
)
def test_a_window_in_which_nobody_can_come_is_refused(earliest, latest, pointers):
    with pytest.raises(Invalid) as refused:
        rules.check_window(earliest, latest, now=NOW)
    assert refused.value.code == "waitlist_window_invalid"
    assert [fault.pointer for fault in refused.value.faults] == pointers


def test_a_window_may_have_begun_and_may_be_long():
    for window in (
        (NOW - timedelta(days=1), NOW + minutes(1)),
        (NINE, NINE + rules.LONGEST_WINDOW),
        (rules.LATEST - minutes(2), rules.LATEST - minutes(1)),
    ):
        assert rules.check_window(*window, now=NOW) == window


def test_only_what_is_offered_now_is_accepted():
    rules.check_acceptable("offered", NOW + minutes(1), now=NOW)
    for status, until, code in (
        ("offered", NOW, "waitlist_offer_lapsed"),
        ("waiting", None, "waitlist_not_offered"),
        ("booked", None, "waitlist_entry_over"),
        ("expired", None, "waitlist_entry_over"),
        ("withdrawn", None, "waitlist_entry_over"),
    ):
        with pytest.raises(Conflict) as refused:
            rules.check_acceptable(status, until, now=NOW)
        assert refused.value.code == code


def test_who_was_offered_something_in_vain_waits_on_until_their_time_is_over():
    assert rules.status_after_offer(NOW + minutes(1), now=NOW) == "waiting"
    assert rules.status_after_offer(NOW, now=NOW) == "expired"


def test_a_day_is_that_of_the_practice_and_as_long_as_clocks_make_it():
    berlin = ZoneInfo("Europe/Berlin")
    assert rules.day_of(datetime(2031, 3, 2, 23, 30, tzinfo=UTC), berlin) == (
        datetime(2031, 3, 2, 23, tzinfo=UTC),
        datetime(2031, 3, 3, 23, tzinfo=UTC),
    )
    since, until = rules.day_of(datetime(2026, 3, 29, 12, tzinfo=UTC), berlin)
    assert until - since == timedelta(hours=23)


def local(text, zone=KARACHI):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("made", "until"),
    [
        ("2031-03-03T18:00", "2031-03-03T20:00"),
        ("2031-03-03T19:00", "2031-03-03T21:00"),
        ("2031-03-03T19:01", "2031-03-04T08:01"),
        ("2031-03-03T21:00", "2031-03-04T10:00"),
        ("2031-03-03T23:59", "2031-03-04T10:00"),
        ("2031-03-04T03:00", "2031-03-04T10:00"),
        ("2031-03-04T08:00", "2031-03-04T10:00"),
    ],
)
def test_an_offer_does_not_lapse_at_night(made, until):
    assert rules.offered_until(local("2031-03-09T12:00"), KARACHI, now=local(made)) == local(until)


def test_what_begins_too_early_in_the_morning_is_not_offered_at_night():
    made = local("2031-03-03T22:00")
    assert rules.offered_until(local("2031-03-04T09:29"), KARACHI, now=made) is None
    assert rules.offered_until(local("2031-03-04T09:30"), KARACHI, now=made) == local("2031-03-04T08:30")


@given(st.integers(0, 365 * 24 * 60), st.sampled_from(["Europe/Berlin", "America/New_York", "Africa/Cairo"]))
def test_an_offer_has_two_hours_by_day_in_every_zone(made, zone):
    zone, made = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC) + minutes(made)
    until = rules.offered_until(made + timedelta(days=9), zone, now=made)
    clocks = [(made + minutes(n)).astimezone(zone).time() for n in range(int((until - made) / minutes(1)))]
    assert sum(rules.NIGHT_ENDS <= clock < rules.NIGHT_BEGINS for clock in clocks) == 120
