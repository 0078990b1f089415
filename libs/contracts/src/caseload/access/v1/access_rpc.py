"""The services of caseload/access/v1/access.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.access.v1 import access_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ClientAccessServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ClientAccess"]

    @abstractmethod
    async def ApplyCareTeam(self, request: pb.ApplyCareTeamRequest, work: WorkT) -> pb.ApplyCareTeamResponse: ...

    @abstractmethod
    async def ApplyBrokenGlass(self, request: pb.ApplyBrokenGlassRequest, work: WorkT) -> pb.ApplyBrokenGlassResponse: ...


class ClientAccessStub:
    """Calls caseload.access.v1.ClientAccess; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ClientAccess'].methods_by_name
        self.ApplyCareTeam: ClientAccessApplyCareTeam = caller_of(methods['ApplyCareTeam'])
        self.ApplyBrokenGlass: ClientAccessApplyBrokenGlass = caller_of(methods['ApplyBrokenGlass'])


class ClientAccessApplyCareTeam(Protocol):
    def __call__(self, request: pb.ApplyCareTeamRequest, context: Any) -> Awaitable[pb.ApplyCareTeamResponse]: ...


class ClientAccessApplyBrokenGlass(Protocol):
    def __call__(self, request: pb.ApplyBrokenGlassRequest, context: Any) -> Awaitable[pb.ApplyBrokenGlassResponse]: ...
