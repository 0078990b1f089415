"""The rules of appointments, whatever the hour."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid, NotFound
from scheduling.appointments import rules
from scheduling.appointments.rules import Buffers, News, Terms

NOBODY = UUID(int=1)
STATUSES = ("scheduled", "completed", "cancelled", "no_show")

moments = st.integers(1, (rules.LATEST - rules.EARLIEST).days - 2).flatmap(
    lambda days: st.timedeltas(timedelta(0), timedelta(days=1)).map(lambda rest: rules.EARLIEST + timedelta(days=days) + rest)
)
lengths = st.timedeltas(timedelta(microseconds=1), rules.LONGEST)
ids = st.sampled_from([UUID(int=n) for n in range(1, 4)])
buffers = st.builds(Buffers, st.timedeltas(timedelta(0), rules.LONGEST_BUFFER), st.timedeltas(timedelta(0), rules.LONGEST_BUFFER))


@st.composite
def terms(draw):
    start = draw(moments)
    return Terms(
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
def test_any_slot_of_up_to_a_day_is_agreeable(start, length):
    assert rules.check_slot(start, start + length) == (start, start + length)


@given(moments, st.timedeltas(rules.LONGEST + timedelta(microseconds=1), timedelta(days=9)))
def test_no_slot_is_longer_than_a_day(start, length):
    with pytest.raises(Invalid) as refused:
        rules.check_slot(start, start + length)
    assert refused.value.code == "slot_too_long"


@given(moments, st.timedeltas(timedelta(days=-9), timedelta(0)))
def test_no_slot_ends_before_it_has_begun(start, length):
    with pytest.raises(Invalid) as refused:
        rules.check_slot(start, start + length)
    assert refused.value.code == "slot_reversed"


@given(moments, st.integers(-12, 12))
def test_a_slot_is_the_same_in_every_time_zone(start, hours):
    zone = timezone(timedelta(hours=hours))
    assert rules.check_slot(start.astimezone(zone), (start + rules.LONGEST).astimezone(zone))


def test_the_calendar_begins_and_ends():
    hour = timedelta(hours=1)
    rules.check_slot(rules.EARLIEST, rules.EARLIEST + hour)
    rules.check_slot(rules.LATEST - hour, rules.LATEST + hour)
    for start in (rules.EARLIEST - timedelta(microseconds=1), rules.LATEST):
        with pytest.raises(Invalid):
            rules.check_slot(start, start + hour)


@given(terms(), buffers)
def test_the_time_taken_holds_the_appointment_and_reaches_no_further_than_the_search_for_clashes(agreed, around):
    begin, end = rules.during(agreed, around)
    assert begin <= agreed.scheduled_start < agreed.scheduled_end <= end
    assert agreed.scheduled_start - begin <= rules.LONGEST_BUFFER
    assert end - agreed.scheduled_start <= rules.LONGEST + rules.LONGEST_BUFFER


@given(terms(), terms(), buffers, buffers)
def test_whatever_overlaps_starts_within_reach(one, other, around_one, around_other):
    """What the search for clashes relies on: it looks among the starts between these bounds alone."""
    other = replace(
        other, scheduled_start=one.scheduled_start, scheduled_end=one.scheduled_start + (other.scheduled_end - other.scheduled_start)
    )
    begin, end = rules.during(one, around_one)
    reach = rules.LONGEST + 2 * rules.LONGEST_BUFFER
    for shift in (-reach, reach, timedelta(hours=-25), timedelta(hours=25)):
        moved = replace(other, scheduled_start=other.scheduled_start + shift, scheduled_end=other.scheduled_end + shift)
        other_begin, other_end = rules.during(moved, around_other)
        if other_begin < end and begin < other_end:
            assert begin - reach < moved.scheduled_start < end + reach


@given(terms(), st.sampled_from(STATUSES))
def test_what_is_closed_is_scheduled_again_before_it_becomes_something_else(before, status):
    allowed = before.status == "scheduled" or status in {before.status, "scheduled"}
    if allowed:
        assert rules.changed(before, {"status": status}) == replace(before, status=status)
    else:
        with pytest.raises(Invalid) as refused:
            rules.changed(before, {"status": status})
        assert refused.value.code == "appointment_closed"


@given(terms(), terms())
def test_a_change_sets_what_is_wanted_and_nothing_else(before, other):
    wanted = {"client_id": other.client_id, "notes": other.notes}
    after = rules.changed(before, wanted)
    assert (after.client_id, after.notes) == (other.client_id, other.notes)
    assert replace(after, client_id=before.client_id, notes=before.notes) == before


@given(terms())
def test_a_change_is_held_to_the_rules_of_a_slot(before):
    with pytest.raises(Invalid):
        rules.changed(before, {"scheduled_end": before.scheduled_start})


@given(terms(), terms(), buffers, buffers)
def test_time_is_asked_for_exactly_when_some_of_it_was_not_held_before(before, after, around_before, around_after):
    held, wanted = rules.during(before, around_before), rules.during(after, around_after)
    inside = before.occupying and before.practitioner_id == after.practitioner_id and held[0] <= wanted[0] and wanted[1] <= held[1]
    assert rules.takes_time(before, held, after, wanted) == (after.status in {"scheduled", "completed"} and not inside)


@given(terms(), buffers)
def test_what_stays_where_it_is_asks_for_no_time(agreed, around):
    held = rules.during(agreed, around)
    assert not rules.takes_time(agreed, held, replace(agreed, notes="Bring the X-ray"), held)
    assert not rules.replanned(agreed, replace(agreed, notes="Bring the X-ray"))


@given(terms(), st.sampled_from(STATUSES))
def test_news_follow_the_status(before, status):
    after = replace(before, status=status)
    expected = None
    if status != before.status:
        expected = News.MOVED if status == "scheduled" else News.CLOSED
    assert rules.news(before, after) is expected


@given(terms(), terms())
def test_a_move_is_news_only_of_what_is_still_to_take_place(before, other):
    after = replace(before, scheduled_start=other.scheduled_start, scheduled_end=other.scheduled_end)
    moved = (before.scheduled_start, before.scheduled_end) != (after.scheduled_start, after.scheduled_end)
    assert rules.news(before, after) is (News.MOVED if moved and before.status == "scheduled" else None)


def test_an_entry_that_is_named_is_there_and_offered():
    offered = {"is_active": True, "deleted_at": None}
    assert rules.check_offered("service", offered) is offered
    with pytest.raises(Invalid) as refused:
        rules.check_offered("service", {"is_active": False, "deleted_at": None})
    assert refused.value.code == "service_inactive"
    for gone in (None, {"is_active": False, "deleted_at": datetime.now(UTC)}):
        with pytest.raises(NotFound) as absent:
            rules.check_offered("location", gone)
        assert absent.value.code == "location_not_found"


@given(terms())
def test_terms_print_without_what_is_sealed(agreed):
    printed = repr(replace(agreed, notes="Rosebud", location_details="Rosebud hedge"))
    assert "osebud" not in printed
