import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from caseload.scheduling.v1 import appointments_pb2 as _appointments_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Location(_message.Message):
    __slots__ = ("id", "workspace_id", "name", "location_type", "address", "details", "is_active", "created_at", "updated_at", "is_room")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    IS_ROOM_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    name: str
    location_type: _appointments_pb2.LocationType
    address: str
    details: str
    is_active: bool
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    is_room: bool
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., name: _Optional[str] = ..., location_type: _Optional[_Union[_appointments_pb2.LocationType, str]] = ..., address: _Optional[str] = ..., details: _Optional[str] = ..., is_active: bool = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., is_room: bool = ...) -> None: ...

class LocationPage(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Location]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[Location, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class CreateLocationRequest(_message.Message):
    __slots__ = ("name", "location_type", "address", "details", "is_active", "is_room")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    IS_ROOM_FIELD_NUMBER: _ClassVar[int]
    name: str
    location_type: _appointments_pb2.LocationType
    address: str
    details: str
    is_active: bool
    is_room: bool
    def __init__(self, name: _Optional[str] = ..., location_type: _Optional[_Union[_appointments_pb2.LocationType, str]] = ..., address: _Optional[str] = ..., details: _Optional[str] = ..., is_active: bool = ..., is_room: bool = ...) -> None: ...

class ListLocationsRequest(_message.Message):
    __slots__ = ("page", "page_size", "is_active", "location_type")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    is_active: bool
    location_type: _appointments_pb2.LocationType
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., is_active: bool = ..., location_type: _Optional[_Union[_appointments_pb2.LocationType, str]] = ...) -> None: ...

class GetLocationRequest(_message.Message):
    __slots__ = ("location_id",)
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    location_id: str
    def __init__(self, location_id: _Optional[str] = ...) -> None: ...

class UpdateLocationRequest(_message.Message):
    __slots__ = ("location_id", "mask", "name", "location_type", "address", "details", "is_active", "is_room")
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    IS_ROOM_FIELD_NUMBER: _ClassVar[int]
    location_id: str
    mask: _field_mask_pb2.FieldMask
    name: str
    location_type: _appointments_pb2.LocationType
    address: str
    details: str
    is_active: bool
    is_room: bool
    def __init__(self, location_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., name: _Optional[str] = ..., location_type: _Optional[_Union[_appointments_pb2.LocationType, str]] = ..., address: _Optional[str] = ..., details: _Optional[str] = ..., is_active: bool = ..., is_room: bool = ...) -> None: ...

class DeleteLocationRequest(_message.Message):
    __slots__ = ("location_id",)
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    location_id: str
    def __init__(self, location_id: _Optional[str] = ...) -> None: ...

class DeleteLocationResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
