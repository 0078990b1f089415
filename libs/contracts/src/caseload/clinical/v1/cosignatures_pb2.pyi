from caseload.clinical.v1 import sessions_pb2 as _sessions_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class ListCosignQueueRequest(_message.Message):
    __slots__ = ("page", "page_size", "skip")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    skip: int
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., skip: _Optional[int] = ...) -> None: ...

class CosignSessionRequest(_message.Message):
    __slots__ = ("session_id", "expected_version", "content_hash", "comment")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    CONTENT_HASH_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    expected_version: int
    content_hash: str
    comment: str
    def __init__(self, session_id: _Optional[str] = ..., expected_version: _Optional[int] = ..., content_hash: _Optional[str] = ..., comment: _Optional[str] = ...) -> None: ...

class ReturnSessionRequest(_message.Message):
    __slots__ = ("session_id", "expected_version", "content_hash", "comment")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    CONTENT_HASH_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    expected_version: int
    content_hash: str
    comment: str
    def __init__(self, session_id: _Optional[str] = ..., expected_version: _Optional[int] = ..., content_hash: _Optional[str] = ..., comment: _Optional[str] = ...) -> None: ...
