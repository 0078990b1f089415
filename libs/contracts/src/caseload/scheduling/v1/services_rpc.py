"""The services of caseload/scheduling/v1/services.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import services_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class ServicesServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Services"]

    @abstractmethod
    async def CreateService(self, request: pb.CreateServiceRequest, call: CallT) -> pb.Service: ...

    @abstractmethod
    async def ListServices(self, request: pb.ListServicesRequest, call: CallT) -> pb.ServicePage: ...

    @abstractmethod
    async def GetService(self, request: pb.GetServiceRequest, call: CallT) -> pb.Service: ...

    @abstractmethod
    async def UpdateService(self, request: pb.UpdateServiceRequest, call: CallT) -> pb.Service: ...

    @abstractmethod
    async def DeleteService(self, request: pb.DeleteServiceRequest, call: CallT) -> pb.DeleteServiceResponse: ...


class ServicesStub:
    """Calls caseload.scheduling.v1.Services; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Services'].methods_by_name
        self.CreateService: ServicesCreateService = dial(methods['CreateService'])
        self.ListServices: ServicesListServices = dial(methods['ListServices'])
        self.GetService: ServicesGetService = dial(methods['GetService'])
        self.UpdateService: ServicesUpdateService = dial(methods['UpdateService'])
        self.DeleteService: ServicesDeleteService = dial(methods['DeleteService'])


class ServicesCreateService(Protocol):
    def __call__(self, request: pb.CreateServiceRequest, call: Any) -> Awaitable[pb.Service]: ...


class ServicesListServices(Protocol):
    def __call__(self, request: pb.ListServicesRequest, call: Any) -> Awaitable[pb.ServicePage]: ...


class ServicesGetService(Protocol):
    def __call__(self, request: pb.GetServiceRequest, call: Any) -> Awaitable[pb.Service]: ...


class ServicesUpdateService(Protocol):
    def __call__(self, request: pb.UpdateServiceRequest, call: Any) -> Awaitable[pb.Service]: ...


class ServicesDeleteService(Protocol):
    def __call__(self, request: pb.DeleteServiceRequest, call: Any) -> Awaitable[pb.DeleteServiceResponse]: ...
