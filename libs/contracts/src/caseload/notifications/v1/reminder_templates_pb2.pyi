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

class TextMessageEncoding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TEXT_MESSAGE_ENCODING_UNSPECIFIED: _ClassVar[TextMessageEncoding]
    TEXT_MESSAGE_ENCODING_GSM7: _ClassVar[TextMessageEncoding]
    TEXT_MESSAGE_ENCODING_UCS2: _ClassVar[TextMessageEncoding]
TEXT_MESSAGE_ENCODING_UNSPECIFIED: TextMessageEncoding
TEXT_MESSAGE_ENCODING_GSM7: TextMessageEncoding
TEXT_MESSAGE_ENCODING_UCS2: TextMessageEncoding

class ReminderTemplate(_message.Message):
    __slots__ = ("id", "workspace_id", "name", "locale", "subject", "text", "html", "is_active", "created_at", "updated_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    HTML_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    name: str
    locale: str
    subject: str
    text: str
    html: str
    is_active: bool
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., name: _Optional[str] = ..., locale: _Optional[str] = ..., subject: _Optional[str] = ..., text: _Optional[str] = ..., html: _Optional[str] = ..., is_active: bool = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreateReminderTemplateRequest(_message.Message):
    __slots__ = ("name", "locale", "subject", "text", "html", "is_active")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    HTML_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    name: str
    locale: str
    subject: str
    text: str
    html: str
    is_active: bool
    def __init__(self, name: _Optional[str] = ..., locale: _Optional[str] = ..., subject: _Optional[str] = ..., text: _Optional[str] = ..., html: _Optional[str] = ..., is_active: bool = ...) -> None: ...

class ListReminderTemplatesRequest(_message.Message):
    __slots__ = ("page", "page_size", "skip")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    skip: int
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., skip: _Optional[int] = ...) -> None: ...

class ReminderTemplatePage(_message.Message):
    __slots__ = ("items", "total", "more")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[ReminderTemplate]
    total: int
    more: bool
    def __init__(self, items: _Optional[_Iterable[_Union[ReminderTemplate, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ...) -> None: ...

class UpdateReminderTemplateRequest(_message.Message):
    __slots__ = ("template_id", "mask", "name", "locale", "subject", "text", "html", "is_active")
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    HTML_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    template_id: str
    mask: _field_mask_pb2.FieldMask
    name: str
    locale: str
    subject: str
    text: str
    html: str
    is_active: bool
    def __init__(self, template_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., name: _Optional[str] = ..., locale: _Optional[str] = ..., subject: _Optional[str] = ..., text: _Optional[str] = ..., html: _Optional[str] = ..., is_active: bool = ...) -> None: ...

class DeleteReminderTemplateRequest(_message.Message):
    __slots__ = ("template_id",)
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    template_id: str
    def __init__(self, template_id: _Optional[str] = ...) -> None: ...

class DeleteReminderTemplateResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PreviewReminderTemplateRequest(_message.Message):
    __slots__ = ("template_id",)
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    template_id: str
    def __init__(self, template_id: _Optional[str] = ...) -> None: ...

class TextMessagePreview(_message.Message):
    __slots__ = ("text", "encoding", "characters", "parts", "is_too_long")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    CHARACTERS_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    IS_TOO_LONG_FIELD_NUMBER: _ClassVar[int]
    text: str
    encoding: TextMessageEncoding
    characters: int
    parts: int
    is_too_long: bool
    def __init__(self, text: _Optional[str] = ..., encoding: _Optional[_Union[TextMessageEncoding, str]] = ..., characters: _Optional[int] = ..., parts: _Optional[int] = ..., is_too_long: bool = ...) -> None: ...

class ReminderPreview(_message.Message):
    __slots__ = ("subject", "text", "html", "text_message")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    HTML_FIELD_NUMBER: _ClassVar[int]
    TEXT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    subject: str
    text: str
    html: str
    text_message: TextMessagePreview
    def __init__(self, subject: _Optional[str] = ..., text: _Optional[str] = ..., html: _Optional[str] = ..., text_message: _Optional[_Union[TextMessagePreview, _Mapping]] = ...) -> None: ...
