"""The TreatedClients service."""

from caseload.clinical.v1 import treated_clients_pb2 as pb
from caseload.clinical.v1.treated_clients_rpc import TreatedClientsServicer
from chassis.work.unit_of_work import UnitOfWork
from clinical.treated_clients import rules, store


class TreatedClients(TreatedClientsServicer[UnitOfWork]):
    """Everything that clinical keeps of a client comes after a row for the client."""

    async def FindTreatedClients(self, request: pb.FindTreatedClientsRequest, work: UnitOfWork) -> pb.FindTreatedClientsResponse:
        rules.check_number(len(request.client_ids))
        rows = await work.db.all(store.known, ids=list(request.client_ids))
        return pb.FindTreatedClientsResponse(client_ids=[str(row["id"]) for row in rows])

    async def CloseUntreated(self, request: pb.CloseUntreatedRequest, work: UnitOfWork) -> pb.CloseUntreatedResponse:
        rules.check_number(len(request.client_ids))
        wanted = sorted(set(request.client_ids))
        closed = await work.db.all(store.close_untreated, ids=wanted, until=work.now + rules.CLOSED_FOR)
        return pb.CloseUntreatedResponse(client_ids=set(wanted) - {str(row["id"]) for row in closed})
