from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ActivityGroup(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTIVITY_GROUP_UNSPECIFIED: _ClassVar[ActivityGroup]
    ACTIVITY_GROUP_DAY: _ClassVar[ActivityGroup]
    ACTIVITY_GROUP_WEEK: _ClassVar[ActivityGroup]
    ACTIVITY_GROUP_MONTH: _ClassVar[ActivityGroup]
ACTIVITY_GROUP_UNSPECIFIED: ActivityGroup
ACTIVITY_GROUP_DAY: ActivityGroup
ACTIVITY_GROUP_WEEK: ActivityGroup
ACTIVITY_GROUP_MONTH: ActivityGroup

class GetActivityRequest(_message.Message):
    __slots__ = ("start_date", "end_date", "group_by", "practitioner_id", "time_zone")
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    GROUP_BY_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    start_date: str
    end_date: str
    group_by: ActivityGroup
    practitioner_id: str
    time_zone: str
    def __init__(self, start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., group_by: _Optional[_Union[ActivityGroup, str]] = ..., practitioner_id: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class ActivityPeriod(_message.Message):
    __slots__ = ("start_date", "end_date", "booked", "scheduled", "completed", "cancelled", "no_show", "hours", "available_hours", "utilisation", "fees_paid", "fees_payment_sent", "fees_not_paid", "fees_waived")
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    BOOKED_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    NO_SHOW_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_HOURS_FIELD_NUMBER: _ClassVar[int]
    UTILISATION_FIELD_NUMBER: _ClassVar[int]
    FEES_PAID_FIELD_NUMBER: _ClassVar[int]
    FEES_PAYMENT_SENT_FIELD_NUMBER: _ClassVar[int]
    FEES_NOT_PAID_FIELD_NUMBER: _ClassVar[int]
    FEES_WAIVED_FIELD_NUMBER: _ClassVar[int]
    start_date: str
    end_date: str
    booked: int
    scheduled: int
    completed: int
    cancelled: int
    no_show: int
    hours: float
    available_hours: float
    utilisation: float
    fees_paid: str
    fees_payment_sent: str
    fees_not_paid: str
    fees_waived: str
    def __init__(self, start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., booked: _Optional[int] = ..., scheduled: _Optional[int] = ..., completed: _Optional[int] = ..., cancelled: _Optional[int] = ..., no_show: _Optional[int] = ..., hours: _Optional[float] = ..., available_hours: _Optional[float] = ..., utilisation: _Optional[float] = ..., fees_paid: _Optional[str] = ..., fees_payment_sent: _Optional[str] = ..., fees_not_paid: _Optional[str] = ..., fees_waived: _Optional[str] = ...) -> None: ...

class Activity(_message.Message):
    __slots__ = ("periods", "total")
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    periods: _containers.RepeatedCompositeFieldContainer[ActivityPeriod]
    total: ActivityPeriod
    def __init__(self, periods: _Optional[_Iterable[_Union[ActivityPeriod, _Mapping]]] = ..., total: _Optional[_Union[ActivityPeriod, _Mapping]] = ...) -> None: ...
