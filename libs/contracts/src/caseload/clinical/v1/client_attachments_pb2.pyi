from caseload.clinical.v1 import attachments_pb2 as _attachments_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class UploadClientAttachmentRequest(_message.Message):
    __slots__ = ("client_id", "file_name", "content", "last")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    file_name: str
    content: bytes
    last: bool
    def __init__(self, client_id: _Optional[str] = ..., file_name: _Optional[str] = ..., content: _Optional[bytes] = ..., last: bool = ...) -> None: ...

class ListClientAttachmentsRequest(_message.Message):
    __slots__ = ("client_id", "after")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    after: str
    def __init__(self, client_id: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class GetClientDownloadRequest(_message.Message):
    __slots__ = ("client_id", "attachment_id", "expires_in_minutes", "disposition")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_MINUTES_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    attachment_id: str
    expires_in_minutes: int
    disposition: _attachments_pb2.Disposition
    def __init__(self, client_id: _Optional[str] = ..., attachment_id: _Optional[str] = ..., expires_in_minutes: _Optional[int] = ..., disposition: _Optional[_Union[_attachments_pb2.Disposition, str]] = ...) -> None: ...

class RenameClientAttachmentRequest(_message.Message):
    __slots__ = ("client_id", "attachment_id", "file_name")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    attachment_id: str
    file_name: str
    def __init__(self, client_id: _Optional[str] = ..., attachment_id: _Optional[str] = ..., file_name: _Optional[str] = ...) -> None: ...

class DeleteClientAttachmentRequest(_message.Message):
    __slots__ = ("client_id", "attachment_id")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    attachment_id: str
    def __init__(self, client_id: _Optional[str] = ..., attachment_id: _Optional[str] = ...) -> None: ...

class ChooseClientAttachmentsRequest(_message.Message):
    __slots__ = ("client_id", "attachment_ids")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    attachment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_id: _Optional[str] = ..., attachment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class AttachmentChoice(_message.Message):
    __slots__ = ("items", "tickets")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TICKETS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[_attachments_pb2.Attachment]
    tickets: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, items: _Optional[_Iterable[_Union[_attachments_pb2.Attachment, _Mapping]]] = ..., tickets: _Optional[_Iterable[bytes]] = ...) -> None: ...

class ReadClientAttachmentRequest(_message.Message):
    __slots__ = ("client_id", "attachment_id", "offset", "limit", "ticket")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_ID_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    TICKET_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    attachment_id: str
    offset: int
    limit: int
    ticket: bytes
    def __init__(self, client_id: _Optional[str] = ..., attachment_id: _Optional[str] = ..., offset: _Optional[int] = ..., limit: _Optional[int] = ..., ticket: _Optional[bytes] = ...) -> None: ...

class AttachmentContent(_message.Message):
    __slots__ = ("content",)
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    def __init__(self, content: _Optional[bytes] = ...) -> None: ...
