"""The services of caseload/audit/v1/trail.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.audit.v1 import trail_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class TrailServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Trail"]

    @abstractmethod
    async def ListAuditEvents(self, request: pb.ListAuditEventsRequest, work: WorkT) -> pb.AuditEventPage: ...

    @abstractmethod
    async def GetAuditEvent(self, request: pb.GetAuditEventRequest, work: WorkT) -> pb.AuditEvent: ...

    @abstractmethod
    async def ReportAccess(self, request: pb.ReportAccessRequest, work: WorkT) -> pb.AuditEventPage: ...

    @abstractmethod
    async def VerifyTrail(self, request: pb.VerifyTrailRequest, work: WorkT) -> pb.Verification: ...


class TrailStub:
    """Calls caseload.audit.v1.Trail; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Trail'].methods_by_name
        self.ListAuditEvents: TrailListAuditEvents = caller_of(methods['ListAuditEvents'])
        self.GetAuditEvent: TrailGetAuditEvent = caller_of(methods['GetAuditEvent'])
        self.ReportAccess: TrailReportAccess = caller_of(methods['ReportAccess'])
        self.VerifyTrail: TrailVerifyTrail = caller_of(methods['VerifyTrail'])


class TrailListAuditEvents(Protocol):
    def __call__(self, request: pb.ListAuditEventsRequest, context: Any) -> Awaitable[pb.AuditEventPage]: ...


class TrailGetAuditEvent(Protocol):
    def __call__(self, request: pb.GetAuditEventRequest, context: Any) -> Awaitable[pb.AuditEvent]: ...


class TrailReportAccess(Protocol):
    def __call__(self, request: pb.ReportAccessRequest, context: Any) -> Awaitable[pb.AuditEventPage]: ...


class TrailVerifyTrail(Protocol):
    def __call__(self, request: pb.VerifyTrailRequest, context: Any) -> Awaitable[pb.Verification]: ...
