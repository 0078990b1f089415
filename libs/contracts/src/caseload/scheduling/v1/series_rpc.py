"""The services of caseload/scheduling/v1/series.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import series_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class AppointmentSeriesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["AppointmentSeries"]

    @abstractmethod
    async def PreviewSeries(self, request: pb.PreviewSeriesRequest, work: WorkT) -> pb.Series: ...

    @abstractmethod
    async def CreateSeries(self, request: pb.CreateSeriesRequest, work: WorkT) -> pb.Series: ...

    @abstractmethod
    async def ChangeSeries(self, request: pb.ChangeSeriesRequest, work: WorkT) -> pb.Series: ...

    @abstractmethod
    async def DeleteSeries(self, request: pb.DeleteSeriesRequest, work: WorkT) -> pb.DeleteSeriesResponse: ...


class AppointmentSeriesStub:
    """Calls caseload.scheduling.v1.AppointmentSeries; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['AppointmentSeries'].methods_by_name
        self.PreviewSeries: AppointmentSeriesPreviewSeries = caller_of(methods['PreviewSeries'])
        self.CreateSeries: AppointmentSeriesCreateSeries = caller_of(methods['CreateSeries'])
        self.ChangeSeries: AppointmentSeriesChangeSeries = caller_of(methods['ChangeSeries'])
        self.DeleteSeries: AppointmentSeriesDeleteSeries = caller_of(methods['DeleteSeries'])


class AppointmentSeriesPreviewSeries(Protocol):
    def __call__(self, request: pb.PreviewSeriesRequest, context: Any) -> Awaitable[pb.Series]: ...


class AppointmentSeriesCreateSeries(Protocol):
    def __call__(self, request: pb.CreateSeriesRequest, context: Any) -> Awaitable[pb.Series]: ...


class AppointmentSeriesChangeSeries(Protocol):
    def __call__(self, request: pb.ChangeSeriesRequest, context: Any) -> Awaitable[pb.Series]: ...


class AppointmentSeriesDeleteSeries(Protocol):
    def __call__(self, request: pb.DeleteSeriesRequest, context: Any) -> Awaitable[pb.DeleteSeriesResponse]: ...
