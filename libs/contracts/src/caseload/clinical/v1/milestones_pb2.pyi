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

class MilestoneStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MILESTONE_STATUS_UNSPECIFIED: _ClassVar[MilestoneStatus]
    MILESTONE_STATUS_PENDING: _ClassVar[MilestoneStatus]
    MILESTONE_STATUS_IN_PROGRESS: _ClassVar[MilestoneStatus]
    MILESTONE_STATUS_ACHIEVED: _ClassVar[MilestoneStatus]
    MILESTONE_STATUS_DISCONTINUED: _ClassVar[MilestoneStatus]
MILESTONE_STATUS_UNSPECIFIED: MilestoneStatus
MILESTONE_STATUS_PENDING: MilestoneStatus
MILESTONE_STATUS_IN_PROGRESS: MilestoneStatus
MILESTONE_STATUS_ACHIEVED: MilestoneStatus
MILESTONE_STATUS_DISCONTINUED: MilestoneStatus

class Milestone(_message.Message):
    __slots__ = ("id", "plan_id", "title", "description", "notes", "target_date", "position", "status", "achieved_at", "created_at", "updated_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    TARGET_DATE_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ACHIEVED_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    plan_id: str
    title: str
    description: str
    notes: str
    target_date: str
    position: int
    status: MilestoneStatus
    achieved_at: _timestamp_pb2.Timestamp
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., plan_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., notes: _Optional[str] = ..., target_date: _Optional[str] = ..., position: _Optional[int] = ..., status: _Optional[_Union[MilestoneStatus, str]] = ..., achieved_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreateMilestoneRequest(_message.Message):
    __slots__ = ("plan_id", "title", "description", "notes", "target_date", "status", "achieved_at")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    TARGET_DATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ACHIEVED_AT_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    title: str
    description: str
    notes: str
    target_date: str
    status: MilestoneStatus
    achieved_at: _timestamp_pb2.Timestamp
    def __init__(self, plan_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., notes: _Optional[str] = ..., target_date: _Optional[str] = ..., status: _Optional[_Union[MilestoneStatus, str]] = ..., achieved_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListMilestonesRequest(_message.Message):
    __slots__ = ("plan_id", "page", "page_size", "skip")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    page: int
    page_size: int
    skip: int
    def __init__(self, plan_id: _Optional[str] = ..., page: _Optional[int] = ..., page_size: _Optional[int] = ..., skip: _Optional[int] = ...) -> None: ...

class MilestonePage(_message.Message):
    __slots__ = ("items", "total", "more")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Milestone]
    total: int
    more: bool
    def __init__(self, items: _Optional[_Iterable[_Union[Milestone, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ...) -> None: ...

class UpdateMilestoneRequest(_message.Message):
    __slots__ = ("plan_id", "milestone_id", "mask", "title", "description", "notes", "target_date", "status", "achieved_at")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    MILESTONE_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    TARGET_DATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ACHIEVED_AT_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    milestone_id: str
    mask: _field_mask_pb2.FieldMask
    title: str
    description: str
    notes: str
    target_date: str
    status: MilestoneStatus
    achieved_at: _timestamp_pb2.Timestamp
    def __init__(self, plan_id: _Optional[str] = ..., milestone_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., notes: _Optional[str] = ..., target_date: _Optional[str] = ..., status: _Optional[_Union[MilestoneStatus, str]] = ..., achieved_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class OrderMilestonesRequest(_message.Message):
    __slots__ = ("plan_id", "milestone_ids")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    MILESTONE_IDS_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    milestone_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, plan_id: _Optional[str] = ..., milestone_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class MilestoneOrder(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Milestone]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[Milestone, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class DeleteMilestoneRequest(_message.Message):
    __slots__ = ("plan_id", "milestone_id")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    MILESTONE_ID_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    milestone_id: str
    def __init__(self, plan_id: _Optional[str] = ..., milestone_id: _Optional[str] = ...) -> None: ...

class DeleteMilestoneResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
