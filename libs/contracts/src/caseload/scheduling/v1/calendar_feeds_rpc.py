"""The services of caseload/scheduling/v1/calendar_feeds.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import calendar_feeds_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class CalendarFeedsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["CalendarFeeds"]

    @abstractmethod
    async def CreateFeed(self, request: pb.CreateFeedRequest, work: WorkT) -> pb.CreatedFeed: ...

    @abstractmethod
    async def ListFeeds(self, request: pb.ListFeedsRequest, work: WorkT) -> pb.FeedList: ...

    @abstractmethod
    async def DeleteFeed(self, request: pb.DeleteFeedRequest, work: WorkT) -> pb.DeleteFeedResponse: ...

    @abstractmethod
    async def ReadFeed(self, request: pb.ReadFeedRequest, work: WorkT) -> pb.FeedContent: ...


class CalendarFeedsStub:
    """Calls caseload.scheduling.v1.CalendarFeeds; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['CalendarFeeds'].methods_by_name
        self.CreateFeed: CalendarFeedsCreateFeed = caller_of(methods['CreateFeed'])
        self.ListFeeds: CalendarFeedsListFeeds = caller_of(methods['ListFeeds'])
        self.DeleteFeed: CalendarFeedsDeleteFeed = caller_of(methods['DeleteFeed'])
        self.ReadFeed: CalendarFeedsReadFeed = caller_of(methods['ReadFeed'])


class CalendarFeedsCreateFeed(Protocol):
    def __call__(self, request: pb.CreateFeedRequest, context: Any) -> Awaitable[pb.CreatedFeed]: ...


class CalendarFeedsListFeeds(Protocol):
    def __call__(self, request: pb.ListFeedsRequest, context: Any) -> Awaitable[pb.FeedList]: ...


class CalendarFeedsDeleteFeed(Protocol):
    def __call__(self, request: pb.DeleteFeedRequest, context: Any) -> Awaitable[pb.DeleteFeedResponse]: ...


class CalendarFeedsReadFeed(Protocol):
    def __call__(self, request: pb.ReadFeedRequest, context: Any) -> Awaitable[pb.FeedContent]: ...
