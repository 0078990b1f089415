import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from caseload.scheduling.v1 import appointments_pb2 as _appointments_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OccurrenceStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OCCURRENCE_STATUS_UNSPECIFIED: _ClassVar[OccurrenceStatus]
    OCCURRENCE_STATUS_OK: _ClassVar[OccurrenceStatus]
    OCCURRENCE_STATUS_CONFLICT: _ClassVar[OccurrenceStatus]
    OCCURRENCE_STATUS_HOLIDAY: _ClassVar[OccurrenceStatus]
    OCCURRENCE_STATUS_NONEXISTENT_LOCAL_TIME: _ClassVar[OccurrenceStatus]

class OnConflict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ON_CONFLICT_UNSPECIFIED: _ClassVar[OnConflict]
    ON_CONFLICT_FAIL: _ClassVar[OnConflict]
    ON_CONFLICT_SKIP: _ClassVar[OnConflict]

class SeriesScope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SERIES_SCOPE_UNSPECIFIED: _ClassVar[SeriesScope]
    SERIES_SCOPE_THIS: _ClassVar[SeriesScope]
    SERIES_SCOPE_FOLLOWING: _ClassVar[SeriesScope]
    SERIES_SCOPE_ALL: _ClassVar[SeriesScope]
OCCURRENCE_STATUS_UNSPECIFIED: OccurrenceStatus
OCCURRENCE_STATUS_OK: OccurrenceStatus
OCCURRENCE_STATUS_CONFLICT: OccurrenceStatus
OCCURRENCE_STATUS_HOLIDAY: OccurrenceStatus
OCCURRENCE_STATUS_NONEXISTENT_LOCAL_TIME: OccurrenceStatus
ON_CONFLICT_UNSPECIFIED: OnConflict
ON_CONFLICT_FAIL: OnConflict
ON_CONFLICT_SKIP: OnConflict
SERIES_SCOPE_UNSPECIFIED: SeriesScope
SERIES_SCOPE_THIS: SeriesScope
SERIES_SCOPE_FOLLOWING: SeriesScope
SERIES_SCOPE_ALL: SeriesScope

class PreviewSeriesRequest(_message.Message):
    __slots__ = ("rrule", "first_start", "duration_minutes", "time_zone", "client_id", "practitioner_id", "location_type", "location_id", "location_details", "service_id", "notes")
    RRULE_FIELD_NUMBER: _ClassVar[int]
    FIRST_START_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_DETAILS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    rrule: str
    first_start: _timestamp_pb2.Timestamp
    duration_minutes: int
    time_zone: str
    client_id: str
    practitioner_id: str
    location_type: _appointments_pb2.LocationType
    location_id: str
    location_details: str
    service_id: str
    notes: str
    def __init__(self, rrule: _Optional[str] = ..., first_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., time_zone: _Optional[str] = ..., client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., location_type: _Optional[_Union[_appointments_pb2.LocationType, str]] = ..., location_id: _Optional[str] = ..., location_details: _Optional[str] = ..., service_id: _Optional[str] = ..., notes: _Optional[str] = ...) -> None: ...

class CreateSeriesRequest(_message.Message):
    __slots__ = ("rrule", "first_start", "duration_minutes", "time_zone", "client_id", "practitioner_id", "location_type", "location_id", "location_details", "service_id", "notes", "on_conflict")
    RRULE_FIELD_NUMBER: _ClassVar[int]
    FIRST_START_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_DETAILS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    ON_CONFLICT_FIELD_NUMBER: _ClassVar[int]
    rrule: str
    first_start: _timestamp_pb2.Timestamp
    duration_minutes: int
    time_zone: str
    client_id: str
    practitioner_id: str
    location_type: _appointments_pb2.LocationType
    location_id: str
    location_details: str
    service_id: str
    notes: str
    on_conflict: OnConflict
    def __init__(self, rrule: _Optional[str] = ..., first_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., time_zone: _Optional[str] = ..., client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., location_type: _Optional[_Union[_appointments_pb2.LocationType, str]] = ..., location_id: _Optional[str] = ..., location_details: _Optional[str] = ..., service_id: _Optional[str] = ..., notes: _Optional[str] = ..., on_conflict: _Optional[_Union[OnConflict, str]] = ...) -> None: ...

class ChangeSeriesRequest(_message.Message):
    __slots__ = ("series_id", "scope", "appointment_id", "mask", "rrule", "first_start", "duration_minutes", "time_zone", "practitioner_id", "location_type", "location_id", "location_details", "service_id", "notes", "expected_version")
    SERIES_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    RRULE_FIELD_NUMBER: _ClassVar[int]
    FIRST_START_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_DETAILS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    series_id: str
    scope: SeriesScope
    appointment_id: str
    mask: _field_mask_pb2.FieldMask
    rrule: str
    first_start: _timestamp_pb2.Timestamp
    duration_minutes: int
    time_zone: str
    practitioner_id: str
    location_type: _appointments_pb2.LocationType
    location_id: str
    location_details: str
    service_id: str
    notes: str
    expected_version: int
    def __init__(self, series_id: _Optional[str] = ..., scope: _Optional[_Union[SeriesScope, str]] = ..., appointment_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., rrule: _Optional[str] = ..., first_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., time_zone: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., location_type: _Optional[_Union[_appointments_pb2.LocationType, str]] = ..., location_id: _Optional[str] = ..., location_details: _Optional[str] = ..., service_id: _Optional[str] = ..., notes: _Optional[str] = ..., expected_version: _Optional[int] = ...) -> None: ...

class DeleteSeriesRequest(_message.Message):
    __slots__ = ("series_id", "scope", "appointment_id", "expected_version")
    SERIES_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    series_id: str
    scope: SeriesScope
    appointment_id: str
    expected_version: int
    def __init__(self, series_id: _Optional[str] = ..., scope: _Optional[_Union[SeriesScope, str]] = ..., appointment_id: _Optional[str] = ..., expected_version: _Optional[int] = ...) -> None: ...

class DeleteSeriesResponse(_message.Message):
    __slots__ = ("deleted_ids",)
    DELETED_IDS_FIELD_NUMBER: _ClassVar[int]
    deleted_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, deleted_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Occurrence(_message.Message):
    __slots__ = ("start", "end", "status", "conflict_ids", "appointment_id")
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CONFLICT_IDS_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    start: _timestamp_pb2.Timestamp
    end: _timestamp_pb2.Timestamp
    status: OccurrenceStatus
    conflict_ids: _containers.RepeatedScalarFieldContainer[str]
    appointment_id: str
    def __init__(self, start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status: _Optional[_Union[OccurrenceStatus, str]] = ..., conflict_ids: _Optional[_Iterable[str]] = ..., appointment_id: _Optional[str] = ...) -> None: ...

class Series(_message.Message):
    __slots__ = ("id", "rrule", "first_start", "duration_minutes", "time_zone", "occurrences", "conflicts", "version", "changed_ids")
    ID_FIELD_NUMBER: _ClassVar[int]
    RRULE_FIELD_NUMBER: _ClassVar[int]
    FIRST_START_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    OCCURRENCES_FIELD_NUMBER: _ClassVar[int]
    CONFLICTS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANGED_IDS_FIELD_NUMBER: _ClassVar[int]
    id: str
    rrule: str
    first_start: _timestamp_pb2.Timestamp
    duration_minutes: int
    time_zone: str
    occurrences: _containers.RepeatedCompositeFieldContainer[Occurrence]
    conflicts: _containers.RepeatedCompositeFieldContainer[_appointments_pb2.Clash]
    version: int
    changed_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., rrule: _Optional[str] = ..., first_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., time_zone: _Optional[str] = ..., occurrences: _Optional[_Iterable[_Union[Occurrence, _Mapping]]] = ..., conflicts: _Optional[_Iterable[_Union[_appointments_pb2.Clash, _Mapping]]] = ..., version: _Optional[int] = ..., changed_ids: _Optional[_Iterable[str]] = ...) -> None: ...
