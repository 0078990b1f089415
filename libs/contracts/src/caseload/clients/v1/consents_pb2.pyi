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

class ConsentPurpose(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONSENT_PURPOSE_UNSPECIFIED: _ClassVar[ConsentPurpose]
    CONSENT_PURPOSE_TREATMENT: _ClassVar[ConsentPurpose]
    CONSENT_PURPOSE_REMINDERS: _ClassVar[ConsentPurpose]
    CONSENT_PURPOSE_DATA_PROCESSING: _ClassVar[ConsentPurpose]
    CONSENT_PURPOSE_EXPORT: _ClassVar[ConsentPurpose]
CONSENT_PURPOSE_UNSPECIFIED: ConsentPurpose
CONSENT_PURPOSE_TREATMENT: ConsentPurpose
CONSENT_PURPOSE_REMINDERS: ConsentPurpose
CONSENT_PURPOSE_DATA_PROCESSING: ConsentPurpose
CONSENT_PURPOSE_EXPORT: ConsentPurpose

class Consent(_message.Message):
    __slots__ = ("id", "client_id", "purpose", "text_version", "given_at", "withdrawn_at", "recorded_by", "withdrawn_by")
    ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    TEXT_VERSION_FIELD_NUMBER: _ClassVar[int]
    GIVEN_AT_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_AT_FIELD_NUMBER: _ClassVar[int]
    RECORDED_BY_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_BY_FIELD_NUMBER: _ClassVar[int]
    id: str
    client_id: str
    purpose: ConsentPurpose
    text_version: str
    given_at: _timestamp_pb2.Timestamp
    withdrawn_at: _timestamp_pb2.Timestamp
    recorded_by: str
    withdrawn_by: str
    def __init__(self, id: _Optional[str] = ..., client_id: _Optional[str] = ..., purpose: _Optional[_Union[ConsentPurpose, str]] = ..., text_version: _Optional[str] = ..., given_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., withdrawn_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., recorded_by: _Optional[str] = ..., withdrawn_by: _Optional[str] = ...) -> None: ...

class GiveConsentRequest(_message.Message):
    __slots__ = ("client_id", "purpose", "text_version", "given_at")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    TEXT_VERSION_FIELD_NUMBER: _ClassVar[int]
    GIVEN_AT_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    purpose: ConsentPurpose
    text_version: str
    given_at: _timestamp_pb2.Timestamp
    def __init__(self, client_id: _Optional[str] = ..., purpose: _Optional[_Union[ConsentPurpose, str]] = ..., text_version: _Optional[str] = ..., given_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListConsentsRequest(_message.Message):
    __slots__ = ("client_id", "page", "page_size", "skip")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    page: int
    page_size: int
    skip: int
    def __init__(self, client_id: _Optional[str] = ..., page: _Optional[int] = ..., page_size: _Optional[int] = ..., skip: _Optional[int] = ...) -> None: ...

class ConsentPage(_message.Message):
    __slots__ = ("items", "total", "more")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Consent]
    total: int
    more: bool
    def __init__(self, items: _Optional[_Iterable[_Union[Consent, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ...) -> None: ...

class WithdrawConsentRequest(_message.Message):
    __slots__ = ("client_id", "consent_id")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CONSENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    consent_id: str
    def __init__(self, client_id: _Optional[str] = ..., consent_id: _Optional[str] = ...) -> None: ...
