"""The services of caseload/clients/v1/consents.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clients.v1 import consents_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ConsentsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Consents"]

    @abstractmethod
    async def GiveConsent(self, request: pb.GiveConsentRequest, work: WorkT) -> pb.Consent: ...

    @abstractmethod
    async def ListConsents(self, request: pb.ListConsentsRequest, work: WorkT) -> pb.ConsentPage: ...

    @abstractmethod
    async def WithdrawConsent(self, request: pb.WithdrawConsentRequest, work: WorkT) -> pb.Consent: ...


class ConsentsStub:
    """Calls caseload.clients.v1.Consents; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Consents'].methods_by_name
        self.GiveConsent: ConsentsGiveConsent = caller_of(methods['GiveConsent'])
        self.ListConsents: ConsentsListConsents = caller_of(methods['ListConsents'])
        self.WithdrawConsent: ConsentsWithdrawConsent = caller_of(methods['WithdrawConsent'])


class ConsentsGiveConsent(Protocol):
    def __call__(self, request: pb.GiveConsentRequest, context: Any) -> Awaitable[pb.Consent]: ...


class ConsentsListConsents(Protocol):
    def __call__(self, request: pb.ListConsentsRequest, context: Any) -> Awaitable[pb.ConsentPage]: ...


class ConsentsWithdrawConsent(Protocol):
    def __call__(self, request: pb.WithdrawConsentRequest, context: Any) -> Awaitable[pb.Consent]: ...
