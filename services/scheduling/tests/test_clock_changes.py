"""Appointments and time off stay where clocks say they are, when a zone file changes under the service; called over gRPC."""

import zoneinfo
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from uuid import UUID

import asyncpg
import pytest
import tzdata
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.scheduling.v1 import events_pb2, series_pb2
from caseload.scheduling.v1.series_rpc import AppointmentSeriesStub
from chassis.protobuf.timestamps import to_datetime
from scheduling.clock_changes import workflow
from scheduling.clock_changes.worker import ClockChanges

from .conftest import enum_value
from .test_time_off import be_away
from .test_time_off import rows as busy_rows

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN, VANCOUVER = "Europe/Berlin", "America/Vancouver"
# Nine o'clock in Berlin, in summer and in winter.
SUMMER, WINTER = datetime(2031, 7, 1, 7, tzinfo=UTC), datetime(2031, 12, 1, 8, tzinfo=UTC)
NOBODY = UUID(int=0)
NEXT = "2099a"


@pytest.fixture
def changed_rules(tmp_path):
    """While it lasts, every ZoneInfo of this process is read from a file with another rule for what is to come."""

    @contextmanager
    def changed(zone: str, footer: str):
        data = (resources.files("tzdata") / "zoneinfo" / zone).read_bytes()
        file = tmp_path / zone
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data[: data.rstrip(b"\n").rindex(b"\n") + 1] + footer.encode() + b"\n")
        zoneinfo.reset_tzpath(to=[str(tmp_path)])
        zoneinfo.ZoneInfo.clear_cache()
        try:
            yield
        finally:
            zoneinfo.reset_tzpath(to=[])
            zoneinfo.ZoneInfo.clear_cache()

    return changed


@pytest.fixture
def practitioner(member):
    """The owner, who treats."""
    return replace(member, user_id=member.owner_id)


def clocks(member, version=NEXT):
    return ClockChanges(member.environment.runtime("scheduling"), version=version)


async def settle(member, version=NEXT):
    return await clocks(member, version).settle_workspace(member.workspace_id)


async def starts(member, *booked):
    return [to_datetime((await member.get(each.id)).scheduled_start) for each in booked]


async def test_appointments_move_with_the_clocks_and_everybody_is_told(member, changed_rules):
    await settle(member, "2001a")
    nine, ten, eleven = [await member.book(scheduled_start=SUMMER + hour * HOUR, scheduled_end=SUMMER + (hour + 1) * HOUR, time_zone=BERLIN) for hour in range(3)]  # fmt: skip
    elsewhere = await member.book(scheduled_start=SUMMER + 6 * HOUR, scheduled_end=SUMMER + 7 * HOUR, time_zone="Europe/Paris")
    winter = await member.book(scheduled_start=WINTER, scheduled_end=WINTER + HOUR, time_zone=BERLIN)
    cancelled = await member.book(scheduled_start=SUMMER + 9 * HOUR, scheduled_end=SUMMER + 10 * HOUR, time_zone=BERLIN)
    await member.change(cancelled, status="cancelled")
    assert (nine.time_zone, await settle(member)) == (BERLIN, 0)

    with changed_rules(BERLIN, "CET-1"):
        assert await settle(member, "2099b") == 3
        assert await settle(member, "2099b") == await settle(member, "2099c") == await settle(member, "2099a") == 0

        assert await starts(member, nine, ten, eleven) == [SUMMER + (hour + 1) * HOUR for hour in range(3)]
        assert await starts(member, elsewhere, winter) == [SUMMER + 6 * HOUR, WINTER]
        moved = await member.get(nine.id)
        assert (moved.version, moved.overbooked, moved.time_zone) == (2, False, BERLIN)
        assert await member.double_bookings() == 0
        assert await member.conflicts(SUMMER + 3 * HOUR) == [eleven.id]
        assert await member.conflicts(SUMMER) == []
        # A change of something else agrees to nothing anew.
        await member.change(nine, notes="Bring shoes")
    events = await member.environment.emitted(events_pb2.AppointmentMoved, member.workspace_id)
    assert {event.appointment_id for event in events} == {nine.id, ten.id, eleven.id}
    assert not any(event.by_user_id for event in events)
    lines = await member.audited("move_appointment_with_clocks")
    assert {line.resource_id for line in lines} == {nine.id, ten.id, eleven.id}
    assert {tuple(sorted(line.facts.items())) for line in lines} == {(("minutes", "60"), ("time_zone", BERLIN), ("tzdata", "2099b"))}
    change = (await member.status_changes(nine))[-1]
    assert (UUID(change.changed_by), {each.name for each in change.fields}) == (NOBODY, {"scheduled_start", "scheduled_end"})
    # The rules as they were: back again, as clocks say.
    assert await settle(member, "2099d") == 3
    assert await starts(member, nine, ten, eleven) == [SUMMER + hour * HOUR for hour in range(3)]


async def test_the_rule_that_changed_for_vancouver(member, changed_rules):
    """Nine o'clock in winter was 17:00 UTC, and is 16:00 by the rules of the package."""
    five = datetime(2031, 11, 10, 17, tzinfo=UTC)
    with changed_rules(VANCOUVER, "PST8PDT,M3.2.0,M11.1.0"):
        booked = await member.book(scheduled_start=five, scheduled_end=five + HOUR, time_zone=VANCOUVER)
        assert await settle(member, "2025b") == 0
    assert await settle(member, tzdata.IANA_VERSION) == 1
    assert await starts(member, booked) == [five - HOUR]


async def test_what_is_in_the_way_there_is_overbooked_and_nobody_loses_an_appointment(member, changed_rules):
    berlin = await member.book(scheduled_start=SUMMER, scheduled_end=SUMMER + HOUR, time_zone=BERLIN)
    utc = await member.book(scheduled_start=SUMMER + HOUR, scheduled_end=SUMMER + 2 * HOUR, time_zone="UTC")

    with changed_rules(BERLIN, "CET-1"):
        assert await settle(member) == 1
    moved = await member.get(berlin.id)
    assert (moved.overbooked, await starts(member, berlin, utc)) == (True, [SUMMER + HOUR] * 2)
    [line] = await member.audited("move_appointment_with_clocks")
    assert line.facts["overbooked"] == "true"
    async with member.environment.superuser() as connection:
        by = await connection.fetchval("SELECT overbooked_by FROM scheduling.appointments WHERE id = $1", UUID(berlin.id))
    assert by == NOBODY


async def test_what_was_booked_before_anybody_asked_is_on_the_clocks_of_the_workspace(member, changed_rules):
    london = datetime(2031, 7, 1, 8, tzinfo=UTC)
    booked = await member.book(scheduled_start=london, scheduled_end=london + HOUR)
    assert not booked.HasField("time_zone")

    assert await settle(member) == 0
    found = await member.get(booked.id)
    assert (found.time_zone, found.version) == ("Europe/London", 1)
    with changed_rules("Europe/London", "GMT0"):
        assert await settle(member, "2099b") == 1
    assert await starts(member, booked) == [london + HOUR]


async def test_a_series_moves_with_its_rule(practitioner, changed_rules):
    stub = practitioner.environment.stub(AppointmentSeriesStub)
    asked = series_pb2.CreateSeriesRequest(
        client_id=practitioner.client_id,
        location_type=enum_value("location_type", "clinic"),
        rrule="FREQ=WEEKLY;COUNT=3",
        first_start=SUMMER,
        time_zone=BERLIN,
        duration_minutes=60,
    )
    made = await stub.CreateSeries(asked, practitioner.call)
    ids = [each.appointment_id for each in made.occurrences]
    own = await practitioner.move(await practitioner.get(ids[1]), SUMMER + 7 * DAY + 4 * HOUR)

    with changed_rules(BERLIN, "CET-1"):
        assert await settle(practitioner) == 3
        at = SUMMER + HOUR
        assert await starts(practitioner, *[await practitioner.get(each) for each in ids]) == [at, at + 7 * DAY + 4 * HOUR, at + 14 * DAY]
        # Those of the rule are still its own, and the one that was moved by itself is not.
        scope = {"scope": series_pb2.SERIES_SCOPE_ALL, "mask": FieldMask(paths=["first_start"])}
        await stub.ChangeSeries(series_pb2.ChangeSeriesRequest(series_id=made.id, first_start=at + HOUR, **scope), practitioner.call)
        found = await starts(practitioner, *[await practitioner.get(each) for each in ids])
    assert found == [at + HOUR, at + 7 * DAY + 4 * HOUR, at + 14 * DAY + HOUR]
    assert own.series_id == made.id


async def test_whoever_dies_in_the_middle_leaves_the_rest_to_the_next_look(member, changed_rules, monkeypatch):
    booked = [
        await member.book(scheduled_start=SUMMER + day * DAY, scheduled_end=SUMMER + day * DAY + HOUR, time_zone=BERLIN) for day in range(4)
    ]
    move, moved = workflow.move, []

    async def move_two(work, keys, appointment_id, version):
        if len(moved) == 2:
            raise ConnectionResetError
        moved.append(appointment_id)
        return await move(work, keys, appointment_id, version)

    with changed_rules(BERLIN, "CET-1"):
        monkeypatch.setattr(workflow, "move", move_two)
        with pytest.raises(ConnectionResetError):
            await settle(member)
        monkeypatch.setattr(workflow, "move", move)
        assert await starts(member, *booked) == [SUMMER + n * DAY + (HOUR if n > 1 else timedelta()) for n in range(4)]
        assert await settle(member) == 2
    assert await starts(member, *booked) == [SUMMER + day * DAY + HOUR for day in range(4)]


async def test_time_off_that_an_earlier_release_kept_is_in_the_way_without_anybody_saving_it_again(practitioner):
    await be_away(practitioner, "2031-03-03")
    taken = await busy_rows(practitioner)
    async with practitioner.environment.superuser() as connection:
        await connection.execute("DELETE FROM scheduling.busy_periods WHERE workspace_id = $1", practitioner.workspace_id)
        await connection.execute(
            "UPDATE scheduling.availability SET time_off_version = NULL, time_off_rules = NULL WHERE workspace_id = $1",
            practitioner.workspace_id,
        )
    nine = datetime(2031, 3, 3, 9, tzinfo=UTC)
    assert await practitioner.conflicts(nine) == []
    relay = await asyncpg.connect(practitioner.environment.runtime("scheduling").relay_dsn)
    try:
        for _ in range(2):
            await clocks(practitioner, tzdata.IANA_VERSION).settle(relay)
    finally:
        await relay.close()

    assert await busy_rows(practitioner) == taken
    assert len(await practitioner.conflicts(nine)) == 1
    assert len(await practitioner.audited("settle_time_off")) == 1
    # What is booked there meanwhile stays, as when hours are saved.
    over = await practitioner.book(scheduled_start=nine, allow_conflict=True)
    assert over.overbooked


async def test_time_off_follows_the_clocks_of_its_practitioner(practitioner, changed_rules):
    await be_away(practitioner, "2031-07-01", zone=BERLIN)
    midnight = datetime(2031, 6, 30, 22, tzinfo=UTC)
    assert [row[1:3] for row in await busy_rows(practitioner)] == [(midnight, midnight + DAY)]

    with changed_rules(BERLIN, "CET-1"):
        for version in (NEXT, NEXT, "2098z"):
            await clocks(practitioner, version).settle_time_off(practitioner.workspace_id, practitioner.user_id)
    assert [row[1:3] for row in await busy_rows(practitioner)] == [(midnight + HOUR, midnight + HOUR + DAY)]
    assert len(await practitioner.audited("settle_time_off")) == 1
    assert len(await practitioner.conflicts(midnight + DAY, 30)) == 1
