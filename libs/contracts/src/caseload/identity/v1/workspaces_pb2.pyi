import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WorkspaceKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WORKSPACE_KIND_UNSPECIFIED: _ClassVar[WorkspaceKind]
    WORKSPACE_KIND_PRACTICE: _ClassVar[WorkspaceKind]
    WORKSPACE_KIND_HOSPITAL: _ClassVar[WorkspaceKind]

class WorkspaceStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WORKSPACE_STATUS_UNSPECIFIED: _ClassVar[WorkspaceStatus]
    WORKSPACE_STATUS_ACTIVE: _ClassVar[WorkspaceStatus]
    WORKSPACE_STATUS_SUSPENDED: _ClassVar[WorkspaceStatus]
WORKSPACE_KIND_UNSPECIFIED: WorkspaceKind
WORKSPACE_KIND_PRACTICE: WorkspaceKind
WORKSPACE_KIND_HOSPITAL: WorkspaceKind
WORKSPACE_STATUS_UNSPECIFIED: WorkspaceStatus
WORKSPACE_STATUS_ACTIVE: WorkspaceStatus
WORKSPACE_STATUS_SUSPENDED: WorkspaceStatus

class Workspace(_message.Message):
    __slots__ = ("id", "name", "kind", "time_zone", "locale", "address", "phone", "license_number", "settings", "status", "created_at", "updated_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    LICENSE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    kind: WorkspaceKind
    time_zone: str
    locale: str
    address: str
    phone: str
    license_number: str
    settings: _struct_pb2.Struct
    status: WorkspaceStatus
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., kind: _Optional[_Union[WorkspaceKind, str]] = ..., time_zone: _Optional[str] = ..., locale: _Optional[str] = ..., address: _Optional[str] = ..., phone: _Optional[str] = ..., license_number: _Optional[str] = ..., settings: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., status: _Optional[_Union[WorkspaceStatus, str]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetWorkspaceRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class UpdateWorkspaceRequest(_message.Message):
    __slots__ = ("mask", "name", "time_zone", "locale", "address", "phone", "license_number", "settings")
    MASK_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    LICENSE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    mask: _field_mask_pb2.FieldMask
    name: str
    time_zone: str
    locale: str
    address: str
    phone: str
    license_number: str
    settings: _struct_pb2.Struct
    def __init__(self, mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., name: _Optional[str] = ..., time_zone: _Optional[str] = ..., locale: _Optional[str] = ..., address: _Optional[str] = ..., phone: _Optional[str] = ..., license_number: _Optional[str] = ..., settings: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...
