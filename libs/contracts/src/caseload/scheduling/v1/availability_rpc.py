"""The services of caseload/scheduling/v1/availability.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import availability_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class AvailabilityServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Availability"]

    @abstractmethod
    async def GetAvailability(self, request: pb.GetAvailabilityRequest, work: WorkT) -> pb.WorkingHours: ...

    @abstractmethod
    async def SetAvailability(self, request: pb.SetAvailabilityRequest, work: WorkT) -> pb.WorkingHours: ...


class AvailabilityStub:
    """Calls caseload.scheduling.v1.Availability; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Availability'].methods_by_name
        self.GetAvailability: AvailabilityGetAvailability = caller_of(methods['GetAvailability'])
        self.SetAvailability: AvailabilitySetAvailability = caller_of(methods['SetAvailability'])


class AvailabilityGetAvailability(Protocol):
    def __call__(self, request: pb.GetAvailabilityRequest, context: Any) -> Awaitable[pb.WorkingHours]: ...


class AvailabilitySetAvailability(Protocol):
    def __call__(self, request: pb.SetAvailabilityRequest, context: Any) -> Awaitable[pb.WorkingHours]: ...
