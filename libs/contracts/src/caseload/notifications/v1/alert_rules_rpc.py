"""The services of caseload/notifications/v1/alert_rules.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import alert_rules_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class AlertRulesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["AlertRules"]

    @abstractmethod
    async def ListAlertRules(self, request: pb.ListAlertRulesRequest, work: WorkT) -> pb.AlertRuleList: ...

    @abstractmethod
    async def SetAlertRule(self, request: pb.SetAlertRuleRequest, work: WorkT) -> pb.AlertRule: ...


class AlertRulesStub:
    """Calls caseload.notifications.v1.AlertRules; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['AlertRules'].methods_by_name
        self.ListAlertRules: AlertRulesListAlertRules = caller_of(methods['ListAlertRules'])
        self.SetAlertRule: AlertRulesSetAlertRule = caller_of(methods['SetAlertRule'])


class AlertRulesListAlertRules(Protocol):
    def __call__(self, request: pb.ListAlertRulesRequest, context: Any) -> Awaitable[pb.AlertRuleList]: ...


class AlertRulesSetAlertRule(Protocol):
    def __call__(self, request: pb.SetAlertRuleRequest, context: Any) -> Awaitable[pb.AlertRule]: ...
