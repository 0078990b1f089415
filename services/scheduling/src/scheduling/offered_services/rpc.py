"""The Services service: each method is one use case and one transaction."""

from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import services_pb2 as pb
from caseload.scheduling.v1.services_rpc import ServicesServicer
from chassis.call import Call
from chassis.rows import fill, given, masked, page
from scheduling.offered_services import rules
from scheduling.offered_services.store import catalogue


class Services(ServicesServicer[Call]):
    async def CreateService(self, request: pb.CreateServiceRequest, call: Call) -> pb.Service:
        is_active = request.is_active if request.HasField("is_active") else True
        service = rules.check_service({**given(request), "is_active": is_active})
        return fill(pb.Service(), await catalogue.create(call, uuid7(), service))

    async def ListServices(self, request: pb.ListServicesRequest, call: Call) -> pb.ServicePage:
        asked = page(request)
        filters = {"is_active": request.is_active} if request.HasField("is_active") else {}
        found, total = await catalogue.list(call, filters, asked)
        return pb.ServicePage(items=[fill(pb.Service(), row) for row in found], total=total)

    async def GetService(self, request: pb.GetServiceRequest, call: Call) -> pb.Service:
        return fill(pb.Service(), await catalogue.get(call, request.service_id))

    async def UpdateService(self, request: pb.UpdateServiceRequest, call: Call) -> pb.Service:
        """Appointments keep the buffers they were agreed with."""
        wanted = masked(request, rules.COLUMNS)
        row = await catalogue.get_to_change(call, request.service_id)
        service = rules.check_service({**{name: row[name] for name in rules.COLUMNS}, **wanted})
        return fill(pb.Service(), await catalogue.change(call, request.service_id, service))

    async def DeleteService(self, request: pb.DeleteServiceRequest, call: Call) -> pb.DeleteServiceResponse:
        await catalogue.withdraw(call, request.service_id)
        return pb.DeleteServiceResponse()
