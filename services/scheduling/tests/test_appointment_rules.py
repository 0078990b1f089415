"""The rules for appointments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid, NotFound
from scheduling.appointments import rules, time_rules
from scheduling.appointments.rules import AppointmentDetails, Buffers, ChangeEvent

NOW = rules.LATEST_START
STATUSES = ("scheduled", "completed", "cancelled", "no_show")

moments = st.integers(1, (rules.LATEST_START - rules.EARLIEST_START).days - 2).flatmap(
    lambda days: st.timedeltas(timedelta(0), timedelta(days=1)).map(lambda rest: rules.EARLIEST_START + timedelta(days=days) + rest)
)
lengths = st.timedeltas(timedelta(microseconds=1), rules.MAX_LENGTH)
ids = st.sampled_from([UUID(int=n) for n in range(1, 4)])
buffers = st.builds(Buffers, st.timedeltas(timedelta(0), rules.MAX_BUFFER), st.timedeltas(timedelta(0), rules.MAX_BUFFER))


@st.composite
def details(draw):
    start = draw(moments)
    return AppointmentDetails(
        client_id=draw(ids),
        practitioner_id=draw(ids),
        scheduled_start=start,
        scheduled_end=start + draw(lengths),
        location_type=draw(st.sampled_from(("clinic", "home", "online"))),
        service_id=draw(st.none() | ids),
        status=draw(st.sampled_from(STATUSES)),
        notes=draw(st.none() | st.text(max_size=9)),
    )


@given(moments, lengths)
def test_a_period_of_up_to_a_day_is_accepted(start, length):
    assert rules.check_slot(start, start + length) == (start, start + length)


@given(moments, st.timedeltas(rules.MAX_LENGTH + timedelta(microseconds=1), timedelta(days=9)))
def test_a_period_longer_than_a_day_is_refused(start, length):
    with pytest.raises(Invalid) as refused:
        rules.check_slot(start, start + length)
    assert refused.value.code == "slot_too_long"


@given(moments, st.timedeltas(timedelta(days=-9), timedelta(0)))
def test_a_period_that_ends_before_its_start_is_refused(start, length):
    with pytest.raises(Invalid) as refused:
        rules.check_slot(start, start + length)
    assert refused.value.code == "slot_reversed"


@given(moments, st.integers(-12, 12))
def test_a_period_is_accepted_in_every_time_zone(start, hours):
    zone = timezone(timedelta(hours=hours))
    assert rules.check_slot(start.astimezone(zone), (start + rules.MAX_LENGTH).astimezone(zone))


def test_a_start_outside_the_years_1900_to_2199_is_refused():
    hour = timedelta(hours=1)
    rules.check_slot(rules.EARLIEST_START, rules.EARLIEST_START + hour)
    rules.check_slot(rules.LATEST_START - hour, rules.LATEST_START + hour)
    for start in (rules.EARLIEST_START - timedelta(microseconds=1), rules.LATEST_START):
        with pytest.raises(Invalid):
            rules.check_slot(start, start + hour)


@given(details(), buffers)
def test_the_busy_period_contains_the_appointment_and_at_most_the_largest_buffers(booked, around):
    begin, end = time_rules.busy_period(booked, around)
    assert begin <= booked.scheduled_start < booked.scheduled_end <= end
    assert booked.scheduled_start - begin <= rules.MAX_BUFFER
    assert end - booked.scheduled_start <= rules.MAX_LENGTH + rules.MAX_BUFFER


@given(details(), details(), buffers, buffers)
def test_an_appointment_with_an_overlapping_busy_period_starts_within_the_searched_range(one, other, around_one, around_other):
    """The search for conflicts relies on this: it reads appointments with a start between these bounds only."""
    other = replace(
        other, scheduled_start=one.scheduled_start, scheduled_end=one.scheduled_start + (other.scheduled_end - other.scheduled_start)
    )
    begin, end = time_rules.busy_period(one, around_one)
    reach = rules.MAX_LENGTH + 2 * rules.MAX_BUFFER
    for shift in (-reach, reach, timedelta(hours=-25), timedelta(hours=25)):
        moved = replace(other, scheduled_start=other.scheduled_start + shift, scheduled_end=other.scheduled_end + shift)
        other_begin, other_end = time_rules.busy_period(moved, around_other)
        if other_begin < end and begin < other_end:
            assert begin - reach < moved.scheduled_start < end + reach


@given(details(), st.sampled_from(STATUSES))
def test_every_status_may_follow_every_other(before, status):
    assert rules.apply_changes(before, {"status": status}, now=NOW) == replace(before, status=status)


@given(details(), details())
def test_a_change_sets_the_changed_fields_only(before, other):
    changes = {"client_id": other.client_id, "notes": other.notes}
    after = rules.apply_changes(before, changes, now=NOW)
    assert (after.client_id, after.notes) == (other.client_id, other.notes)
    assert replace(after, client_id=before.client_id, notes=before.notes) == before


@given(details())
def test_a_change_to_an_invalid_period_is_refused(before):
    with pytest.raises(Invalid):
        rules.apply_changes(before, {"scheduled_end": before.scheduled_start}, now=NOW)


@given(details(), details(), buffers, buffers)
def test_a_change_takes_other_time_exactly_if_its_periods_are_others(before, after, around_before, around_after):
    """At a room: at another location the periods are the same, and looked at all the same."""
    after = replace(after, location_id=before.location_id)
    busy_before, busy_after = time_rules.busy_period(before, around_before), time_rules.busy_period(after, around_after)
    periods = [time_rules.busy_periods(*each, is_room=True) for each in ((before, busy_before), (after, busy_after))]
    assert time_rules.takes_other_time(before, busy_before, after, busy_after) == (periods[0] != periods[1])


@given(details(), buffers)
def test_a_change_of_notes_takes_no_other_time(booked, around):
    busy = time_rules.busy_period(booked, around)
    assert not time_rules.takes_other_time(booked, busy, replace(booked, notes="Bring the X-ray"), busy)
    assert not time_rules.changes_busy_period(booked, replace(booked, notes="Bring the X-ray"))


@given(details(), st.sampled_from(STATUSES))
def test_a_change_of_status_causes_the_matching_event(before, status):
    after = replace(before, status=status)
    expected = None
    if status != before.status:
        expected = ChangeEvent.MOVED if status == "scheduled" else ChangeEvent.CLOSED
    assert rules.change_event(before, after) is expected


@given(details(), details())
def test_a_change_of_time_causes_an_event_only_for_a_scheduled_appointment(before, other):
    after = replace(before, scheduled_start=other.scheduled_start, scheduled_end=other.scheduled_end)
    moved = (before.scheduled_start, before.scheduled_end) != (after.scheduled_start, after.scheduled_end)
    assert rules.change_event(before, after) is (ChangeEvent.MOVED if moved and before.status == "scheduled" else None)


def test_an_entry_that_is_not_offered_is_refused():
    offered = {"is_active": True, "deleted_at": None}
    assert rules.check_offered("service", offered) is offered
    with pytest.raises(Invalid) as refused:
        rules.check_offered("service", {"is_active": False, "deleted_at": None})
    assert refused.value.code == "service_inactive"
    for gone in (None, {"is_active": False, "deleted_at": datetime.now(UTC)}):
        with pytest.raises(NotFound) as absent:
            rules.check_offered("location", gone)
        assert absent.value.code == "location_not_found"


@given(details())
def test_printed_details_contain_no_phi(booked):
    printed = repr(replace(booked, notes="Rosebud", location_details="Rosebud hedge"))
    assert "osebud" not in printed
