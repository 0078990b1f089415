import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SmsChannel(_message.Message):
    __slots__ = ("url", "is_active", "created_at", "updated_at")
    URL_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    url: str
    is_active: bool
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, url: _Optional[str] = ..., is_active: bool = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SmsChannelWithSecret(_message.Message):
    __slots__ = ("channel", "secret")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    channel: SmsChannel
    secret: str
    def __init__(self, channel: _Optional[_Union[SmsChannel, _Mapping]] = ..., secret: _Optional[str] = ...) -> None: ...

class SealedSmsChannel(_message.Message):
    __slots__ = ("url", "secret", "former_secret")
    URL_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    FORMER_SECRET_FIELD_NUMBER: _ClassVar[int]
    url: str
    secret: str
    former_secret: str
    def __init__(self, url: _Optional[str] = ..., secret: _Optional[str] = ..., former_secret: _Optional[str] = ...) -> None: ...

class GetSmsChannelRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SetSmsChannelRequest(_message.Message):
    __slots__ = ("url", "is_active")
    URL_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    url: str
    is_active: bool
    def __init__(self, url: _Optional[str] = ..., is_active: bool = ...) -> None: ...

class RotateSmsSecretRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DeleteSmsChannelRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DeleteSmsChannelResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
