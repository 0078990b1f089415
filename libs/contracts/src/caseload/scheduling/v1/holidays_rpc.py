"""The services of caseload/scheduling/v1/holidays.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import holidays_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class HolidaysServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Holidays"]

    @abstractmethod
    async def ListHolidays(self, request: pb.ListHolidaysRequest, work: WorkT) -> pb.HolidayPage: ...

    @abstractmethod
    async def AddHoliday(self, request: pb.AddHolidayRequest, work: WorkT) -> pb.Holiday: ...

    @abstractmethod
    async def AddPublicHolidays(self, request: pb.AddPublicHolidaysRequest, work: WorkT) -> pb.PublicHolidays: ...

    @abstractmethod
    async def DeleteHoliday(self, request: pb.DeleteHolidayRequest, work: WorkT) -> pb.DeleteHolidayResponse: ...


class HolidaysStub:
    """Calls caseload.scheduling.v1.Holidays; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Holidays'].methods_by_name
        self.ListHolidays: HolidaysListHolidays = caller_of(methods['ListHolidays'])
        self.AddHoliday: HolidaysAddHoliday = caller_of(methods['AddHoliday'])
        self.AddPublicHolidays: HolidaysAddPublicHolidays = caller_of(methods['AddPublicHolidays'])
        self.DeleteHoliday: HolidaysDeleteHoliday = caller_of(methods['DeleteHoliday'])


class HolidaysListHolidays(Protocol):
    def __call__(self, request: pb.ListHolidaysRequest, context: Any) -> Awaitable[pb.HolidayPage]: ...


class HolidaysAddHoliday(Protocol):
    def __call__(self, request: pb.AddHolidayRequest, context: Any) -> Awaitable[pb.Holiday]: ...


class HolidaysAddPublicHolidays(Protocol):
    def __call__(self, request: pb.AddPublicHolidaysRequest, context: Any) -> Awaitable[pb.PublicHolidays]: ...


class HolidaysDeleteHoliday(Protocol):
    def __call__(self, request: pb.DeleteHolidayRequest, context: Any) -> Awaitable[pb.DeleteHolidayResponse]: ...
