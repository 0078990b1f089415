"""The Services service: each method is one use case and one transaction."""

from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import services_pb2 as pb
from caseload.scheduling.v1.services_rpc import ServicesServicer
from chassis.db.paging import page
from chassis.protobuf.fields import fill, given, masked
from chassis.work.unit_of_work import UnitOfWork
from scheduling.services import rules
from scheduling.services.store import catalogue


class Services(ServicesServicer[UnitOfWork]):
    async def CreateService(self, request: pb.CreateServiceRequest, work: UnitOfWork) -> pb.Service:
        is_active = request.is_active if request.HasField("is_active") else True
        service = rules.check_service({**given(request), "is_active": is_active})
        return fill(pb.Service(), await catalogue.create(work, uuid7(), service))

    async def ListServices(self, request: pb.ListServicesRequest, work: UnitOfWork) -> pb.ServicePage:
        asked = page(request)
        filters = {"is_active": request.is_active} if request.HasField("is_active") else {}
        found, total = await catalogue.list(work, filters, asked)
        return pb.ServicePage(items=[fill(pb.Service(), row) for row in found], total=total)

    async def GetService(self, request: pb.GetServiceRequest, work: UnitOfWork) -> pb.Service:
        return fill(pb.Service(), await catalogue.get(work, request.service_id))

    async def UpdateService(self, request: pb.UpdateServiceRequest, work: UnitOfWork) -> pb.Service:
        """Appointments keep the buffers they were agreed with."""
        wanted = masked(request, rules.COLUMNS)
        row = await catalogue.get_to_change(work, request.service_id)
        service = rules.check_service({**{name: row[name] for name in rules.COLUMNS}, **wanted})
        return fill(pb.Service(), await catalogue.change(work, request.service_id, service))

    async def DeleteService(self, request: pb.DeleteServiceRequest, work: UnitOfWork) -> pb.DeleteServiceResponse:
        await catalogue.withdraw(work, request.service_id)
        return pb.DeleteServiceResponse()
