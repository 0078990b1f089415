"""The Locations service: each method is one use case and one transaction."""

from uuid import UUID

from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.appointments_pb2 import LocationType
from caseload.scheduling.v1.locations_rpc import LocationsServicer
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, given, masked
from chassis.work.unit_of_work import UnitOfWork
from scheduling.catalogue.store import CatalogueStore
from scheduling.locations import store
from scheduling.locations.rules import check_location
from scheduling.tables import locations

_locations = CatalogueStore(locations, check_location)


class Locations(LocationsServicer[UnitOfWork]):
    async def CreateLocation(self, request: pb.CreateLocationRequest, work: UnitOfWork) -> pb.Location:
        values = given(request) | {"location_type": enum_text(LocationType, request.location_type), "is_room": request.is_room}
        return fill(pb.Location(), await _locations.create(work.db, values, now=work.now))

    async def ListLocations(self, request: pb.ListLocationsRequest, work: UnitOfWork) -> pb.LocationPage:
        values = given(request)
        filters = {name: values[name] for name in ("is_active", "location_type")}
        rows, total = await _locations.read_page(work.db, filters, page(request))
        return pb.LocationPage(items=[fill(pb.Location(), row) for row in rows], total=total)

    async def GetLocation(self, request: pb.GetLocationRequest, work: UnitOfWork) -> pb.Location:
        return fill(pb.Location(), await _locations.get(work.db, request.location_id))

    async def UpdateLocation(self, request: pb.UpdateLocationRequest, work: UnitOfWork) -> pb.Location:
        before = await _locations.get(work.db, request.location_id)
        changed = await _locations.update(work.db, request.location_id, masked(request, _locations.columns), now=work.now)
        if changed["is_room"] and not before["is_room"]:
            await _take_upcoming(work, changed["id"])
        return fill(pb.Location(), changed)

    async def DeleteLocation(self, request: pb.DeleteLocationRequest, work: UnitOfWork) -> pb.DeleteLocationResponse:
        await _locations.withdraw(work.db, request.location_id, now=work.now)
        return pb.DeleteLocationResponse()


async def _take_upcoming(work: UnitOfWork, location_id: UUID) -> None:
    """Has the appointments that are still to end at a new room take it, overbooked where they overlap."""
    upcoming = {"location_id": location_id, "now": work.now}
    await work.db.run(store.lock_upcoming, **upcoming)
    await work.db.run(store.forget_upcoming, **upcoming)
    await work.db.run(store.take_upcoming, **upcoming)
