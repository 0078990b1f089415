"""The services of caseload/notifications/v1/offer_answers.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import offer_answers_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class OfferAnswersServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["OfferAnswers"]

    @abstractmethod
    async def GetOfferLink(self, request: pb.GetOfferLinkRequest, work: WorkT) -> pb.OfferLink: ...

    @abstractmethod
    async def AcceptOffer(self, request: pb.AcceptOfferRequest, work: WorkT) -> pb.OfferLink: ...


class OfferAnswersStub:
    """Calls caseload.notifications.v1.OfferAnswers; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['OfferAnswers'].methods_by_name
        self.GetOfferLink: OfferAnswersGetOfferLink = caller_of(methods['GetOfferLink'])
        self.AcceptOffer: OfferAnswersAcceptOffer = caller_of(methods['AcceptOffer'])


class OfferAnswersGetOfferLink(Protocol):
    def __call__(self, request: pb.GetOfferLinkRequest, context: Any) -> Awaitable[pb.OfferLink]: ...


class OfferAnswersAcceptOffer(Protocol):
    def __call__(self, request: pb.AcceptOfferRequest, context: Any) -> Awaitable[pb.OfferLink]: ...
