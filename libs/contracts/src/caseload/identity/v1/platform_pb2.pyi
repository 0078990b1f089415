import datetime

from caseload.identity.v1 import invitations_pb2 as _invitations_pb2
from caseload.identity.v1 import workspaces_pb2 as _workspaces_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OpenWorkspaceRequest(_message.Message):
    __slots__ = ("name", "kind", "time_zone", "locale", "email", "full_name")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    FULL_NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: _workspaces_pb2.WorkspaceKind
    time_zone: str
    locale: str
    email: str
    full_name: str
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[_workspaces_pb2.WorkspaceKind, str]] = ..., time_zone: _Optional[str] = ..., locale: _Optional[str] = ..., email: _Optional[str] = ..., full_name: _Optional[str] = ...) -> None: ...

class OpenedWorkspace(_message.Message):
    __slots__ = ("workspace_id", "user_id", "token")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    user_id: str
    token: str
    def __init__(self, workspace_id: _Optional[str] = ..., user_id: _Optional[str] = ..., token: _Optional[str] = ...) -> None: ...

class ResendOwnerInvitationRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class ListPendingOwnersRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PendingOwner(_message.Message):
    __slots__ = ("user_id", "email", "full_name", "workspace_name", "invited_at", "expires_at")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    FULL_NAME_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_NAME_FIELD_NUMBER: _ClassVar[int]
    INVITED_AT_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    email: str
    full_name: str
    workspace_name: str
    invited_at: _timestamp_pb2.Timestamp
    expires_at: _timestamp_pb2.Timestamp
    def __init__(self, user_id: _Optional[str] = ..., email: _Optional[str] = ..., full_name: _Optional[str] = ..., workspace_name: _Optional[str] = ..., invited_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PendingOwnerList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[PendingOwner]
    def __init__(self, items: _Optional[_Iterable[_Union[PendingOwner, _Mapping]]] = ...) -> None: ...

class ListWorkspacesRequest(_message.Message):
    __slots__ = ("page", "page_size", "search")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    search: str
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., search: _Optional[str] = ...) -> None: ...

class OperatedWorkspace(_message.Message):
    __slots__ = ("id", "name", "kind", "owner_email", "status", "created_at", "user_count", "deleted_at", "erase_after", "erasure")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OWNER_EMAIL_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    USER_COUNT_FIELD_NUMBER: _ClassVar[int]
    DELETED_AT_FIELD_NUMBER: _ClassVar[int]
    ERASE_AFTER_FIELD_NUMBER: _ClassVar[int]
    ERASURE_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    kind: _workspaces_pb2.WorkspaceKind
    owner_email: str
    status: _workspaces_pb2.WorkspaceStatus
    created_at: _timestamp_pb2.Timestamp
    user_count: int
    deleted_at: _timestamp_pb2.Timestamp
    erase_after: _timestamp_pb2.Timestamp
    erasure: WorkspaceErasure
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., kind: _Optional[_Union[_workspaces_pb2.WorkspaceKind, str]] = ..., owner_email: _Optional[str] = ..., status: _Optional[_Union[_workspaces_pb2.WorkspaceStatus, str]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., user_count: _Optional[int] = ..., deleted_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., erase_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., erasure: _Optional[_Union[WorkspaceErasure, _Mapping]] = ...) -> None: ...

class WorkspaceErasure(_message.Message):
    __slots__ = ("began_at", "finished_at", "finished", "unfinished")
    BEGAN_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    UNFINISHED_FIELD_NUMBER: _ClassVar[int]
    began_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp
    finished: _containers.RepeatedScalarFieldContainer[str]
    unfinished: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, began_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finished_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finished: _Optional[_Iterable[str]] = ..., unfinished: _Optional[_Iterable[str]] = ...) -> None: ...

class OperatedWorkspacePage(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[OperatedWorkspace]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[OperatedWorkspace, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class SuspendWorkspaceRequest(_message.Message):
    __slots__ = ("workspace_id", "reason")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    reason: str
    def __init__(self, workspace_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ReactivateWorkspaceRequest(_message.Message):
    __slots__ = ("workspace_id", "reason")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    reason: str
    def __init__(self, workspace_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DeleteWorkspaceRequest(_message.Message):
    __slots__ = ("workspace_id", "reason")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    reason: str
    def __init__(self, workspace_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class WorkspaceState(_message.Message):
    __slots__ = ("id", "status", "deleted_at", "erase_after", "erasure")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DELETED_AT_FIELD_NUMBER: _ClassVar[int]
    ERASE_AFTER_FIELD_NUMBER: _ClassVar[int]
    ERASURE_FIELD_NUMBER: _ClassVar[int]
    id: str
    status: _workspaces_pb2.WorkspaceStatus
    deleted_at: _timestamp_pb2.Timestamp
    erase_after: _timestamp_pb2.Timestamp
    erasure: WorkspaceErasure
    def __init__(self, id: _Optional[str] = ..., status: _Optional[_Union[_workspaces_pb2.WorkspaceStatus, str]] = ..., deleted_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., erase_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., erasure: _Optional[_Union[WorkspaceErasure, _Mapping]] = ...) -> None: ...

class GetWorkspaceStateRequest(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

class GetMetricsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Metrics(_message.Message):
    __slots__ = ("total_workspaces", "active_users", "total_users", "pending_invitations", "blacklisted_users")
    TOTAL_WORKSPACES_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_USERS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_USERS_FIELD_NUMBER: _ClassVar[int]
    PENDING_INVITATIONS_FIELD_NUMBER: _ClassVar[int]
    BLACKLISTED_USERS_FIELD_NUMBER: _ClassVar[int]
    total_workspaces: int
    active_users: int
    total_users: int
    pending_invitations: int
    blacklisted_users: int
    def __init__(self, total_workspaces: _Optional[int] = ..., active_users: _Optional[int] = ..., total_users: _Optional[int] = ..., pending_invitations: _Optional[int] = ..., blacklisted_users: _Optional[int] = ...) -> None: ...

class ListActivityRequest(_message.Message):
    __slots__ = ("limit", "offset")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    limit: int
    offset: int
    def __init__(self, limit: _Optional[int] = ..., offset: _Optional[int] = ...) -> None: ...

class Activity(_message.Message):
    __slots__ = ("type", "timestamp", "workspace_id", "workspace_name", "user_id", "reason")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_NAME_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    type: str
    timestamp: _timestamp_pb2.Timestamp
    workspace_id: str
    workspace_name: str
    user_id: str
    reason: str
    def __init__(self, type: _Optional[str] = ..., timestamp: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., workspace_id: _Optional[str] = ..., workspace_name: _Optional[str] = ..., user_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ActivityList(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Activity]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[Activity, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...
