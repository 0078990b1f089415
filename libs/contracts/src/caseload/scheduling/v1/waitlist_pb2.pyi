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

class WaitlistStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WAITLIST_STATUS_UNSPECIFIED: _ClassVar[WaitlistStatus]
    WAITLIST_STATUS_WAITING: _ClassVar[WaitlistStatus]
    WAITLIST_STATUS_OFFERED: _ClassVar[WaitlistStatus]
    WAITLIST_STATUS_BOOKED: _ClassVar[WaitlistStatus]
    WAITLIST_STATUS_EXPIRED: _ClassVar[WaitlistStatus]
    WAITLIST_STATUS_WITHDRAWN: _ClassVar[WaitlistStatus]
WAITLIST_STATUS_UNSPECIFIED: WaitlistStatus
WAITLIST_STATUS_WAITING: WaitlistStatus
WAITLIST_STATUS_OFFERED: WaitlistStatus
WAITLIST_STATUS_BOOKED: WaitlistStatus
WAITLIST_STATUS_EXPIRED: WaitlistStatus
WAITLIST_STATUS_WITHDRAWN: WaitlistStatus

class WaitlistEntry(_message.Message):
    __slots__ = ("id", "client_id", "practitioner_id", "service_id", "earliest", "latest", "status", "offered_until", "created_at", "offered_start", "offered_end", "offered_practitioner_id", "appointment_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    EARLIEST_FIELD_NUMBER: _ClassVar[int]
    LATEST_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    OFFERED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    OFFERED_START_FIELD_NUMBER: _ClassVar[int]
    OFFERED_END_FIELD_NUMBER: _ClassVar[int]
    OFFERED_PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    client_id: str
    practitioner_id: str
    service_id: str
    earliest: _timestamp_pb2.Timestamp
    latest: _timestamp_pb2.Timestamp
    status: WaitlistStatus
    offered_until: _timestamp_pb2.Timestamp
    created_at: _timestamp_pb2.Timestamp
    offered_start: _timestamp_pb2.Timestamp
    offered_end: _timestamp_pb2.Timestamp
    offered_practitioner_id: str
    appointment_id: str
    def __init__(self, id: _Optional[str] = ..., client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., service_id: _Optional[str] = ..., earliest: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., latest: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status: _Optional[_Union[WaitlistStatus, str]] = ..., offered_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., offered_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., offered_end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., offered_practitioner_id: _Optional[str] = ..., appointment_id: _Optional[str] = ...) -> None: ...

class JoinWaitlistRequest(_message.Message):
    __slots__ = ("client_id", "practitioner_id", "service_id", "earliest", "latest")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    EARLIEST_FIELD_NUMBER: _ClassVar[int]
    LATEST_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    practitioner_id: str
    service_id: str
    earliest: _timestamp_pb2.Timestamp
    latest: _timestamp_pb2.Timestamp
    def __init__(self, client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., service_id: _Optional[str] = ..., earliest: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., latest: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListWaitlistRequest(_message.Message):
    __slots__ = ("page", "page_size", "client_id", "practitioner_id", "status")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRACTITIONER_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    client_id: str
    practitioner_id: str
    status: WaitlistStatus
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., client_id: _Optional[str] = ..., practitioner_id: _Optional[str] = ..., status: _Optional[_Union[WaitlistStatus, str]] = ...) -> None: ...

class WaitlistPage(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[WaitlistEntry]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[WaitlistEntry, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class WithdrawEntryRequest(_message.Message):
    __slots__ = ("entry_id",)
    ENTRY_ID_FIELD_NUMBER: _ClassVar[int]
    entry_id: str
    def __init__(self, entry_id: _Optional[str] = ...) -> None: ...

class WithdrawEntryResponse(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class AcceptOfferRequest(_message.Message):
    __slots__ = ("entry_id",)
    ENTRY_ID_FIELD_NUMBER: _ClassVar[int]
    entry_id: str
    def __init__(self, entry_id: _Optional[str] = ...) -> None: ...

class IssueOfferRequest(_message.Message):
    __slots__ = ("offer_id",)
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    offer_id: str
    def __init__(self, offer_id: _Optional[str] = ...) -> None: ...

class IssuedOffer(_message.Message):
    __slots__ = ("client_id", "starts_at", "ends_at", "offered_until", "token")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    OFFERED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    offered_until: _timestamp_pb2.Timestamp
    token: str
    def __init__(self, client_id: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., offered_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., token: _Optional[str] = ...) -> None: ...

class ReadOfferRequest(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: str
    def __init__(self, token: _Optional[str] = ...) -> None: ...

class AcceptByLinkRequest(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: str
    def __init__(self, token: _Optional[str] = ...) -> None: ...

class LinkedOffer(_message.Message):
    __slots__ = ("client_id", "starts_at", "is_open", "is_accepted", "appointment_id")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    IS_OPEN_FIELD_NUMBER: _ClassVar[int]
    IS_ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    starts_at: _timestamp_pb2.Timestamp
    is_open: bool
    is_accepted: bool
    appointment_id: str
    def __init__(self, client_id: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., is_open: bool = ..., is_accepted: bool = ..., appointment_id: _Optional[str] = ...) -> None: ...
