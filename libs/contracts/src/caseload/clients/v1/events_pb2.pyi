import datetime

from caseload.clients.v1 import consents_pb2 as _consents_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ClientCreated(_message.Message):
    __slots__ = ("client_id", "version")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    version: int
    def __init__(self, client_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class ClientChanged(_message.Message):
    __slots__ = ("client_id", "version")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    version: int
    def __init__(self, client_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class ClientErased(_message.Message):
    __slots__ = ("client_id", "job_id")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    job_id: str
    def __init__(self, client_id: _Optional[str] = ..., job_id: _Optional[str] = ...) -> None: ...

class ConsentGiven(_message.Message):
    __slots__ = ("client_id", "consent_id", "purpose")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CONSENT_ID_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    consent_id: str
    purpose: _consents_pb2.ConsentPurpose
    def __init__(self, client_id: _Optional[str] = ..., consent_id: _Optional[str] = ..., purpose: _Optional[_Union[_consents_pb2.ConsentPurpose, str]] = ...) -> None: ...

class ConsentWithdrawn(_message.Message):
    __slots__ = ("client_id", "consent_id", "purpose")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CONSENT_ID_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    consent_id: str
    purpose: _consents_pb2.ConsentPurpose
    def __init__(self, client_id: _Optional[str] = ..., consent_id: _Optional[str] = ..., purpose: _Optional[_Union[_consents_pb2.ConsentPurpose, str]] = ...) -> None: ...

class CareTeamChanged(_message.Message):
    __slots__ = ("client_id", "version", "restricted", "user_ids")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RESTRICTED_FIELD_NUMBER: _ClassVar[int]
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    version: int
    restricted: bool
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_id: _Optional[str] = ..., version: _Optional[int] = ..., restricted: bool = ..., user_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GlassBroken(_message.Message):
    __slots__ = ("break_glass_id", "client_id", "user_id", "expires_at")
    BREAK_GLASS_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    break_glass_id: str
    client_id: str
    user_id: str
    expires_at: _timestamp_pb2.Timestamp
    def __init__(self, break_glass_id: _Optional[str] = ..., client_id: _Optional[str] = ..., user_id: _Optional[str] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class BreakGlassReviewDue(_message.Message):
    __slots__ = ("break_glass_id",)
    BREAK_GLASS_ID_FIELD_NUMBER: _ClassVar[int]
    break_glass_id: str
    def __init__(self, break_glass_id: _Optional[str] = ...) -> None: ...

class BreakGlassReviewOverdue(_message.Message):
    __slots__ = ("break_glass_id", "user_id", "granted_at")
    BREAK_GLASS_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    GRANTED_AT_FIELD_NUMBER: _ClassVar[int]
    break_glass_id: str
    user_id: str
    granted_at: _timestamp_pb2.Timestamp
    def __init__(self, break_glass_id: _Optional[str] = ..., user_id: _Optional[str] = ..., granted_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

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
