"""The services of caseload/identity/v1/memberships.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import memberships_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class MembershipsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Memberships"]

    @abstractmethod
    async def ListMemberships(self, request: pb.ListMembershipsRequest, work: WorkT) -> pb.MembershipList: ...

    @abstractmethod
    async def SwitchWorkspace(self, request: pb.SwitchWorkspaceRequest, work: WorkT) -> pb.SwitchReply: ...


class MembershipsStub:
    """Calls caseload.identity.v1.Memberships; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Memberships'].methods_by_name
        self.ListMemberships: MembershipsListMemberships = caller_of(methods['ListMemberships'])
        self.SwitchWorkspace: MembershipsSwitchWorkspace = caller_of(methods['SwitchWorkspace'])


class MembershipsListMemberships(Protocol):
    def __call__(self, request: pb.ListMembershipsRequest, context: Any) -> Awaitable[pb.MembershipList]: ...


class MembershipsSwitchWorkspace(Protocol):
    def __call__(self, request: pb.SwitchWorkspaceRequest, context: Any) -> Awaitable[pb.SwitchReply]: ...
