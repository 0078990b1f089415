"""The services of caseload/audit/v1/retention.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.audit.v1 import retention_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class RetentionServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Retention"]

    @abstractmethod
    async def GetRetention(self, request: pb.GetRetentionRequest, work: WorkT) -> pb.RetentionPeriod: ...

    @abstractmethod
    async def SetRetention(self, request: pb.SetRetentionRequest, work: WorkT) -> pb.RetentionPeriod: ...


class RetentionStub:
    """Calls caseload.audit.v1.Retention; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Retention'].methods_by_name
        self.GetRetention: RetentionGetRetention = caller_of(methods['GetRetention'])
        self.SetRetention: RetentionSetRetention = caller_of(methods['SetRetention'])


class RetentionGetRetention(Protocol):
    def __call__(self, request: pb.GetRetentionRequest, context: Any) -> Awaitable[pb.RetentionPeriod]: ...


class RetentionSetRetention(Protocol):
    def __call__(self, request: pb.SetRetentionRequest, context: Any) -> Awaitable[pb.RetentionPeriod]: ...
