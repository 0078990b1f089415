import datetime

from caseload.audit.v1 import events_pb2 as _events_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AuditEvent(_message.Message):
    __slots__ = ("id", "workspace_id", "user_id", "event_type", "resource_type", "resource_id", "action", "outcome", "ip_address", "user_agent", "session_id", "metadata", "retention_until", "sequence", "hash", "created_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    IP_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    USER_AGENT_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    RETENTION_UNTIL_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    user_id: str
    event_type: str
    resource_type: str
    resource_id: str
    action: str
    outcome: _events_pb2.Outcome
    ip_address: str
    user_agent: str
    session_id: str
    metadata: _struct_pb2.Struct
    retention_until: str
    sequence: int
    hash: str
    created_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., user_id: _Optional[str] = ..., event_type: _Optional[str] = ..., resource_type: _Optional[str] = ..., resource_id: _Optional[str] = ..., action: _Optional[str] = ..., outcome: _Optional[_Union[_events_pb2.Outcome, str]] = ..., ip_address: _Optional[str] = ..., user_agent: _Optional[str] = ..., session_id: _Optional[str] = ..., metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., retention_until: _Optional[str] = ..., sequence: _Optional[int] = ..., hash: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AuditEventPage(_message.Message):
    __slots__ = ("items", "total", "more")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[AuditEvent]
    total: int
    more: bool
    def __init__(self, items: _Optional[_Iterable[_Union[AuditEvent, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ...) -> None: ...

class ListAuditEventsRequest(_message.Message):
    __slots__ = ("page", "page_size", "user_id", "resource_type", "resource_id", "action", "outcome", "start_date", "end_date", "phi_only", "skip")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    PHI_ONLY_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    user_id: str
    resource_type: str
    resource_id: str
    action: str
    outcome: _events_pb2.Outcome
    start_date: _timestamp_pb2.Timestamp
    end_date: _timestamp_pb2.Timestamp
    phi_only: bool
    skip: int
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., user_id: _Optional[str] = ..., resource_type: _Optional[str] = ..., resource_id: _Optional[str] = ..., action: _Optional[str] = ..., outcome: _Optional[_Union[_events_pb2.Outcome, str]] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., phi_only: bool = ..., skip: _Optional[int] = ...) -> None: ...

class ReportAccessRequest(_message.Message):
    __slots__ = ("client_id", "page", "page_size", "skip", "merged_ids")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    MERGED_IDS_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    page: int
    page_size: int
    skip: int
    merged_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_id: _Optional[str] = ..., page: _Optional[int] = ..., page_size: _Optional[int] = ..., skip: _Optional[int] = ..., merged_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GetAuditEventRequest(_message.Message):
    __slots__ = ("audit_event_id",)
    AUDIT_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    audit_event_id: str
    def __init__(self, audit_event_id: _Optional[str] = ...) -> None: ...

class VerifyTrailRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Verification(_message.Message):
    __slots__ = ("intact", "events", "head", "first_break", "dropped")
    INTACT_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    FIRST_BREAK_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    intact: bool
    events: int
    head: str
    first_break: int
    dropped: _containers.RepeatedCompositeFieldContainer[DroppedMonth]
    def __init__(self, intact: bool = ..., events: _Optional[int] = ..., head: _Optional[str] = ..., first_break: _Optional[int] = ..., dropped: _Optional[_Iterable[_Union[DroppedMonth, _Mapping]]] = ...) -> None: ...

class DroppedMonth(_message.Message):
    __slots__ = ("month", "dropped_at", "events", "first_sequence", "last_sequence")
    MONTH_FIELD_NUMBER: _ClassVar[int]
    DROPPED_AT_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    FIRST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    month: str
    dropped_at: _timestamp_pb2.Timestamp
    events: int
    first_sequence: int
    last_sequence: int
    def __init__(self, month: _Optional[str] = ..., dropped_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., events: _Optional[int] = ..., first_sequence: _Optional[int] = ..., last_sequence: _Optional[int] = ...) -> None: ...
