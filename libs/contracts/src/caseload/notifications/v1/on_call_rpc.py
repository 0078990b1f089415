"""The services of caseload/notifications/v1/on_call.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import on_call_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class OnCallServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["OnCall"]

    @abstractmethod
    async def ListOnCall(self, request: pb.ListOnCallRequest, work: WorkT) -> pb.OnCallList: ...

    @abstractmethod
    async def CreateOverride(self, request: pb.CreateOverrideRequest, work: WorkT) -> pb.OnCallOverride: ...

    @abstractmethod
    async def ListOverrides(self, request: pb.ListOverridesRequest, work: WorkT) -> pb.OverridePage: ...

    @abstractmethod
    async def DeleteOverride(self, request: pb.DeleteOverrideRequest, work: WorkT) -> pb.DeleteOverrideResponse: ...


class OnCallStub:
    """Calls caseload.notifications.v1.OnCall; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['OnCall'].methods_by_name
        self.ListOnCall: OnCallListOnCall = caller_of(methods['ListOnCall'])
        self.CreateOverride: OnCallCreateOverride = caller_of(methods['CreateOverride'])
        self.ListOverrides: OnCallListOverrides = caller_of(methods['ListOverrides'])
        self.DeleteOverride: OnCallDeleteOverride = caller_of(methods['DeleteOverride'])


class OnCallListOnCall(Protocol):
    def __call__(self, request: pb.ListOnCallRequest, context: Any) -> Awaitable[pb.OnCallList]: ...


class OnCallCreateOverride(Protocol):
    def __call__(self, request: pb.CreateOverrideRequest, context: Any) -> Awaitable[pb.OnCallOverride]: ...


class OnCallListOverrides(Protocol):
    def __call__(self, request: pb.ListOverridesRequest, context: Any) -> Awaitable[pb.OverridePage]: ...


class OnCallDeleteOverride(Protocol):
    def __call__(self, request: pb.DeleteOverrideRequest, context: Any) -> Awaitable[pb.DeleteOverrideResponse]: ...
