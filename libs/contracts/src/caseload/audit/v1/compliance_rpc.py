"""The services of caseload/audit/v1/compliance.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.audit.v1 import compliance_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ComplianceServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Compliance"]

    @abstractmethod
    async def ReportCompliance(self, request: pb.ReportComplianceRequest, work: WorkT) -> pb.ComplianceReport: ...


class ComplianceStub:
    """Calls caseload.audit.v1.Compliance; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Compliance'].methods_by_name
        self.ReportCompliance: ComplianceReportCompliance = caller_of(methods['ReportCompliance'])


class ComplianceReportCompliance(Protocol):
    def __call__(self, request: pb.ReportComplianceRequest, context: Any) -> Awaitable[pb.ComplianceReport]: ...
