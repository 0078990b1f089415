import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Channel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANNEL_UNSPECIFIED: _ClassVar[Channel]
    CHANNEL_EMAIL: _ClassVar[Channel]
    CHANNEL_SMS: _ClassVar[Channel]

class ReminderStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REMINDER_STATUS_UNSPECIFIED: _ClassVar[ReminderStatus]
    REMINDER_STATUS_PENDING: _ClassVar[ReminderStatus]
    REMINDER_STATUS_SENT: _ClassVar[ReminderStatus]
    REMINDER_STATUS_FAILED: _ClassVar[ReminderStatus]
    REMINDER_STATUS_BOUNCED: _ClassVar[ReminderStatus]
    REMINDER_STATUS_CANCELLED: _ClassVar[ReminderStatus]
    REMINDER_STATUS_SKIPPED: _ClassVar[ReminderStatus]
    REMINDER_STATUS_UNKNOWN: _ClassVar[ReminderStatus]
CHANNEL_UNSPECIFIED: Channel
CHANNEL_EMAIL: Channel
CHANNEL_SMS: Channel
REMINDER_STATUS_UNSPECIFIED: ReminderStatus
REMINDER_STATUS_PENDING: ReminderStatus
REMINDER_STATUS_SENT: ReminderStatus
REMINDER_STATUS_FAILED: ReminderStatus
REMINDER_STATUS_BOUNCED: ReminderStatus
REMINDER_STATUS_CANCELLED: ReminderStatus
REMINDER_STATUS_SKIPPED: ReminderStatus
REMINDER_STATUS_UNKNOWN: ReminderStatus

class ReminderConfiguration(_message.Message):
    __slots__ = ("id", "workspace_id", "hours_before", "channel", "template_id", "is_active", "created_at", "updated_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    HOURS_BEFORE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    hours_before: int
    channel: Channel
    template_id: str
    is_active: bool
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., hours_before: _Optional[int] = ..., channel: _Optional[_Union[Channel, str]] = ..., template_id: _Optional[str] = ..., is_active: bool = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ConfigurationPage(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[ReminderConfiguration]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[ReminderConfiguration, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class ReminderLog(_message.Message):
    __slots__ = ("id", "workspace_id", "appointment_id", "client_id", "hours_before", "channel", "status", "due_at", "sent_at", "attempts", "last_error", "created_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    HOURS_BEFORE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    LAST_ERROR_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    appointment_id: str
    client_id: str
    hours_before: int
    channel: Channel
    status: ReminderStatus
    due_at: _timestamp_pb2.Timestamp
    sent_at: _timestamp_pb2.Timestamp
    attempts: int
    last_error: str
    created_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., appointment_id: _Optional[str] = ..., client_id: _Optional[str] = ..., hours_before: _Optional[int] = ..., channel: _Optional[_Union[Channel, str]] = ..., status: _Optional[_Union[ReminderStatus, str]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., attempts: _Optional[int] = ..., last_error: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ReminderLogPage(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[ReminderLog]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[ReminderLog, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class CreateConfigurationRequest(_message.Message):
    __slots__ = ("hours_before", "channel", "is_active", "template_id")
    HOURS_BEFORE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    hours_before: int
    channel: Channel
    is_active: bool
    template_id: str
    def __init__(self, hours_before: _Optional[int] = ..., channel: _Optional[_Union[Channel, str]] = ..., is_active: bool = ..., template_id: _Optional[str] = ...) -> None: ...

class ListConfigurationsRequest(_message.Message):
    __slots__ = ("page", "page_size")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class UpdateConfigurationRequest(_message.Message):
    __slots__ = ("configuration_id", "mask", "hours_before", "channel", "is_active", "template_id")
    CONFIGURATION_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    HOURS_BEFORE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    configuration_id: str
    mask: _field_mask_pb2.FieldMask
    hours_before: int
    channel: Channel
    is_active: bool
    template_id: str
    def __init__(self, configuration_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., hours_before: _Optional[int] = ..., channel: _Optional[_Union[Channel, str]] = ..., is_active: bool = ..., template_id: _Optional[str] = ...) -> None: ...

class DeleteConfigurationRequest(_message.Message):
    __slots__ = ("configuration_id",)
    CONFIGURATION_ID_FIELD_NUMBER: _ClassVar[int]
    configuration_id: str
    def __init__(self, configuration_id: _Optional[str] = ...) -> None: ...

class DeleteConfigurationResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListLogsRequest(_message.Message):
    __slots__ = ("page", "page_size", "appointment_id", "client_id", "status", "start_date", "end_date")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    appointment_id: str
    client_id: str
    status: ReminderStatus
    start_date: _timestamp_pb2.Timestamp
    end_date: _timestamp_pb2.Timestamp
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., appointment_id: _Optional[str] = ..., client_id: _Optional[str] = ..., status: _Optional[_Union[ReminderStatus, str]] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListForAppointmentRequest(_message.Message):
    __slots__ = ("appointment_id",)
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    def __init__(self, appointment_id: _Optional[str] = ...) -> None: ...
