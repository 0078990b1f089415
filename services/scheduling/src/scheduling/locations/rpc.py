"""The Locations service: each method is one use case and one transaction."""

from uuid import UUID

from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.appointments_pb2 import LocationType
from caseload.scheduling.v1.locations_rpc import LocationsServicer
from chassis.encryption.key_store import Keys
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import given, masked
from chassis.work.unit_of_work import UnitOfWork
from scheduling.catalogue.store import CatalogueStore
from scheduling.locations import store
from scheduling.locations.addresses import Addresses
from scheduling.locations.rules import check_location
from scheduling.tables import locations

_locations = CatalogueStore(locations, check_location)


class Locations(LocationsServicer[UnitOfWork]):
    """Methods fetch the keys before their first statement, so that no transaction waits for them."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def CreateLocation(self, request: pb.CreateLocationRequest, work: UnitOfWork) -> pb.Location:
        values = given(request) | {"location_type": enum_text(LocationType, request.location_type), "is_room": request.is_room}
        addresses = await self._sealing(work)
        return addresses.to_message(await _locations.create(work.db, values, now=work.now, sealing=addresses))

    async def ListLocations(self, request: pb.ListLocationsRequest, work: UnitOfWork) -> pb.LocationPage:
        values = given(request)
        filters = {name: values[name] for name in ("is_active", "location_type")}
        addresses = await self._addresses(work)
        rows, total = await _locations.read_page(work.db, filters, page(request))
        return pb.LocationPage(items=map(addresses.to_message, rows), total=total)

    async def GetLocation(self, request: pb.GetLocationRequest, work: UnitOfWork) -> pb.Location:
        addresses = await self._addresses(work)
        return addresses.to_message(await _locations.get(work.db, request.location_id))

    async def UpdateLocation(self, request: pb.UpdateLocationRequest, work: UnitOfWork) -> pb.Location:
        addresses = await self._sealing(work)
        before = await _locations.get(work.db, request.location_id)
        changes = masked(request, _locations.columns)
        changed = await _locations.update(work.db, request.location_id, changes, now=work.now, sealing=addresses)
        if changed["is_room"] and not before["is_room"]:
            await _take_upcoming(work, changed["id"])
        return addresses.to_message(changed)

    async def DeleteLocation(self, request: pb.DeleteLocationRequest, work: UnitOfWork) -> pb.DeleteLocationResponse:
        await _locations.withdraw(work.db, request.location_id, now=work.now)
        return pb.DeleteLocationResponse()

    async def _addresses(self, work: UnitOfWork) -> Addresses:
        return Addresses(await self._keys.of(work.workspace_id))

    async def _sealing(self, work: UnitOfWork) -> Addresses:
        """For what is written."""
        keys = await self._keys.of(work.workspace_id)
        return Addresses(keys, may_seal=(await work.db.one(store.may_seal))["may_seal"])


async def _take_upcoming(work: UnitOfWork, location_id: UUID) -> None:
    """Has the appointments that are still to end at a new room take it, overbooked where they overlap."""
    upcoming = {"location_id": location_id, "now": work.now}
    await work.db.run(store.lock_upcoming, **upcoming)
    await work.db.run(store.forget_upcoming, **upcoming)
    await work.db.run(store.take_upcoming, **upcoming)
