"""The use cases of the Locations service and their refusals, called over gRPC."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.locations_rpc import LocationsStub
from chassis.errors import Forbidden, Invalid, NotFound
from chassis.migrations.roles import expanded_revision, newest_revision
from chassis.rpc.client.attempts import InternalFault
from scheduling.locations.sealing import AddressSealer

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
HOME = appointments_pb2.LOCATION_TYPE_HOME
CLINIC, ONLINE = appointments_pb2.LOCATION_TYPE_CLINIC, appointments_pb2.LOCATION_TYPE_ONLINE


@pytest.fixture
def locations(member):
    return member.environment.stub(LocationsStub)


def room(**fields):
    return pb.CreateLocationRequest(**{"name": "Room 1", "location_type": CLINIC, **fields})


async def test_a_created_location_is_read_as_it_was_entered(member, locations):
    created = await locations.CreateLocation(room(address="1 Main Street", details="First floor"), member.call)

    assert await locations.GetLocation(pb.GetLocationRequest(location_id=created.id), member.call) == created
    assert (created.name, created.location_type, created.is_active) == ("Room 1", CLINIC, True)
    assert (created.address, created.details) == ("1 Main Street", "First floor")


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "x" * 256}, {"address": "x" * 5_001}, {"location_type": 0}, {"location_type": 9}]
)
async def test_an_invalid_location_is_refused(member, locations, fields):
    with pytest.raises(Invalid):
        await locations.CreateLocation(room(**fields), member.call)


async def test_a_location_is_a_room_when_somebody_says_so_and_only_in_a_clinic(member, locations):
    practice = await locations.CreateLocation(room(), member.call)
    assert not practice.is_room
    assert (await locations.CreateLocation(room(is_room=True), member.call)).is_room
    with pytest.raises(Invalid) as refused:
        await locations.CreateLocation(room(location_type=ONLINE, is_room=True), member.call)
    assert [fault.pointer for fault in refused.value.faults] == ["/is_room"]

    async def change(*paths, **fields):
        return await locations.UpdateLocation(
            pb.UpdateLocationRequest(location_id=practice.id, mask={"paths": paths}, **fields), member.call
        )

    assert (await change("is_room", is_room=True)).is_room
    for paths, fields in ((["location_type"], {"location_type": ONLINE}), (["is_room"], {})):
        with pytest.raises(Invalid) as refused:
            await change(*paths, **fields)
        assert [fault.pointer for fault in refused.value.faults] == ["/is_room"]
    assert not (await change("is_room", "location_type", is_room=False, location_type=ONLINE)).is_room


async def test_an_update_sets_the_fields_in_its_mask_and_clears_unset_ones(member, locations):
    created = await locations.CreateLocation(room(address="1 Main Street", details="First floor"), member.call)
    request = pb.UpdateLocationRequest(location_id=created.id, mask={"paths": ["address", "location_type"]}, location_type=ONLINE)
    changed = await locations.UpdateLocation(request, member.call)

    assert await locations.GetLocation(pb.GetLocationRequest(location_id=created.id), member.call) == changed
    assert (changed.location_type, changed.details) == (ONLINE, "First floor")
    assert not changed.HasField("address")
    for name in ("name", "location_type", "is_active"):
        with pytest.raises(Invalid) as refused:
            await locations.UpdateLocation(pb.UpdateLocationRequest(location_id=created.id, mask={"paths": [name]}), member.call)
        assert [fault.pointer for fault in refused.value.faults] == [f"/{name}"]


async def test_locations_are_listed_by_name_and_filtered_by_type_and_activity(member, locations):
    for name, kind, is_active in (("Room 2", CLINIC, True), ("Room 1", CLINIC, False), ("Video", ONLINE, True)):
        await locations.CreateLocation(room(name=name, location_type=kind, is_active=is_active), member.call)

    async def names(**filters):
        page = await locations.ListLocations(pb.ListLocationsRequest(**filters), member.call)
        assert page.total >= len(page.items)
        return [location.name for location in page.items]

    assert await names() == ["Room 1", "Room 2", "Video"]
    assert await names(location_type=CLINIC) == ["Room 1", "Room 2"]
    assert await names(location_type=CLINIC, is_active=True) == ["Room 2"]
    assert await names(is_active=True) == ["Room 2", "Video"]
    assert await names(page=2, page_size=2) == ["Video"]


async def test_a_withdrawn_location_is_not_found_and_its_appointments_stay(member, locations):
    location_id = (await locations.CreateLocation(room(), member.call)).id
    booked = await member.book(location_id=location_id)
    await locations.DeleteLocation(pb.DeleteLocationRequest(location_id=location_id), member.call)

    for gone in (
        locations.GetLocation(pb.GetLocationRequest(location_id=location_id), member.call),
        locations.DeleteLocation(pb.DeleteLocationRequest(location_id=location_id), member.call),
        member.book(location_id=location_id, scheduled_start=NINE.replace(hour=20)),
    ):
        with pytest.raises(NotFound):
            await gone
    assert (await locations.ListLocations(pb.ListLocationsRequest(), member.call)).total == 0
    assert (await member.change(booked, notes="Still there")).location_id == location_id


async def test_an_inactive_location_cannot_be_booked(member, locations):
    location_id = (await locations.CreateLocation(room(is_active=False), member.call)).id

    with pytest.raises(Invalid) as refused:
        await member.book(location_id=location_id)
    assert refused.value.code == "location_inactive"


async def test_a_location_of_another_workspace_is_not_found(member, outsider, locations):
    location_id = (await locations.CreateLocation(room(), outsider.call)).id

    for attempt in (
        locations.GetLocation(pb.GetLocationRequest(location_id=location_id), member.call),
        locations.UpdateLocation(pb.UpdateLocationRequest(location_id=location_id, mask={"paths": ["name"]}, name="Mine"), member.call),
        locations.DeleteLocation(pb.DeleteLocationRequest(location_id=location_id), member.call),
        locations.GetLocation(pb.GetLocationRequest(location_id=str(uuid7())), member.call),
        member.book(location_id=location_id),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await locations.GetLocation(pb.GetLocationRequest(location_id=location_id), outsider.call)).name == "Room 1"


async def test_creating_a_location_needs_the_scope_to_write(member, locations):
    with pytest.raises(Forbidden):
        await locations.CreateLocation(room(), member.only("catalogue:read").call)


async def stored(member, location_id):
    async with member.environment.superuser() as connection:
        return await connection.fetchrow("SELECT * FROM scheduling.locations WHERE id = $1", UUID(location_id))


async def test_where_somebody_lives_is_stored_sealed_and_bound_to_its_location(member, locations):
    home = await locations.CreateLocation(room(name="Visits", location_type=HOME, address="4 Elm Row", details="Ring twice"), member.call)
    other = await locations.CreateLocation(room(address="1 Main Street"), member.call)
    row = await stored(member, home.id)
    assert (row["address"], row["details"], row["version"]) == (None, None, 1)
    assert b"Elm Row" not in row["sealed"]
    assert b"twice" not in row["sealed"]

    changed = await locations.UpdateLocation(
        pb.UpdateLocationRequest(location_id=home.id, mask={"paths": ["details"]}, details="Second floor"), member.call
    )
    assert (changed.address, changed.details) == ("4 Elm Row", "Second floor")
    listed = (await locations.ListLocations(pb.ListLocationsRequest(), member.call)).items
    assert [location.address for location in listed] == ["1 Main Street", "4 Elm Row"]
    async with member.environment.superuser() as connection:
        for sealed, version in (((await stored(member, other.id))["sealed"], 1), (row["sealed"], 2)):
            await connection.execute(
                "UPDATE scheduling.locations SET sealed = $2, version = $3 WHERE id = $1", UUID(home.id), sealed, version
            )
            with pytest.raises(InternalFault):
                await locations.GetLocation(pb.GetLocationRequest(location_id=home.id), member.call)


async def test_addresses_stay_as_the_release_before_reads_them_until_it_is_not_gone_back_to(member, locations):
    runtime = member.environment.runtime("scheduling")

    async def revision(number):
        async with member.environment.superuser() as connection:
            await connection.execute("UPDATE scheduling.alembic_version SET version_num = $1", number)

    async def seal():
        connection = await asyncpg.connect(runtime.relay_dsn)
        try:
            await AddressSealer(runtime).seal(connection)
        finally:
            await connection.close()

    newest = newest_revision("scheduling")
    await revision(expanded_revision("scheduling"))
    try:
        home = await locations.CreateLocation(room(name="Visits", location_type=HOME, address="4 Elm Row"), member.call)
        await seal()
        row = await stored(member, home.id)
        assert (row["address"], row["sealed"], row["version"]) == ("4 Elm Row", None, 0)
        request = pb.UpdateLocationRequest(location_id=home.id, mask={"paths": ["details"]}, details="Second floor")
        changed = await locations.UpdateLocation(request, member.call)
        assert (changed.address, changed.details) == ("4 Elm Row", "Second floor")
        assert (await stored(member, home.id))["details"] == "Second floor"
    finally:
        await revision(newest)
    await seal()
    row = await stored(member, home.id)
    assert (row["address"], row["details"], row["version"]) == (None, None, 1)
    found = await locations.GetLocation(pb.GetLocationRequest(location_id=home.id), member.call)
    assert (found.address, found.details) == ("4 Elm Row", "Second floor")


async def test_addresses_that_an_earlier_release_stored_are_read_and_then_sealed(member, locations):
    old, changed = uuid7(), uuid7()
    async with member.environment.superuser() as connection:
        for location_id in (old, changed):
            await connection.execute(
                "INSERT INTO scheduling.locations (workspace_id, id, name, location_type, address, details)"
                " VALUES ($1, $2, 'Visits', 'home', '4 Elm Row', 'Ring twice')",
                member.workspace_id,
                location_id,
            )

    async def read(location_id):
        found = await locations.GetLocation(pb.GetLocationRequest(location_id=str(location_id)), member.call)
        return found.address, found.details

    assert await read(old) == ("4 Elm Row", "Ring twice")
    request = pb.UpdateLocationRequest(location_id=str(changed), mask={"paths": ["details"]}, details="Second floor")
    await locations.UpdateLocation(request, member.call)

    runtime = member.environment.runtime("scheduling")
    connection = await asyncpg.connect(runtime.relay_dsn)
    try:
        for _ in range(2):
            await AddressSealer(runtime).seal(connection)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT address FROM scheduling.locations")
    finally:
        await connection.close()
    for location_id, details in ((old, "Ring twice"), (changed, "Second floor")):
        row = await stored(member, str(location_id))
        assert (row["address"], row["details"], row["version"]) == (None, None, 1)
        assert await read(location_id) == ("4 Elm Row", details)
