"""The Locations service: each method is one use case and one transaction."""

from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.appointments_pb2 import LocationType
from caseload.scheduling.v1.locations_rpc import LocationsServicer
from chassis.call import Call
from chassis.rows import enum_text, fill, given, masked, page
from scheduling.catalogue.store import CatalogueStore
from scheduling.locations.rules import check_location
from scheduling.tables import locations

_locations = CatalogueStore(locations, check_location)


class Locations(LocationsServicer[Call]):
    async def CreateLocation(self, request: pb.CreateLocationRequest, call: Call) -> pb.Location:
        values = given(request) | {"location_type": enum_text(LocationType, request.location_type)}
        return fill(pb.Location(), await _locations.create(call.db, values, now=call.now))

    async def ListLocations(self, request: pb.ListLocationsRequest, call: Call) -> pb.LocationPage:
        window, wanted = page(request), given(request)
        filters = {name: wanted[name] for name in ("is_active", "location_type")}
        rows, total = await _locations.read_page(call.db, filters, window)
        return pb.LocationPage(items=[fill(pb.Location(), row) for row in rows], total=total)

    async def GetLocation(self, request: pb.GetLocationRequest, call: Call) -> pb.Location:
        return fill(pb.Location(), await _locations.get(call.db, request.location_id))

    async def UpdateLocation(self, request: pb.UpdateLocationRequest, call: Call) -> pb.Location:
        changes = masked(request, _locations.columns)
        return fill(pb.Location(), await _locations.update(call.db, request.location_id, changes, now=call.now))

    async def DeleteLocation(self, request: pb.DeleteLocationRequest, call: Call) -> pb.DeleteLocationResponse:
        await _locations.withdraw(call.db, request.location_id, now=call.now)
        return pb.DeleteLocationResponse()
