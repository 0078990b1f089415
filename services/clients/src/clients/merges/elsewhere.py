"""Has the other services move what they have of a client."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from caseload.moves.v1 import moves_pb2
from caseload.moves.v1.moves_rpc import ClientMovesStub
from chassis.context import Caller
from chassis.rpc.client.peers import Peer
from chassis.work.unit_of_work import UnitOfWork

# In this order: appointments first, which notes and reminders are about.
SERVICES = ("scheduling", "clinical", "notifications")


class MovesElsewhere:
    """None of the services is called before the first merge."""

    def __init__(self, peers: Mapping[str, Peer]) -> None:
        self._peers = peers

    @cached_property
    def _stubs(self) -> Mapping[str, ClientMovesStub]:
        return {
            "scheduling": ClientMovesStub(self._peers["scheduling"]),
            "clinical": ClientMovesStub(self._peers["clinical"]),
            "notifications": ClientMovesStub(self._peers["notifications"]),
        }

    async def move(self, service: str, request: moves_pb2.MoveClientRequest, work: UnitOfWork) -> moves_pb2.MoveClientResponse:
        """Moves the next batch of one service. Raises Unavailable when it does not answer."""
        ours = replace(work.context, caller=Caller(workspace_id=work.workspace_id, service=work.caller.service))
        return await self._stubs[service].MoveClient(request, ours)
