"""The longest answers are computed beside others: the event loop is never held for ten milliseconds, and a preview takes less than a hundred."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from caseload.scheduling.v1 import availability_pb2, series_pb2, slots_pb2
from caseload.scheduling.v1.availability_rpc import AvailabilityStub
from caseload.scheduling.v1.series_rpc import AppointmentSeriesStub
from caseload.scheduling.v1.slots_rpc import FreeSlotsStub

from .conftest import NINE, enum_value

MONDAY = datetime(2031, 3, 3, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Held:
    """For how long the loop did nothing else, in seconds of its thread's processor time: other processes do not count."""

    longest: float = 0.0


@asynccontextmanager
async def loop_watched() -> AsyncIterator[Held]:
    held = Held()

    async def watch() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            held.longest = max(held.longest, time.thread_time() - before)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    try:
        yield held
    finally:
        watching.cancel()


async def test_holding_the_loop_is_noticed():
    async with loop_watched() as held:
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            pass
        await asyncio.sleep(0)
    assert held.longest >= 0.02


@pytest.mark.alone
async def test_twelve_thousand_slots_never_hold_the_loop(member):
    """The service and its caller share a loop here: what both do with the reply is measured with it."""
    practitioner = replace(member, user_id=member.owner_id)
    always = [{"weekday": weekday, "start": "00:00", "end": "24:00"} for weekday in range(7)]
    hours = availability_pb2.SetAvailabilityRequest(
        practitioner_id=str(member.owner_id), time_zone="UTC", workspace_time_zone="UTC", weekly=always, slot_step_minutes=5
    )
    await member.environment.stub(AvailabilityStub).SetAvailability(hours, practitioner.call)
    asked = slots_pb2.ListFreeSlotsRequest(since=MONDAY, until=MONDAY + 42 * DAY, time_zone="UTC", duration_minutes=5, as_numbers=True)

    async def once() -> float:
        async with loop_watched() as held:
            found = await member.environment.stub(FreeSlotsStub).ListFreeSlots(asked, practitioner.call)
        assert len(found.starts) == 42 * 24 * 12 == 12_096
        return held.longest

    assert min([await once() for _ in range(4)]) < 0.010


@pytest.mark.alone
async def test_a_preview_of_520_occurrences_that_are_all_taken_costs_less_than_a_tenth_of_a_second(member):
    """Of processor time, of the service and its caller: what else the machine does is not measured."""
    stub = member.environment.stub(AppointmentSeriesStub)
    series = {
        "client_id": member.client_id, "rrule": "FREQ=WEEKLY;COUNT=520", "first_start": NINE, "time_zone": "Europe/Berlin",
        "duration_minutes": 60, "location_type": enum_value("location_type", "clinic"),
    }  # fmt: skip
    await stub.CreateSeries(series_pb2.CreateSeriesRequest(**series), member.call)

    async def once() -> float:
        before = time.thread_time()
        found = await stub.PreviewSeries(series_pb2.PreviewSeriesRequest(**series), member.call)
        took = time.thread_time() - before
        assert len(found.conflicts) == 520
        assert {len(each.conflict_ids) for each in found.occurrences} == {1}
        return took

    assert min([await once() for _ in range(8)]) < 0.1
