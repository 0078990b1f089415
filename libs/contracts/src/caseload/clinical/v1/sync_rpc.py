"""The services of caseload/clinical/v1/sync.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import sync_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class SyncServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Sync"]

    @abstractmethod
    async def SyncSession(self, request: pb.SyncSessionRequest, work: WorkT) -> pb.SyncedSession: ...


class SyncStub:
    """Calls caseload.clinical.v1.Sync; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Sync'].methods_by_name
        self.SyncSession: SyncSyncSession = caller_of(methods['SyncSession'])


class SyncSyncSession(Protocol):
    def __call__(self, request: pb.SyncSessionRequest, context: Any) -> Awaitable[pb.SyncedSession]: ...
