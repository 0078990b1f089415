"""The services of caseload/identity/v1/workspaces.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import workspaces_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class WorkspacesServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Workspaces"]

    @abstractmethod
    async def GetWorkspace(self, request: pb.GetWorkspaceRequest, call: CallT) -> pb.Workspace: ...

    @abstractmethod
    async def UpdateWorkspace(self, request: pb.UpdateWorkspaceRequest, call: CallT) -> pb.Workspace: ...


class WorkspacesStub:
    """Calls caseload.identity.v1.Workspaces; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Workspaces'].methods_by_name
        self.GetWorkspace: WorkspacesGetWorkspace = dial(methods['GetWorkspace'])
        self.UpdateWorkspace: WorkspacesUpdateWorkspace = dial(methods['UpdateWorkspace'])


class WorkspacesGetWorkspace(Protocol):
    def __call__(self, request: pb.GetWorkspaceRequest, call: Any) -> Awaitable[pb.Workspace]: ...


class WorkspacesUpdateWorkspace(Protocol):
    def __call__(self, request: pb.UpdateWorkspaceRequest, call: Any) -> Awaitable[pb.Workspace]: ...
