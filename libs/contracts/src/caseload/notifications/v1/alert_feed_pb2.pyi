from caseload.notifications.v1 import alerts_pb2 as _alerts_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetHeadsRequest(_message.Message):
    __slots__ = ("workspace_ids",)
    WORKSPACE_IDS_FIELD_NUMBER: _ClassVar[int]
    workspace_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, workspace_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Heads(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Head]
    def __init__(self, items: _Optional[_Iterable[_Union[Head, _Mapping]]] = ...) -> None: ...

class Head(_message.Message):
    __slots__ = ("workspace_id", "sequence")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    sequence: int
    def __init__(self, workspace_id: _Optional[str] = ..., sequence: _Optional[int] = ...) -> None: ...

class OpenFeedRequest(_message.Message):
    __slots__ = ("generation", "after")
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    generation: str
    after: int
    def __init__(self, generation: _Optional[str] = ..., after: _Optional[int] = ...) -> None: ...

class ReadFeedRequest(_message.Message):
    __slots__ = ("generation", "after", "user_ids")
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    generation: str
    after: int
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, generation: _Optional[str] = ..., after: _Optional[int] = ..., user_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Feed(_message.Message):
    __slots__ = ("generation", "through", "reset", "items", "audience", "elsewhere")
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    THROUGH_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    ELSEWHERE_FIELD_NUMBER: _ClassVar[int]
    generation: str
    through: int
    reset: bool
    items: _containers.RepeatedCompositeFieldContainer[FeedItem]
    audience: str
    elsewhere: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, generation: _Optional[str] = ..., through: _Optional[int] = ..., reset: bool = ..., items: _Optional[_Iterable[_Union[FeedItem, _Mapping]]] = ..., audience: _Optional[str] = ..., elsewhere: _Optional[_Iterable[str]] = ...) -> None: ...

class FeedItem(_message.Message):
    __slots__ = ("sequence", "change", "alert_id", "alert")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    ALERT_ID_FIELD_NUMBER: _ClassVar[int]
    ALERT_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    change: str
    alert_id: str
    alert: _alerts_pb2.Alert
    def __init__(self, sequence: _Optional[int] = ..., change: _Optional[str] = ..., alert_id: _Optional[str] = ..., alert: _Optional[_Union[_alerts_pb2.Alert, _Mapping]] = ...) -> None: ...
