import datetime

from caseload.notifications.v1 import reminder_policies_pb2 as _reminder_policies_pb2
from caseload.notifications.v1 import reminders_pb2 as _reminders_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReminderAnswer(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REMINDER_ANSWER_UNSPECIFIED: _ClassVar[ReminderAnswer]
    REMINDER_ANSWER_CONFIRM: _ClassVar[ReminderAnswer]
    REMINDER_ANSWER_CANCEL: _ClassVar[ReminderAnswer]
    REMINDER_ANSWER_OPT_OUT: _ClassVar[ReminderAnswer]
REMINDER_ANSWER_UNSPECIFIED: ReminderAnswer
REMINDER_ANSWER_CONFIRM: ReminderAnswer
REMINDER_ANSWER_CANCEL: ReminderAnswer
REMINDER_ANSWER_OPT_OUT: ReminderAnswer

class GetReminderLinkRequest(_message.Message):
    __slots__ = ("token", "locale")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    token: str
    locale: str
    def __init__(self, token: _Optional[str] = ..., locale: _Optional[str] = ...) -> None: ...

class AnswerReminderRequest(_message.Message):
    __slots__ = ("token", "locale", "answer")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    token: str
    locale: str
    answer: ReminderAnswer
    def __init__(self, token: _Optional[str] = ..., locale: _Optional[str] = ..., answer: _Optional[_Union[ReminderAnswer, str]] = ...) -> None: ...

class ReminderLink(_message.Message):
    __slots__ = ("appointment_id", "practice", "date", "time", "is_open", "is_confirmed", "is_cancelled", "is_opted_out", "cancel_link", "channel", "is_declined")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTICE_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    IS_OPEN_FIELD_NUMBER: _ClassVar[int]
    IS_CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    IS_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    IS_OPTED_OUT_FIELD_NUMBER: _ClassVar[int]
    CANCEL_LINK_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    IS_DECLINED_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    practice: str
    date: str
    time: str
    is_open: bool
    is_confirmed: bool
    is_cancelled: bool
    is_opted_out: bool
    cancel_link: _reminder_policies_pb2.CancelLink
    channel: _reminders_pb2.Channel
    is_declined: bool
    def __init__(self, appointment_id: _Optional[str] = ..., practice: _Optional[str] = ..., date: _Optional[str] = ..., time: _Optional[str] = ..., is_open: bool = ..., is_confirmed: bool = ..., is_cancelled: bool = ..., is_opted_out: bool = ..., cancel_link: _Optional[_Union[_reminder_policies_pb2.CancelLink, str]] = ..., channel: _Optional[_Union[_reminders_pb2.Channel, str]] = ..., is_declined: bool = ...) -> None: ...

class ListOptOutsRequest(_message.Message):
    __slots__ = ("page", "page_size")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class OptOut(_message.Message):
    __slots__ = ("client_id", "channel", "opted_out_at")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    OPTED_OUT_AT_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    channel: _reminders_pb2.Channel
    opted_out_at: _timestamp_pb2.Timestamp
    def __init__(self, client_id: _Optional[str] = ..., channel: _Optional[_Union[_reminders_pb2.Channel, str]] = ..., opted_out_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class OptOutPage(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[OptOut]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[OptOut, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class TakeBackOptOutRequest(_message.Message):
    __slots__ = ("client_id", "channel")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    channel: _reminders_pb2.Channel
    def __init__(self, client_id: _Optional[str] = ..., channel: _Optional[_Union[_reminders_pb2.Channel, str]] = ...) -> None: ...

class TakeBackOptOutResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
