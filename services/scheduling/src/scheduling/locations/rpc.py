"""The Locations service: each method is one use case and one transaction."""

from typing import Any

from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.appointments_pb2 import LocationType
from caseload.scheduling.v1.locations_rpc import LocationsServicer
from chassis.db.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, given, masked
from chassis.work.unit_of_work import UnitOfWork
from scheduling.locations import rules
from scheduling.locations.store import catalogue


class Locations(LocationsServicer[UnitOfWork]):
    async def CreateLocation(self, request: pb.CreateLocationRequest, work: UnitOfWork) -> pb.Location:
        is_active = request.is_active if request.HasField("is_active") else True
        location_type = enum_text(LocationType, request.location_type)
        location = rules.check_location({**given(request), "is_active": is_active, "location_type": location_type})
        return fill(pb.Location(), await catalogue.create(work, uuid7(), location))

    async def ListLocations(self, request: pb.ListLocationsRequest, work: UnitOfWork) -> pb.LocationPage:
        asked = page(request)
        filters: dict[str, Any] = {"is_active": request.is_active} if request.HasField("is_active") else {}
        if request.HasField("location_type"):
            filters["location_type"] = enum_text(LocationType, request.location_type)
        found, total = await catalogue.list(work, filters, asked)
        return pb.LocationPage(items=[fill(pb.Location(), row) for row in found], total=total)

    async def GetLocation(self, request: pb.GetLocationRequest, work: UnitOfWork) -> pb.Location:
        return fill(pb.Location(), await catalogue.get(work, request.location_id))

    async def UpdateLocation(self, request: pb.UpdateLocationRequest, work: UnitOfWork) -> pb.Location:
        wanted = masked(request, rules.COLUMNS)
        row = await catalogue.get_to_change(work, request.location_id)
        location = rules.check_location({**{name: row[name] for name in rules.COLUMNS}, **wanted})
        return fill(pb.Location(), await catalogue.change(work, request.location_id, location))

    async def DeleteLocation(self, request: pb.DeleteLocationRequest, work: UnitOfWork) -> pb.DeleteLocationResponse:
        await catalogue.withdraw(work, request.location_id)
        return pb.DeleteLocationResponse()
