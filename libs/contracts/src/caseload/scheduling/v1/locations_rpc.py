"""The services of caseload/scheduling/v1/locations.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import locations_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class LocationsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Locations"]

    @abstractmethod
    async def CreateLocation(self, request: pb.CreateLocationRequest, work: WorkT) -> pb.Location: ...

    @abstractmethod
    async def ListLocations(self, request: pb.ListLocationsRequest, work: WorkT) -> pb.LocationPage: ...

    @abstractmethod
    async def GetLocation(self, request: pb.GetLocationRequest, work: WorkT) -> pb.Location: ...

    @abstractmethod
    async def UpdateLocation(self, request: pb.UpdateLocationRequest, work: WorkT) -> pb.Location: ...

    @abstractmethod
    async def DeleteLocation(self, request: pb.DeleteLocationRequest, work: WorkT) -> pb.DeleteLocationResponse: ...


class LocationsStub:
    """Calls caseload.scheduling.v1.Locations; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Locations'].methods_by_name
        self.CreateLocation: LocationsCreateLocation = caller_of(methods['CreateLocation'])
        self.ListLocations: LocationsListLocations = caller_of(methods['ListLocations'])
        self.GetLocation: LocationsGetLocation = caller_of(methods['GetLocation'])
        self.UpdateLocation: LocationsUpdateLocation = caller_of(methods['UpdateLocation'])
        self.DeleteLocation: LocationsDeleteLocation = caller_of(methods['DeleteLocation'])


class LocationsCreateLocation(Protocol):
    def __call__(self, request: pb.CreateLocationRequest, context: Any) -> Awaitable[pb.Location]: ...


class LocationsListLocations(Protocol):
    def __call__(self, request: pb.ListLocationsRequest, context: Any) -> Awaitable[pb.LocationPage]: ...


class LocationsGetLocation(Protocol):
    def __call__(self, request: pb.GetLocationRequest, context: Any) -> Awaitable[pb.Location]: ...


class LocationsUpdateLocation(Protocol):
    def __call__(self, request: pb.UpdateLocationRequest, context: Any) -> Awaitable[pb.Location]: ...


class LocationsDeleteLocation(Protocol):
    def __call__(self, request: pb.DeleteLocationRequest, context: Any) -> Awaitable[pb.DeleteLocationResponse]: ...
