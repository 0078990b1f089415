import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ApplyCareTeamRequest(_message.Message):
    __slots__ = ("client_id", "version", "restricted", "user_ids")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RESTRICTED_FIELD_NUMBER: _ClassVar[int]
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    version: int
    restricted: bool
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_id: _Optional[str] = ..., version: _Optional[int] = ..., restricted: bool = ..., user_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ApplyCareTeamResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ApplyBrokenGlassRequest(_message.Message):
    __slots__ = ("break_glass_id", "client_id", "user_id", "expires_at")
    BREAK_GLASS_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    break_glass_id: str
    client_id: str
    user_id: str
    expires_at: _timestamp_pb2.Timestamp
    def __init__(self, break_glass_id: _Optional[str] = ..., client_id: _Optional[str] = ..., user_id: _Optional[str] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ApplyBrokenGlassResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
