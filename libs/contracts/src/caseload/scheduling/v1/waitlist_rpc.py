"""The services of caseload/scheduling/v1/waitlist.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import waitlist_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class WaitlistServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Waitlist"]

    @abstractmethod
    async def JoinWaitlist(self, request: pb.JoinWaitlistRequest, work: WorkT) -> pb.WaitlistEntry: ...

    @abstractmethod
    async def ListWaitlist(self, request: pb.ListWaitlistRequest, work: WorkT) -> pb.WaitlistPage: ...

    @abstractmethod
    async def WithdrawEntry(self, request: pb.WithdrawEntryRequest, work: WorkT) -> pb.WithdrawEntryResponse: ...

    @abstractmethod
    async def AcceptOffer(self, request: pb.AcceptOfferRequest, work: WorkT) -> pb.WaitlistEntry: ...

    @abstractmethod
    async def IssueOffer(self, request: pb.IssueOfferRequest, work: WorkT) -> pb.IssuedOffer: ...

    @abstractmethod
    async def ReadOffer(self, request: pb.ReadOfferRequest, work: WorkT) -> pb.LinkedOffer: ...

    @abstractmethod
    async def AcceptByLink(self, request: pb.AcceptByLinkRequest, work: WorkT) -> pb.LinkedOffer: ...


class WaitlistStub:
    """Calls caseload.scheduling.v1.Waitlist; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Waitlist'].methods_by_name
        self.JoinWaitlist: WaitlistJoinWaitlist = caller_of(methods['JoinWaitlist'])
        self.ListWaitlist: WaitlistListWaitlist = caller_of(methods['ListWaitlist'])
        self.WithdrawEntry: WaitlistWithdrawEntry = caller_of(methods['WithdrawEntry'])
        self.AcceptOffer: WaitlistAcceptOffer = caller_of(methods['AcceptOffer'])
        self.IssueOffer: WaitlistIssueOffer = caller_of(methods['IssueOffer'])
        self.ReadOffer: WaitlistReadOffer = caller_of(methods['ReadOffer'])
        self.AcceptByLink: WaitlistAcceptByLink = caller_of(methods['AcceptByLink'])


class WaitlistJoinWaitlist(Protocol):
    def __call__(self, request: pb.JoinWaitlistRequest, context: Any) -> Awaitable[pb.WaitlistEntry]: ...


class WaitlistListWaitlist(Protocol):
    def __call__(self, request: pb.ListWaitlistRequest, context: Any) -> Awaitable[pb.WaitlistPage]: ...


class WaitlistWithdrawEntry(Protocol):
    def __call__(self, request: pb.WithdrawEntryRequest, context: Any) -> Awaitable[pb.WithdrawEntryResponse]: ...


class WaitlistAcceptOffer(Protocol):
    def __call__(self, request: pb.AcceptOfferRequest, context: Any) -> Awaitable[pb.WaitlistEntry]: ...


class WaitlistIssueOffer(Protocol):
    def __call__(self, request: pb.IssueOfferRequest, context: Any) -> Awaitable[pb.IssuedOffer]: ...


class WaitlistReadOffer(Protocol):
    def __call__(self, request: pb.ReadOfferRequest, context: Any) -> Awaitable[pb.LinkedOffer]: ...


class WaitlistAcceptByLink(Protocol):
    def __call__(self, request: pb.AcceptByLinkRequest, context: Any) -> Awaitable[pb.LinkedOffer]: ...
