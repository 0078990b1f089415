"""The services of caseload/notifications/v1/escalation_policies.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import escalation_policies_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class EscalationPoliciesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["EscalationPolicies"]

    @abstractmethod
    async def GetPolicy(self, request: pb.GetPolicyRequest, work: WorkT) -> pb.EscalationPolicy: ...

    @abstractmethod
    async def SetPolicy(self, request: pb.SetPolicyRequest, work: WorkT) -> pb.EscalationPolicy: ...


class EscalationPoliciesStub:
    """Calls caseload.notifications.v1.EscalationPolicies; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['EscalationPolicies'].methods_by_name
        self.GetPolicy: EscalationPoliciesGetPolicy = caller_of(methods['GetPolicy'])
        self.SetPolicy: EscalationPoliciesSetPolicy = caller_of(methods['SetPolicy'])


class EscalationPoliciesGetPolicy(Protocol):
    def __call__(self, request: pb.GetPolicyRequest, context: Any) -> Awaitable[pb.EscalationPolicy]: ...


class EscalationPoliciesSetPolicy(Protocol):
    def __call__(self, request: pb.SetPolicyRequest, context: Any) -> Awaitable[pb.EscalationPolicy]: ...
