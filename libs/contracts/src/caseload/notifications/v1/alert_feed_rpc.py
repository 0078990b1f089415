"""The services of caseload/notifications/v1/alert_feed.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import alert_feed_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class AlertFeedServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["AlertFeed"]

    @abstractmethod
    async def GetHeads(self, request: pb.GetHeadsRequest, work: WorkT) -> pb.Heads: ...

    @abstractmethod
    async def OpenFeed(self, request: pb.OpenFeedRequest, work: WorkT) -> pb.Feed: ...

    @abstractmethod
    async def ReadFeed(self, request: pb.ReadFeedRequest, work: WorkT) -> pb.Feed: ...


class AlertFeedStub:
    """Calls caseload.notifications.v1.AlertFeed; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['AlertFeed'].methods_by_name
        self.GetHeads: AlertFeedGetHeads = caller_of(methods['GetHeads'])
        self.OpenFeed: AlertFeedOpenFeed = caller_of(methods['OpenFeed'])
        self.ReadFeed: AlertFeedReadFeed = caller_of(methods['ReadFeed'])


class AlertFeedGetHeads(Protocol):
    def __call__(self, request: pb.GetHeadsRequest, context: Any) -> Awaitable[pb.Heads]: ...


class AlertFeedOpenFeed(Protocol):
    def __call__(self, request: pb.OpenFeedRequest, context: Any) -> Awaitable[pb.Feed]: ...


class AlertFeedReadFeed(Protocol):
    def __call__(self, request: pb.ReadFeedRequest, context: Any) -> Awaitable[pb.Feed]: ...
