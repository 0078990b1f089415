"""The services of caseload/scheduling/v1/holds.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import holds_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class HoldsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Holds"]

    @abstractmethod
    async def HoldSlot(self, request: pb.HoldSlotRequest, work: WorkT) -> pb.Hold: ...

    @abstractmethod
    async def ReleaseHold(self, request: pb.ReleaseHoldRequest, work: WorkT) -> pb.ReleaseHoldResponse: ...


class HoldsStub:
    """Calls caseload.scheduling.v1.Holds; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Holds'].methods_by_name
        self.HoldSlot: HoldsHoldSlot = caller_of(methods['HoldSlot'])
        self.ReleaseHold: HoldsReleaseHold = caller_of(methods['ReleaseHold'])


class HoldsHoldSlot(Protocol):
    def __call__(self, request: pb.HoldSlotRequest, context: Any) -> Awaitable[pb.Hold]: ...


class HoldsReleaseHold(Protocol):
    def __call__(self, request: pb.ReleaseHoldRequest, context: Any) -> Awaitable[pb.ReleaseHoldResponse]: ...
