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

class AttachmentStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ATTACHMENT_STATUS_UNSPECIFIED: _ClassVar[AttachmentStatus]
    ATTACHMENT_STATUS_SCANNING: _ClassVar[AttachmentStatus]
    ATTACHMENT_STATUS_READY: _ClassVar[AttachmentStatus]
    ATTACHMENT_STATUS_REJECTED: _ClassVar[AttachmentStatus]

class Disposition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DISPOSITION_UNSPECIFIED: _ClassVar[Disposition]
    DISPOSITION_INLINE: _ClassVar[Disposition]
    DISPOSITION_ATTACHMENT: _ClassVar[Disposition]
ATTACHMENT_STATUS_UNSPECIFIED: AttachmentStatus
ATTACHMENT_STATUS_SCANNING: AttachmentStatus
ATTACHMENT_STATUS_READY: AttachmentStatus
ATTACHMENT_STATUS_REJECTED: AttachmentStatus
DISPOSITION_UNSPECIFIED: Disposition
DISPOSITION_INLINE: Disposition
DISPOSITION_ATTACHMENT: Disposition

class Attachment(_message.Message):
    __slots__ = ("id", "session_id", "client_id", "workspace_id", "file_name", "file_type", "file_size_bytes", "status", "created_at", "session_date", "is_session_file", "scanned_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    FILE_TYPE_FIELD_NUMBER: _ClassVar[int]
    FILE_SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    SESSION_DATE_FIELD_NUMBER: _ClassVar[int]
    IS_SESSION_FILE_FIELD_NUMBER: _ClassVar[int]
    SCANNED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    session_id: str
    client_id: str
    workspace_id: str
    file_name: str
    file_type: str
    file_size_bytes: int
    status: AttachmentStatus
    created_at: _timestamp_pb2.Timestamp
    session_date: _timestamp_pb2.Timestamp
    is_session_file: bool
    scanned_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., session_id: _Optional[str] = ..., client_id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., file_name: _Optional[str] = ..., file_type: _Optional[str] = ..., file_size_bytes: _Optional[int] = ..., status: _Optional[_Union[AttachmentStatus, str]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., session_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., is_session_file: bool = ..., scanned_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AttachmentList(_message.Message):
    __slots__ = ("items", "total", "more")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Attachment]
    total: int
    more: bool
    def __init__(self, items: _Optional[_Iterable[_Union[Attachment, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ...) -> None: ...

class UploadAttachmentRequest(_message.Message):
    __slots__ = ("session_id", "file_name", "content", "last")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    file_name: str
    content: bytes
    last: bool
    def __init__(self, session_id: _Optional[str] = ..., file_name: _Optional[str] = ..., content: _Optional[bytes] = ..., last: bool = ...) -> None: ...

class ListAttachmentsRequest(_message.Message):
    __slots__ = ("session_id", "after")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    after: str
    def __init__(self, session_id: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class GetAttachmentRequest(_message.Message):
    __slots__ = ("session_id", "attachment_id")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    attachment_id: str
    def __init__(self, session_id: _Optional[str] = ..., attachment_id: _Optional[str] = ...) -> None: ...

class GetDownloadRequest(_message.Message):
    __slots__ = ("session_id", "attachment_id", "expires_in_minutes", "disposition")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_MINUTES_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    attachment_id: str
    expires_in_minutes: int
    disposition: Disposition
    def __init__(self, session_id: _Optional[str] = ..., attachment_id: _Optional[str] = ..., expires_in_minutes: _Optional[int] = ..., disposition: _Optional[_Union[Disposition, str]] = ...) -> None: ...

class Download(_message.Message):
    __slots__ = ("download_url", "expires_at", "expires_in_seconds")
    DOWNLOAD_URL_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    download_url: str
    expires_at: _timestamp_pb2.Timestamp
    expires_in_seconds: int
    def __init__(self, download_url: _Optional[str] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expires_in_seconds: _Optional[int] = ...) -> None: ...

class RenameAttachmentRequest(_message.Message):
    __slots__ = ("session_id", "attachment_id", "file_name")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    attachment_id: str
    file_name: str
    def __init__(self, session_id: _Optional[str] = ..., attachment_id: _Optional[str] = ..., file_name: _Optional[str] = ...) -> None: ...

class DeleteAttachmentRequest(_message.Message):
    __slots__ = ("session_id", "attachment_id")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    attachment_id: str
    def __init__(self, session_id: _Optional[str] = ..., attachment_id: _Optional[str] = ...) -> None: ...

class DeleteAttachmentResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetStorageRequest(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

class SetStorageQuotaRequest(_message.Message):
    __slots__ = ("workspace_id", "quota_bytes")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    QUOTA_BYTES_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    quota_bytes: int
    def __init__(self, workspace_id: _Optional[str] = ..., quota_bytes: _Optional[int] = ...) -> None: ...

class Storage(_message.Message):
    __slots__ = ("used_bytes", "quota_bytes")
    USED_BYTES_FIELD_NUMBER: _ClassVar[int]
    QUOTA_BYTES_FIELD_NUMBER: _ClassVar[int]
    used_bytes: int
    quota_bytes: int
    def __init__(self, used_bytes: _Optional[int] = ..., quota_bytes: _Optional[int] = ...) -> None: ...
