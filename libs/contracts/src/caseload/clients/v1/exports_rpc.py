"""The services of caseload/clients/v1/exports.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clients.v1 import exports_pb2 as pb
from caseload.jobs.v1 import jobs_pb2

WorkT = TypeVar("WorkT", contravariant=True)


class ClientExportsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ClientExports"]

    @abstractmethod
    async def ExportAllClients(self, request: pb.ExportAllClientsRequest, work: WorkT) -> jobs_pb2.Job: ...


class ClientExportsStub:
    """Calls caseload.clients.v1.ClientExports; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ClientExports'].methods_by_name
        self.ExportAllClients: ClientExportsExportAllClients = caller_of(methods['ExportAllClients'])


class ClientExportsExportAllClients(Protocol):
    def __call__(self, request: pb.ExportAllClientsRequest, context: Any) -> Awaitable[jobs_pb2.Job]: ...
