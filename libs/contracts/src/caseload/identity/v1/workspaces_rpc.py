"""The services of caseload/identity/v1/workspaces.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import workspaces_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class WorkspacesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Workspaces"]

    @abstractmethod
    async def GetWorkspace(self, request: pb.GetWorkspaceRequest, work: WorkT) -> pb.Workspace: ...

    @abstractmethod
    async def UpdateWorkspace(self, request: pb.UpdateWorkspaceRequest, work: WorkT) -> pb.Workspace: ...


class WorkspacesStub:
    """Calls caseload.identity.v1.Workspaces; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Workspaces'].methods_by_name
        self.GetWorkspace: WorkspacesGetWorkspace = caller_of(methods['GetWorkspace'])
        self.UpdateWorkspace: WorkspacesUpdateWorkspace = caller_of(methods['UpdateWorkspace'])


class WorkspacesGetWorkspace(Protocol):
    def __call__(self, request: pb.GetWorkspaceRequest, context: Any) -> Awaitable[pb.Workspace]: ...


class WorkspacesUpdateWorkspace(Protocol):
    def __call__(self, request: pb.UpdateWorkspaceRequest, context: Any) -> Awaitable[pb.Workspace]: ...
