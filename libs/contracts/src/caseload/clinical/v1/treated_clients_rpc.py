"""The services of caseload/clinical/v1/treated_clients.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import treated_clients_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class TreatedClientsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["TreatedClients"]

    @abstractmethod
    async def FindTreatedClients(self, request: pb.FindTreatedClientsRequest, work: WorkT) -> pb.FindTreatedClientsResponse: ...

    @abstractmethod
    async def CloseUntreated(self, request: pb.CloseUntreatedRequest, work: WorkT) -> pb.CloseUntreatedResponse: ...


class TreatedClientsStub:
    """Calls caseload.clinical.v1.TreatedClients; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['TreatedClients'].methods_by_name
        self.FindTreatedClients: TreatedClientsFindTreatedClients = caller_of(methods['FindTreatedClients'])
        self.CloseUntreated: TreatedClientsCloseUntreated = caller_of(methods['CloseUntreated'])


class TreatedClientsFindTreatedClients(Protocol):
    def __call__(self, request: pb.FindTreatedClientsRequest, context: Any) -> Awaitable[pb.FindTreatedClientsResponse]: ...


class TreatedClientsCloseUntreated(Protocol):
    def __call__(self, request: pb.CloseUntreatedRequest, context: Any) -> Awaitable[pb.CloseUntreatedResponse]: ...
