from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PolicyPriority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POLICY_PRIORITY_UNSPECIFIED: _ClassVar[PolicyPriority]
    POLICY_PRIORITY_LOW: _ClassVar[PolicyPriority]
    POLICY_PRIORITY_MEDIUM: _ClassVar[PolicyPriority]
    POLICY_PRIORITY_HIGH: _ClassVar[PolicyPriority]
    POLICY_PRIORITY_CRITICAL: _ClassVar[PolicyPriority]
    POLICY_PRIORITY_DEFAULT: _ClassVar[PolicyPriority]
POLICY_PRIORITY_UNSPECIFIED: PolicyPriority
POLICY_PRIORITY_LOW: PolicyPriority
POLICY_PRIORITY_MEDIUM: PolicyPriority
POLICY_PRIORITY_HIGH: PolicyPriority
POLICY_PRIORITY_CRITICAL: PolicyPriority
POLICY_PRIORITY_DEFAULT: PolicyPriority

class EscalationPolicy(_message.Message):
    __slots__ = ("priority", "repeat_last_every_seconds", "levels", "acknowledged_again_after_seconds")
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REPEAT_LAST_EVERY_SECONDS_FIELD_NUMBER: _ClassVar[int]
    LEVELS_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_AGAIN_AFTER_SECONDS_FIELD_NUMBER: _ClassVar[int]
    priority: PolicyPriority
    repeat_last_every_seconds: int
    levels: _containers.RepeatedCompositeFieldContainer[EscalationLevel]
    acknowledged_again_after_seconds: int
    def __init__(self, priority: _Optional[_Union[PolicyPriority, str]] = ..., repeat_last_every_seconds: _Optional[int] = ..., levels: _Optional[_Iterable[_Union[EscalationLevel, _Mapping]]] = ..., acknowledged_again_after_seconds: _Optional[int] = ...) -> None: ...

class EscalationLevel(_message.Message):
    __slots__ = ("after_seconds", "notify_roles", "notify_on_call", "channels")
    AFTER_SECONDS_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_ROLES_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_ON_CALL_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    after_seconds: int
    notify_roles: _containers.RepeatedScalarFieldContainer[str]
    notify_on_call: bool
    channels: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, after_seconds: _Optional[int] = ..., notify_roles: _Optional[_Iterable[str]] = ..., notify_on_call: bool = ..., channels: _Optional[_Iterable[str]] = ...) -> None: ...

class GetPolicyRequest(_message.Message):
    __slots__ = ("priority",)
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    priority: PolicyPriority
    def __init__(self, priority: _Optional[_Union[PolicyPriority, str]] = ...) -> None: ...

class SetPolicyRequest(_message.Message):
    __slots__ = ("priority", "repeat_last_every_seconds", "levels", "acknowledged_again_after_seconds")
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REPEAT_LAST_EVERY_SECONDS_FIELD_NUMBER: _ClassVar[int]
    LEVELS_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_AGAIN_AFTER_SECONDS_FIELD_NUMBER: _ClassVar[int]
    priority: PolicyPriority
    repeat_last_every_seconds: int
    levels: _containers.RepeatedCompositeFieldContainer[EscalationLevel]
    acknowledged_again_after_seconds: int
    def __init__(self, priority: _Optional[_Union[PolicyPriority, str]] = ..., repeat_last_every_seconds: _Optional[int] = ..., levels: _Optional[_Iterable[_Union[EscalationLevel, _Mapping]]] = ..., acknowledged_again_after_seconds: _Optional[int] = ...) -> None: ...
