"""The services of caseload/scheduling/v1/services.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import services_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ServicesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Services"]

    @abstractmethod
    async def CreateService(self, request: pb.CreateServiceRequest, work: WorkT) -> pb.Service: ...

    @abstractmethod
    async def ListServices(self, request: pb.ListServicesRequest, work: WorkT) -> pb.ServicePage: ...

    @abstractmethod
    async def GetService(self, request: pb.GetServiceRequest, work: WorkT) -> pb.Service: ...

    @abstractmethod
    async def UpdateService(self, request: pb.UpdateServiceRequest, work: WorkT) -> pb.Service: ...

    @abstractmethod
    async def DeleteService(self, request: pb.DeleteServiceRequest, work: WorkT) -> pb.DeleteServiceResponse: ...


class ServicesStub:
    """Calls caseload.scheduling.v1.Services; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Services'].methods_by_name
        self.CreateService: ServicesCreateService = caller_of(methods['CreateService'])
        self.ListServices: ServicesListServices = caller_of(methods['ListServices'])
        self.GetService: ServicesGetService = caller_of(methods['GetService'])
        self.UpdateService: ServicesUpdateService = caller_of(methods['UpdateService'])
        self.DeleteService: ServicesDeleteService = caller_of(methods['DeleteService'])


class ServicesCreateService(Protocol):
    def __call__(self, request: pb.CreateServiceRequest, context: Any) -> Awaitable[pb.Service]: ...


class ServicesListServices(Protocol):
    def __call__(self, request: pb.ListServicesRequest, context: Any) -> Awaitable[pb.ServicePage]: ...


class ServicesGetService(Protocol):
    def __call__(self, request: pb.GetServiceRequest, context: Any) -> Awaitable[pb.Service]: ...


class ServicesUpdateService(Protocol):
    def __call__(self, request: pb.UpdateServiceRequest, context: Any) -> Awaitable[pb.Service]: ...


class ServicesDeleteService(Protocol):
    def __call__(self, request: pb.DeleteServiceRequest, context: Any) -> Awaitable[pb.DeleteServiceResponse]: ...
