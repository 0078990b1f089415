"""The ClientMoves service: each call moves one batch, in one transaction."""

from caseload.moves.v1 import moves_pb2 as pb
from caseload.moves.v1.moves_rpc import ClientMovesServicer
from chassis.work.moves import Move
from chassis.work.unit_of_work import UnitOfWork
from notifications.client_moves import workflow
from notifications.merged_clients.store import MOVED


class ClientMoves(ClientMovesServicer[UnitOfWork]):
    async def MoveClient(self, request: pb.MoveClientRequest, work: UnitOfWork) -> pb.MoveClientResponse:
        merge = Move.of(request)
        if request.back:
            return await MOVED.moved_back(work, merge, unfinished=await workflow.move_back(work, merge))
        return await MOVED.moved_there(work, merge, unfinished=await workflow.move(work, merge))
