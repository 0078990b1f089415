"""When it is what was agreed on clocks, by rules of time zones that have changed since."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib import resources
from io import BytesIO
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.appointments.agreed_rules import Move, agreed, in_order, is_behind, new_start

HOUR = timedelta(hours=1)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Jerusalem", "America/Vancouver", "Asia/Kathmandu", "UTC")
SUMMER, WINTER = datetime(2031, 7, 1, 7, tzinfo=UTC), datetime(2031, 12, 1, 8, tzinfo=UTC)


def local(*moment):
    """What a clock shows."""
    return datetime(*moment, tzinfo=UTC).replace(tzinfo=None)


def row(start, zone, **but):
    return {"scheduled_start": start, **agreed(start, zone), **but}


def changed(zone, footer):
    """The zone of the package, with another rule for all that is to come."""
    return zoneinfo.ZoneInfo.from_file(changed_file(zone, footer), key=zone)


def changed_file(zone, footer):
    data = (resources.files("tzdata") / "zoneinfo" / zone).read_bytes()
    kept = data[: data.rstrip(b"\n").rindex(b"\n") + 1]
    return BytesIO(kept + footer.encode() + b"\n")


@pytest.fixture
def rules(monkeypatch):
    """Has a zone follow another rule."""
    changes = {}
    monkeypatch.setattr("scheduling.appointments.agreed_rules.ZoneInfo", lambda name: changes.get(name) or zoneinfo.ZoneInfo(name))
    return lambda zone, footer: changes.__setitem__(zone, changed(zone, footer))


@given(st.datetimes(local(2027, 1, 1), local(2040, 1, 1)), st.sampled_from(ZONES))
def test_nothing_moves_while_the_rules_are_the_same(moment, zone):
    assert new_start(row(moment.replace(tzinfo=UTC, microsecond=0), zone)) is None


def test_what_clocks_show_stays_when_the_rules_change(rules):
    summer, winter = row(SUMMER, "Europe/Berlin"), row(WINTER, "Europe/Berlin")
    assert (summer["local_start"], summer["utc_offset"]) == (local(2031, 7, 1, 9), 7200)
    rules("Europe/Berlin", "CET-1")
    assert (new_start(summer), new_start(winter)) == (SUMMER + HOUR, None)
    rules("Europe/Berlin", "CEST-2")
    assert (new_start(summer), new_start(winter)) == (None, WINTER - HOUR)


def test_a_rule_that_changed_for_vancouver(rules):
    """By 2025b nine o'clock in winter was 17:00 UTC, by 2026f it is 16:00."""
    rules("America/Vancouver", "PST8PDT,M3.2.0,M11.1.0")
    nine = row(datetime(2031, 11, 10, 17, tzinfo=UTC), "America/Vancouver")
    assert nine["local_start"] == local(2031, 11, 10, 9)
    rules("America/Vancouver", "MST7")
    assert new_start(nine) == datetime(2031, 11, 10, 16, tzinfo=UTC)


def test_what_moved_once_does_not_move_again(rules):
    summer = row(SUMMER, "Europe/Berlin")
    rules("Europe/Berlin", "CET-1")
    moved = row(new_start(summer), "Europe/Berlin")
    assert moved["local_start"] == summer["local_start"]
    assert new_start(moved) is None


def test_what_was_moved_by_who_does_not_know_of_clocks_stays(rules):
    summer = row(SUMMER, "Europe/Berlin", scheduled_start=SUMMER + 2 * HOUR)
    rules("Europe/Berlin", "CET-1")
    assert new_start(summer) is None
    assert new_start({"scheduled_start": SUMMER, **agreed(SUMMER, None)}) is None


def test_a_time_that_exists_twice_stays_the_one_that_it_is():
    """Berlin, 2031-10-26: 02:30 comes at 00:30 and at 01:30 UTC."""
    for hour in (0, 1):
        twice = row(datetime(2031, 10, 26, hour, 30, tzinfo=UTC), "Europe/Berlin")
        assert (twice["local_start"], new_start(twice)) == (local(2031, 10, 26, 2, 30), None)


def test_a_time_that_clocks_skip_now_is_as_long_after_the_gap_began(rules):
    rules("Asia/Kathmandu", "<+0545>-5:45")
    half_past_two = row(datetime(2031, 3, 30, 2, 30, tzinfo=UTC) - timedelta(hours=5, minutes=45), "Asia/Kathmandu")
    rules("Asia/Kathmandu", "CET-1CEST,M3.5.0,M10.5.0/3")
    assert new_start(half_past_two) == datetime(2031, 3, 30, 1, 30, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from([-1, 1])), unique_by=lambda each: each[0]))
def test_none_is_in_the_way_of_the_next(hours):
    """Appointments of an hour, some of which become an hour earlier and some later, never overlap on the way where they do not in the end."""
    moves = [
        Move(UUID(int=hour), SUMMER + hour * HOUR, SUMMER + (hour + by) * HOUR) for hour, by in hours if by == (1 if hour < 15 else -1) * -1
    ]
    taken = {move.start for move in moves}
    for move in in_order(moves):
        taken.remove(move.start)
        assert move.new_start not in taken
        taken.add(move.new_start)


@pytest.mark.parametrize(("known", "behind"), [(None, True), ("2025b", True), ("2026e", True), ("2026f", False), ("2027a", False)])
def test_nothing_goes_back_to_older_rules(known, behind):
    assert is_behind(known, "2026f") is behind
