"""Busy periods: their order, and what one change of them keeps."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from scheduling.appointments import time_rules
from scheduling.appointments.rules import AppointmentDetails
from scheduling.busy_periods import rules
from scheduling.busy_periods.rules import CLIENT, PRACTITIONER, ROOM, BusyPeriod

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def period(resource_id=ONE, start=0, end=60, kind=PRACTITIONER, *, overbooked=False):
    return BusyPeriod(kind, resource_id, NINE + minutes(start), NINE + minutes(end), overbooked)


def details(**fields):
    return AppointmentDetails(**{"client_id": ONE, "practitioner_id": TWO, "scheduled_start": NINE, "scheduled_end": NINE + minutes(60),
        "location_type": "clinic", **fields})  # fmt: skip


def test_periods_are_written_and_locked_by_resource_and_start():
    periods = [period(TWO), period(ONE, 60, 90), period(ONE, kind=CLIENT), period(THREE, kind=ROOM)]

    assert rules.in_order(periods) == [periods[2], periods[1], periods[0], periods[3]]
    assert rules.resources(periods) == [ONE, TWO, THREE]
    assert rules.resources(periods, rules.REFUSING) == [ONE, TWO, THREE]
    assert rules.resources([periods[2]], rules.REFUSING) == []
    arrays = rules.columns(periods)
    assert arrays == {
        "resource_kinds": [CLIENT, PRACTITIONER, PRACTITIONER, ROOM],
        "resource_ids": [ONE, ONE, TWO, THREE],
        "starts": [NINE, NINE + minutes(60), NINE, NINE],
        "ends": [NINE + minutes(60), NINE + minutes(90), NINE + minutes(60), NINE + minutes(60)],
        "flags": [False] * 4,
    }
    assert rules.places(periods) == {name: arrays[name] for name in ("resource_ids", "starts")}


def test_the_periods_of_some_resources_are_overbooked():
    assert rules.overbooked_on([period(ONE, overbooked=True), period(TWO)], {TWO}) == [period(ONE), period(TWO, overbooked=True)]


def test_a_period_lies_within_one_of_the_same_resource_that_is_no_shorter():
    assert rules.within(period(ONE, 10, 50), [period(TWO), period(ONE)])
    assert rules.within(period(), [period(overbooked=True)])
    for other in (period(TWO), period(ONE, 1, 60), period(ONE, 0, 59)):
        assert not rules.within(period(), [other])
    # Two that touch are not one.
    assert not rules.within(period(ONE, 10, 50), [period(ONE, 0, 30), period(ONE, 30, 60)])


def test_an_appointment_takes_its_practitioner_and_room_with_the_buffers_and_its_client_without():
    busy = NINE - minutes(10), NINE + minutes(80)
    at_room = details(location_id=THREE)

    people = [period(TWO, -10, 80), period(ONE, kind=CLIENT)]
    assert time_rules.busy_periods(details(), busy, is_room=False) == people
    assert time_rules.busy_periods(at_room, busy, is_room=False) == people
    assert time_rules.busy_periods(at_room, busy, is_room=True) == [people[0], period(THREE, -10, 80, ROOM), people[1]]
    for status in ("cancelled", "no_show"):
        assert time_rules.busy_periods(details(status=status), busy, is_room=True) == []


def test_a_change_takes_other_time_if_somebody_or_the_time_is_another_or_it_is_busy_no_more():
    before, busy = details(), (NINE, NINE + minutes(60))

    def takes(busy_after=busy, **changes):
        return time_rules.takes_other_time(before, busy, details(**changes), busy_after)

    assert not takes(status="completed", notes="?", service_id=THREE, location_type="online")
    assert takes((NINE, NINE + minutes(61)))
    for changes in (
        {"client_id": THREE}, {"practitioner_id": THREE}, {"location_id": THREE}, {"scheduled_start": NINE - minutes(1)},
        {"scheduled_end": NINE + minutes(61)}, {"status": "cancelled"}, {"status": "no_show"},
    ):  # fmt: skip
        assert takes(**changes)
    cancelled = details(status="cancelled")
    assert not time_rules.takes_other_time(cancelled, busy, details(status="no_show", client_id=THREE), busy)
