"""Many at once after the same thing, through the suite's front door."""

import pytest
from drill.races import create_clients_concurrently, race_for_one_key, race_for_times


async def test_sixteen_writers_after_the_same_times_never_get_one_twice(suite_drill):
    bookings = await race_for_times(suite_drill, each=25, seed=11)

    assert bookings.violations == []
    assert bookings.booked + bookings.refused == 400
    assert bookings.booked > 50, "there was nothing to be had"
    assert bookings.refused > 50, "nobody was after the same time"
    assert bookings.overlaps == 0
    assert bookings.lost == 0


async def test_clients_taken_on_at_the_same_time_are_all_there(suite_drill):
    acknowledged, lost, violations = await create_clients_concurrently(suite_drill, each=6, seed=12)

    assert violations == []
    assert acknowledged == 96
    assert lost == 0


async def test_fifty_racers_with_one_key_have_one_effect_and_one_answer(suite_drill):
    race = await race_for_one_key(suite_drill, seed=13)

    assert race.history.violations == []
    assert race.is_one, (len(race.answers), race.effects, race.audit_events)


@pytest.mark.parametrize("killed", ["clients", "gateway"])
async def test_one_key_keeps_its_promise_across_a_kill(suite_drill, killed):
    race = await race_for_one_key(suite_drill, seed=14, killed=killed)

    assert race.history.violations == []
    assert race.answered_before_the_kill < 50, "the kill came too late to be in the middle"
    assert race.history.retryable_refusals, "nobody noticed the kill"
    assert race.is_one, (len(race.answers), race.effects, race.audit_events)
