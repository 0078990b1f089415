"""The Services service: each method is one use case and one transaction."""

from caseload.scheduling.v1 import services_pb2 as pb
from caseload.scheduling.v1.services_rpc import ServicesServicer
from chassis.paging import page
from chassis.protobuf.fields import fill, given, masked
from chassis.work.unit_of_work import UnitOfWork
from scheduling.catalogue.store import CatalogueStore
from scheduling.offered_services.rules import check_service
from scheduling.tables import offered_services

_services = CatalogueStore(offered_services, check_service)


class OfferedServices(ServicesServicer[UnitOfWork]):
    async def CreateService(self, request: pb.CreateServiceRequest, work: UnitOfWork) -> pb.Service:
        return fill(pb.Service(), await _services.create(work.db, given(request), now=work.now))

    async def ListServices(self, request: pb.ListServicesRequest, work: UnitOfWork) -> pb.ServicePage:
        rows, total = await _services.read_page(work.db, {"is_active": given(request)["is_active"]}, page(request))
        return pb.ServicePage(items=[fill(pb.Service(), row) for row in rows], total=total)

    async def GetService(self, request: pb.GetServiceRequest, work: UnitOfWork) -> pb.Service:
        return fill(pb.Service(), await _services.get(work.db, request.service_id))

    async def UpdateService(self, request: pb.UpdateServiceRequest, work: UnitOfWork) -> pb.Service:
        """Changed buffers apply to later bookings only. Booked appointments keep their busy period."""
        changes = masked(request, _services.columns)
        return fill(pb.Service(), await _services.update(work.db, request.service_id, changes, now=work.now))

    async def DeleteService(self, request: pb.DeleteServiceRequest, work: UnitOfWork) -> pb.DeleteServiceResponse:
        await _services.withdraw(work.db, request.service_id, now=work.now)
        return pb.DeleteServiceResponse()
