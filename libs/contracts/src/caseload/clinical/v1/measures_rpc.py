"""The services of caseload/clinical/v1/measures.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import measures_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class MeasuresServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Measures"]

    @abstractmethod
    async def RecordMeasure(self, request: pb.RecordMeasureRequest, work: WorkT) -> pb.Measure: ...

    @abstractmethod
    async def ListMeasures(self, request: pb.ListMeasuresRequest, work: WorkT) -> pb.MeasurePage: ...

    @abstractmethod
    async def DeleteMeasure(self, request: pb.DeleteMeasureRequest, work: WorkT) -> pb.DeleteMeasureResponse: ...


class MeasuresStub:
    """Calls caseload.clinical.v1.Measures; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Measures'].methods_by_name
        self.RecordMeasure: MeasuresRecordMeasure = caller_of(methods['RecordMeasure'])
        self.ListMeasures: MeasuresListMeasures = caller_of(methods['ListMeasures'])
        self.DeleteMeasure: MeasuresDeleteMeasure = caller_of(methods['DeleteMeasure'])


class MeasuresRecordMeasure(Protocol):
    def __call__(self, request: pb.RecordMeasureRequest, context: Any) -> Awaitable[pb.Measure]: ...


class MeasuresListMeasures(Protocol):
    def __call__(self, request: pb.ListMeasuresRequest, context: Any) -> Awaitable[pb.MeasurePage]: ...


class MeasuresDeleteMeasure(Protocol):
    def __call__(self, request: pb.DeleteMeasureRequest, context: Any) -> Awaitable[pb.DeleteMeasureResponse]: ...
