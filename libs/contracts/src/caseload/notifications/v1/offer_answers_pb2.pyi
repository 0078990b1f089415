from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class GetOfferLinkRequest(_message.Message):
    __slots__ = ("token", "locale")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    token: str
    locale: str
    def __init__(self, token: _Optional[str] = ..., locale: _Optional[str] = ...) -> None: ...

class AcceptOfferRequest(_message.Message):
    __slots__ = ("token", "locale")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    token: str
    locale: str
    def __init__(self, token: _Optional[str] = ..., locale: _Optional[str] = ...) -> None: ...

class OfferLink(_message.Message):
    __slots__ = ("client_id", "practice", "date", "time", "is_open", "is_accepted")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTICE_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    IS_OPEN_FIELD_NUMBER: _ClassVar[int]
    IS_ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    practice: str
    date: str
    time: str
    is_open: bool
    is_accepted: bool
    def __init__(self, client_id: _Optional[str] = ..., practice: _Optional[str] = ..., date: _Optional[str] = ..., time: _Optional[str] = ..., is_open: bool = ..., is_accepted: bool = ...) -> None: ...
