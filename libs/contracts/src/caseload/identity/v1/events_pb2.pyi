from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SecurityNotice(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SECURITY_NOTICE_UNSPECIFIED: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_PASSWORD_SET: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_PASSWORD_CHANGED: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_PASSWORD_RESET: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_SIGN_IN_STOLEN: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_ACCOUNT_LOCKED: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_SECOND_FACTOR_ENABLED: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_SECOND_FACTOR_DISABLED: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_PASSKEY_ADDED: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_PASSKEY_REMOVED: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_PASSKEY_COPIED: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_WORKSPACE_DELETED: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_SSO_LINKED: _ClassVar[SecurityNotice]
    SECURITY_NOTICE_SECOND_FACTOR_REMOVED: _ClassVar[SecurityNotice]
SECURITY_NOTICE_UNSPECIFIED: SecurityNotice
SECURITY_NOTICE_PASSWORD_SET: SecurityNotice
SECURITY_NOTICE_PASSWORD_CHANGED: SecurityNotice
SECURITY_NOTICE_PASSWORD_RESET: SecurityNotice
SECURITY_NOTICE_SIGN_IN_STOLEN: SecurityNotice
SECURITY_NOTICE_ACCOUNT_LOCKED: SecurityNotice
SECURITY_NOTICE_SECOND_FACTOR_ENABLED: SecurityNotice
SECURITY_NOTICE_SECOND_FACTOR_DISABLED: SecurityNotice
SECURITY_NOTICE_PASSKEY_ADDED: SecurityNotice
SECURITY_NOTICE_PASSKEY_REMOVED: SecurityNotice
SECURITY_NOTICE_PASSKEY_COPIED: SecurityNotice
SECURITY_NOTICE_WORKSPACE_DELETED: SecurityNotice
SECURITY_NOTICE_SSO_LINKED: SecurityNotice
SECURITY_NOTICE_SECOND_FACTOR_REMOVED: SecurityNotice

class MagicLinkRequested(_message.Message):
    __slots__ = ("magic_link_id",)
    MAGIC_LINK_ID_FIELD_NUMBER: _ClassVar[int]
    magic_link_id: str
    def __init__(self, magic_link_id: _Optional[str] = ...) -> None: ...

class PasswordResetRequested(_message.Message):
    __slots__ = ("magic_link_id",)
    MAGIC_LINK_ID_FIELD_NUMBER: _ClassVar[int]
    magic_link_id: str
    def __init__(self, magic_link_id: _Optional[str] = ...) -> None: ...

class SecurityNoticeRaised(_message.Message):
    __slots__ = ("notice_id", "user_id", "notice")
    NOTICE_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    notice_id: str
    user_id: str
    notice: SecurityNotice
    def __init__(self, notice_id: _Optional[str] = ..., user_id: _Optional[str] = ..., notice: _Optional[_Union[SecurityNotice, str]] = ...) -> None: ...

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

class SupervisionChanged(_message.Message):
    __slots__ = ("user_id", "supervisor_id", "version")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SUPERVISOR_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    supervisor_id: str
    version: int
    def __init__(self, user_id: _Optional[str] = ..., supervisor_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class DeletedWorkspaceOver(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

class WorkspaceErased(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

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

class BackupsTroubled(_message.Message):
    __slots__ = ("is_only_workspace",)
    IS_ONLY_WORKSPACE_FIELD_NUMBER: _ClassVar[int]
    is_only_workspace: bool
    def __init__(self, is_only_workspace: bool = ...) -> None: ...
