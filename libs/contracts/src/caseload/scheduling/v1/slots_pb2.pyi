import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListFreeSlotsRequest(_message.Message):
    __slots__ = ("practitioner_id", "service_id", "since", "until", "duration_minutes", "time_zone", "as_numbers")
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    AS_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    practitioner_id: str
    service_id: str
    since: _timestamp_pb2.Timestamp
    until: _timestamp_pb2.Timestamp
    duration_minutes: int
    time_zone: str
    as_numbers: bool
    def __init__(self, practitioner_id: _Optional[str] = ..., service_id: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., time_zone: _Optional[str] = ..., as_numbers: bool = ...) -> None: ...

class FreeSlot(_message.Message):
    __slots__ = ("practitioner_id", "start", "end")
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    practitioner_id: str
    start: _timestamp_pb2.Timestamp
    end: _timestamp_pb2.Timestamp
    def __init__(self, practitioner_id: _Optional[str] = ..., start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class FreeSlotList(_message.Message):
    __slots__ = ("items", "practitioner_id", "starts", "duration_minutes")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    STARTS_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[FreeSlot]
    practitioner_id: str
    starts: _containers.RepeatedScalarFieldContainer[int]
    duration_minutes: int
    def __init__(self, items: _Optional[_Iterable[_Union[FreeSlot, _Mapping]]] = ..., practitioner_id: _Optional[str] = ..., starts: _Optional[_Iterable[int]] = ..., duration_minutes: _Optional[int] = ...) -> None: ...
