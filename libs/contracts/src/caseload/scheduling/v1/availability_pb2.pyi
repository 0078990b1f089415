import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExceptionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXCEPTION_KIND_UNSPECIFIED: _ClassVar[ExceptionKind]
    EXCEPTION_KIND_OFF: _ClassVar[ExceptionKind]
    EXCEPTION_KIND_OPEN: _ClassVar[ExceptionKind]
EXCEPTION_KIND_UNSPECIFIED: ExceptionKind
EXCEPTION_KIND_OFF: ExceptionKind
EXCEPTION_KIND_OPEN: ExceptionKind

class WeeklyHours(_message.Message):
    __slots__ = ("weekday", "start", "end")
    WEEKDAY_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    weekday: int
    start: str
    end: str
    def __init__(self, weekday: _Optional[int] = ..., start: _Optional[str] = ..., end: _Optional[str] = ...) -> None: ...

class AvailabilityException(_message.Message):
    __slots__ = ("date", "kind", "start", "end", "note")
    DATE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    date: str
    kind: ExceptionKind
    start: str
    end: str
    note: str
    def __init__(self, date: _Optional[str] = ..., kind: _Optional[_Union[ExceptionKind, str]] = ..., start: _Optional[str] = ..., end: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class WorkingHours(_message.Message):
    __slots__ = ("practitioner_id", "time_zone", "weekly", "exceptions", "notice_minutes", "slot_step_minutes", "version", "updated_at")
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    WEEKLY_FIELD_NUMBER: _ClassVar[int]
    EXCEPTIONS_FIELD_NUMBER: _ClassVar[int]
    NOTICE_MINUTES_FIELD_NUMBER: _ClassVar[int]
    SLOT_STEP_MINUTES_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    practitioner_id: str
    time_zone: str
    weekly: _containers.RepeatedCompositeFieldContainer[WeeklyHours]
    exceptions: _containers.RepeatedCompositeFieldContainer[AvailabilityException]
    notice_minutes: int
    slot_step_minutes: int
    version: int
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, practitioner_id: _Optional[str] = ..., time_zone: _Optional[str] = ..., weekly: _Optional[_Iterable[_Union[WeeklyHours, _Mapping]]] = ..., exceptions: _Optional[_Iterable[_Union[AvailabilityException, _Mapping]]] = ..., notice_minutes: _Optional[int] = ..., slot_step_minutes: _Optional[int] = ..., version: _Optional[int] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetAvailabilityRequest(_message.Message):
    __slots__ = ("practitioner_id", "time_zone")
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    practitioner_id: str
    time_zone: str
    def __init__(self, practitioner_id: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class SetAvailabilityRequest(_message.Message):
    __slots__ = ("practitioner_id", "time_zone", "weekly", "exceptions", "notice_minutes", "slot_step_minutes", "expected_version", "workspace_time_zone")
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    WEEKLY_FIELD_NUMBER: _ClassVar[int]
    EXCEPTIONS_FIELD_NUMBER: _ClassVar[int]
    NOTICE_MINUTES_FIELD_NUMBER: _ClassVar[int]
    SLOT_STEP_MINUTES_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    practitioner_id: str
    time_zone: str
    weekly: _containers.RepeatedCompositeFieldContainer[WeeklyHours]
    exceptions: _containers.RepeatedCompositeFieldContainer[AvailabilityException]
    notice_minutes: int
    slot_step_minutes: int
    expected_version: int
    workspace_time_zone: str
    def __init__(self, practitioner_id: _Optional[str] = ..., time_zone: _Optional[str] = ..., weekly: _Optional[_Iterable[_Union[WeeklyHours, _Mapping]]] = ..., exceptions: _Optional[_Iterable[_Union[AvailabilityException, _Mapping]]] = ..., notice_minutes: _Optional[int] = ..., slot_step_minutes: _Optional[int] = ..., expected_version: _Optional[int] = ..., workspace_time_zone: _Optional[str] = ...) -> None: ...
