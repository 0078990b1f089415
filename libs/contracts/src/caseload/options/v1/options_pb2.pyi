from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Action(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTION_UNSPECIFIED: _ClassVar[Action]
    ACTION_CREATE: _ClassVar[Action]
    ACTION_READ: _ClassVar[Action]
    ACTION_UPDATE: _ClassVar[Action]
    ACTION_DELETE: _ClassVar[Action]
    ACTION_LOGIN: _ClassVar[Action]
    ACTION_LOGOUT: _ClassVar[Action]
    ACTION_EXPORT: _ClassVar[Action]
    ACTION_PRINT: _ClassVar[Action]
    ACTION_SHARE: _ClassVar[Action]

class Resource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESOURCE_UNSPECIFIED: _ClassVar[Resource]
    RESOURCE_USER: _ClassVar[Resource]
    RESOURCE_CLIENT: _ClassVar[Resource]
    RESOURCE_APPOINTMENT: _ClassVar[Resource]
    RESOURCE_SESSION: _ClassVar[Resource]
    RESOURCE_SESSION_ATTACHMENT: _ClassVar[Resource]
    RESOURCE_PLAN_OF_CARE: _ClassVar[Resource]
    RESOURCE_SERVICE: _ClassVar[Resource]
    RESOURCE_LOCATION: _ClassVar[Resource]
    RESOURCE_WORKSPACE: _ClassVar[Resource]
    RESOURCE_ALERT: _ClassVar[Resource]
    RESOURCE_AUDIT: _ClassVar[Resource]

class Spelling(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SPELLING_UNSPECIFIED: _ClassVar[Spelling]
    SPELLING_LOWER_CASE: _ClassVar[Spelling]
    SPELLING_UPPER_CASE: _ClassVar[Spelling]
    SPELLING_PASCAL_CASE: _ClassVar[Spelling]
ACTION_UNSPECIFIED: Action
ACTION_CREATE: Action
ACTION_READ: Action
ACTION_UPDATE: Action
ACTION_DELETE: Action
ACTION_LOGIN: Action
ACTION_LOGOUT: Action
ACTION_EXPORT: Action
ACTION_PRINT: Action
ACTION_SHARE: Action
RESOURCE_UNSPECIFIED: Resource
RESOURCE_USER: Resource
RESOURCE_CLIENT: Resource
RESOURCE_APPOINTMENT: Resource
RESOURCE_SESSION: Resource
RESOURCE_SESSION_ATTACHMENT: Resource
RESOURCE_PLAN_OF_CARE: Resource
RESOURCE_SERVICE: Resource
RESOURCE_LOCATION: Resource
RESOURCE_WORKSPACE: Resource
RESOURCE_ALERT: Resource
RESOURCE_AUDIT: Resource
SPELLING_UNSPECIFIED: Spelling
SPELLING_LOWER_CASE: Spelling
SPELLING_UPPER_CASE: Spelling
SPELLING_PASCAL_CASE: Spelling
NEEDS_FIELD_NUMBER: _ClassVar[int]
needs: _descriptor.FieldDescriptor
CALLERS_FIELD_NUMBER: _ClassVar[int]
callers: _descriptor.FieldDescriptor
AUDIT_FIELD_NUMBER: _ClassVar[int]
audit: _descriptor.FieldDescriptor
PAGED_FIELD_NUMBER: _ClassVar[int]
paged: _descriptor.FieldDescriptor
IN_PARTS_FIELD_NUMBER: _ClassVar[int]
in_parts: _descriptor.FieldDescriptor
VITAL_FIELD_NUMBER: _ClassVar[int]
vital: _descriptor.FieldDescriptor
ANY_CLIENT_FIELD_NUMBER: _ClassVar[int]
any_client: _descriptor.FieldDescriptor
MORE_WITH_FIELD_NUMBER: _ClassVar[int]
more_with: _descriptor.FieldDescriptor
PHI_FIELD_NUMBER: _ClassVar[int]
phi: _descriptor.FieldDescriptor
UUID_FIELD_NUMBER: _ClassVar[int]
uuid: _descriptor.FieldDescriptor
SECRET_FIELD_NUMBER: _ClassVar[int]
secret: _descriptor.FieldDescriptor
HINT_FIELD_NUMBER: _ClassVar[int]
hint: _descriptor.FieldDescriptor
SPELLING_FIELD_NUMBER: _ClassVar[int]
spelling: _descriptor.FieldDescriptor
HOLDS_PHI_FIELD_NUMBER: _ClassVar[int]
holds_phi: _descriptor.FieldDescriptor
ALWAYS_HAS_EFFECT_FIELD_NUMBER: _ClassVar[int]
always_has_effect: _descriptor.FieldDescriptor

class AuditLine(_message.Message):
    __slots__ = ("resource", "action", "id", "none")
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    NONE_FIELD_NUMBER: _ClassVar[int]
    resource: Resource
    action: Action
    id: str
    none: str
    def __init__(self, resource: _Optional[_Union[Resource, str]] = ..., action: _Optional[_Union[Action, str]] = ..., id: _Optional[str] = ..., none: _Optional[str] = ...) -> None: ...
