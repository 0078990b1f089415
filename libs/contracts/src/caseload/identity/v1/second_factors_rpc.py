"""The services of caseload/identity/v1/second_factors.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import second_factors_pb2 as pb
from caseload.identity.v1 import sign_in_pb2

WorkT = TypeVar("WorkT", contravariant=True)


class SecondFactorsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["SecondFactors"]

    @abstractmethod
    async def EnrollTotp(self, request: pb.EnrollTotpRequest, work: WorkT) -> pb.TotpEnrollment: ...

    @abstractmethod
    async def ConfirmTotp(self, request: pb.ConfirmTotpRequest, work: WorkT) -> pb.ConfirmTotpResponse: ...

    @abstractmethod
    async def RemoveTotp(self, request: pb.RemoveTotpRequest, work: WorkT) -> pb.RemoveTotpResponse: ...

    @abstractmethod
    async def RemoveSecondFactor(self, request: pb.RemoveSecondFactorRequest, work: WorkT) -> pb.RemoveSecondFactorResponse: ...

    @abstractmethod
    async def VerifySecondStep(self, request: pb.VerifySecondStepRequest, work: WorkT) -> sign_in_pb2.SignedIn: ...


class SecondFactorsStub:
    """Calls caseload.identity.v1.SecondFactors; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['SecondFactors'].methods_by_name
        self.EnrollTotp: SecondFactorsEnrollTotp = caller_of(methods['EnrollTotp'])
        self.ConfirmTotp: SecondFactorsConfirmTotp = caller_of(methods['ConfirmTotp'])
        self.RemoveTotp: SecondFactorsRemoveTotp = caller_of(methods['RemoveTotp'])
        self.RemoveSecondFactor: SecondFactorsRemoveSecondFactor = caller_of(methods['RemoveSecondFactor'])
        self.VerifySecondStep: SecondFactorsVerifySecondStep = caller_of(methods['VerifySecondStep'])


class SecondFactorsEnrollTotp(Protocol):
    def __call__(self, request: pb.EnrollTotpRequest, context: Any) -> Awaitable[pb.TotpEnrollment]: ...


class SecondFactorsConfirmTotp(Protocol):
    def __call__(self, request: pb.ConfirmTotpRequest, context: Any) -> Awaitable[pb.ConfirmTotpResponse]: ...


class SecondFactorsRemoveTotp(Protocol):
    def __call__(self, request: pb.RemoveTotpRequest, context: Any) -> Awaitable[pb.RemoveTotpResponse]: ...


class SecondFactorsRemoveSecondFactor(Protocol):
    def __call__(self, request: pb.RemoveSecondFactorRequest, context: Any) -> Awaitable[pb.RemoveSecondFactorResponse]: ...


class SecondFactorsVerifySecondStep(Protocol):
    def __call__(self, request: pb.VerifySecondStepRequest, context: Any) -> Awaitable[sign_in_pb2.SignedIn]: ...
