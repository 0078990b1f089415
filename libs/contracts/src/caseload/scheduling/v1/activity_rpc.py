"""The services of caseload/scheduling/v1/activity.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import activity_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ActivityReportsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ActivityReports"]

    @abstractmethod
    async def GetActivity(self, request: pb.GetActivityRequest, work: WorkT) -> pb.Activity: ...


class ActivityReportsStub:
    """Calls caseload.scheduling.v1.ActivityReports; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ActivityReports'].methods_by_name
        self.GetActivity: ActivityReportsGetActivity = caller_of(methods['GetActivity'])


class ActivityReportsGetActivity(Protocol):
    def __call__(self, request: pb.GetActivityRequest, context: Any) -> Awaitable[pb.Activity]: ...
