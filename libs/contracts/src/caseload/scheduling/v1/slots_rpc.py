"""The services of caseload/scheduling/v1/slots.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import slots_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class FreeSlotsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["FreeSlots"]

    @abstractmethod
    async def ListFreeSlots(self, request: pb.ListFreeSlotsRequest, work: WorkT) -> pb.FreeSlotList: ...


class FreeSlotsStub:
    """Calls caseload.scheduling.v1.FreeSlots; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['FreeSlots'].methods_by_name
        self.ListFreeSlots: FreeSlotsListFreeSlots = caller_of(methods['ListFreeSlots'])


class FreeSlotsListFreeSlots(Protocol):
    def __call__(self, request: pb.ListFreeSlotsRequest, context: Any) -> Awaitable[pb.FreeSlotList]: ...
