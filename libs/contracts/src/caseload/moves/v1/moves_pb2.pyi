from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MoveClientRequest(_message.Message):
    __slots__ = ("merge_id", "merged_id", "survivor_id", "back", "asked_by")
    MERGE_ID_FIELD_NUMBER: _ClassVar[int]
    MERGED_ID_FIELD_NUMBER: _ClassVar[int]
    SURVIVOR_ID_FIELD_NUMBER: _ClassVar[int]
    BACK_FIELD_NUMBER: _ClassVar[int]
    ASKED_BY_FIELD_NUMBER: _ClassVar[int]
    merge_id: str
    merged_id: str
    survivor_id: str
    back: bool
    asked_by: str
    def __init__(self, merge_id: _Optional[str] = ..., merged_id: _Optional[str] = ..., survivor_id: _Optional[str] = ..., back: bool = ..., asked_by: _Optional[str] = ...) -> None: ...

class MovedRow(_message.Message):
    __slots__ = ("kind", "id")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    kind: str
    id: str
    def __init__(self, kind: _Optional[str] = ..., id: _Optional[str] = ...) -> None: ...

class MoveClientResponse(_message.Message):
    __slots__ = ("moved", "unfinished", "changed", "kept")
    MOVED_FIELD_NUMBER: _ClassVar[int]
    UNFINISHED_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    moved: int
    unfinished: bool
    changed: _containers.RepeatedCompositeFieldContainer[MovedRow]
    kept: _containers.RepeatedCompositeFieldContainer[MovedRow]
    def __init__(self, moved: _Optional[int] = ..., unfinished: bool = ..., changed: _Optional[_Iterable[_Union[MovedRow, _Mapping]]] = ..., kept: _Optional[_Iterable[_Union[MovedRow, _Mapping]]] = ...) -> None: ...
