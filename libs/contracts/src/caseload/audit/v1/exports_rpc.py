"""The services of caseload/audit/v1/exports.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.audit.v1 import exports_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class AuditExportsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["AuditExports"]

    @abstractmethod
    async def OrderAuditExport(self, request: pb.OrderAuditExportRequest, work: WorkT) -> pb.AuditExport: ...

    @abstractmethod
    async def GetAuditExport(self, request: pb.GetAuditExportRequest, work: WorkT) -> pb.AuditExport: ...

    @abstractmethod
    async def CancelAuditExport(self, request: pb.CancelAuditExportRequest, work: WorkT) -> pb.AuditExport: ...

    @abstractmethod
    async def GetAuditExportManifest(self, request: pb.GetAuditExportManifestRequest, work: WorkT) -> pb.AuditExportManifest: ...


class AuditExportsStub:
    """Calls caseload.audit.v1.AuditExports; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['AuditExports'].methods_by_name
        self.OrderAuditExport: AuditExportsOrderAuditExport = caller_of(methods['OrderAuditExport'])
        self.GetAuditExport: AuditExportsGetAuditExport = caller_of(methods['GetAuditExport'])
        self.CancelAuditExport: AuditExportsCancelAuditExport = caller_of(methods['CancelAuditExport'])
        self.GetAuditExportManifest: AuditExportsGetAuditExportManifest = caller_of(methods['GetAuditExportManifest'])


class AuditExportsOrderAuditExport(Protocol):
    def __call__(self, request: pb.OrderAuditExportRequest, context: Any) -> Awaitable[pb.AuditExport]: ...


class AuditExportsGetAuditExport(Protocol):
    def __call__(self, request: pb.GetAuditExportRequest, context: Any) -> Awaitable[pb.AuditExport]: ...


class AuditExportsCancelAuditExport(Protocol):
    def __call__(self, request: pb.CancelAuditExportRequest, context: Any) -> Awaitable[pb.AuditExport]: ...


class AuditExportsGetAuditExportManifest(Protocol):
    def __call__(self, request: pb.GetAuditExportManifestRequest, context: Any) -> Awaitable[pb.AuditExportManifest]: ...
