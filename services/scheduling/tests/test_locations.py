"""Locations through the real door: opened, changed, withdrawn."""

from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.locations_rpc import LocationsStub
from chassis.errors import Forbidden, Invalid, NotFound

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
CLINIC, ONLINE = appointments_pb2.LOCATION_TYPE_CLINIC, appointments_pb2.LOCATION_TYPE_ONLINE


@pytest.fixture
def locations(desk):
    return desk.house.stub(LocationsStub)


def room(**but):
    return pb.CreateLocationRequest(**{"name": "Room 1", "location_type": CLINIC, **but})


async def test_a_location_reads_back_as_opened(desk, locations):
    created = await locations.CreateLocation(room(address="1 Main Street", details="First floor"), desk.call)

    assert await locations.GetLocation(pb.GetLocationRequest(location_id=created.id), desk.call) == created
    assert (created.name, created.location_type, created.is_active) == ("Room 1", CLINIC, True)
    assert (created.address, created.details) == ("1 Main Street", "First floor")


@pytest.mark.parametrize("but", [{"name": ""}, {"name": "x" * 256}, {"address": "x" * 5_001}, {"location_type": 0}, {"location_type": 9}])
async def test_a_location_that_makes_no_sense_is_refused(desk, locations, but):
    with pytest.raises(Invalid):
        await locations.CreateLocation(room(**but), desk.call)


async def test_a_change_sets_what_is_named_and_clears_what_is_left_unset(desk, locations):
    created = await locations.CreateLocation(room(address="1 Main Street", details="First floor"), desk.call)
    request = pb.UpdateLocationRequest(location_id=created.id, mask={"paths": ["address", "location_type"]}, location_type=ONLINE)
    changed = await locations.UpdateLocation(request, desk.call)

    assert await locations.GetLocation(pb.GetLocationRequest(location_id=created.id), desk.call) == changed
    assert (changed.location_type, changed.details) == (ONLINE, "First floor")
    assert not changed.HasField("address")
    for name in ("name", "location_type", "is_active"):
        with pytest.raises(Invalid) as refused:
            await locations.UpdateLocation(pb.UpdateLocationRequest(location_id=created.id, mask={"paths": [name]}), desk.call)
        assert [fault.pointer for fault in refused.value.faults] == [f"/{name}"]


async def test_locations_are_listed_by_name_and_narrowed_by_kind_and_use(desk, locations):
    for name, kind, is_active in (("Room 2", CLINIC, True), ("Room 1", CLINIC, False), ("Video", ONLINE, True)):
        await locations.CreateLocation(room(name=name, location_type=kind, is_active=is_active), desk.call)

    async def names(**filters):
        page = await locations.ListLocations(pb.ListLocationsRequest(**filters), desk.call)
        assert page.total >= len(page.items)
        return [location.name for location in page.items]

    assert await names() == ["Room 1", "Room 2", "Video"]
    assert await names(location_type=CLINIC) == ["Room 1", "Room 2"]
    assert await names(location_type=CLINIC, is_active=True) == ["Room 2"]
    assert await names(is_active=True) == ["Room 2", "Video"]
    assert await names(page=2, page_size=2) == ["Video"]


async def test_a_withdrawn_location_is_gone_but_its_appointments_stay(desk, locations):
    location_id = (await locations.CreateLocation(room(), desk.call)).id
    booked = await desk.book(location_id=location_id)
    await locations.DeleteLocation(pb.DeleteLocationRequest(location_id=location_id), desk.call)

    for gone in (
        locations.GetLocation(pb.GetLocationRequest(location_id=location_id), desk.call),
        locations.DeleteLocation(pb.DeleteLocationRequest(location_id=location_id), desk.call),
        desk.book(location_id=location_id, scheduled_start=NINE.replace(hour=20)),
    ):
        with pytest.raises(NotFound):
            await gone
    assert (await locations.ListLocations(pb.ListLocationsRequest(), desk.call)).total == 0
    assert (await desk.change(booked, notes="Still there")).location_id == location_id


async def test_a_location_out_of_use_cannot_be_booked(desk, locations):
    location_id = (await locations.CreateLocation(room(is_active=False), desk.call)).id

    with pytest.raises(Invalid) as refused:
        await desk.book(location_id=location_id)
    assert refused.value.code == "location_inactive"


async def test_a_neighbours_locations_are_not_there(desk, neighbour, locations):
    location_id = (await locations.CreateLocation(room(), neighbour.call)).id

    for attempt in (
        locations.GetLocation(pb.GetLocationRequest(location_id=location_id), desk.call),
        locations.UpdateLocation(pb.UpdateLocationRequest(location_id=location_id, mask={"paths": ["name"]}, name="Mine"), desk.call),
        locations.DeleteLocation(pb.DeleteLocationRequest(location_id=location_id), desk.call),
        locations.GetLocation(pb.GetLocationRequest(location_id=str(uuid7())), desk.call),
        desk.book(location_id=location_id),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await locations.GetLocation(pb.GetLocationRequest(location_id=location_id), neighbour.call)).name == "Room 1"


async def test_rooms_are_opened_by_those_who_may(desk, locations):
    with pytest.raises(Forbidden):
        await locations.CreateLocation(room(), desk.only("catalogue:read").call)
