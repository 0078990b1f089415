import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_OWNER: _ClassVar[Role]
    ROLE_ASSISTANT: _ClassVar[Role]
    ROLE_THERAPIST: _ClassVar[Role]
    ROLE_OPERATOR: _ClassVar[Role]
    ROLE_DOCTOR: _ClassVar[Role]
    ROLE_NURSE: _ClassVar[Role]
    ROLE_HEAD_DOCTOR: _ClassVar[Role]
    ROLE_ADMIN: _ClassVar[Role]
ROLE_UNSPECIFIED: Role
ROLE_OWNER: Role
ROLE_ASSISTANT: Role
ROLE_THERAPIST: Role
ROLE_OPERATOR: Role
ROLE_DOCTOR: Role
ROLE_NURSE: Role
ROLE_HEAD_DOCTOR: Role
ROLE_ADMIN: Role

class User(_message.Message):
    __slots__ = ("id", "workspace_id", "email", "full_name", "role", "is_active", "is_platform_admin", "department_id", "license_number", "specialization", "shift_schedule", "two_factor_enabled", "is_locked", "last_login_at", "created_at", "updated_at", "locked_until", "supervisor_id", "has_passkey")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    FULL_NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    IS_PLATFORM_ADMIN_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    LICENSE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SPECIALIZATION_FIELD_NUMBER: _ClassVar[int]
    SHIFT_SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    TWO_FACTOR_ENABLED_FIELD_NUMBER: _ClassVar[int]
    IS_LOCKED_FIELD_NUMBER: _ClassVar[int]
    LAST_LOGIN_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    LOCKED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    SUPERVISOR_ID_FIELD_NUMBER: _ClassVar[int]
    HAS_PASSKEY_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    email: str
    full_name: str
    role: Role
    is_active: bool
    is_platform_admin: bool
    department_id: str
    license_number: str
    specialization: str
    shift_schedule: _struct_pb2.Struct
    two_factor_enabled: bool
    is_locked: bool
    last_login_at: _timestamp_pb2.Timestamp
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    locked_until: _timestamp_pb2.Timestamp
    supervisor_id: str
    has_passkey: bool
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., email: _Optional[str] = ..., full_name: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ..., is_active: bool = ..., is_platform_admin: bool = ..., department_id: _Optional[str] = ..., license_number: _Optional[str] = ..., specialization: _Optional[str] = ..., shift_schedule: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., two_factor_enabled: bool = ..., is_locked: bool = ..., last_login_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., locked_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., supervisor_id: _Optional[str] = ..., has_passkey: bool = ...) -> None: ...

class UserPage(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[User]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[User, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class Practitioner(_message.Message):
    __slots__ = ("id", "role", "is_active", "treats", "department_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    TREATS_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    role: Role
    is_active: bool
    treats: bool
    department_id: str
    def __init__(self, id: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ..., is_active: bool = ..., treats: bool = ..., department_id: _Optional[str] = ...) -> None: ...

class ListPractitionersRequest(_message.Message):
    __slots__ = ("user_ids",)
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class PractitionerList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Practitioner]
    def __init__(self, items: _Optional[_Iterable[_Union[Practitioner, _Mapping]]] = ...) -> None: ...

class GetMeRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CreateUserRequest(_message.Message):
    __slots__ = ("email", "full_name", "role", "department_id", "supervisor_id", "license_number", "specialization", "shift_schedule")
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    FULL_NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SUPERVISOR_ID_FIELD_NUMBER: _ClassVar[int]
    LICENSE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SPECIALIZATION_FIELD_NUMBER: _ClassVar[int]
    SHIFT_SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    email: str
    full_name: str
    role: Role
    department_id: str
    supervisor_id: str
    license_number: str
    specialization: str
    shift_schedule: _struct_pb2.Struct
    def __init__(self, email: _Optional[str] = ..., full_name: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ..., department_id: _Optional[str] = ..., supervisor_id: _Optional[str] = ..., license_number: _Optional[str] = ..., specialization: _Optional[str] = ..., shift_schedule: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class ListUsersRequest(_message.Message):
    __slots__ = ("page", "page_size", "search", "role", "department_id", "is_active")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    search: str
    role: Role
    department_id: str
    is_active: bool
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., search: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ..., department_id: _Optional[str] = ..., is_active: bool = ...) -> None: ...

class GetUserRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class UpdateUserRequest(_message.Message):
    __slots__ = ("user_id", "mask", "full_name", "department_id", "license_number", "specialization", "shift_schedule", "supervisor_id")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    FULL_NAME_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    LICENSE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SPECIALIZATION_FIELD_NUMBER: _ClassVar[int]
    SHIFT_SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    SUPERVISOR_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    mask: _field_mask_pb2.FieldMask
    full_name: str
    department_id: str
    license_number: str
    specialization: str
    shift_schedule: _struct_pb2.Struct
    supervisor_id: str
    def __init__(self, user_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., full_name: _Optional[str] = ..., department_id: _Optional[str] = ..., license_number: _Optional[str] = ..., specialization: _Optional[str] = ..., shift_schedule: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., supervisor_id: _Optional[str] = ...) -> None: ...

class ChangeRoleRequest(_message.Message):
    __slots__ = ("user_id", "role")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    role: Role
    def __init__(self, user_id: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ...) -> None: ...

class DeactivateUserRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class ActivateUserRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class UnlockUserRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class GetPractitionerRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class GetSupervisionRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class Supervision(_message.Message):
    __slots__ = ("supervisor_id", "version", "cosign_hours")
    SUPERVISOR_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    COSIGN_HOURS_FIELD_NUMBER: _ClassVar[int]
    supervisor_id: str
    version: int
    cosign_hours: int
    def __init__(self, supervisor_id: _Optional[str] = ..., version: _Optional[int] = ..., cosign_hours: _Optional[int] = ...) -> None: ...

class ListOverseersRequest(_message.Message):
    __slots__ = ("supervisee_id",)
    SUPERVISEE_ID_FIELD_NUMBER: _ClassVar[int]
    supervisee_id: str
    def __init__(self, supervisee_id: _Optional[str] = ...) -> None: ...

class OverseerList(_message.Message):
    __slots__ = ("user_ids", "head_ids")
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    HEAD_IDS_FIELD_NUMBER: _ClassVar[int]
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    head_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_ids: _Optional[_Iterable[str]] = ..., head_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ListColleaguesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ColleagueList(_message.Message):
    __slots__ = ("user_ids",)
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ListStaffRequest(_message.Message):
    __slots__ = ("roles", "with_shifts", "user_ids")
    ROLES_FIELD_NUMBER: _ClassVar[int]
    WITH_SHIFTS_FIELD_NUMBER: _ClassVar[int]
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    roles: _containers.RepeatedScalarFieldContainer[Role]
    with_shifts: bool
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, roles: _Optional[_Iterable[_Union[Role, str]]] = ..., with_shifts: bool = ..., user_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Staff(_message.Message):
    __slots__ = ("members", "time_zone")
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[StaffMember]
    time_zone: str
    def __init__(self, members: _Optional[_Iterable[_Union[StaffMember, _Mapping]]] = ..., time_zone: _Optional[str] = ...) -> None: ...

class StaffMember(_message.Message):
    __slots__ = ("id", "role", "department_id", "shift_schedule", "oversees_alerts")
    ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SHIFT_SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    OVERSEES_ALERTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    role: Role
    department_id: str
    shift_schedule: _struct_pb2.Struct
    oversees_alerts: bool
    def __init__(self, id: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ..., department_id: _Optional[str] = ..., shift_schedule: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., oversees_alerts: bool = ...) -> None: ...

class GetStandingRequest(_message.Message):
    __slots__ = ("orderer_id", "scope")
    ORDERER_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    orderer_id: str
    scope: str
    def __init__(self, orderer_id: _Optional[str] = ..., scope: _Optional[str] = ...) -> None: ...

class Standing(_message.Message):
    __slots__ = ("workspace_is_active", "is_permitted")
    WORKSPACE_IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    IS_PERMITTED_FIELD_NUMBER: _ClassVar[int]
    workspace_is_active: bool
    is_permitted: bool
    def __init__(self, workspace_is_active: bool = ..., is_permitted: bool = ...) -> None: ...

class LendReadingRequest(_message.Message):
    __slots__ = ("user_id", "scope")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    scope: str
    def __init__(self, user_id: _Optional[str] = ..., scope: _Optional[str] = ...) -> None: ...

class LentReading(_message.Message):
    __slots__ = ("access_token", "expires_in")
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    expires_in: int
    def __init__(self, access_token: _Optional[str] = ..., expires_in: _Optional[int] = ...) -> None: ...
