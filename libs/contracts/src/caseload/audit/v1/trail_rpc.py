"""The services of caseload/audit/v1/trail.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.audit.v1 import trail_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class TrailServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Trail"]

    @abstractmethod
    async def ListAuditEvents(self, request: pb.ListAuditEventsRequest, call: CallT) -> pb.AuditEventPage: ...

    @abstractmethod
    async def GetAuditEvent(self, request: pb.GetAuditEventRequest, call: CallT) -> pb.AuditEvent: ...

    @abstractmethod
    async def VerifyTrail(self, request: pb.VerifyTrailRequest, call: CallT) -> pb.Verification: ...


class TrailStub:
    """Calls caseload.audit.v1.Trail; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Trail'].methods_by_name
        self.ListAuditEvents: TrailListAuditEvents = dial(methods['ListAuditEvents'])
        self.GetAuditEvent: TrailGetAuditEvent = dial(methods['GetAuditEvent'])
        self.VerifyTrail: TrailVerifyTrail = dial(methods['VerifyTrail'])


class TrailListAuditEvents(Protocol):
    def __call__(self, request: pb.ListAuditEventsRequest, call: Any) -> Awaitable[pb.AuditEventPage]: ...


class TrailGetAuditEvent(Protocol):
    def __call__(self, request: pb.GetAuditEventRequest, call: Any) -> Awaitable[pb.AuditEvent]: ...


class TrailVerifyTrail(Protocol):
    def __call__(self, request: pb.VerifyTrailRequest, call: Any) -> Awaitable[pb.Verification]: ...
