"""The services of caseload/scheduling/v1/locations.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import locations_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class LocationsServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Locations"]

    @abstractmethod
    async def CreateLocation(self, request: pb.CreateLocationRequest, call: CallT) -> pb.Location: ...

    @abstractmethod
    async def ListLocations(self, request: pb.ListLocationsRequest, call: CallT) -> pb.LocationPage: ...

    @abstractmethod
    async def GetLocation(self, request: pb.GetLocationRequest, call: CallT) -> pb.Location: ...

    @abstractmethod
    async def UpdateLocation(self, request: pb.UpdateLocationRequest, call: CallT) -> pb.Location: ...

    @abstractmethod
    async def DeleteLocation(self, request: pb.DeleteLocationRequest, call: CallT) -> pb.DeleteLocationResponse: ...


class LocationsStub:
    """Calls caseload.scheduling.v1.Locations; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Locations'].methods_by_name
        self.CreateLocation: LocationsCreateLocation = dial(methods['CreateLocation'])
        self.ListLocations: LocationsListLocations = dial(methods['ListLocations'])
        self.GetLocation: LocationsGetLocation = dial(methods['GetLocation'])
        self.UpdateLocation: LocationsUpdateLocation = dial(methods['UpdateLocation'])
        self.DeleteLocation: LocationsDeleteLocation = dial(methods['DeleteLocation'])


class LocationsCreateLocation(Protocol):
    def __call__(self, request: pb.CreateLocationRequest, call: Any) -> Awaitable[pb.Location]: ...


class LocationsListLocations(Protocol):
    def __call__(self, request: pb.ListLocationsRequest, call: Any) -> Awaitable[pb.LocationPage]: ...


class LocationsGetLocation(Protocol):
    def __call__(self, request: pb.GetLocationRequest, call: Any) -> Awaitable[pb.Location]: ...


class LocationsUpdateLocation(Protocol):
    def __call__(self, request: pb.UpdateLocationRequest, call: Any) -> Awaitable[pb.Location]: ...


class LocationsDeleteLocation(Protocol):
    def __call__(self, request: pb.DeleteLocationRequest, call: Any) -> Awaitable[pb.DeleteLocationResponse]: ...
