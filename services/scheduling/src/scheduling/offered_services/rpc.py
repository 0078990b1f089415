"""The Services service: each method is one use case and one transaction."""

from caseload.scheduling.v1 import services_pb2 as pb
from caseload.scheduling.v1.services_rpc import ServicesServicer
from chassis.call import Call
from chassis.rows import fill, given, masked, page
from scheduling.catalogue.store import CatalogueStore
from scheduling.offered_services.rules import check_service
from scheduling.tables import offered_services

_services = CatalogueStore(offered_services, check_service)


class OfferedServices(ServicesServicer[Call]):
    async def CreateService(self, request: pb.CreateServiceRequest, call: Call) -> pb.Service:
        return fill(pb.Service(), await _services.create(call.db, given(request), now=call.now))

    async def ListServices(self, request: pb.ListServicesRequest, call: Call) -> pb.ServicePage:
        window = page(request)
        rows, total = await _services.read_page(call.db, {"is_active": given(request)["is_active"]}, window)
        return pb.ServicePage(items=[fill(pb.Service(), row) for row in rows], total=total)

    async def GetService(self, request: pb.GetServiceRequest, call: Call) -> pb.Service:
        return fill(pb.Service(), await _services.get(call.db, request.service_id))

    async def UpdateService(self, request: pb.UpdateServiceRequest, call: Call) -> pb.Service:
        """Changed buffers apply to later bookings only. Booked appointments keep their busy period."""
        changes = masked(request, _services.columns)
        return fill(pb.Service(), await _services.update(call.db, request.service_id, changes, now=call.now))

    async def DeleteService(self, request: pb.DeleteServiceRequest, call: Call) -> pb.DeleteServiceResponse:
        await _services.withdraw(call.db, request.service_id, now=call.now)
        return pb.DeleteServiceResponse()
