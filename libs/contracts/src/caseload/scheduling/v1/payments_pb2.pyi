import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from caseload.scheduling.v1 import appointments_pb2 as _appointments_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PaymentMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_MODE_UNSPECIFIED: _ClassVar[PaymentMode]
    PAYMENT_MODE_MANUAL: _ClassVar[PaymentMode]
    PAYMENT_MODE_SMART_LINK: _ClassVar[PaymentMode]

class PaymentLinkType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_LINK_TYPE_UNSPECIFIED: _ClassVar[PaymentLinkType]
    PAYMENT_LINK_TYPE_BIT: _ClassVar[PaymentLinkType]
    PAYMENT_LINK_TYPE_PAYBOX: _ClassVar[PaymentLinkType]
    PAYMENT_LINK_TYPE_BANK: _ClassVar[PaymentLinkType]
    PAYMENT_LINK_TYPE_CUSTOM: _ClassVar[PaymentLinkType]
PAYMENT_MODE_UNSPECIFIED: PaymentMode
PAYMENT_MODE_MANUAL: PaymentMode
PAYMENT_MODE_SMART_LINK: PaymentMode
PAYMENT_LINK_TYPE_UNSPECIFIED: PaymentLinkType
PAYMENT_LINK_TYPE_BIT: PaymentLinkType
PAYMENT_LINK_TYPE_PAYBOX: PaymentLinkType
PAYMENT_LINK_TYPE_BANK: PaymentLinkType
PAYMENT_LINK_TYPE_CUSTOM: PaymentLinkType

class GetPaymentSettingsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PaymentSettings(_message.Message):
    __slots__ = ("payment_mode", "bank_account_details", "payment_link_type", "payment_link_template", "payment_provider")
    PAYMENT_MODE_FIELD_NUMBER: _ClassVar[int]
    BANK_ACCOUNT_DETAILS_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_LINK_TYPE_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_LINK_TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_PROVIDER_FIELD_NUMBER: _ClassVar[int]
    payment_mode: PaymentMode
    bank_account_details: str
    payment_link_type: PaymentLinkType
    payment_link_template: str
    payment_provider: str
    def __init__(self, payment_mode: _Optional[_Union[PaymentMode, str]] = ..., bank_account_details: _Optional[str] = ..., payment_link_type: _Optional[_Union[PaymentLinkType, str]] = ..., payment_link_template: _Optional[str] = ..., payment_provider: _Optional[str] = ...) -> None: ...

class SetPaymentSettingsRequest(_message.Message):
    __slots__ = ("payment_mode", "bank_account_details", "payment_link_type", "payment_link_template", "payment_provider")
    PAYMENT_MODE_FIELD_NUMBER: _ClassVar[int]
    BANK_ACCOUNT_DETAILS_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_LINK_TYPE_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_LINK_TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_PROVIDER_FIELD_NUMBER: _ClassVar[int]
    payment_mode: PaymentMode
    bank_account_details: str
    payment_link_type: PaymentLinkType
    payment_link_template: str
    payment_provider: str
    def __init__(self, payment_mode: _Optional[_Union[PaymentMode, str]] = ..., bank_account_details: _Optional[str] = ..., payment_link_type: _Optional[_Union[PaymentLinkType, str]] = ..., payment_link_template: _Optional[str] = ..., payment_provider: _Optional[str] = ...) -> None: ...

class GetPaymentLinkRequest(_message.Message):
    __slots__ = ("appointment_id",)
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    def __init__(self, appointment_id: _Optional[str] = ...) -> None: ...

class PaymentLink(_message.Message):
    __slots__ = ("payment_link", "payment_type", "amount", "display_text")
    PAYMENT_LINK_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    payment_link: str
    payment_type: PaymentLinkType
    amount: str
    display_text: str
    def __init__(self, payment_link: _Optional[str] = ..., payment_type: _Optional[_Union[PaymentLinkType, str]] = ..., amount: _Optional[str] = ..., display_text: _Optional[str] = ...) -> None: ...

class RequestPaymentRequest(_message.Message):
    __slots__ = ("appointment_id",)
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    def __init__(self, appointment_id: _Optional[str] = ...) -> None: ...

class GetPaymentRequestRequest(_message.Message):
    __slots__ = ("payment_request_id",)
    PAYMENT_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    payment_request_id: str
    def __init__(self, payment_request_id: _Optional[str] = ...) -> None: ...

class PaymentRequest(_message.Message):
    __slots__ = ("appointment_id", "client_id", "link", "starts_at", "currency", "reference")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    client_id: str
    link: PaymentLink
    starts_at: _timestamp_pb2.Timestamp
    currency: str
    reference: str
    def __init__(self, appointment_id: _Optional[str] = ..., client_id: _Optional[str] = ..., link: _Optional[_Union[PaymentLink, _Mapping]] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., currency: _Optional[str] = ..., reference: _Optional[str] = ...) -> None: ...
