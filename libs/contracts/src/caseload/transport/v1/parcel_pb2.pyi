import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Parcel(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[ParcelEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[ParcelEvent, _Mapping]]] = ...) -> None: ...

class ParcelEvent(_message.Message):
    __slots__ = ("id", "workspace_id", "payload", "occurred_at", "request_id", "traceparent", "signature")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    id: bytes
    workspace_id: bytes
    payload: bytes
    occurred_at: _timestamp_pb2.Timestamp
    request_id: str
    traceparent: str
    signature: bytes
    def __init__(self, id: _Optional[bytes] = ..., workspace_id: _Optional[bytes] = ..., payload: _Optional[bytes] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., request_id: _Optional[str] = ..., traceparent: _Optional[str] = ..., signature: _Optional[bytes] = ...) -> None: ...

class Signature(_message.Message):
    __slots__ = ("service", "digests", "value")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    DIGESTS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    service: str
    digests: bytes
    value: bytes
    def __init__(self, service: _Optional[str] = ..., digests: _Optional[bytes] = ..., value: _Optional[bytes] = ...) -> None: ...
