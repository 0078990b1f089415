import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PersonalSettings(_message.Message):
    __slots__ = ("id", "user_id", "workspace_id", "email_enabled", "notify_appointment_booked", "notify_appointment_cancelled", "notify_appointment_rescheduled", "notify_appointment_confirmed", "notify_alerts", "digest_enabled", "digest_time", "digest_days", "tomorrow_digest_enabled", "tomorrow_digest_time", "tomorrow_digest_days", "reminder_enabled", "reminder_minutes", "notes_reminder_enabled", "notes_reminder_time", "time_zone", "extended_settings", "created_at", "updated_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EMAIL_ENABLED_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_APPOINTMENT_BOOKED_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_APPOINTMENT_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_APPOINTMENT_RESCHEDULED_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_APPOINTMENT_CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_ALERTS_FIELD_NUMBER: _ClassVar[int]
    DIGEST_ENABLED_FIELD_NUMBER: _ClassVar[int]
    DIGEST_TIME_FIELD_NUMBER: _ClassVar[int]
    DIGEST_DAYS_FIELD_NUMBER: _ClassVar[int]
    TOMORROW_DIGEST_ENABLED_FIELD_NUMBER: _ClassVar[int]
    TOMORROW_DIGEST_TIME_FIELD_NUMBER: _ClassVar[int]
    TOMORROW_DIGEST_DAYS_FIELD_NUMBER: _ClassVar[int]
    REMINDER_ENABLED_FIELD_NUMBER: _ClassVar[int]
    REMINDER_MINUTES_FIELD_NUMBER: _ClassVar[int]
    NOTES_REMINDER_ENABLED_FIELD_NUMBER: _ClassVar[int]
    NOTES_REMINDER_TIME_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    EXTENDED_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    user_id: str
    workspace_id: str
    email_enabled: bool
    notify_appointment_booked: bool
    notify_appointment_cancelled: bool
    notify_appointment_rescheduled: bool
    notify_appointment_confirmed: bool
    notify_alerts: bool
    digest_enabled: bool
    digest_time: str
    digest_days: _containers.RepeatedScalarFieldContainer[int]
    tomorrow_digest_enabled: bool
    tomorrow_digest_time: str
    tomorrow_digest_days: _containers.RepeatedScalarFieldContainer[int]
    reminder_enabled: bool
    reminder_minutes: int
    notes_reminder_enabled: bool
    notes_reminder_time: str
    time_zone: str
    extended_settings: _struct_pb2.Struct
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., user_id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., email_enabled: bool = ..., notify_appointment_booked: bool = ..., notify_appointment_cancelled: bool = ..., notify_appointment_rescheduled: bool = ..., notify_appointment_confirmed: bool = ..., notify_alerts: bool = ..., digest_enabled: bool = ..., digest_time: _Optional[str] = ..., digest_days: _Optional[_Iterable[int]] = ..., tomorrow_digest_enabled: bool = ..., tomorrow_digest_time: _Optional[str] = ..., tomorrow_digest_days: _Optional[_Iterable[int]] = ..., reminder_enabled: bool = ..., reminder_minutes: _Optional[int] = ..., notes_reminder_enabled: bool = ..., notes_reminder_time: _Optional[str] = ..., time_zone: _Optional[str] = ..., extended_settings: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetNotificationSettingsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SetNotificationSettingsRequest(_message.Message):
    __slots__ = ("mask", "email_enabled", "notify_appointment_booked", "notify_appointment_cancelled", "notify_appointment_rescheduled", "notify_appointment_confirmed", "notify_alerts", "digest_enabled", "digest_time", "digest_days", "tomorrow_digest_enabled", "tomorrow_digest_time", "tomorrow_digest_days", "reminder_enabled", "reminder_minutes", "notes_reminder_enabled", "notes_reminder_time", "time_zone", "extended_settings")
    MASK_FIELD_NUMBER: _ClassVar[int]
    EMAIL_ENABLED_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_APPOINTMENT_BOOKED_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_APPOINTMENT_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_APPOINTMENT_RESCHEDULED_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_APPOINTMENT_CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_ALERTS_FIELD_NUMBER: _ClassVar[int]
    DIGEST_ENABLED_FIELD_NUMBER: _ClassVar[int]
    DIGEST_TIME_FIELD_NUMBER: _ClassVar[int]
    DIGEST_DAYS_FIELD_NUMBER: _ClassVar[int]
    TOMORROW_DIGEST_ENABLED_FIELD_NUMBER: _ClassVar[int]
    TOMORROW_DIGEST_TIME_FIELD_NUMBER: _ClassVar[int]
    TOMORROW_DIGEST_DAYS_FIELD_NUMBER: _ClassVar[int]
    REMINDER_ENABLED_FIELD_NUMBER: _ClassVar[int]
    REMINDER_MINUTES_FIELD_NUMBER: _ClassVar[int]
    NOTES_REMINDER_ENABLED_FIELD_NUMBER: _ClassVar[int]
    NOTES_REMINDER_TIME_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    EXTENDED_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    mask: _field_mask_pb2.FieldMask
    email_enabled: bool
    notify_appointment_booked: bool
    notify_appointment_cancelled: bool
    notify_appointment_rescheduled: bool
    notify_appointment_confirmed: bool
    notify_alerts: bool
    digest_enabled: bool
    digest_time: str
    digest_days: _containers.RepeatedScalarFieldContainer[int]
    tomorrow_digest_enabled: bool
    tomorrow_digest_time: str
    tomorrow_digest_days: _containers.RepeatedScalarFieldContainer[int]
    reminder_enabled: bool
    reminder_minutes: int
    notes_reminder_enabled: bool
    notes_reminder_time: str
    time_zone: str
    extended_settings: _struct_pb2.Struct
    def __init__(self, mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., email_enabled: bool = ..., notify_appointment_booked: bool = ..., notify_appointment_cancelled: bool = ..., notify_appointment_rescheduled: bool = ..., notify_appointment_confirmed: bool = ..., notify_alerts: bool = ..., digest_enabled: bool = ..., digest_time: _Optional[str] = ..., digest_days: _Optional[_Iterable[int]] = ..., tomorrow_digest_enabled: bool = ..., tomorrow_digest_time: _Optional[str] = ..., tomorrow_digest_days: _Optional[_Iterable[int]] = ..., reminder_enabled: bool = ..., reminder_minutes: _Optional[int] = ..., notes_reminder_enabled: bool = ..., notes_reminder_time: _Optional[str] = ..., time_zone: _Optional[str] = ..., extended_settings: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...
