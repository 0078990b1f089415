"""The services of caseload/clients/v1/imports.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clients.v1 import imports_pb2 as pb
from caseload.jobs.v1 import jobs_pb2

WorkT = TypeVar("WorkT", contravariant=True)
BodyT = TypeVar("BodyT", contravariant=True)


class ClientImportsServicer(ABC, Generic[WorkT, BodyT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ClientImports"]

    @abstractmethod
    async def ImportClients(self, request: pb.ImportClientsRequest, body: BodyT, work: WorkT) -> pb.ImportClientsReply: ...

    @abstractmethod
    async def UndoImport(self, request: pb.UndoImportRequest, work: WorkT) -> jobs_pb2.Job: ...


class ClientImportsStub:
    """Calls caseload.clients.v1.ClientImports; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ClientImports'].methods_by_name
        self.ImportClients: ClientImportsImportClients = caller_of(methods['ImportClients'])
        self.UndoImport: ClientImportsUndoImport = caller_of(methods['UndoImport'])


class ClientImportsImportClients(Protocol):
    def __call__(self, request: pb.ImportClientsRequest, body: AsyncIterable[bytes], context: Any) -> Awaitable[pb.ImportClientsReply]: ...


class ClientImportsUndoImport(Protocol):
    def __call__(self, request: pb.UndoImportRequest, context: Any) -> Awaitable[jobs_pb2.Job]: ...
