"""The services of caseload/notifications/v1/held_addresses.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import held_addresses_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class HeldAddressesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["HeldAddresses"]

    @abstractmethod
    async def ListHeldAddresses(self, request: pb.ListHeldAddressesRequest, work: WorkT) -> pb.HeldAddressPage: ...

    @abstractmethod
    async def LiftHold(self, request: pb.LiftHoldRequest, work: WorkT) -> pb.LiftHoldResponse: ...

    @abstractmethod
    async def LiftUserHold(self, request: pb.LiftUserHoldRequest, work: WorkT) -> pb.LiftUserHoldResponse: ...


class HeldAddressesStub:
    """Calls caseload.notifications.v1.HeldAddresses; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['HeldAddresses'].methods_by_name
        self.ListHeldAddresses: HeldAddressesListHeldAddresses = caller_of(methods['ListHeldAddresses'])
        self.LiftHold: HeldAddressesLiftHold = caller_of(methods['LiftHold'])
        self.LiftUserHold: HeldAddressesLiftUserHold = caller_of(methods['LiftUserHold'])


class HeldAddressesListHeldAddresses(Protocol):
    def __call__(self, request: pb.ListHeldAddressesRequest, context: Any) -> Awaitable[pb.HeldAddressPage]: ...


class HeldAddressesLiftHold(Protocol):
    def __call__(self, request: pb.LiftHoldRequest, context: Any) -> Awaitable[pb.LiftHoldResponse]: ...


class HeldAddressesLiftUserHold(Protocol):
    def __call__(self, request: pb.LiftUserHoldRequest, context: Any) -> Awaitable[pb.LiftUserHoldResponse]: ...
