import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Client(_message.Message):
    __slots__ = ("id", "workspace_id", "first_name", "last_name", "full_name", "email", "phone", "date_of_birth", "address", "medical_history", "emergency_contact_name", "emergency_contact_phone", "is_active", "consent_status", "notes", "tags", "gender", "time_zone", "external_id", "version", "created_at", "updated_at", "next_appointment", "last_appointment", "appointment_count", "restricted")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    FULL_NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    DATE_OF_BIRTH_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    MEDICAL_HISTORY_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_CONTACT_NAME_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_CONTACT_PHONE_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CONSENT_STATUS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    GENDER_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    NEXT_APPOINTMENT_FIELD_NUMBER: _ClassVar[int]
    LAST_APPOINTMENT_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    RESTRICTED_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    first_name: str
    last_name: str
    full_name: str
    email: str
    phone: str
    date_of_birth: str
    address: str
    medical_history: str
    emergency_contact_name: str
    emergency_contact_phone: str
    is_active: bool
    consent_status: bool
    notes: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    gender: str
    time_zone: str
    external_id: str
    version: int
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    next_appointment: _timestamp_pb2.Timestamp
    last_appointment: _timestamp_pb2.Timestamp
    appointment_count: int
    restricted: bool
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., full_name: _Optional[str] = ..., email: _Optional[str] = ..., phone: _Optional[str] = ..., date_of_birth: _Optional[str] = ..., address: _Optional[str] = ..., medical_history: _Optional[str] = ..., emergency_contact_name: _Optional[str] = ..., emergency_contact_phone: _Optional[str] = ..., is_active: bool = ..., consent_status: bool = ..., notes: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., gender: _Optional[str] = ..., time_zone: _Optional[str] = ..., external_id: _Optional[str] = ..., version: _Optional[int] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_appointment: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_appointment: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., appointment_count: _Optional[int] = ..., restricted: bool = ...) -> None: ...

class ClientPage(_message.Message):
    __slots__ = ("items", "total", "more")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Client]
    total: int
    more: bool
    def __init__(self, items: _Optional[_Iterable[_Union[Client, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ...) -> None: ...

class ClientSummary(_message.Message):
    __slots__ = ("id", "first_name", "last_name", "full_name")
    ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    FULL_NAME_FIELD_NUMBER: _ClassVar[int]
    id: str
    first_name: str
    last_name: str
    full_name: str
    def __init__(self, id: _Optional[str] = ..., first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., full_name: _Optional[str] = ...) -> None: ...

class ListedClient(_message.Message):
    __slots__ = ("first_name", "last_name", "full_name", "date_of_birth", "tags", "is_whole")
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    FULL_NAME_FIELD_NUMBER: _ClassVar[int]
    DATE_OF_BIRTH_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    IS_WHOLE_FIELD_NUMBER: _ClassVar[int]
    first_name: str
    last_name: str
    full_name: str
    date_of_birth: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    is_whole: bool
    def __init__(self, first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., full_name: _Optional[str] = ..., date_of_birth: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., is_whole: bool = ...) -> None: ...

class SummaryList(_message.Message):
    __slots__ = ("items", "vouchers")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    VOUCHERS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[ClientSummary]
    vouchers: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, items: _Optional[_Iterable[_Union[ClientSummary, _Mapping]]] = ..., vouchers: _Optional[_Iterable[bytes]] = ...) -> None: ...

class CreateClientRequest(_message.Message):
    __slots__ = ("first_name", "last_name", "email", "phone", "date_of_birth", "address", "medical_history", "emergency_contact_name", "emergency_contact_phone", "is_active", "consent_status", "notes", "tags", "gender", "time_zone", "external_id")
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    DATE_OF_BIRTH_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    MEDICAL_HISTORY_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_CONTACT_NAME_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_CONTACT_PHONE_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CONSENT_STATUS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    GENDER_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    first_name: str
    last_name: str
    email: str
    phone: str
    date_of_birth: str
    address: str
    medical_history: str
    emergency_contact_name: str
    emergency_contact_phone: str
    is_active: bool
    consent_status: bool
    notes: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    gender: str
    time_zone: str
    external_id: str
    def __init__(self, first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., email: _Optional[str] = ..., phone: _Optional[str] = ..., date_of_birth: _Optional[str] = ..., address: _Optional[str] = ..., medical_history: _Optional[str] = ..., emergency_contact_name: _Optional[str] = ..., emergency_contact_phone: _Optional[str] = ..., is_active: bool = ..., consent_status: bool = ..., notes: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., gender: _Optional[str] = ..., time_zone: _Optional[str] = ..., external_id: _Optional[str] = ...) -> None: ...

class UpdateClientRequest(_message.Message):
    __slots__ = ("client_id", "mask", "first_name", "last_name", "email", "phone", "date_of_birth", "address", "medical_history", "emergency_contact_name", "emergency_contact_phone", "is_active", "consent_status", "notes", "tags", "gender", "time_zone", "external_id")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    DATE_OF_BIRTH_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    MEDICAL_HISTORY_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_CONTACT_NAME_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_CONTACT_PHONE_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CONSENT_STATUS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    GENDER_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    mask: _field_mask_pb2.FieldMask
    first_name: str
    last_name: str
    email: str
    phone: str
    date_of_birth: str
    address: str
    medical_history: str
    emergency_contact_name: str
    emergency_contact_phone: str
    is_active: bool
    consent_status: bool
    notes: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    gender: str
    time_zone: str
    external_id: str
    def __init__(self, client_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., email: _Optional[str] = ..., phone: _Optional[str] = ..., date_of_birth: _Optional[str] = ..., address: _Optional[str] = ..., medical_history: _Optional[str] = ..., emergency_contact_name: _Optional[str] = ..., emergency_contact_phone: _Optional[str] = ..., is_active: bool = ..., consent_status: bool = ..., notes: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., gender: _Optional[str] = ..., time_zone: _Optional[str] = ..., external_id: _Optional[str] = ...) -> None: ...

class ListClientsRequest(_message.Message):
    __slots__ = ("page", "page_size", "search", "tag", "include_inactive", "skip", "locale", "time_zone")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    TAG_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_INACTIVE_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    search: str
    tag: str
    include_inactive: bool
    skip: int
    locale: str
    time_zone: str
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., search: _Optional[str] = ..., tag: _Optional[str] = ..., include_inactive: bool = ..., skip: _Optional[int] = ..., locale: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class GetClientRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class ExportClientRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class DeactivateClientRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class DeactivateClientResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class EraseClientRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class EraseClientResponse(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class GetSummariesRequest(_message.Message):
    __slots__ = ("client_ids", "with_vouchers")
    CLIENT_IDS_FIELD_NUMBER: _ClassVar[int]
    WITH_VOUCHERS_FIELD_NUMBER: _ClassVar[int]
    client_ids: _containers.RepeatedScalarFieldContainer[str]
    with_vouchers: bool
    def __init__(self, client_ids: _Optional[_Iterable[str]] = ..., with_vouchers: bool = ...) -> None: ...

class GetVoucherKeyRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class VoucherKey(_message.Message):
    __slots__ = ("key",)
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    def __init__(self, key: _Optional[bytes] = ...) -> None: ...

class CheckClientRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class CheckClientResponse(_message.Message):
    __slots__ = ("is_active",)
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    is_active: bool
    def __init__(self, is_active: bool = ...) -> None: ...

class FindActiveRequest(_message.Message):
    __slots__ = ("client_ids",)
    CLIENT_IDS_FIELD_NUMBER: _ClassVar[int]
    client_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ActiveClients(_message.Message):
    __slots__ = ("client_ids",)
    CLIENT_IDS_FIELD_NUMBER: _ClassVar[int]
    client_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ConfirmClientRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class ConfirmClientResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetContactRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class Contact(_message.Message):
    __slots__ = ("first_name", "email", "time_zone", "is_active", "reminders_withdrawn", "phone")
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    REMINDERS_WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    first_name: str
    email: str
    time_zone: str
    is_active: bool
    reminders_withdrawn: bool
    phone: str
    def __init__(self, first_name: _Optional[str] = ..., email: _Optional[str] = ..., time_zone: _Optional[str] = ..., is_active: bool = ..., reminders_withdrawn: bool = ..., phone: _Optional[str] = ...) -> None: ...

class ListMergedClientsRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class MergedClientList(_message.Message):
    __slots__ = ("client_ids",)
    CLIENT_IDS_FIELD_NUMBER: _ClassVar[int]
    client_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_ids: _Optional[_Iterable[str]] = ...) -> None: ...
