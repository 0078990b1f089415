import datetime

from caseload.notifications.v1 import reminders_pb2 as _reminders_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

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

class ClientErasureFinished(_message.Message):
    __slots__ = ("client_id", "deleted")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    deleted: int
    def __init__(self, client_id: _Optional[str] = ..., deleted: _Optional[int] = ...) -> None: ...

class ClientConfirmed(_message.Message):
    __slots__ = ("appointment_id", "starts_at")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    starts_at: _timestamp_pb2.Timestamp
    def __init__(self, appointment_id: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ClientCancelled(_message.Message):
    __slots__ = ("appointment_id", "starts_at")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    starts_at: _timestamp_pb2.Timestamp
    def __init__(self, appointment_id: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ClientAskedToCancel(_message.Message):
    __slots__ = ("appointment_id", "starts_at")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    starts_at: _timestamp_pb2.Timestamp
    def __init__(self, appointment_id: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AddressHeld(_message.Message):
    __slots__ = ("address_trouble_id",)
    ADDRESS_TROUBLE_ID_FIELD_NUMBER: _ClassVar[int]
    address_trouble_id: str
    def __init__(self, address_trouble_id: _Optional[str] = ...) -> None: ...

class OfferNotMailed(_message.Message):
    __slots__ = ("offer_id",)
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    offer_id: str
    def __init__(self, offer_id: _Optional[str] = ...) -> None: ...

class ReminderRuleUnsettled(_message.Message):
    __slots__ = ("hours_before", "channel", "after", "after_id")
    HOURS_BEFORE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    AFTER_ID_FIELD_NUMBER: _ClassVar[int]
    hours_before: int
    channel: _reminders_pb2.Channel
    after: _timestamp_pb2.Timestamp
    after_id: str
    def __init__(self, hours_before: _Optional[int] = ..., channel: _Optional[_Union[_reminders_pb2.Channel, str]] = ..., after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., after_id: _Optional[str] = ...) -> None: ...

class ReminderPolicyChanged(_message.Message):
    __slots__ = ("after_id", "after_hours", "after_channel")
    AFTER_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_HOURS_FIELD_NUMBER: _ClassVar[int]
    AFTER_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    after_id: str
    after_hours: int
    after_channel: _reminders_pb2.Channel
    def __init__(self, after_id: _Optional[str] = ..., after_hours: _Optional[int] = ..., after_channel: _Optional[_Union[_reminders_pb2.Channel, str]] = ...) -> None: ...
