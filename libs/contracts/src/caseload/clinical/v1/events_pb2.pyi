import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AttachmentRemoved(_message.Message):
    __slots__ = ("attachment_id",)
    ATTACHMENT_ID_FIELD_NUMBER: _ClassVar[int]
    attachment_id: str
    def __init__(self, attachment_id: _Optional[str] = ...) -> None: ...

class DeletedSessionOver(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class CosignDeadlinePassed(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class CosignatureOverdue(_message.Message):
    __slots__ = ("session_id", "supervisor_id", "due_at", "own_user_ids", "care_team_user_ids", "supervisee_id")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SUPERVISOR_ID_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    OWN_USER_IDS_FIELD_NUMBER: _ClassVar[int]
    CARE_TEAM_USER_IDS_FIELD_NUMBER: _ClassVar[int]
    SUPERVISEE_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    supervisor_id: str
    due_at: _timestamp_pb2.Timestamp
    own_user_ids: _containers.RepeatedScalarFieldContainer[str]
    care_team_user_ids: _containers.RepeatedScalarFieldContainer[str]
    supervisee_id: str
    def __init__(self, session_id: _Optional[str] = ..., supervisor_id: _Optional[str] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., own_user_ids: _Optional[_Iterable[str]] = ..., care_team_user_ids: _Optional[_Iterable[str]] = ..., supervisee_id: _Optional[str] = ...) -> None: ...

class SessionFinalized(_message.Message):
    __slots__ = ("session_id", "number")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    number: int
    def __init__(self, session_id: _Optional[str] = ..., number: _Optional[int] = ...) -> None: ...

class SessionReturned(_message.Message):
    __slots__ = ("session_id", "user_id")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    user_id: str
    def __init__(self, session_id: _Optional[str] = ..., user_id: _Optional[str] = ...) -> None: ...

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

class ClientErasureFinished(_message.Message):
    __slots__ = ("client_id", "deleted")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    deleted: int
    def __init__(self, client_id: _Optional[str] = ..., deleted: _Optional[int] = ...) -> None: ...

class ClientFilesLeft(_message.Message):
    __slots__ = ("client_id", "deleted")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    deleted: int
    def __init__(self, client_id: _Optional[str] = ..., deleted: _Optional[int] = ...) -> None: ...
