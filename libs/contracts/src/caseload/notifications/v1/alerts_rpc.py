"""The services of caseload/notifications/v1/alerts.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import alerts_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class AlertsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Alerts"]

    @abstractmethod
    async def RaiseAlert(self, request: pb.RaiseAlertRequest, work: WorkT) -> pb.Alert: ...

    @abstractmethod
    async def ListAlerts(self, request: pb.ListAlertsRequest, work: WorkT) -> pb.AlertPage: ...

    @abstractmethod
    async def ListActiveAlerts(self, request: pb.ListActiveAlertsRequest, work: WorkT) -> pb.AlertList: ...

    @abstractmethod
    async def GetAlert(self, request: pb.GetAlertRequest, work: WorkT) -> pb.Alert: ...

    @abstractmethod
    async def AcknowledgeAlert(self, request: pb.AcknowledgeAlertRequest, work: WorkT) -> pb.Alert: ...

    @abstractmethod
    async def ResolveAlert(self, request: pb.ResolveAlertRequest, work: WorkT) -> pb.Alert: ...

    @abstractmethod
    async def CancelAlert(self, request: pb.CancelAlertRequest, work: WorkT) -> pb.Alert: ...

    @abstractmethod
    async def EscalateAlert(self, request: pb.EscalateAlertRequest, work: WorkT) -> pb.Alert: ...

    @abstractmethod
    async def ListEscalations(self, request: pb.ListEscalationsRequest, work: WorkT) -> pb.EscalationList: ...

    @abstractmethod
    async def GetAlertReport(self, request: pb.GetAlertReportRequest, work: WorkT) -> pb.AlertReport: ...


class AlertsStub:
    """Calls caseload.notifications.v1.Alerts; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Alerts'].methods_by_name
        self.RaiseAlert: AlertsRaiseAlert = caller_of(methods['RaiseAlert'])
        self.ListAlerts: AlertsListAlerts = caller_of(methods['ListAlerts'])
        self.ListActiveAlerts: AlertsListActiveAlerts = caller_of(methods['ListActiveAlerts'])
        self.GetAlert: AlertsGetAlert = caller_of(methods['GetAlert'])
        self.AcknowledgeAlert: AlertsAcknowledgeAlert = caller_of(methods['AcknowledgeAlert'])
        self.ResolveAlert: AlertsResolveAlert = caller_of(methods['ResolveAlert'])
        self.CancelAlert: AlertsCancelAlert = caller_of(methods['CancelAlert'])
        self.EscalateAlert: AlertsEscalateAlert = caller_of(methods['EscalateAlert'])
        self.ListEscalations: AlertsListEscalations = caller_of(methods['ListEscalations'])
        self.GetAlertReport: AlertsGetAlertReport = caller_of(methods['GetAlertReport'])


class AlertsRaiseAlert(Protocol):
    def __call__(self, request: pb.RaiseAlertRequest, context: Any) -> Awaitable[pb.Alert]: ...


class AlertsListAlerts(Protocol):
    def __call__(self, request: pb.ListAlertsRequest, context: Any) -> Awaitable[pb.AlertPage]: ...


class AlertsListActiveAlerts(Protocol):
    def __call__(self, request: pb.ListActiveAlertsRequest, context: Any) -> Awaitable[pb.AlertList]: ...


class AlertsGetAlert(Protocol):
    def __call__(self, request: pb.GetAlertRequest, context: Any) -> Awaitable[pb.Alert]: ...


class AlertsAcknowledgeAlert(Protocol):
    def __call__(self, request: pb.AcknowledgeAlertRequest, context: Any) -> Awaitable[pb.Alert]: ...


class AlertsResolveAlert(Protocol):
    def __call__(self, request: pb.ResolveAlertRequest, context: Any) -> Awaitable[pb.Alert]: ...


class AlertsCancelAlert(Protocol):
    def __call__(self, request: pb.CancelAlertRequest, context: Any) -> Awaitable[pb.Alert]: ...


class AlertsEscalateAlert(Protocol):
    def __call__(self, request: pb.EscalateAlertRequest, context: Any) -> Awaitable[pb.Alert]: ...


class AlertsListEscalations(Protocol):
    def __call__(self, request: pb.ListEscalationsRequest, context: Any) -> Awaitable[pb.EscalationList]: ...


class AlertsGetAlertReport(Protocol):
    def __call__(self, request: pb.GetAlertReportRequest, context: Any) -> Awaitable[pb.AlertReport]: ...
