"""The services of caseload/clients/v1/duplicates.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clients.v1 import duplicates_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ClientDuplicatesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ClientDuplicates"]

    @abstractmethod
    async def FindDuplicates(self, request: pb.FindDuplicatesRequest, work: WorkT) -> pb.DuplicatePage: ...


class ClientDuplicatesStub:
    """Calls caseload.clients.v1.ClientDuplicates; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ClientDuplicates'].methods_by_name
        self.FindDuplicates: ClientDuplicatesFindDuplicates = caller_of(methods['FindDuplicates'])


class ClientDuplicatesFindDuplicates(Protocol):
    def __call__(self, request: pb.FindDuplicatesRequest, context: Any) -> Awaitable[pb.DuplicatePage]: ...
