"""Many at once after the same thing, through the suite's front door."""

import pytest
from drill.environment import DrillEnvironment
from drill.races import RACES, create_clients_concurrently, race_for_one_key, race_for_times


@pytest.fixture(scope="module")
async def racecourse(homes, tmp_path_factory):
    """A suite where one person may write as much as a race takes; all others have the limits as shipped."""
    async with DrillEnvironment(homes.copy(tmp_path_factory.mktemp("races") / "suite"), settings=RACES) as environment:
        yield environment


async def test_sixteen_writers_after_the_same_times_never_get_one_twice(racecourse):
    bookings = await race_for_times(racecourse, each=25, seed=11)

    assert bookings.violations == []
    assert bookings.booked + bookings.refused == 400
    assert bookings.booked > 50, "there was nothing to be had"
    assert bookings.refused > 50, "nobody was after the same time"
    assert bookings.overlaps == 0
    assert bookings.lost == 0


async def test_clients_taken_on_at_the_same_time_are_all_there(racecourse):
    acknowledged, lost, violations = await create_clients_concurrently(racecourse, each=6, seed=12)

    assert violations == []
    assert acknowledged == 96
    assert lost == 0


async def test_fifty_racers_with_one_key_have_one_effect_and_one_answer(racecourse):
    race = await race_for_one_key(racecourse, seed=13)

    assert race.history.violations == []
    assert race.is_one, (len(race.answers), race.effects, race.audit_events)


@pytest.mark.parametrize("killed", ["clients", "gateway"])
async def test_one_key_keeps_its_promise_across_a_kill(racecourse, killed):
    race = await race_for_one_key(racecourse, seed=14, killed=killed)

    assert race.history.violations == []
    assert race.answered_before_the_kill < 50, "the kill came too late to be in the middle"
    assert race.history.retryable_refusals, "nobody noticed the kill"
    assert race.is_one, (len(race.answers), race.effects, race.audit_events)
