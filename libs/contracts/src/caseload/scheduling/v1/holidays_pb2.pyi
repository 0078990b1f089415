import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Holiday(_message.Message):
    __slots__ = ("id", "workspace_id", "date", "name", "country", "subdivision", "source_version", "created_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    SUBDIVISION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_VERSION_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    date: str
    name: str
    country: str
    subdivision: str
    source_version: str
    created_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., date: _Optional[str] = ..., name: _Optional[str] = ..., country: _Optional[str] = ..., subdivision: _Optional[str] = ..., source_version: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class HolidayPage(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Holiday]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[Holiday, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class ListHolidaysRequest(_message.Message):
    __slots__ = ("page", "page_size", "start_date", "end_date")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    start_date: str
    end_date: str
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ...) -> None: ...

class AddHolidayRequest(_message.Message):
    __slots__ = ("date", "name")
    DATE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    date: str
    name: str
    def __init__(self, date: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class AddPublicHolidaysRequest(_message.Message):
    __slots__ = ("country", "subdivision", "year")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    SUBDIVISION_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    country: str
    subdivision: str
    year: int
    def __init__(self, country: _Optional[str] = ..., subdivision: _Optional[str] = ..., year: _Optional[int] = ...) -> None: ...

class PublicHolidays(_message.Message):
    __slots__ = ("added", "unchanged", "outdated")
    ADDED_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    OUTDATED_FIELD_NUMBER: _ClassVar[int]
    added: _containers.RepeatedCompositeFieldContainer[Holiday]
    unchanged: _containers.RepeatedCompositeFieldContainer[Holiday]
    outdated: _containers.RepeatedCompositeFieldContainer[Holiday]
    def __init__(self, added: _Optional[_Iterable[_Union[Holiday, _Mapping]]] = ..., unchanged: _Optional[_Iterable[_Union[Holiday, _Mapping]]] = ..., outdated: _Optional[_Iterable[_Union[Holiday, _Mapping]]] = ...) -> None: ...

class DeleteHolidayRequest(_message.Message):
    __slots__ = ("holiday_id",)
    HOLIDAY_ID_FIELD_NUMBER: _ClassVar[int]
    holiday_id: str
    def __init__(self, holiday_id: _Optional[str] = ...) -> None: ...

class DeleteHolidayResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
