"""The services of caseload/identity/v1/platform.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import platform_pb2 as pb
from caseload.identity.v1 import invitations_pb2

WorkT = TypeVar("WorkT", contravariant=True)


class PlatformServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Platform"]

    @abstractmethod
    async def OpenWorkspace(self, request: pb.OpenWorkspaceRequest, work: WorkT) -> pb.OpenedWorkspace: ...

    @abstractmethod
    async def ResendOwnerInvitation(self, request: pb.ResendOwnerInvitationRequest, work: WorkT) -> invitations_pb2.Invitation: ...

    @abstractmethod
    async def ListPendingOwners(self, request: pb.ListPendingOwnersRequest, work: WorkT) -> pb.PendingOwnerList: ...

    @abstractmethod
    async def ListWorkspaces(self, request: pb.ListWorkspacesRequest, work: WorkT) -> pb.OperatedWorkspacePage: ...

    @abstractmethod
    async def SuspendWorkspace(self, request: pb.SuspendWorkspaceRequest, work: WorkT) -> pb.WorkspaceState: ...

    @abstractmethod
    async def ReactivateWorkspace(self, request: pb.ReactivateWorkspaceRequest, work: WorkT) -> pb.WorkspaceState: ...

    @abstractmethod
    async def DeleteWorkspace(self, request: pb.DeleteWorkspaceRequest, work: WorkT) -> pb.WorkspaceState: ...

    @abstractmethod
    async def GetWorkspaceState(self, request: pb.GetWorkspaceStateRequest, work: WorkT) -> pb.WorkspaceState: ...

    @abstractmethod
    async def GetMetrics(self, request: pb.GetMetricsRequest, work: WorkT) -> pb.Metrics: ...

    @abstractmethod
    async def ListActivity(self, request: pb.ListActivityRequest, work: WorkT) -> pb.ActivityList: ...


class PlatformStub:
    """Calls caseload.identity.v1.Platform; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Platform'].methods_by_name
        self.OpenWorkspace: PlatformOpenWorkspace = caller_of(methods['OpenWorkspace'])
        self.ResendOwnerInvitation: PlatformResendOwnerInvitation = caller_of(methods['ResendOwnerInvitation'])
        self.ListPendingOwners: PlatformListPendingOwners = caller_of(methods['ListPendingOwners'])
        self.ListWorkspaces: PlatformListWorkspaces = caller_of(methods['ListWorkspaces'])
        self.SuspendWorkspace: PlatformSuspendWorkspace = caller_of(methods['SuspendWorkspace'])
        self.ReactivateWorkspace: PlatformReactivateWorkspace = caller_of(methods['ReactivateWorkspace'])
        self.DeleteWorkspace: PlatformDeleteWorkspace = caller_of(methods['DeleteWorkspace'])
        self.GetWorkspaceState: PlatformGetWorkspaceState = caller_of(methods['GetWorkspaceState'])
        self.GetMetrics: PlatformGetMetrics = caller_of(methods['GetMetrics'])
        self.ListActivity: PlatformListActivity = caller_of(methods['ListActivity'])


class PlatformOpenWorkspace(Protocol):
    def __call__(self, request: pb.OpenWorkspaceRequest, context: Any) -> Awaitable[pb.OpenedWorkspace]: ...


class PlatformResendOwnerInvitation(Protocol):
    def __call__(self, request: pb.ResendOwnerInvitationRequest, context: Any) -> Awaitable[invitations_pb2.Invitation]: ...


class PlatformListPendingOwners(Protocol):
    def __call__(self, request: pb.ListPendingOwnersRequest, context: Any) -> Awaitable[pb.PendingOwnerList]: ...


class PlatformListWorkspaces(Protocol):
    def __call__(self, request: pb.ListWorkspacesRequest, context: Any) -> Awaitable[pb.OperatedWorkspacePage]: ...


class PlatformSuspendWorkspace(Protocol):
    def __call__(self, request: pb.SuspendWorkspaceRequest, context: Any) -> Awaitable[pb.WorkspaceState]: ...


class PlatformReactivateWorkspace(Protocol):
    def __call__(self, request: pb.ReactivateWorkspaceRequest, context: Any) -> Awaitable[pb.WorkspaceState]: ...


class PlatformDeleteWorkspace(Protocol):
    def __call__(self, request: pb.DeleteWorkspaceRequest, context: Any) -> Awaitable[pb.WorkspaceState]: ...


class PlatformGetWorkspaceState(Protocol):
    def __call__(self, request: pb.GetWorkspaceStateRequest, context: Any) -> Awaitable[pb.WorkspaceState]: ...


class PlatformGetMetrics(Protocol):
    def __call__(self, request: pb.GetMetricsRequest, context: Any) -> Awaitable[pb.Metrics]: ...


class PlatformListActivity(Protocol):
    def __call__(self, request: pb.ListActivityRequest, context: Any) -> Awaitable[pb.ActivityList]: ...
