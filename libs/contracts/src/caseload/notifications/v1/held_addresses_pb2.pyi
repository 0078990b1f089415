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

class HoldReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HOLD_REASON_UNSPECIFIED: _ClassVar[HoldReason]
    HOLD_REASON_DEAD_ADDRESS: _ClassVar[HoldReason]
    HOLD_REASON_MAILBOX_FULL: _ClassVar[HoldReason]
    HOLD_REASON_UNCLEAR: _ClassVar[HoldReason]
HOLD_REASON_UNSPECIFIED: HoldReason
HOLD_REASON_DEAD_ADDRESS: HoldReason
HOLD_REASON_MAILBOX_FULL: HoldReason
HOLD_REASON_UNCLEAR: HoldReason

class HeldAddress(_message.Message):
    __slots__ = ("id", "reason", "failures", "first_failed_at", "last_failed_at", "held_at", "client_id", "user_id", "appointment_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    FIRST_FAILED_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_FAILED_AT_FIELD_NUMBER: _ClassVar[int]
    HELD_AT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    reason: HoldReason
    failures: int
    first_failed_at: _timestamp_pb2.Timestamp
    last_failed_at: _timestamp_pb2.Timestamp
    held_at: _timestamp_pb2.Timestamp
    client_id: str
    user_id: str
    appointment_id: str
    def __init__(self, id: _Optional[str] = ..., reason: _Optional[_Union[HoldReason, str]] = ..., failures: _Optional[int] = ..., first_failed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_failed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., held_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., client_id: _Optional[str] = ..., user_id: _Optional[str] = ..., appointment_id: _Optional[str] = ...) -> None: ...

class HeldAddressPage(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[HeldAddress]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[HeldAddress, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class ListHeldAddressesRequest(_message.Message):
    __slots__ = ("page", "page_size")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class LiftHoldRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class LiftHoldResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class LiftUserHoldRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class LiftUserHoldResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
