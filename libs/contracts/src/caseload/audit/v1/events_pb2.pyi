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

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_SUCCESS: _ClassVar[Outcome]
    OUTCOME_FAILURE: _ClassVar[Outcome]
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_SUCCESS: Outcome
OUTCOME_FAILURE: Outcome

class AuditRecorded(_message.Message):
    __slots__ = ("id", "workspace_id", "user_id", "service", "event_type", "resource", "action", "resource_id", "resource_ids", "outcome", "code", "ip_address", "user_agent", "session_id", "request_id", "facts", "occurred_at", "records", "client_ids")
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    EVENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_IDS_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    IP_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    USER_AGENT_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    CLIENT_IDS_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    user_id: str
    service: str
    event_type: str
    resource: _options_pb2.Resource
    action: _options_pb2.Action
    resource_id: str
    resource_ids: _containers.RepeatedScalarFieldContainer[str]
    outcome: Outcome
    code: str
    ip_address: str
    user_agent: str
    session_id: str
    request_id: str
    facts: _containers.ScalarMap[str, str]
    occurred_at: _timestamp_pb2.Timestamp
    records: _containers.RepeatedCompositeFieldContainer[RecordDigest]
    client_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., user_id: _Optional[str] = ..., service: _Optional[str] = ..., event_type: _Optional[str] = ..., resource: _Optional[_Union[_options_pb2.Resource, str]] = ..., action: _Optional[_Union[_options_pb2.Action, str]] = ..., resource_id: _Optional[str] = ..., resource_ids: _Optional[_Iterable[str]] = ..., outcome: _Optional[_Union[Outcome, str]] = ..., code: _Optional[str] = ..., ip_address: _Optional[str] = ..., user_agent: _Optional[str] = ..., session_id: _Optional[str] = ..., request_id: _Optional[str] = ..., facts: _Optional[_Mapping[str, str]] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., records: _Optional[_Iterable[_Union[RecordDigest, _Mapping]]] = ..., client_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class RecordDigest(_message.Message):
    __slots__ = ("table", "record_id", "revision", "digest")
    TABLE_FIELD_NUMBER: _ClassVar[int]
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    table: str
    record_id: str
    revision: int
    digest: bytes
    def __init__(self, table: _Optional[str] = ..., record_id: _Optional[str] = ..., revision: _Optional[int] = ..., digest: _Optional[bytes] = ...) -> None: ...

class WorkspaceErasureUnfinished(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

class WorkspaceErasureFinished(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

class LegalHoldReleased(_message.Message):
    __slots__ = ("hold_id",)
    HOLD_ID_FIELD_NUMBER: _ClassVar[int]
    hold_id: str
    def __init__(self, hold_id: _Optional[str] = ...) -> None: ...

class TrailBroken(_message.Message):
    __slots__ = ("sequence",)
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    def __init__(self, sequence: _Optional[int] = ...) -> None: ...
