from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class MagicLinkRequested(_message.Message):
    __slots__ = ("magic_link_id",)
    MAGIC_LINK_ID_FIELD_NUMBER: _ClassVar[int]
    magic_link_id: str
    def __init__(self, magic_link_id: _Optional[str] = ...) -> None: ...

class UserInvited(_message.Message):
    __slots__ = ("invitation_id",)
    INVITATION_ID_FIELD_NUMBER: _ClassVar[int]
    invitation_id: str
    def __init__(self, invitation_id: _Optional[str] = ...) -> None: ...

class WorkspaceOpened(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...
