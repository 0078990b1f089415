import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Measure(_message.Message):
    __slots__ = ("id", "plan_id", "session_id", "name", "value", "measured_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    MEASURED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    plan_id: str
    session_id: str
    name: str
    value: float
    measured_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., plan_id: _Optional[str] = ..., session_id: _Optional[str] = ..., name: _Optional[str] = ..., value: _Optional[float] = ..., measured_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RecordMeasureRequest(_message.Message):
    __slots__ = ("plan_id", "session_id", "name", "value", "measured_at")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    MEASURED_AT_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    session_id: str
    name: str
    value: float
    measured_at: _timestamp_pb2.Timestamp
    def __init__(self, plan_id: _Optional[str] = ..., session_id: _Optional[str] = ..., name: _Optional[str] = ..., value: _Optional[float] = ..., measured_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListMeasuresRequest(_message.Message):
    __slots__ = ("plan_id", "page", "page_size", "skip")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    page: int
    page_size: int
    skip: int
    def __init__(self, plan_id: _Optional[str] = ..., page: _Optional[int] = ..., page_size: _Optional[int] = ..., skip: _Optional[int] = ...) -> None: ...

class MeasurePage(_message.Message):
    __slots__ = ("items", "total", "more")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Measure]
    total: int
    more: bool
    def __init__(self, items: _Optional[_Iterable[_Union[Measure, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ...) -> None: ...

class DeleteMeasureRequest(_message.Message):
    __slots__ = ("plan_id", "measure_id")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    MEASURE_ID_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    measure_id: str
    def __init__(self, plan_id: _Optional[str] = ..., measure_id: _Optional[str] = ...) -> None: ...

class DeleteMeasureResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
