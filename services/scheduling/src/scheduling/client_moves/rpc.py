"""The ClientMoves service: each call moves one batch, in one transaction."""

from caseload.moves.v1 import moves_pb2 as pb
from caseload.moves.v1.moves_rpc import ClientMovesServicer
from chassis.encryption.key_store import Keys
from chassis.work.moves import Move
from chassis.work.unit_of_work import UnitOfWork
from scheduling.client_moves import workflow
from scheduling.client_moves.store import MOVED


class ClientMoves(ClientMovesServicer[UnitOfWork]):
    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def MoveClient(self, request: pb.MoveClientRequest, work: UnitOfWork) -> pb.MoveClientResponse:
        keys, merge = await self._keys.of(work.workspace_id), Move.of(request)
        if request.back:
            return await MOVED.moved_back(work, merge, unfinished=await workflow.move_back(work, keys, merge))
        return await MOVED.moved_there(work, merge, unfinished=await workflow.move(work, keys, merge))
