import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SyncStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SYNC_STATUS_UNSPECIFIED: _ClassVar[SyncStatus]
    SYNC_STATUS_CREATED: _ClassVar[SyncStatus]
    SYNC_STATUS_UPDATED: _ClassVar[SyncStatus]
    SYNC_STATUS_UNCHANGED: _ClassVar[SyncStatus]
    SYNC_STATUS_CONFLICT: _ClassVar[SyncStatus]
SYNC_STATUS_UNSPECIFIED: SyncStatus
SYNC_STATUS_CREATED: SyncStatus
SYNC_STATUS_UPDATED: SyncStatus
SYNC_STATUS_UNCHANGED: SyncStatus
SYNC_STATUS_CONFLICT: SyncStatus

class SyncSessionRequest(_message.Message):
    __slots__ = ("client_session_id", "client_id", "appointment_id", "base_version", "mask", "subjective", "objective", "assessment", "plan", "session_date", "created_at_client", "batch_digest")
    CLIENT_SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    BASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    SUBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    ASSESSMENT_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    SESSION_DATE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_CLIENT_FIELD_NUMBER: _ClassVar[int]
    BATCH_DIGEST_FIELD_NUMBER: _ClassVar[int]
    client_session_id: str
    client_id: str
    appointment_id: str
    base_version: int
    mask: _field_mask_pb2.FieldMask
    subjective: str
    objective: str
    assessment: str
    plan: str
    session_date: _timestamp_pb2.Timestamp
    created_at_client: _timestamp_pb2.Timestamp
    batch_digest: bytes
    def __init__(self, client_session_id: _Optional[str] = ..., client_id: _Optional[str] = ..., appointment_id: _Optional[str] = ..., base_version: _Optional[int] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., subjective: _Optional[str] = ..., objective: _Optional[str] = ..., assessment: _Optional[str] = ..., plan: _Optional[str] = ..., session_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_at_client: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., batch_digest: _Optional[bytes] = ...) -> None: ...

class SyncedSession(_message.Message):
    __slots__ = ("session_id", "status", "conflict_session_id", "version", "flags")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CONFLICT_SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    status: SyncStatus
    conflict_session_id: str
    version: int
    flags: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, session_id: _Optional[str] = ..., status: _Optional[_Union[SyncStatus, str]] = ..., conflict_session_id: _Optional[str] = ..., version: _Optional[int] = ..., flags: _Optional[_Iterable[str]] = ...) -> None: ...
