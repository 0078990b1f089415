"""The services of caseload/scheduling/v1/payments.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import payments_pb2 as pb
from caseload.scheduling.v1 import appointments_pb2

WorkT = TypeVar("WorkT", contravariant=True)


class PaymentsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Payments"]

    @abstractmethod
    async def GetPaymentSettings(self, request: pb.GetPaymentSettingsRequest, work: WorkT) -> pb.PaymentSettings: ...

    @abstractmethod
    async def SetPaymentSettings(self, request: pb.SetPaymentSettingsRequest, work: WorkT) -> pb.PaymentSettings: ...

    @abstractmethod
    async def GetPaymentLink(self, request: pb.GetPaymentLinkRequest, work: WorkT) -> pb.PaymentLink: ...

    @abstractmethod
    async def RequestPayment(self, request: pb.RequestPaymentRequest, work: WorkT) -> appointments_pb2.Appointment: ...

    @abstractmethod
    async def GetPaymentRequest(self, request: pb.GetPaymentRequestRequest, work: WorkT) -> pb.PaymentRequest: ...


class PaymentsStub:
    """Calls caseload.scheduling.v1.Payments; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Payments'].methods_by_name
        self.GetPaymentSettings: PaymentsGetPaymentSettings = caller_of(methods['GetPaymentSettings'])
        self.SetPaymentSettings: PaymentsSetPaymentSettings = caller_of(methods['SetPaymentSettings'])
        self.GetPaymentLink: PaymentsGetPaymentLink = caller_of(methods['GetPaymentLink'])
        self.RequestPayment: PaymentsRequestPayment = caller_of(methods['RequestPayment'])
        self.GetPaymentRequest: PaymentsGetPaymentRequest = caller_of(methods['GetPaymentRequest'])


class PaymentsGetPaymentSettings(Protocol):
    def __call__(self, request: pb.GetPaymentSettingsRequest, context: Any) -> Awaitable[pb.PaymentSettings]: ...


class PaymentsSetPaymentSettings(Protocol):
    def __call__(self, request: pb.SetPaymentSettingsRequest, context: Any) -> Awaitable[pb.PaymentSettings]: ...


class PaymentsGetPaymentLink(Protocol):
    def __call__(self, request: pb.GetPaymentLinkRequest, context: Any) -> Awaitable[pb.PaymentLink]: ...


class PaymentsRequestPayment(Protocol):
    def __call__(self, request: pb.RequestPaymentRequest, context: Any) -> Awaitable[appointments_pb2.Appointment]: ...


class PaymentsGetPaymentRequest(Protocol):
    def __call__(self, request: pb.GetPaymentRequestRequest, context: Any) -> Awaitable[pb.PaymentRequest]: ...
