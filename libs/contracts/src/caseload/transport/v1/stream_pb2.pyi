from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Calls(_message.Message):
    __slots__ = ("calls", "cancelled")
    CALLS_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    calls: _containers.RepeatedCompositeFieldContainer[Call]
    cancelled: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, calls: _Optional[_Iterable[_Union[Call, _Mapping]]] = ..., cancelled: _Optional[_Iterable[int]] = ...) -> None: ...

class Call(_message.Message):
    __slots__ = ("id", "path", "request", "seconds", "authorization", "request_id", "idempotency_key", "ip_address", "user_agent", "traceparent")
    ID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    AUTHORIZATION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    IP_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    USER_AGENT_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    id: int
    path: str
    request: bytes
    seconds: float
    authorization: str
    request_id: str
    idempotency_key: str
    ip_address: str
    user_agent: str
    traceparent: str
    def __init__(self, id: _Optional[int] = ..., path: _Optional[str] = ..., request: _Optional[bytes] = ..., seconds: _Optional[float] = ..., authorization: _Optional[str] = ..., request_id: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., ip_address: _Optional[str] = ..., user_agent: _Optional[str] = ..., traceparent: _Optional[str] = ...) -> None: ...

class Responses(_message.Message):
    __slots__ = ("responses", "going_away")
    RESPONSES_FIELD_NUMBER: _ClassVar[int]
    GOING_AWAY_FIELD_NUMBER: _ClassVar[int]
    responses: _containers.RepeatedCompositeFieldContainer[Response]
    going_away: bool
    def __init__(self, responses: _Optional[_Iterable[_Union[Response, _Mapping]]] = ..., going_away: bool = ...) -> None: ...

class Response(_message.Message):
    __slots__ = ("id", "reply", "refused", "failed")
    ID_FIELD_NUMBER: _ClassVar[int]
    REPLY_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    id: int
    reply: bytes
    refused: Refused
    failed: bool
    def __init__(self, id: _Optional[int] = ..., reply: _Optional[bytes] = ..., refused: _Optional[_Union[Refused, _Mapping]] = ..., failed: bool = ...) -> None: ...

class Refused(_message.Message):
    __slots__ = ("status", "code", "refusal")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    status: int
    code: str
    refusal: bytes
    def __init__(self, status: _Optional[int] = ..., code: _Optional[str] = ..., refusal: _Optional[bytes] = ...) -> None: ...
