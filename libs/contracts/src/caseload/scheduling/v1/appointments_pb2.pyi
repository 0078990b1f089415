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

class NoteAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NOTE_ACTION_UNSPECIFIED: _ClassVar[NoteAction]
    NOTE_ACTION_KEEP: _ClassVar[NoteAction]
    NOTE_ACTION_DELETE: _ClassVar[NoteAction]

class LocationType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LOCATION_TYPE_UNSPECIFIED: _ClassVar[LocationType]
    LOCATION_TYPE_CLINIC: _ClassVar[LocationType]
    LOCATION_TYPE_HOME: _ClassVar[LocationType]
    LOCATION_TYPE_ONLINE: _ClassVar[LocationType]

class AppointmentStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    APPOINTMENT_STATUS_UNSPECIFIED: _ClassVar[AppointmentStatus]
    APPOINTMENT_STATUS_SCHEDULED: _ClassVar[AppointmentStatus]
    APPOINTMENT_STATUS_COMPLETED: _ClassVar[AppointmentStatus]
    APPOINTMENT_STATUS_CANCELLED: _ClassVar[AppointmentStatus]
    APPOINTMENT_STATUS_NO_SHOW: _ClassVar[AppointmentStatus]

class PaymentStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_STATUS_UNSPECIFIED: _ClassVar[PaymentStatus]
    PAYMENT_STATUS_NOT_PAID: _ClassVar[PaymentStatus]
    PAYMENT_STATUS_PAID: _ClassVar[PaymentStatus]
    PAYMENT_STATUS_PAYMENT_SENT: _ClassVar[PaymentStatus]
    PAYMENT_STATUS_WAIVED: _ClassVar[PaymentStatus]

class PaymentMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_METHOD_UNSPECIFIED: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CASH: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CARD: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_BANK_TRANSFER: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_BIT: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_PAYBOX: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_OTHER: _ClassVar[PaymentMethod]
NOTE_ACTION_UNSPECIFIED: NoteAction
NOTE_ACTION_KEEP: NoteAction
NOTE_ACTION_DELETE: NoteAction
LOCATION_TYPE_UNSPECIFIED: LocationType
LOCATION_TYPE_CLINIC: LocationType
LOCATION_TYPE_HOME: LocationType
LOCATION_TYPE_ONLINE: LocationType
APPOINTMENT_STATUS_UNSPECIFIED: AppointmentStatus
APPOINTMENT_STATUS_SCHEDULED: AppointmentStatus
APPOINTMENT_STATUS_COMPLETED: AppointmentStatus
APPOINTMENT_STATUS_CANCELLED: AppointmentStatus
APPOINTMENT_STATUS_NO_SHOW: AppointmentStatus
PAYMENT_STATUS_UNSPECIFIED: PaymentStatus
PAYMENT_STATUS_NOT_PAID: PaymentStatus
PAYMENT_STATUS_PAID: PaymentStatus
PAYMENT_STATUS_PAYMENT_SENT: PaymentStatus
PAYMENT_STATUS_WAIVED: PaymentStatus
PAYMENT_METHOD_UNSPECIFIED: PaymentMethod
PAYMENT_METHOD_CASH: PaymentMethod
PAYMENT_METHOD_CARD: PaymentMethod
PAYMENT_METHOD_BANK_TRANSFER: PaymentMethod
PAYMENT_METHOD_BIT: PaymentMethod
PAYMENT_METHOD_PAYBOX: PaymentMethod
PAYMENT_METHOD_OTHER: PaymentMethod

class Appointment(_message.Message):
    __slots__ = ("id", "workspace_id", "client_id", "practitioner_id", "series_id", "scheduled_start", "scheduled_end", "location_type", "location_id", "location_details", "service_id", "status", "notes", "overbooked", "version", "edited_at", "edit_count", "created_at", "updated_at", "cancelled_at", "payment_price", "payment_status", "payment_method", "payment_notes", "paid_at", "confirmed_at", "change_reason", "cancellation_asked_at", "overbooking_reason", "time_zone")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    SERIES_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_START_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_END_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_DETAILS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    OVERBOOKED_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    EDITED_AT_FIELD_NUMBER: _ClassVar[int]
    EDIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_AT_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_PRICE_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_STATUS_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_METHOD_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_NOTES_FIELD_NUMBER: _ClassVar[int]
    PAID_AT_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_AT_FIELD_NUMBER: _ClassVar[int]
    CHANGE_REASON_FIELD_NUMBER: _ClassVar[int]
    CANCELLATION_ASKED_AT_FIELD_NUMBER: _ClassVar[int]
    OVERBOOKING_REASON_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    client_id: str
    practitioner_id: str
    series_id: str
    scheduled_start: _timestamp_pb2.Timestamp
    scheduled_end: _timestamp_pb2.Timestamp
    location_type: LocationType
    location_id: str
    location_details: str
    service_id: str
    status: AppointmentStatus
    notes: str
    overbooked: bool
    version: int
    edited_at: _timestamp_pb2.Timestamp
    edit_count: int
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    cancelled_at: _timestamp_pb2.Timestamp
    payment_price: str
    payment_status: PaymentStatus
    payment_method: PaymentMethod
    payment_notes: str
    paid_at: _timestamp_pb2.Timestamp
    confirmed_at: _timestamp_pb2.Timestamp
    change_reason: str
    cancellation_asked_at: _timestamp_pb2.Timestamp
    overbooking_reason: str
    time_zone: str
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., series_id: _Optional[str] = ..., scheduled_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., scheduled_end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., location_type: _Optional[_Union[LocationType, str]] = ..., location_id: _Optional[str] = ..., location_details: _Optional[str] = ..., service_id: _Optional[str] = ..., status: _Optional[_Union[AppointmentStatus, str]] = ..., notes: _Optional[str] = ..., overbooked: bool = ..., version: _Optional[int] = ..., edited_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., edit_count: _Optional[int] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cancelled_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., payment_price: _Optional[str] = ..., payment_status: _Optional[_Union[PaymentStatus, str]] = ..., payment_method: _Optional[_Union[PaymentMethod, str]] = ..., payment_notes: _Optional[str] = ..., paid_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., confirmed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., change_reason: _Optional[str] = ..., cancellation_asked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., overbooking_reason: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class AppointmentPage(_message.Message):
    __slots__ = ("items", "total", "more", "series")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Appointment]
    total: int
    more: bool
    series: SeriesRules
    def __init__(self, items: _Optional[_Iterable[_Union[Appointment, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ..., series: _Optional[_Union[SeriesRules, _Mapping]] = ...) -> None: ...

class SeriesRules(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[SeriesRule]
    def __init__(self, items: _Optional[_Iterable[_Union[SeriesRule, _Mapping]]] = ...) -> None: ...

class SeriesRule(_message.Message):
    __slots__ = ("id", "rrule", "first_start", "duration_minutes", "time_zone")
    ID_FIELD_NUMBER: _ClassVar[int]
    RRULE_FIELD_NUMBER: _ClassVar[int]
    FIRST_START_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    id: str
    rrule: str
    first_start: _timestamp_pb2.Timestamp
    duration_minutes: int
    time_zone: str
    def __init__(self, id: _Optional[str] = ..., rrule: _Optional[str] = ..., first_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., time_zone: _Optional[str] = ...) -> None: ...

class BookAppointmentRequest(_message.Message):
    __slots__ = ("client_id", "practitioner_id", "scheduled_start", "scheduled_end", "location_type", "location_id", "location_details", "service_id", "notes", "allow_conflict", "client_voucher", "hold_id", "overbooking_reason", "time_zone")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_START_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_END_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_DETAILS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    ALLOW_CONFLICT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_VOUCHER_FIELD_NUMBER: _ClassVar[int]
    HOLD_ID_FIELD_NUMBER: _ClassVar[int]
    OVERBOOKING_REASON_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    practitioner_id: str
    scheduled_start: _timestamp_pb2.Timestamp
    scheduled_end: _timestamp_pb2.Timestamp
    location_type: LocationType
    location_id: str
    location_details: str
    service_id: str
    notes: str
    allow_conflict: bool
    client_voucher: bytes
    hold_id: str
    overbooking_reason: str
    time_zone: str
    def __init__(self, client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., scheduled_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., scheduled_end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., location_type: _Optional[_Union[LocationType, str]] = ..., location_id: _Optional[str] = ..., location_details: _Optional[str] = ..., service_id: _Optional[str] = ..., notes: _Optional[str] = ..., allow_conflict: bool = ..., client_voucher: _Optional[bytes] = ..., hold_id: _Optional[str] = ..., overbooking_reason: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class ChangeAppointmentRequest(_message.Message):
    __slots__ = ("appointment_id", "mask", "client_id", "practitioner_id", "scheduled_start", "scheduled_end", "location_type", "location_id", "location_details", "service_id", "notes", "status", "allow_conflict", "payment_price", "payment_status", "payment_method", "payment_notes", "paid_at", "change_reason", "expected_version", "overbooking_reason", "time_zone")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_START_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_END_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_DETAILS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ALLOW_CONFLICT_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_PRICE_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_STATUS_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_METHOD_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_NOTES_FIELD_NUMBER: _ClassVar[int]
    PAID_AT_FIELD_NUMBER: _ClassVar[int]
    CHANGE_REASON_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    OVERBOOKING_REASON_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    mask: _field_mask_pb2.FieldMask
    client_id: str
    practitioner_id: str
    scheduled_start: _timestamp_pb2.Timestamp
    scheduled_end: _timestamp_pb2.Timestamp
    location_type: LocationType
    location_id: str
    location_details: str
    service_id: str
    notes: str
    status: AppointmentStatus
    allow_conflict: bool
    payment_price: str
    payment_status: PaymentStatus
    payment_method: PaymentMethod
    payment_notes: str
    paid_at: _timestamp_pb2.Timestamp
    change_reason: str
    expected_version: int
    overbooking_reason: str
    time_zone: str
    def __init__(self, appointment_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., scheduled_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., scheduled_end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., location_type: _Optional[_Union[LocationType, str]] = ..., location_id: _Optional[str] = ..., location_details: _Optional[str] = ..., service_id: _Optional[str] = ..., notes: _Optional[str] = ..., status: _Optional[_Union[AppointmentStatus, str]] = ..., allow_conflict: bool = ..., payment_price: _Optional[str] = ..., payment_status: _Optional[_Union[PaymentStatus, str]] = ..., payment_method: _Optional[_Union[PaymentMethod, str]] = ..., payment_notes: _Optional[str] = ..., paid_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., change_reason: _Optional[str] = ..., expected_version: _Optional[int] = ..., overbooking_reason: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class DeclineCancellationRequest(_message.Message):
    __slots__ = ("appointment_id", "expected_version", "tell_client")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    TELL_CLIENT_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    expected_version: int
    tell_client: bool
    def __init__(self, appointment_id: _Optional[str] = ..., expected_version: _Optional[int] = ..., tell_client: bool = ...) -> None: ...

class GetAppointmentRequest(_message.Message):
    __slots__ = ("appointment_id",)
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    def __init__(self, appointment_id: _Optional[str] = ...) -> None: ...

class ListAppointmentsRequest(_message.Message):
    __slots__ = ("page", "page_size", "start_date", "end_date", "client_id", "practitioner_id", "status", "latest_first", "with_series", "cancellation_asked", "skip")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    LATEST_FIRST_FIELD_NUMBER: _ClassVar[int]
    WITH_SERIES_FIELD_NUMBER: _ClassVar[int]
    CANCELLATION_ASKED_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    start_date: _timestamp_pb2.Timestamp
    end_date: _timestamp_pb2.Timestamp
    client_id: str
    practitioner_id: str
    status: AppointmentStatus
    latest_first: bool
    with_series: bool
    cancellation_asked: bool
    skip: int
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., status: _Optional[_Union[AppointmentStatus, str]] = ..., latest_first: bool = ..., with_series: bool = ..., cancellation_asked: bool = ..., skip: _Optional[int] = ...) -> None: ...

class DeleteAppointmentRequest(_message.Message):
    __slots__ = ("appointment_id", "reason", "note_action", "note_reason")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    NOTE_ACTION_FIELD_NUMBER: _ClassVar[int]
    NOTE_REASON_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    reason: str
    note_action: NoteAction
    note_reason: str
    def __init__(self, appointment_id: _Optional[str] = ..., reason: _Optional[str] = ..., note_action: _Optional[_Union[NoteAction, str]] = ..., note_reason: _Optional[str] = ...) -> None: ...

class DeleteAppointmentResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetDeletionRequest(_message.Message):
    __slots__ = ("appointment_id",)
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    def __init__(self, appointment_id: _Optional[str] = ...) -> None: ...

class Deletion(_message.Message):
    __slots__ = ("note_reason",)
    NOTE_REASON_FIELD_NUMBER: _ClassVar[int]
    note_reason: str
    def __init__(self, note_reason: _Optional[str] = ...) -> None: ...

class CheckConflictsRequest(_message.Message):
    __slots__ = ("scheduled_start", "scheduled_end", "practitioner_id", "exclude_appointment_id", "service_id", "location_id")
    SCHEDULED_START_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_END_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    scheduled_start: _timestamp_pb2.Timestamp
    scheduled_end: _timestamp_pb2.Timestamp
    practitioner_id: str
    exclude_appointment_id: str
    service_id: str
    location_id: str
    def __init__(self, scheduled_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., scheduled_end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., practitioner_id: _Optional[str] = ..., exclude_appointment_id: _Optional[str] = ..., service_id: _Optional[str] = ..., location_id: _Optional[str] = ...) -> None: ...

class Clash(_message.Message):
    __slots__ = ("id", "scheduled_start", "scheduled_end", "client_id", "location_type", "status", "kind")
    ID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_START_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_END_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    id: str
    scheduled_start: _timestamp_pb2.Timestamp
    scheduled_end: _timestamp_pb2.Timestamp
    client_id: str
    location_type: LocationType
    status: AppointmentStatus
    kind: str
    def __init__(self, id: _Optional[str] = ..., scheduled_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., scheduled_end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., client_id: _Optional[str] = ..., location_type: _Optional[_Union[LocationType, str]] = ..., status: _Optional[_Union[AppointmentStatus, str]] = ..., kind: _Optional[str] = ...) -> None: ...

class ClashList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Clash]
    def __init__(self, items: _Optional[_Iterable[_Union[Clash, _Mapping]]] = ...) -> None: ...

class GetFiguresRequest(_message.Message):
    __slots__ = ("client_ids",)
    CLIENT_IDS_FIELD_NUMBER: _ClassVar[int]
    client_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Figures(_message.Message):
    __slots__ = ("client_id", "next_appointment", "last_appointment", "appointment_count")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    NEXT_APPOINTMENT_FIELD_NUMBER: _ClassVar[int]
    LAST_APPOINTMENT_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    next_appointment: _timestamp_pb2.Timestamp
    last_appointment: _timestamp_pb2.Timestamp
    appointment_count: int
    def __init__(self, client_id: _Optional[str] = ..., next_appointment: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_appointment: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., appointment_count: _Optional[int] = ...) -> None: ...

class FiguresList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Figures]
    def __init__(self, items: _Optional[_Iterable[_Union[Figures, _Mapping]]] = ...) -> None: ...

class ListHistoryRequest(_message.Message):
    __slots__ = ("client_id", "before", "before_id", "limit")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    BEFORE_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    before: _timestamp_pb2.Timestamp
    before_id: str
    limit: int
    def __init__(self, client_id: _Optional[str] = ..., before: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., before_id: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class HistoryEntry(_message.Message):
    __slots__ = ("appointment_id", "at", "status", "location_type")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    at: _timestamp_pb2.Timestamp
    status: AppointmentStatus
    location_type: LocationType
    def __init__(self, appointment_id: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status: _Optional[_Union[AppointmentStatus, str]] = ..., location_type: _Optional[_Union[LocationType, str]] = ...) -> None: ...

class History(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[HistoryEntry]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[HistoryEntry, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class ListStatusChangesRequest(_message.Message):
    __slots__ = ("appointment_id",)
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    def __init__(self, appointment_id: _Optional[str] = ...) -> None: ...

class StatusChange(_message.Message):
    __slots__ = ("version", "changed_at", "changed_by", "status_before", "status_after", "fields")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_BY_FIELD_NUMBER: _ClassVar[int]
    STATUS_BEFORE_FIELD_NUMBER: _ClassVar[int]
    STATUS_AFTER_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    version: int
    changed_at: _timestamp_pb2.Timestamp
    changed_by: str
    status_before: AppointmentStatus
    status_after: AppointmentStatus
    fields: _containers.RepeatedCompositeFieldContainer[FieldChange]
    def __init__(self, version: _Optional[int] = ..., changed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., changed_by: _Optional[str] = ..., status_before: _Optional[_Union[AppointmentStatus, str]] = ..., status_after: _Optional[_Union[AppointmentStatus, str]] = ..., fields: _Optional[_Iterable[_Union[FieldChange, _Mapping]]] = ...) -> None: ...

class FieldChange(_message.Message):
    __slots__ = ("name", "before", "after")
    NAME_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    name: str
    before: str
    after: str
    def __init__(self, name: _Optional[str] = ..., before: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class StatusChangeList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[StatusChange]
    def __init__(self, items: _Optional[_Iterable[_Union[StatusChange, _Mapping]]] = ...) -> None: ...

class GetSlotRequest(_message.Message):
    __slots__ = ("appointment_id",)
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    def __init__(self, appointment_id: _Optional[str] = ...) -> None: ...

class Slot(_message.Message):
    __slots__ = ("appointment_id", "client_id", "practitioner_id", "starts_at", "ends_at", "status", "location_type", "version", "cancellation_asked")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CANCELLATION_ASKED_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    client_id: str
    practitioner_id: str
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    status: AppointmentStatus
    location_type: LocationType
    version: int
    cancellation_asked: bool
    def __init__(self, appointment_id: _Optional[str] = ..., client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status: _Optional[_Union[AppointmentStatus, str]] = ..., location_type: _Optional[_Union[LocationType, str]] = ..., version: _Optional[int] = ..., cancellation_asked: bool = ...) -> None: ...

class ListAgendaRequest(_message.Message):
    __slots__ = ("practitioner_id", "since", "until")
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    practitioner_id: str
    since: _timestamp_pb2.Timestamp
    until: _timestamp_pb2.Timestamp
    def __init__(self, practitioner_id: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AgendaEntry(_message.Message):
    __slots__ = ("appointment_id", "starts_at", "ends_at")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    def __init__(self, appointment_id: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Agenda(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[AgendaEntry]
    def __init__(self, items: _Optional[_Iterable[_Union[AgendaEntry, _Mapping]]] = ...) -> None: ...

class CloseUnbookedRequest(_message.Message):
    __slots__ = ("client_ids",)
    CLIENT_IDS_FIELD_NUMBER: _ClassVar[int]
    client_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class CloseUnbookedResponse(_message.Message):
    __slots__ = ("client_ids",)
    CLIENT_IDS_FIELD_NUMBER: _ClassVar[int]
    client_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_ids: _Optional[_Iterable[str]] = ...) -> None: ...
