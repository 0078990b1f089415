"""The Locations service: each method is one use case and one transaction."""

from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.appointments_pb2 import LocationType
from caseload.scheduling.v1.locations_rpc import LocationsServicer
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, given, masked
from chassis.work.unit_of_work import UnitOfWork
from scheduling.catalogue.store import CatalogueStore
from scheduling.locations.rules import check_location
from scheduling.tables import locations

_locations = CatalogueStore(locations, check_location)


class Locations(LocationsServicer[UnitOfWork]):
    async def CreateLocation(self, request: pb.CreateLocationRequest, work: UnitOfWork) -> pb.Location:
        values = given(request) | {"location_type": enum_text(LocationType, request.location_type)}
        return fill(pb.Location(), await _locations.create(work.db, values, now=work.now))

    async def ListLocations(self, request: pb.ListLocationsRequest, work: UnitOfWork) -> pb.LocationPage:
        values = given(request)
        filters = {name: values[name] for name in ("is_active", "location_type")}
        rows, total = await _locations.read_page(work.db, filters, page(request))
        return pb.LocationPage(items=[fill(pb.Location(), row) for row in rows], total=total)

    async def GetLocation(self, request: pb.GetLocationRequest, work: UnitOfWork) -> pb.Location:
        return fill(pb.Location(), await _locations.get(work.db, request.location_id))

    async def UpdateLocation(self, request: pb.UpdateLocationRequest, work: UnitOfWork) -> pb.Location:
        changes = masked(request, _locations.columns)
        return fill(pb.Location(), await _locations.update(work.db, request.location_id, changes, now=work.now))

    async def DeleteLocation(self, request: pb.DeleteLocationRequest, work: UnitOfWork) -> pb.DeleteLocationResponse:
        await _locations.withdraw(work.db, request.location_id, now=work.now)
        return pb.DeleteLocationResponse()
