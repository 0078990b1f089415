"""The services of caseload/audit/v1/legal_holds.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.audit.v1 import legal_holds_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class LegalHoldsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["LegalHolds"]

    @abstractmethod
    async def ListLegalHolds(self, request: pb.ListLegalHoldsRequest, work: WorkT) -> pb.LegalHoldPage: ...

    @abstractmethod
    async def PlaceLegalHold(self, request: pb.PlaceLegalHoldRequest, work: WorkT) -> pb.LegalHold: ...

    @abstractmethod
    async def ReleaseLegalHold(self, request: pb.ReleaseLegalHoldRequest, work: WorkT) -> pb.LegalHold: ...

    @abstractmethod
    async def CheckHeld(self, request: pb.CheckHeldRequest, work: WorkT) -> pb.Held: ...


class LegalHoldsStub:
    """Calls caseload.audit.v1.LegalHolds; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['LegalHolds'].methods_by_name
        self.ListLegalHolds: LegalHoldsListLegalHolds = caller_of(methods['ListLegalHolds'])
        self.PlaceLegalHold: LegalHoldsPlaceLegalHold = caller_of(methods['PlaceLegalHold'])
        self.ReleaseLegalHold: LegalHoldsReleaseLegalHold = caller_of(methods['ReleaseLegalHold'])
        self.CheckHeld: LegalHoldsCheckHeld = caller_of(methods['CheckHeld'])


class LegalHoldsListLegalHolds(Protocol):
    def __call__(self, request: pb.ListLegalHoldsRequest, context: Any) -> Awaitable[pb.LegalHoldPage]: ...


class LegalHoldsPlaceLegalHold(Protocol):
    def __call__(self, request: pb.PlaceLegalHoldRequest, context: Any) -> Awaitable[pb.LegalHold]: ...


class LegalHoldsReleaseLegalHold(Protocol):
    def __call__(self, request: pb.ReleaseLegalHoldRequest, context: Any) -> Awaitable[pb.LegalHold]: ...


class LegalHoldsCheckHeld(Protocol):
    def __call__(self, request: pb.CheckHeldRequest, context: Any) -> Awaitable[pb.Held]: ...
