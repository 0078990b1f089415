"""The services of caseload/clients/v1/merges.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clients.v1 import merges_pb2 as pb
from caseload.jobs.v1 import jobs_pb2

WorkT = TypeVar("WorkT", contravariant=True)


class ClientMergesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ClientMerges"]

    @abstractmethod
    async def MergeClients(self, request: pb.MergeClientsRequest, work: WorkT) -> pb.MergedClient: ...

    @abstractmethod
    async def UndoMerge(self, request: pb.UndoMergeRequest, work: WorkT) -> jobs_pb2.Job: ...


class ClientMergesStub:
    """Calls caseload.clients.v1.ClientMerges; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ClientMerges'].methods_by_name
        self.MergeClients: ClientMergesMergeClients = caller_of(methods['MergeClients'])
        self.UndoMerge: ClientMergesUndoMerge = caller_of(methods['UndoMerge'])


class ClientMergesMergeClients(Protocol):
    def __call__(self, request: pb.MergeClientsRequest, context: Any) -> Awaitable[pb.MergedClient]: ...


class ClientMergesUndoMerge(Protocol):
    def __call__(self, request: pb.UndoMergeRequest, context: Any) -> Awaitable[jobs_pb2.Job]: ...
