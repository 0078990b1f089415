"""The services of caseload/identity/v1/single_sign_on.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import single_sign_on_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class SingleSignOnServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["SingleSignOn"]

    @abstractmethod
    async def GetProvider(self, request: pb.GetProviderRequest, work: WorkT) -> pb.Provider: ...

    @abstractmethod
    async def SetProvider(self, request: pb.SetProviderRequest, work: WorkT) -> pb.Provider: ...

    @abstractmethod
    async def GetSignInMeans(self, request: pb.GetSignInMeansRequest, work: WorkT) -> pb.SignInMeans: ...

    @abstractmethod
    async def DescribeSingleSignOn(self, request: pb.DescribeSingleSignOnRequest, work: WorkT) -> pb.SingleSignOnDescription: ...

    @abstractmethod
    async def BeginSingleSignOn(self, request: pb.BeginSingleSignOnRequest, work: WorkT) -> pb.BegunSingleSignOn: ...

    @abstractmethod
    async def FinishSingleSignOn(self, request: pb.FinishSingleSignOnRequest, work: WorkT) -> pb.FinishedSingleSignOn: ...


class SingleSignOnStub:
    """Calls caseload.identity.v1.SingleSignOn; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['SingleSignOn'].methods_by_name
        self.GetProvider: SingleSignOnGetProvider = caller_of(methods['GetProvider'])
        self.SetProvider: SingleSignOnSetProvider = caller_of(methods['SetProvider'])
        self.GetSignInMeans: SingleSignOnGetSignInMeans = caller_of(methods['GetSignInMeans'])
        self.DescribeSingleSignOn: SingleSignOnDescribeSingleSignOn = caller_of(methods['DescribeSingleSignOn'])
        self.BeginSingleSignOn: SingleSignOnBeginSingleSignOn = caller_of(methods['BeginSingleSignOn'])
        self.FinishSingleSignOn: SingleSignOnFinishSingleSignOn = caller_of(methods['FinishSingleSignOn'])


class SingleSignOnGetProvider(Protocol):
    def __call__(self, request: pb.GetProviderRequest, context: Any) -> Awaitable[pb.Provider]: ...


class SingleSignOnSetProvider(Protocol):
    def __call__(self, request: pb.SetProviderRequest, context: Any) -> Awaitable[pb.Provider]: ...


class SingleSignOnGetSignInMeans(Protocol):
    def __call__(self, request: pb.GetSignInMeansRequest, context: Any) -> Awaitable[pb.SignInMeans]: ...


class SingleSignOnDescribeSingleSignOn(Protocol):
    def __call__(self, request: pb.DescribeSingleSignOnRequest, context: Any) -> Awaitable[pb.SingleSignOnDescription]: ...


class SingleSignOnBeginSingleSignOn(Protocol):
    def __call__(self, request: pb.BeginSingleSignOnRequest, context: Any) -> Awaitable[pb.BegunSingleSignOn]: ...


class SingleSignOnFinishSingleSignOn(Protocol):
    def __call__(self, request: pb.FinishSingleSignOnRequest, context: Any) -> Awaitable[pb.FinishedSingleSignOn]: ...
