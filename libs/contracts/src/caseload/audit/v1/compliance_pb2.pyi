import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReportComplianceRequest(_message.Message):
    __slots__ = ("start_date", "end_date", "time_zone", "office_hours")
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    OFFICE_HOURS_FIELD_NUMBER: _ClassVar[int]
    start_date: _timestamp_pb2.Timestamp
    end_date: _timestamp_pb2.Timestamp
    time_zone: str
    office_hours: OfficeHours
    def __init__(self, start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., time_zone: _Optional[str] = ..., office_hours: _Optional[_Union[OfficeHours, _Mapping]] = ...) -> None: ...

class OfficeHours(_message.Message):
    __slots__ = ("start", "end", "weekdays")
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    WEEKDAYS_FIELD_NUMBER: _ClassVar[int]
    start: str
    end: str
    weekdays: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, start: _Optional[str] = ..., end: _Optional[str] = ..., weekdays: _Optional[_Iterable[int]] = ...) -> None: ...

class ComplianceReport(_message.Message):
    __slots__ = ("start_date", "end_date", "time_zone", "events", "access", "denials", "failed_sign_ins", "after_hours", "break_glass", "exports", "permission_changes", "chain", "retention", "unusual")
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    ACCESS_FIELD_NUMBER: _ClassVar[int]
    DENIALS_FIELD_NUMBER: _ClassVar[int]
    FAILED_SIGN_INS_FIELD_NUMBER: _ClassVar[int]
    AFTER_HOURS_FIELD_NUMBER: _ClassVar[int]
    BREAK_GLASS_FIELD_NUMBER: _ClassVar[int]
    EXPORTS_FIELD_NUMBER: _ClassVar[int]
    PERMISSION_CHANGES_FIELD_NUMBER: _ClassVar[int]
    CHAIN_FIELD_NUMBER: _ClassVar[int]
    RETENTION_FIELD_NUMBER: _ClassVar[int]
    UNUSUAL_FIELD_NUMBER: _ClassVar[int]
    start_date: _timestamp_pb2.Timestamp
    end_date: _timestamp_pb2.Timestamp
    time_zone: str
    events: int
    access: Access
    denials: Refused
    failed_sign_ins: Refused
    after_hours: AfterHours
    break_glass: BreakGlassUse
    exports: Counted
    permission_changes: Counted
    chain: ChainState
    retention: RetentionState
    unusual: Unusual
    def __init__(self, start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., time_zone: _Optional[str] = ..., events: _Optional[int] = ..., access: _Optional[_Union[Access, _Mapping]] = ..., denials: _Optional[_Union[Refused, _Mapping]] = ..., failed_sign_ins: _Optional[_Union[Refused, _Mapping]] = ..., after_hours: _Optional[_Union[AfterHours, _Mapping]] = ..., break_glass: _Optional[_Union[BreakGlassUse, _Mapping]] = ..., exports: _Optional[_Union[Counted, _Mapping]] = ..., permission_changes: _Optional[_Union[Counted, _Mapping]] = ..., chain: _Optional[_Union[ChainState, _Mapping]] = ..., retention: _Optional[_Union[RetentionState, _Mapping]] = ..., unusual: _Optional[_Union[Unusual, _Mapping]] = ...) -> None: ...

class Access(_message.Message):
    __slots__ = ("events", "by_user", "by_role", "by_client")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    BY_USER_FIELD_NUMBER: _ClassVar[int]
    BY_ROLE_FIELD_NUMBER: _ClassVar[int]
    BY_CLIENT_FIELD_NUMBER: _ClassVar[int]
    events: int
    by_user: _containers.RepeatedCompositeFieldContainer[UserAccess]
    by_role: _containers.RepeatedCompositeFieldContainer[RoleAccess]
    by_client: _containers.RepeatedCompositeFieldContainer[ClientAccess]
    def __init__(self, events: _Optional[int] = ..., by_user: _Optional[_Iterable[_Union[UserAccess, _Mapping]]] = ..., by_role: _Optional[_Iterable[_Union[RoleAccess, _Mapping]]] = ..., by_client: _Optional[_Iterable[_Union[ClientAccess, _Mapping]]] = ...) -> None: ...

class UserAccess(_message.Message):
    __slots__ = ("user_id", "role", "events", "reads", "changes", "exports")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    READS_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    EXPORTS_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    role: str
    events: int
    reads: int
    changes: int
    exports: int
    def __init__(self, user_id: _Optional[str] = ..., role: _Optional[str] = ..., events: _Optional[int] = ..., reads: _Optional[int] = ..., changes: _Optional[int] = ..., exports: _Optional[int] = ...) -> None: ...

class RoleAccess(_message.Message):
    __slots__ = ("role", "users", "events", "reads", "changes", "exports")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    READS_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    EXPORTS_FIELD_NUMBER: _ClassVar[int]
    role: str
    users: int
    events: int
    reads: int
    changes: int
    exports: int
    def __init__(self, role: _Optional[str] = ..., users: _Optional[int] = ..., events: _Optional[int] = ..., reads: _Optional[int] = ..., changes: _Optional[int] = ..., exports: _Optional[int] = ...) -> None: ...

class ClientAccess(_message.Message):
    __slots__ = ("client_id", "events", "users")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    events: int
    users: int
    def __init__(self, client_id: _Optional[str] = ..., events: _Optional[int] = ..., users: _Optional[int] = ...) -> None: ...

class UserCount(_message.Message):
    __slots__ = ("user_id", "role", "events")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    role: str
    events: int
    def __init__(self, user_id: _Optional[str] = ..., role: _Optional[str] = ..., events: _Optional[int] = ...) -> None: ...

class CodeCount(_message.Message):
    __slots__ = ("code", "events")
    CODE_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    code: str
    events: int
    def __init__(self, code: _Optional[str] = ..., events: _Optional[int] = ...) -> None: ...

class TypeCount(_message.Message):
    __slots__ = ("event_type", "events")
    EVENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    event_type: str
    events: int
    def __init__(self, event_type: _Optional[str] = ..., events: _Optional[int] = ...) -> None: ...

class Refused(_message.Message):
    __slots__ = ("events", "by_code", "by_user")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    BY_CODE_FIELD_NUMBER: _ClassVar[int]
    BY_USER_FIELD_NUMBER: _ClassVar[int]
    events: int
    by_code: _containers.RepeatedCompositeFieldContainer[CodeCount]
    by_user: _containers.RepeatedCompositeFieldContainer[UserCount]
    def __init__(self, events: _Optional[int] = ..., by_code: _Optional[_Iterable[_Union[CodeCount, _Mapping]]] = ..., by_user: _Optional[_Iterable[_Union[UserCount, _Mapping]]] = ...) -> None: ...

class Counted(_message.Message):
    __slots__ = ("events", "by_type", "by_user")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    BY_TYPE_FIELD_NUMBER: _ClassVar[int]
    BY_USER_FIELD_NUMBER: _ClassVar[int]
    events: int
    by_type: _containers.RepeatedCompositeFieldContainer[TypeCount]
    by_user: _containers.RepeatedCompositeFieldContainer[UserCount]
    def __init__(self, events: _Optional[int] = ..., by_type: _Optional[_Iterable[_Union[TypeCount, _Mapping]]] = ..., by_user: _Optional[_Iterable[_Union[UserCount, _Mapping]]] = ...) -> None: ...

class AfterHours(_message.Message):
    __slots__ = ("office_hours", "events", "by_user")
    OFFICE_HOURS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    BY_USER_FIELD_NUMBER: _ClassVar[int]
    office_hours: OfficeHours
    events: int
    by_user: _containers.RepeatedCompositeFieldContainer[UserCount]
    def __init__(self, office_hours: _Optional[_Union[OfficeHours, _Mapping]] = ..., events: _Optional[int] = ..., by_user: _Optional[_Iterable[_Union[UserCount, _Mapping]]] = ...) -> None: ...

class BreakGlassUse(_message.Message):
    __slots__ = ("uses", "by_user", "justified", "unjustified")
    USES_FIELD_NUMBER: _ClassVar[int]
    BY_USER_FIELD_NUMBER: _ClassVar[int]
    JUSTIFIED_FIELD_NUMBER: _ClassVar[int]
    UNJUSTIFIED_FIELD_NUMBER: _ClassVar[int]
    uses: int
    by_user: _containers.RepeatedCompositeFieldContainer[UserCount]
    justified: int
    unjustified: int
    def __init__(self, uses: _Optional[int] = ..., by_user: _Optional[_Iterable[_Union[UserCount, _Mapping]]] = ..., justified: _Optional[int] = ..., unjustified: _Optional[int] = ...) -> None: ...

class ChainState(_message.Message):
    __slots__ = ("intact", "events", "head", "first_break")
    INTACT_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    FIRST_BREAK_FIELD_NUMBER: _ClassVar[int]
    intact: bool
    events: int
    head: str
    first_break: int
    def __init__(self, intact: bool = ..., events: _Optional[int] = ..., head: _Optional[str] = ..., first_break: _Optional[int] = ...) -> None: ...

class RetentionState(_message.Message):
    __slots__ = ("years", "oldest_event_at")
    YEARS_FIELD_NUMBER: _ClassVar[int]
    OLDEST_EVENT_AT_FIELD_NUMBER: _ClassVar[int]
    years: int
    oldest_event_at: _timestamp_pb2.Timestamp
    def __init__(self, years: _Optional[int] = ..., oldest_event_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Unusual(_message.Message):
    __slots__ = ("past_days", "percentile", "bulk_access", "after_hours")
    PAST_DAYS_FIELD_NUMBER: _ClassVar[int]
    PERCENTILE_FIELD_NUMBER: _ClassVar[int]
    BULK_ACCESS_FIELD_NUMBER: _ClassVar[int]
    AFTER_HOURS_FIELD_NUMBER: _ClassVar[int]
    past_days: int
    percentile: int
    bulk_access: UnusualDays
    after_hours: UnusualDays
    def __init__(self, past_days: _Optional[int] = ..., percentile: _Optional[int] = ..., bulk_access: _Optional[_Union[UnusualDays, _Mapping]] = ..., after_hours: _Optional[_Union[UnusualDays, _Mapping]] = ...) -> None: ...

class UnusualDays(_message.Message):
    __slots__ = ("threshold", "is_learnt", "days_seen", "days")
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    IS_LEARNT_FIELD_NUMBER: _ClassVar[int]
    DAYS_SEEN_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    threshold: int
    is_learnt: bool
    days_seen: int
    days: _containers.RepeatedCompositeFieldContainer[UnusualDay]
    def __init__(self, threshold: _Optional[int] = ..., is_learnt: bool = ..., days_seen: _Optional[int] = ..., days: _Optional[_Iterable[_Union[UnusualDay, _Mapping]]] = ...) -> None: ...

class UnusualDay(_message.Message):
    __slots__ = ("user_id", "role", "day", "events")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    role: str
    day: str
    events: int
    def __init__(self, user_id: _Optional[str] = ..., role: _Optional[str] = ..., day: _Optional[str] = ..., events: _Optional[int] = ...) -> None: ...
