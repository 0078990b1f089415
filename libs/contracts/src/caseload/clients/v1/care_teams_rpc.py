"""The services of caseload/clients/v1/care_teams.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clients.v1 import care_teams_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class CareTeamsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["CareTeams"]

    @abstractmethod
    async def GetCareTeam(self, request: pb.GetCareTeamRequest, work: WorkT) -> pb.CareTeam: ...

    @abstractmethod
    async def SetCareTeam(self, request: pb.SetCareTeamRequest, work: WorkT) -> pb.CareTeam: ...

    @abstractmethod
    async def BreakGlass(self, request: pb.BreakGlassRequest, work: WorkT) -> pb.BrokenGlass: ...

    @abstractmethod
    async def ListBrokenGlass(self, request: pb.ListBrokenGlassRequest, work: WorkT) -> pb.BrokenGlassPage: ...

    @abstractmethod
    async def ReviewBrokenGlass(self, request: pb.ReviewBrokenGlassRequest, work: WorkT) -> pb.BrokenGlass: ...


class CareTeamsStub:
    """Calls caseload.clients.v1.CareTeams; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['CareTeams'].methods_by_name
        self.GetCareTeam: CareTeamsGetCareTeam = caller_of(methods['GetCareTeam'])
        self.SetCareTeam: CareTeamsSetCareTeam = caller_of(methods['SetCareTeam'])
        self.BreakGlass: CareTeamsBreakGlass = caller_of(methods['BreakGlass'])
        self.ListBrokenGlass: CareTeamsListBrokenGlass = caller_of(methods['ListBrokenGlass'])
        self.ReviewBrokenGlass: CareTeamsReviewBrokenGlass = caller_of(methods['ReviewBrokenGlass'])


class CareTeamsGetCareTeam(Protocol):
    def __call__(self, request: pb.GetCareTeamRequest, context: Any) -> Awaitable[pb.CareTeam]: ...


class CareTeamsSetCareTeam(Protocol):
    def __call__(self, request: pb.SetCareTeamRequest, context: Any) -> Awaitable[pb.CareTeam]: ...


class CareTeamsBreakGlass(Protocol):
    def __call__(self, request: pb.BreakGlassRequest, context: Any) -> Awaitable[pb.BrokenGlass]: ...


class CareTeamsListBrokenGlass(Protocol):
    def __call__(self, request: pb.ListBrokenGlassRequest, context: Any) -> Awaitable[pb.BrokenGlassPage]: ...


class CareTeamsReviewBrokenGlass(Protocol):
    def __call__(self, request: pb.ReviewBrokenGlassRequest, context: Any) -> Awaitable[pb.BrokenGlass]: ...
