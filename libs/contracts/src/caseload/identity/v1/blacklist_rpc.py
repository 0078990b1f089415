"""The services of caseload/identity/v1/blacklist.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import blacklist_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class BlacklistServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Blacklist"]

    @abstractmethod
    async def AddToBlacklist(self, request: pb.AddToBlacklistRequest, work: WorkT) -> pb.AddToBlacklistResponse: ...

    @abstractmethod
    async def ListBlacklist(self, request: pb.ListBlacklistRequest, work: WorkT) -> pb.BlacklistPage: ...

    @abstractmethod
    async def RemoveFromBlacklist(self, request: pb.RemoveFromBlacklistRequest, work: WorkT) -> pb.RemoveFromBlacklistResponse: ...


class BlacklistStub:
    """Calls caseload.identity.v1.Blacklist; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Blacklist'].methods_by_name
        self.AddToBlacklist: BlacklistAddToBlacklist = caller_of(methods['AddToBlacklist'])
        self.ListBlacklist: BlacklistListBlacklist = caller_of(methods['ListBlacklist'])
        self.RemoveFromBlacklist: BlacklistRemoveFromBlacklist = caller_of(methods['RemoveFromBlacklist'])


class BlacklistAddToBlacklist(Protocol):
    def __call__(self, request: pb.AddToBlacklistRequest, context: Any) -> Awaitable[pb.AddToBlacklistResponse]: ...


class BlacklistListBlacklist(Protocol):
    def __call__(self, request: pb.ListBlacklistRequest, context: Any) -> Awaitable[pb.BlacklistPage]: ...


class BlacklistRemoveFromBlacklist(Protocol):
    def __call__(self, request: pb.RemoveFromBlacklistRequest, context: Any) -> Awaitable[pb.RemoveFromBlacklistResponse]: ...
