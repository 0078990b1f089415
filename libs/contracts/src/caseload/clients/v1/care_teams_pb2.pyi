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

class Review(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REVIEW_UNSPECIFIED: _ClassVar[Review]
    REVIEW_PENDING: _ClassVar[Review]
    REVIEW_JUSTIFIED: _ClassVar[Review]
    REVIEW_UNJUSTIFIED: _ClassVar[Review]
REVIEW_UNSPECIFIED: Review
REVIEW_PENDING: Review
REVIEW_JUSTIFIED: Review
REVIEW_UNJUSTIFIED: Review

class CareTeam(_message.Message):
    __slots__ = ("client_id", "restricted", "user_ids")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESTRICTED_FIELD_NUMBER: _ClassVar[int]
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    restricted: bool
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_id: _Optional[str] = ..., restricted: bool = ..., user_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BrokenGlass(_message.Message):
    __slots__ = ("id", "client_id", "user_id", "reason", "granted_at", "expires_at", "review", "reviewed_by", "reviewed_at", "review_comment")
    ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    GRANTED_AT_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    REVIEWED_BY_FIELD_NUMBER: _ClassVar[int]
    REVIEWED_AT_FIELD_NUMBER: _ClassVar[int]
    REVIEW_COMMENT_FIELD_NUMBER: _ClassVar[int]
    id: str
    client_id: str
    user_id: str
    reason: str
    granted_at: _timestamp_pb2.Timestamp
    expires_at: _timestamp_pb2.Timestamp
    review: Review
    reviewed_by: str
    reviewed_at: _timestamp_pb2.Timestamp
    review_comment: str
    def __init__(self, id: _Optional[str] = ..., client_id: _Optional[str] = ..., user_id: _Optional[str] = ..., reason: _Optional[str] = ..., granted_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., review: _Optional[_Union[Review, str]] = ..., reviewed_by: _Optional[str] = ..., reviewed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., review_comment: _Optional[str] = ...) -> None: ...

class BrokenGlassPage(_message.Message):
    __slots__ = ("items", "total", "more")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[BrokenGlass]
    total: int
    more: bool
    def __init__(self, items: _Optional[_Iterable[_Union[BrokenGlass, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ...) -> None: ...

class GetCareTeamRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class SetCareTeamRequest(_message.Message):
    __slots__ = ("client_id", "restricted", "user_ids")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESTRICTED_FIELD_NUMBER: _ClassVar[int]
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    restricted: bool
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_id: _Optional[str] = ..., restricted: bool = ..., user_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BreakGlassRequest(_message.Message):
    __slots__ = ("client_id", "reason")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    reason: str
    def __init__(self, client_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ListBrokenGlassRequest(_message.Message):
    __slots__ = ("page", "page_size", "review", "skip")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    review: Review
    skip: int
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., review: _Optional[_Union[Review, str]] = ..., skip: _Optional[int] = ...) -> None: ...

class ReviewBrokenGlassRequest(_message.Message):
    __slots__ = ("break_glass_id", "review", "comment")
    BREAK_GLASS_ID_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    break_glass_id: str
    review: Review
    comment: str
    def __init__(self, break_glass_id: _Optional[str] = ..., review: _Optional[_Union[Review, str]] = ..., comment: _Optional[str] = ...) -> None: ...
