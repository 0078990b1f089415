import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LateReminders(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LATE_REMINDERS_UNSPECIFIED: _ClassVar[LateReminders]
    LATE_REMINDERS_LATE: _ClassVar[LateReminders]
    LATE_REMINDERS_COMBINED: _ClassVar[LateReminders]
    LATE_REMINDERS_SKIPPED: _ClassVar[LateReminders]

class CancelLink(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CANCEL_LINK_UNSPECIFIED: _ClassVar[CancelLink]
    CANCEL_LINK_CANCEL: _ClassVar[CancelLink]
    CANCEL_LINK_ASK: _ClassVar[CancelLink]
LATE_REMINDERS_UNSPECIFIED: LateReminders
LATE_REMINDERS_LATE: LateReminders
LATE_REMINDERS_COMBINED: LateReminders
LATE_REMINDERS_SKIPPED: LateReminders
CANCEL_LINK_UNSPECIFIED: CancelLink
CANCEL_LINK_CANCEL: CancelLink
CANCEL_LINK_ASK: CancelLink

class ReminderPolicy(_message.Message):
    __slots__ = ("quiet_start", "quiet_end", "late_reminders", "cancel_link", "updated_at", "tell_declined")
    QUIET_START_FIELD_NUMBER: _ClassVar[int]
    QUIET_END_FIELD_NUMBER: _ClassVar[int]
    LATE_REMINDERS_FIELD_NUMBER: _ClassVar[int]
    CANCEL_LINK_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    TELL_DECLINED_FIELD_NUMBER: _ClassVar[int]
    quiet_start: str
    quiet_end: str
    late_reminders: LateReminders
    cancel_link: CancelLink
    updated_at: _timestamp_pb2.Timestamp
    tell_declined: bool
    def __init__(self, quiet_start: _Optional[str] = ..., quiet_end: _Optional[str] = ..., late_reminders: _Optional[_Union[LateReminders, str]] = ..., cancel_link: _Optional[_Union[CancelLink, str]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., tell_declined: bool = ...) -> None: ...

class GetReminderPolicyRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SetReminderPolicyRequest(_message.Message):
    __slots__ = ("quiet_start", "quiet_end", "late_reminders", "cancel_link", "tell_declined")
    QUIET_START_FIELD_NUMBER: _ClassVar[int]
    QUIET_END_FIELD_NUMBER: _ClassVar[int]
    LATE_REMINDERS_FIELD_NUMBER: _ClassVar[int]
    CANCEL_LINK_FIELD_NUMBER: _ClassVar[int]
    TELL_DECLINED_FIELD_NUMBER: _ClassVar[int]
    quiet_start: str
    quiet_end: str
    late_reminders: LateReminders
    cancel_link: CancelLink
    tell_declined: bool
    def __init__(self, quiet_start: _Optional[str] = ..., quiet_end: _Optional[str] = ..., late_reminders: _Optional[_Union[LateReminders, str]] = ..., cancel_link: _Optional[_Union[CancelLink, str]] = ..., tell_declined: bool = ...) -> None: ...
