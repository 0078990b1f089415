"""The services of caseload/notifications/v1/reminder_policies.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import reminder_policies_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ReminderPoliciesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ReminderPolicies"]

    @abstractmethod
    async def GetReminderPolicy(self, request: pb.GetReminderPolicyRequest, work: WorkT) -> pb.ReminderPolicy: ...

    @abstractmethod
    async def SetReminderPolicy(self, request: pb.SetReminderPolicyRequest, work: WorkT) -> pb.ReminderPolicy: ...


class ReminderPoliciesStub:
    """Calls caseload.notifications.v1.ReminderPolicies; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ReminderPolicies'].methods_by_name
        self.GetReminderPolicy: ReminderPoliciesGetReminderPolicy = caller_of(methods['GetReminderPolicy'])
        self.SetReminderPolicy: ReminderPoliciesSetReminderPolicy = caller_of(methods['SetReminderPolicy'])


class ReminderPoliciesGetReminderPolicy(Protocol):
    def __call__(self, request: pb.GetReminderPolicyRequest, context: Any) -> Awaitable[pb.ReminderPolicy]: ...


class ReminderPoliciesSetReminderPolicy(Protocol):
    def __call__(self, request: pb.SetReminderPolicyRequest, context: Any) -> Awaitable[pb.ReminderPolicy]: ...
