"""Many at once after the same thing, through the suite's front door."""

import pytest
from drill.races import book_at_once, race_for_one_key, take_on_at_once


async def test_sixteen_writers_after_the_same_times_never_get_one_twice(ground):
    rush = await book_at_once(ground, each=25, seed=11)

    assert rush.faults == []
    assert rush.booked + rush.refused == 400
    assert rush.booked > 50, "there was nothing to be had"
    assert rush.refused > 50, "nobody was after the same time"
    assert rush.overlaps == 0
    assert rush.lost == 0


async def test_clients_taken_on_at_the_same_time_are_all_there(ground):
    acknowledged, lost, faults = await take_on_at_once(ground, each=6, seed=12)

    assert faults == []
    assert acknowledged == 96
    assert lost == 0


async def test_fifty_racers_with_one_key_have_one_effect_and_one_answer(ground):
    race = await race_for_one_key(ground, seed=13)

    assert race.history.faults == []
    assert race.is_one, (len(race.answers), race.effects, race.lines)


@pytest.mark.parametrize("killed", ["clients", "gateway"])
async def test_one_key_keeps_its_promise_across_a_kill(ground, killed):
    race = await race_for_one_key(ground, seed=14, killed=killed)

    assert race.history.faults == []
    assert race.answered_before_the_kill < 50, "the kill came too late to be in the middle"
    assert race.history.troubles, "nobody noticed the kill"
    assert race.is_one, (len(race.answers), race.effects, race.lines)
