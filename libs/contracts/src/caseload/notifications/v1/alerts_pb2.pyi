import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AlertPriority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALERT_PRIORITY_UNSPECIFIED: _ClassVar[AlertPriority]
    ALERT_PRIORITY_LOW: _ClassVar[AlertPriority]
    ALERT_PRIORITY_MEDIUM: _ClassVar[AlertPriority]
    ALERT_PRIORITY_HIGH: _ClassVar[AlertPriority]
    ALERT_PRIORITY_CRITICAL: _ClassVar[AlertPriority]

class AlertStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALERT_STATUS_UNSPECIFIED: _ClassVar[AlertStatus]
    ALERT_STATUS_ACTIVE: _ClassVar[AlertStatus]
    ALERT_STATUS_ACKNOWLEDGED: _ClassVar[AlertStatus]
    ALERT_STATUS_RESOLVED: _ClassVar[AlertStatus]
    ALERT_STATUS_CANCELLED: _ClassVar[AlertStatus]

class EscalationReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ESCALATION_REASON_UNSPECIFIED: _ClassVar[EscalationReason]
    ESCALATION_REASON_TIMEOUT: _ClassVar[EscalationReason]
    ESCALATION_REASON_MANUAL: _ClassVar[EscalationReason]
    ESCALATION_REASON_NO_RESPONSE: _ClassVar[EscalationReason]
ALERT_PRIORITY_UNSPECIFIED: AlertPriority
ALERT_PRIORITY_LOW: AlertPriority
ALERT_PRIORITY_MEDIUM: AlertPriority
ALERT_PRIORITY_HIGH: AlertPriority
ALERT_PRIORITY_CRITICAL: AlertPriority
ALERT_STATUS_UNSPECIFIED: AlertStatus
ALERT_STATUS_ACTIVE: AlertStatus
ALERT_STATUS_ACKNOWLEDGED: AlertStatus
ALERT_STATUS_RESOLVED: AlertStatus
ALERT_STATUS_CANCELLED: AlertStatus
ESCALATION_REASON_UNSPECIFIED: EscalationReason
ESCALATION_REASON_TIMEOUT: EscalationReason
ESCALATION_REASON_MANUAL: EscalationReason
ESCALATION_REASON_NO_RESPONSE: EscalationReason

class Alert(_message.Message):
    __slots__ = ("id", "workspace_id", "department_id", "title", "description", "priority", "alert_type", "room_number", "status", "escalation_level", "drill", "created_by", "acknowledged_by", "acknowledged_at", "resolved_by", "resolved_at", "expires_at", "created_at", "updated_at", "escalates_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    ALERT_TYPE_FIELD_NUMBER: _ClassVar[int]
    ROOM_NUMBER_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ESCALATION_LEVEL_FIELD_NUMBER: _ClassVar[int]
    DRILL_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_BY_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_AT_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_BY_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_AT_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    ESCALATES_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    department_id: str
    title: str
    description: str
    priority: AlertPriority
    alert_type: str
    room_number: str
    status: AlertStatus
    escalation_level: int
    drill: bool
    created_by: str
    acknowledged_by: str
    acknowledged_at: _timestamp_pb2.Timestamp
    resolved_by: str
    resolved_at: _timestamp_pb2.Timestamp
    expires_at: _timestamp_pb2.Timestamp
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    escalates_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., department_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., priority: _Optional[_Union[AlertPriority, str]] = ..., alert_type: _Optional[str] = ..., room_number: _Optional[str] = ..., status: _Optional[_Union[AlertStatus, str]] = ..., escalation_level: _Optional[int] = ..., drill: bool = ..., created_by: _Optional[str] = ..., acknowledged_by: _Optional[str] = ..., acknowledged_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., resolved_by: _Optional[str] = ..., resolved_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., escalates_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AlertPage(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Alert]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[Alert, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class AlertList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Alert]
    def __init__(self, items: _Optional[_Iterable[_Union[Alert, _Mapping]]] = ...) -> None: ...

class Escalation(_message.Message):
    __slots__ = ("id", "alert_id", "from_level", "to_level", "reason", "escalated_at", "escalated_by")
    ID_FIELD_NUMBER: _ClassVar[int]
    ALERT_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_LEVEL_FIELD_NUMBER: _ClassVar[int]
    TO_LEVEL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ESCALATED_AT_FIELD_NUMBER: _ClassVar[int]
    ESCALATED_BY_FIELD_NUMBER: _ClassVar[int]
    id: str
    alert_id: str
    from_level: int
    to_level: int
    reason: EscalationReason
    escalated_at: _timestamp_pb2.Timestamp
    escalated_by: str
    def __init__(self, id: _Optional[str] = ..., alert_id: _Optional[str] = ..., from_level: _Optional[int] = ..., to_level: _Optional[int] = ..., reason: _Optional[_Union[EscalationReason, str]] = ..., escalated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., escalated_by: _Optional[str] = ...) -> None: ...

class EscalationList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Escalation]
    def __init__(self, items: _Optional[_Iterable[_Union[Escalation, _Mapping]]] = ...) -> None: ...

class RaiseAlertRequest(_message.Message):
    __slots__ = ("title", "description", "priority", "alert_type", "department_id", "room_number", "expires_at", "drill")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    ALERT_TYPE_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ROOM_NUMBER_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    DRILL_FIELD_NUMBER: _ClassVar[int]
    title: str
    description: str
    priority: AlertPriority
    alert_type: str
    department_id: str
    room_number: str
    expires_at: _timestamp_pb2.Timestamp
    drill: bool
    def __init__(self, title: _Optional[str] = ..., description: _Optional[str] = ..., priority: _Optional[_Union[AlertPriority, str]] = ..., alert_type: _Optional[str] = ..., department_id: _Optional[str] = ..., room_number: _Optional[str] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., drill: bool = ...) -> None: ...

class ListAlertsRequest(_message.Message):
    __slots__ = ("page", "page_size", "status", "priority", "department_id")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    status: AlertStatus
    priority: AlertPriority
    department_id: str
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., status: _Optional[_Union[AlertStatus, str]] = ..., priority: _Optional[_Union[AlertPriority, str]] = ..., department_id: _Optional[str] = ...) -> None: ...

class ListActiveAlertsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetAlertRequest(_message.Message):
    __slots__ = ("alert_id",)
    ALERT_ID_FIELD_NUMBER: _ClassVar[int]
    alert_id: str
    def __init__(self, alert_id: _Optional[str] = ...) -> None: ...

class AcknowledgeAlertRequest(_message.Message):
    __slots__ = ("alert_id", "take_over")
    ALERT_ID_FIELD_NUMBER: _ClassVar[int]
    TAKE_OVER_FIELD_NUMBER: _ClassVar[int]
    alert_id: str
    take_over: bool
    def __init__(self, alert_id: _Optional[str] = ..., take_over: bool = ...) -> None: ...

class ResolveAlertRequest(_message.Message):
    __slots__ = ("alert_id",)
    ALERT_ID_FIELD_NUMBER: _ClassVar[int]
    alert_id: str
    def __init__(self, alert_id: _Optional[str] = ...) -> None: ...

class CancelAlertRequest(_message.Message):
    __slots__ = ("alert_id",)
    ALERT_ID_FIELD_NUMBER: _ClassVar[int]
    alert_id: str
    def __init__(self, alert_id: _Optional[str] = ...) -> None: ...

class EscalateAlertRequest(_message.Message):
    __slots__ = ("alert_id", "seen_level")
    ALERT_ID_FIELD_NUMBER: _ClassVar[int]
    SEEN_LEVEL_FIELD_NUMBER: _ClassVar[int]
    alert_id: str
    seen_level: int
    def __init__(self, alert_id: _Optional[str] = ..., seen_level: _Optional[int] = ...) -> None: ...

class ListEscalationsRequest(_message.Message):
    __slots__ = ("alert_id",)
    ALERT_ID_FIELD_NUMBER: _ClassVar[int]
    alert_id: str
    def __init__(self, alert_id: _Optional[str] = ...) -> None: ...

class GetAlertReportRequest(_message.Message):
    __slots__ = ("start_date", "end_date", "department_id")
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    start_date: _timestamp_pb2.Timestamp
    end_date: _timestamp_pb2.Timestamp
    department_id: str
    def __init__(self, start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., department_id: _Optional[str] = ...) -> None: ...

class AlertReport(_message.Message):
    __slots__ = ("total", "by_priority", "by_department")
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    BY_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    BY_DEPARTMENT_FIELD_NUMBER: _ClassVar[int]
    total: AlertFigures
    by_priority: _containers.RepeatedCompositeFieldContainer[PriorityFigures]
    by_department: _containers.RepeatedCompositeFieldContainer[DepartmentFigures]
    def __init__(self, total: _Optional[_Union[AlertFigures, _Mapping]] = ..., by_priority: _Optional[_Iterable[_Union[PriorityFigures, _Mapping]]] = ..., by_department: _Optional[_Iterable[_Union[DepartmentFigures, _Mapping]]] = ...) -> None: ...

class AlertFigures(_message.Message):
    __slots__ = ("alerts", "acknowledged", "unanswered", "escalations", "median_seconds", "p95_seconds", "longest_seconds")
    ALERTS_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    UNANSWERED_FIELD_NUMBER: _ClassVar[int]
    ESCALATIONS_FIELD_NUMBER: _ClassVar[int]
    MEDIAN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    P95_SECONDS_FIELD_NUMBER: _ClassVar[int]
    LONGEST_SECONDS_FIELD_NUMBER: _ClassVar[int]
    alerts: int
    acknowledged: int
    unanswered: int
    escalations: int
    median_seconds: float
    p95_seconds: float
    longest_seconds: float
    def __init__(self, alerts: _Optional[int] = ..., acknowledged: _Optional[int] = ..., unanswered: _Optional[int] = ..., escalations: _Optional[int] = ..., median_seconds: _Optional[float] = ..., p95_seconds: _Optional[float] = ..., longest_seconds: _Optional[float] = ...) -> None: ...

class PriorityFigures(_message.Message):
    __slots__ = ("priority", "figures")
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    priority: AlertPriority
    figures: AlertFigures
    def __init__(self, priority: _Optional[_Union[AlertPriority, str]] = ..., figures: _Optional[_Union[AlertFigures, _Mapping]] = ...) -> None: ...

class DepartmentFigures(_message.Message):
    __slots__ = ("department_id", "figures")
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    department_id: str
    figures: AlertFigures
    def __init__(self, department_id: _Optional[str] = ..., figures: _Optional[_Union[AlertFigures, _Mapping]] = ...) -> None: ...
