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

class PlanStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PLAN_STATUS_UNSPECIFIED: _ClassVar[PlanStatus]
    PLAN_STATUS_ACTIVE: _ClassVar[PlanStatus]
    PLAN_STATUS_COMPLETED: _ClassVar[PlanStatus]
    PLAN_STATUS_DISCONTINUED: _ClassVar[PlanStatus]

class PlanEventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PLAN_EVENT_KIND_UNSPECIFIED: _ClassVar[PlanEventKind]
    PLAN_EVENT_KIND_PLAN_CREATED: _ClassVar[PlanEventKind]
    PLAN_EVENT_KIND_PLAN_UPDATED: _ClassVar[PlanEventKind]
    PLAN_EVENT_KIND_PLAN_COMPLETED: _ClassVar[PlanEventKind]
    PLAN_EVENT_KIND_PLAN_DISCONTINUED: _ClassVar[PlanEventKind]
    PLAN_EVENT_KIND_MILESTONE_ACHIEVED: _ClassVar[PlanEventKind]
PLAN_STATUS_UNSPECIFIED: PlanStatus
PLAN_STATUS_ACTIVE: PlanStatus
PLAN_STATUS_COMPLETED: PlanStatus
PLAN_STATUS_DISCONTINUED: PlanStatus
PLAN_EVENT_KIND_UNSPECIFIED: PlanEventKind
PLAN_EVENT_KIND_PLAN_CREATED: PlanEventKind
PLAN_EVENT_KIND_PLAN_UPDATED: PlanEventKind
PLAN_EVENT_KIND_PLAN_COMPLETED: PlanEventKind
PLAN_EVENT_KIND_PLAN_DISCONTINUED: PlanEventKind
PLAN_EVENT_KIND_MILESTONE_ACHIEVED: PlanEventKind

class Plan(_message.Message):
    __slots__ = ("id", "workspace_id", "client_id", "title", "diagnosis", "diagnosis_code", "goals", "start_date", "end_date", "status", "version", "created_at", "updated_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_CODE_FIELD_NUMBER: _ClassVar[int]
    GOALS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    client_id: str
    title: str
    diagnosis: str
    diagnosis_code: str
    goals: _containers.RepeatedScalarFieldContainer[str]
    start_date: str
    end_date: str
    status: PlanStatus
    version: int
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., client_id: _Optional[str] = ..., title: _Optional[str] = ..., diagnosis: _Optional[str] = ..., diagnosis_code: _Optional[str] = ..., goals: _Optional[_Iterable[str]] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., status: _Optional[_Union[PlanStatus, str]] = ..., version: _Optional[int] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreatePlanRequest(_message.Message):
    __slots__ = ("client_id", "title", "diagnosis", "diagnosis_code", "goals", "start_date", "end_date")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_CODE_FIELD_NUMBER: _ClassVar[int]
    GOALS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    title: str
    diagnosis: str
    diagnosis_code: str
    goals: _containers.RepeatedScalarFieldContainer[str]
    start_date: str
    end_date: str
    def __init__(self, client_id: _Optional[str] = ..., title: _Optional[str] = ..., diagnosis: _Optional[str] = ..., diagnosis_code: _Optional[str] = ..., goals: _Optional[_Iterable[str]] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ...) -> None: ...

class GetPlanRequest(_message.Message):
    __slots__ = ("plan_id",)
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    def __init__(self, plan_id: _Optional[str] = ...) -> None: ...

class ListPlansRequest(_message.Message):
    __slots__ = ("page", "page_size", "client_id", "status", "skip")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    client_id: str
    status: PlanStatus
    skip: int
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., client_id: _Optional[str] = ..., status: _Optional[_Union[PlanStatus, str]] = ..., skip: _Optional[int] = ...) -> None: ...

class PlanPage(_message.Message):
    __slots__ = ("items", "total", "more")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Plan]
    total: int
    more: bool
    def __init__(self, items: _Optional[_Iterable[_Union[Plan, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ...) -> None: ...

class UpdatePlanRequest(_message.Message):
    __slots__ = ("plan_id", "mask", "title", "diagnosis", "diagnosis_code", "goals", "start_date", "end_date", "status", "expected_version")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_CODE_FIELD_NUMBER: _ClassVar[int]
    GOALS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    mask: _field_mask_pb2.FieldMask
    title: str
    diagnosis: str
    diagnosis_code: str
    goals: _containers.RepeatedScalarFieldContainer[str]
    start_date: str
    end_date: str
    status: PlanStatus
    expected_version: int
    def __init__(self, plan_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., title: _Optional[str] = ..., diagnosis: _Optional[str] = ..., diagnosis_code: _Optional[str] = ..., goals: _Optional[_Iterable[str]] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., status: _Optional[_Union[PlanStatus, str]] = ..., expected_version: _Optional[int] = ...) -> None: ...

class DeletePlanRequest(_message.Message):
    __slots__ = ("plan_id",)
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    def __init__(self, plan_id: _Optional[str] = ...) -> None: ...

class DeletePlanResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListPlanVersionsRequest(_message.Message):
    __slots__ = ("plan_id", "after")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    after: str
    def __init__(self, plan_id: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class PlanVersion(_message.Message):
    __slots__ = ("id", "plan_id", "version_number", "title", "diagnosis", "diagnosis_code", "goals", "start_date", "end_date", "status", "created_by_user_id", "created_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_NUMBER_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_CODE_FIELD_NUMBER: _ClassVar[int]
    GOALS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    plan_id: str
    version_number: int
    title: str
    diagnosis: str
    diagnosis_code: str
    goals: _containers.RepeatedScalarFieldContainer[str]
    start_date: str
    end_date: str
    status: PlanStatus
    created_by_user_id: str
    created_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., plan_id: _Optional[str] = ..., version_number: _Optional[int] = ..., title: _Optional[str] = ..., diagnosis: _Optional[str] = ..., diagnosis_code: _Optional[str] = ..., goals: _Optional[_Iterable[str]] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., status: _Optional[_Union[PlanStatus, str]] = ..., created_by_user_id: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PlanVersionList(_message.Message):
    __slots__ = ("versions", "more")
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[PlanVersion]
    more: bool
    def __init__(self, versions: _Optional[_Iterable[_Union[PlanVersion, _Mapping]]] = ..., more: bool = ...) -> None: ...

class ListPlanEventsRequest(_message.Message):
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

class PlanEvent(_message.Message):
    __slots__ = ("id", "kind", "at", "plan_id", "milestone_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    MILESTONE_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: PlanEventKind
    at: _timestamp_pb2.Timestamp
    plan_id: str
    milestone_id: str
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[_Union[PlanEventKind, str]] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., plan_id: _Optional[str] = ..., milestone_id: _Optional[str] = ...) -> None: ...

class PlanEventList(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[PlanEvent]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[PlanEvent, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...
