from caseload.identity.v1 import sign_in_pb2 as _sign_in_pb2
from caseload.identity.v1 import users_pb2 as _users_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListMembershipsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Membership(_message.Message):
    __slots__ = ("workspace_id", "name", "role", "current")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    CURRENT_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    name: str
    role: _users_pb2.Role
    current: bool
    def __init__(self, workspace_id: _Optional[str] = ..., name: _Optional[str] = ..., role: _Optional[_Union[_users_pb2.Role, str]] = ..., current: bool = ...) -> None: ...

class MembershipList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Membership]
    def __init__(self, items: _Optional[_Iterable[_Union[Membership, _Mapping]]] = ...) -> None: ...

class SwitchWorkspaceRequest(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

class SwitchReply(_message.Message):
    __slots__ = ("signed_in", "user_id")
    SIGNED_IN_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    signed_in: _sign_in_pb2.SignedIn
    user_id: str
    def __init__(self, signed_in: _Optional[_Union[_sign_in_pb2.SignedIn, _Mapping]] = ..., user_id: _Optional[str] = ...) -> None: ...
