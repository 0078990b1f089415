"""The services of caseload/moves/v1/moves.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.moves.v1 import moves_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ClientMovesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ClientMoves"]

    @abstractmethod
    async def MoveClient(self, request: pb.MoveClientRequest, work: WorkT) -> pb.MoveClientResponse: ...


class ClientMovesStub:
    """Calls caseload.moves.v1.ClientMoves; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ClientMoves'].methods_by_name
        self.MoveClient: ClientMovesMoveClient = caller_of(methods['MoveClient'])


class ClientMovesMoveClient(Protocol):
    def __call__(self, request: pb.MoveClientRequest, context: Any) -> Awaitable[pb.MoveClientResponse]: ...
