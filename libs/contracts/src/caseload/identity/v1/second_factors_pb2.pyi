from caseload.identity.v1 import sign_in_pb2 as _sign_in_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RemovalReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REMOVAL_REASON_UNSPECIFIED: _ClassVar[RemovalReason]
    REMOVAL_REASON_DEVICE_LOST: _ClassVar[RemovalReason]
    REMOVAL_REASON_DEVICE_STOLEN: _ClassVar[RemovalReason]
    REMOVAL_REASON_OTHER: _ClassVar[RemovalReason]
REMOVAL_REASON_UNSPECIFIED: RemovalReason
REMOVAL_REASON_DEVICE_LOST: RemovalReason
REMOVAL_REASON_DEVICE_STOLEN: RemovalReason
REMOVAL_REASON_OTHER: RemovalReason

class EnrollTotpRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TotpEnrollment(_message.Message):
    __slots__ = ("user_id", "secret", "qr_code", "backup_codes")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    QR_CODE_FIELD_NUMBER: _ClassVar[int]
    BACKUP_CODES_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    secret: str
    qr_code: str
    backup_codes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_id: _Optional[str] = ..., secret: _Optional[str] = ..., qr_code: _Optional[str] = ..., backup_codes: _Optional[_Iterable[str]] = ...) -> None: ...

class ConfirmTotpRequest(_message.Message):
    __slots__ = ("code",)
    CODE_FIELD_NUMBER: _ClassVar[int]
    code: str
    def __init__(self, code: _Optional[str] = ...) -> None: ...

class ConfirmTotpResponse(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class RemoveTotpRequest(_message.Message):
    __slots__ = ("code",)
    CODE_FIELD_NUMBER: _ClassVar[int]
    code: str
    def __init__(self, code: _Optional[str] = ...) -> None: ...

class RemoveTotpResponse(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class RemoveSecondFactorRequest(_message.Message):
    __slots__ = ("user_id", "reason")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    reason: RemovalReason
    def __init__(self, user_id: _Optional[str] = ..., reason: _Optional[_Union[RemovalReason, str]] = ...) -> None: ...

class RemoveSecondFactorResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class VerifySecondStepRequest(_message.Message):
    __slots__ = ("token", "code", "device_token")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: str
    code: str
    device_token: str
    def __init__(self, token: _Optional[str] = ..., code: _Optional[str] = ..., device_token: _Optional[str] = ...) -> None: ...
