import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CalendarFeed(_message.Message):
    __slots__ = ("id", "practitioner_id", "shows_initials", "created_at", "last_read_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    SHOWS_INITIALS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_READ_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    practitioner_id: str
    shows_initials: bool
    created_at: _timestamp_pb2.Timestamp
    last_read_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., shows_initials: bool = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_read_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreateFeedRequest(_message.Message):
    __slots__ = ("shows_initials",)
    SHOWS_INITIALS_FIELD_NUMBER: _ClassVar[int]
    shows_initials: bool
    def __init__(self, shows_initials: bool = ...) -> None: ...

class CreatedFeed(_message.Message):
    __slots__ = ("feed", "token")
    FEED_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    feed: CalendarFeed
    token: str
    def __init__(self, feed: _Optional[_Union[CalendarFeed, _Mapping]] = ..., token: _Optional[str] = ...) -> None: ...

class ListFeedsRequest(_message.Message):
    __slots__ = ("practitioner_id",)
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    practitioner_id: str
    def __init__(self, practitioner_id: _Optional[str] = ...) -> None: ...

class FeedList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[CalendarFeed]
    def __init__(self, items: _Optional[_Iterable[_Union[CalendarFeed, _Mapping]]] = ...) -> None: ...

class DeleteFeedRequest(_message.Message):
    __slots__ = ("feed_id",)
    FEED_ID_FIELD_NUMBER: _ClassVar[int]
    feed_id: str
    def __init__(self, feed_id: _Optional[str] = ...) -> None: ...

class DeleteFeedResponse(_message.Message):
    __slots__ = ("practitioner_id",)
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    practitioner_id: str
    def __init__(self, practitioner_id: _Optional[str] = ...) -> None: ...

class ReadFeedRequest(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: str
    def __init__(self, token: _Optional[str] = ...) -> None: ...

class FeedContent(_message.Message):
    __slots__ = ("practitioner_id", "calendar")
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    practitioner_id: str
    calendar: bytes
    def __init__(self, practitioner_id: _Optional[str] = ..., calendar: _Optional[bytes] = ...) -> None: ...
