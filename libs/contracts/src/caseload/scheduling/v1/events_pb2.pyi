import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from caseload.scheduling.v1 import appointments_pb2 as _appointments_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BatchPart(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BATCH_PART_UNSPECIFIED: _ClassVar[BatchPart]
    BATCH_PART_FIRST: _ClassVar[BatchPart]
    BATCH_PART_FURTHER: _ClassVar[BatchPart]
BATCH_PART_UNSPECIFIED: BatchPart
BATCH_PART_FIRST: BatchPart
BATCH_PART_FURTHER: BatchPart

class AppointmentBooked(_message.Message):
    __slots__ = ("appointment_id", "client_id", "practitioner_id", "starts_at", "ends_at", "version", "by_user_id", "batch_part")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    BATCH_PART_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    client_id: str
    practitioner_id: str
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    version: int
    by_user_id: str
    batch_part: BatchPart
    def __init__(self, appointment_id: _Optional[str] = ..., client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., version: _Optional[int] = ..., by_user_id: _Optional[str] = ..., batch_part: _Optional[_Union[BatchPart, str]] = ...) -> None: ...

class AppointmentMoved(_message.Message):
    __slots__ = ("appointment_id", "client_id", "practitioner_id", "starts_at", "ends_at", "version", "by_user_id", "batch_part", "former_practitioner_id")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    BATCH_PART_FIELD_NUMBER: _ClassVar[int]
    FORMER_PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    client_id: str
    practitioner_id: str
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    version: int
    by_user_id: str
    batch_part: BatchPart
    former_practitioner_id: str
    def __init__(self, appointment_id: _Optional[str] = ..., client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., version: _Optional[int] = ..., by_user_id: _Optional[str] = ..., batch_part: _Optional[_Union[BatchPart, str]] = ..., former_practitioner_id: _Optional[str] = ...) -> None: ...

class AppointmentClosed(_message.Message):
    __slots__ = ("appointment_id", "client_id", "status", "version", "practitioner_id", "by_user_id", "batch_part")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    BATCH_PART_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    client_id: str
    status: str
    version: int
    practitioner_id: str
    by_user_id: str
    batch_part: BatchPart
    def __init__(self, appointment_id: _Optional[str] = ..., client_id: _Optional[str] = ..., status: _Optional[str] = ..., version: _Optional[int] = ..., practitioner_id: _Optional[str] = ..., by_user_id: _Optional[str] = ..., batch_part: _Optional[_Union[BatchPart, str]] = ...) -> None: ...

class AppointmentConfirmed(_message.Message):
    __slots__ = ("appointment_id", "client_id", "version", "confirmed_at")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_AT_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    client_id: str
    version: int
    confirmed_at: _timestamp_pb2.Timestamp
    def __init__(self, appointment_id: _Optional[str] = ..., client_id: _Optional[str] = ..., version: _Optional[int] = ..., confirmed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AppointmentCancellationAsked(_message.Message):
    __slots__ = ("appointment_id", "client_id", "version", "asked_at")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ASKED_AT_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    client_id: str
    version: int
    asked_at: _timestamp_pb2.Timestamp
    def __init__(self, appointment_id: _Optional[str] = ..., client_id: _Optional[str] = ..., version: _Optional[int] = ..., asked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AppointmentCancellationDeclined(_message.Message):
    __slots__ = ("appointment_id", "client_id", "version", "starts_at", "declined_at", "by_user_id", "tell_client", "asked_at")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    DECLINED_AT_FIELD_NUMBER: _ClassVar[int]
    BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    TELL_CLIENT_FIELD_NUMBER: _ClassVar[int]
    ASKED_AT_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    client_id: str
    version: int
    starts_at: _timestamp_pb2.Timestamp
    declined_at: _timestamp_pb2.Timestamp
    by_user_id: str
    tell_client: bool
    asked_at: _timestamp_pb2.Timestamp
    def __init__(self, appointment_id: _Optional[str] = ..., client_id: _Optional[str] = ..., version: _Optional[int] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., declined_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., by_user_id: _Optional[str] = ..., tell_client: bool = ..., asked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PaymentRequested(_message.Message):
    __slots__ = ("payment_request_id", "appointment_id")
    PAYMENT_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    payment_request_id: str
    appointment_id: str
    def __init__(self, payment_request_id: _Optional[str] = ..., appointment_id: _Optional[str] = ...) -> None: ...

class AppointmentDeleted(_message.Message):
    __slots__ = ("appointment_id", "note_action", "deleted_by")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    NOTE_ACTION_FIELD_NUMBER: _ClassVar[int]
    DELETED_BY_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    note_action: _appointments_pb2.NoteAction
    deleted_by: str
    def __init__(self, appointment_id: _Optional[str] = ..., note_action: _Optional[_Union[_appointments_pb2.NoteAction, str]] = ..., deleted_by: _Optional[str] = ...) -> None: ...

class WaitlistChanged(_message.Message):
    __slots__ = ("entry_id", "client_id", "status", "version", "offer_id")
    ENTRY_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    entry_id: str
    client_id: str
    status: str
    version: int
    offer_id: str
    def __init__(self, entry_id: _Optional[str] = ..., client_id: _Optional[str] = ..., status: _Optional[str] = ..., version: _Optional[int] = ..., offer_id: _Optional[str] = ...) -> None: ...

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
