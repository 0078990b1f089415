import datetime

from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SessionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_STATUS_UNSPECIFIED: _ClassVar[SessionStatus]
    SESSION_STATUS_DRAFT: _ClassVar[SessionStatus]
    SESSION_STATUS_FINALIZED: _ClassVar[SessionStatus]
    SESSION_STATUS_ARCHIVED: _ClassVar[SessionStatus]

class CosignStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COSIGN_STATUS_UNSPECIFIED: _ClassVar[CosignStatus]
    COSIGN_STATUS_NONE: _ClassVar[CosignStatus]
    COSIGN_STATUS_PENDING: _ClassVar[CosignStatus]
    COSIGN_STATUS_COSIGNED: _ClassVar[CosignStatus]
    COSIGN_STATUS_RETURNED: _ClassVar[CosignStatus]

class CosignDecision(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COSIGN_DECISION_UNSPECIFIED: _ClassVar[CosignDecision]
    COSIGN_DECISION_COSIGNED: _ClassVar[CosignDecision]
    COSIGN_DECISION_RETURNED: _ClassVar[CosignDecision]

class CosignRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COSIGN_ROLE_UNSPECIFIED: _ClassVar[CosignRole]
    COSIGN_ROLE_SUPERVISOR: _ClassVar[CosignRole]
    COSIGN_ROLE_ADMINISTRATOR: _ClassVar[CosignRole]
    COSIGN_ROLE_HEAD_OF_DEPARTMENT: _ClassVar[CosignRole]

class VersionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERSION_KIND_UNSPECIFIED: _ClassVar[VersionKind]
    VERSION_KIND_FINALIZED: _ClassVar[VersionKind]
    VERSION_KIND_AMENDED: _ClassVar[VersionKind]
    VERSION_KIND_REFINALIZED: _ClassVar[VersionKind]

class HistoryKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HISTORY_KIND_UNSPECIFIED: _ClassVar[HistoryKind]
    HISTORY_KIND_SESSION: _ClassVar[HistoryKind]
    HISTORY_KIND_SESSION_FINALIZED: _ClassVar[HistoryKind]
    HISTORY_KIND_SESSION_AMENDED: _ClassVar[HistoryKind]
SESSION_STATUS_UNSPECIFIED: SessionStatus
SESSION_STATUS_DRAFT: SessionStatus
SESSION_STATUS_FINALIZED: SessionStatus
SESSION_STATUS_ARCHIVED: SessionStatus
COSIGN_STATUS_UNSPECIFIED: CosignStatus
COSIGN_STATUS_NONE: CosignStatus
COSIGN_STATUS_PENDING: CosignStatus
COSIGN_STATUS_COSIGNED: CosignStatus
COSIGN_STATUS_RETURNED: CosignStatus
COSIGN_DECISION_UNSPECIFIED: CosignDecision
COSIGN_DECISION_COSIGNED: CosignDecision
COSIGN_DECISION_RETURNED: CosignDecision
COSIGN_ROLE_UNSPECIFIED: CosignRole
COSIGN_ROLE_SUPERVISOR: CosignRole
COSIGN_ROLE_ADMINISTRATOR: CosignRole
COSIGN_ROLE_HEAD_OF_DEPARTMENT: CosignRole
VERSION_KIND_UNSPECIFIED: VersionKind
VERSION_KIND_FINALIZED: VersionKind
VERSION_KIND_AMENDED: VersionKind
VERSION_KIND_REFINALIZED: VersionKind
HISTORY_KIND_UNSPECIFIED: HistoryKind
HISTORY_KIND_SESSION: HistoryKind
HISTORY_KIND_SESSION_FINALIZED: HistoryKind
HISTORY_KIND_SESSION_AMENDED: HistoryKind

class Session(_message.Message):
    __slots__ = ("id", "workspace_id", "client_id", "appointment_id", "created_by_user_id", "subjective", "objective", "assessment", "plan", "session_date", "duration_minutes", "status", "is_draft", "draft_last_saved_at", "finalized_at", "finalized_by_user_id", "amended_at", "amendment_count", "attachment_count", "version", "deleted_at", "deleted_reason", "deleted_by_user_id", "permanent_delete_after", "created_at", "updated_at", "pending_amendment", "conflict_of", "content_hash", "unfinalized_reason", "template_id", "cosign_status", "cosign_due_at", "cosigned_by_user_id", "cosigned_at", "cosign_comment")
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    ASSESSMENT_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    SESSION_DATE_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    IS_DRAFT_FIELD_NUMBER: _ClassVar[int]
    DRAFT_LAST_SAVED_AT_FIELD_NUMBER: _ClassVar[int]
    FINALIZED_AT_FIELD_NUMBER: _ClassVar[int]
    FINALIZED_BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    AMENDED_AT_FIELD_NUMBER: _ClassVar[int]
    AMENDMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DELETED_AT_FIELD_NUMBER: _ClassVar[int]
    DELETED_REASON_FIELD_NUMBER: _ClassVar[int]
    DELETED_BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    PERMANENT_DELETE_AFTER_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    PENDING_AMENDMENT_FIELD_NUMBER: _ClassVar[int]
    CONFLICT_OF_FIELD_NUMBER: _ClassVar[int]
    CONTENT_HASH_FIELD_NUMBER: _ClassVar[int]
    UNFINALIZED_REASON_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    COSIGN_STATUS_FIELD_NUMBER: _ClassVar[int]
    COSIGN_DUE_AT_FIELD_NUMBER: _ClassVar[int]
    COSIGNED_BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    COSIGNED_AT_FIELD_NUMBER: _ClassVar[int]
    COSIGN_COMMENT_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    client_id: str
    appointment_id: str
    created_by_user_id: str
    subjective: str
    objective: str
    assessment: str
    plan: str
    session_date: _timestamp_pb2.Timestamp
    duration_minutes: int
    status: SessionStatus
    is_draft: bool
    draft_last_saved_at: _timestamp_pb2.Timestamp
    finalized_at: _timestamp_pb2.Timestamp
    finalized_by_user_id: str
    amended_at: _timestamp_pb2.Timestamp
    amendment_count: int
    attachment_count: int
    version: int
    deleted_at: _timestamp_pb2.Timestamp
    deleted_reason: str
    deleted_by_user_id: str
    permanent_delete_after: _timestamp_pb2.Timestamp
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    pending_amendment: PendingAmendment
    conflict_of: str
    content_hash: str
    unfinalized_reason: str
    template_id: str
    cosign_status: CosignStatus
    cosign_due_at: _timestamp_pb2.Timestamp
    cosigned_by_user_id: str
    cosigned_at: _timestamp_pb2.Timestamp
    cosign_comment: str
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., client_id: _Optional[str] = ..., appointment_id: _Optional[str] = ..., created_by_user_id: _Optional[str] = ..., subjective: _Optional[str] = ..., objective: _Optional[str] = ..., assessment: _Optional[str] = ..., plan: _Optional[str] = ..., session_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., status: _Optional[_Union[SessionStatus, str]] = ..., is_draft: bool = ..., draft_last_saved_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finalized_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finalized_by_user_id: _Optional[str] = ..., amended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., amendment_count: _Optional[int] = ..., attachment_count: _Optional[int] = ..., version: _Optional[int] = ..., deleted_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., deleted_reason: _Optional[str] = ..., deleted_by_user_id: _Optional[str] = ..., permanent_delete_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., pending_amendment: _Optional[_Union[PendingAmendment, _Mapping]] = ..., conflict_of: _Optional[str] = ..., content_hash: _Optional[str] = ..., unfinalized_reason: _Optional[str] = ..., template_id: _Optional[str] = ..., cosign_status: _Optional[_Union[CosignStatus, str]] = ..., cosign_due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cosigned_by_user_id: _Optional[str] = ..., cosigned_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cosign_comment: _Optional[str] = ...) -> None: ...

class TakenOut(_message.Message):
    __slots__ = ("subjective", "objective", "assessment", "plan", "gaps")
    SUBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    ASSESSMENT_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    GAPS_FIELD_NUMBER: _ClassVar[int]
    subjective: str
    objective: str
    assessment: str
    plan: str
    gaps: _containers.RepeatedCompositeFieldContainer[Gap]
    def __init__(self, subjective: _Optional[str] = ..., objective: _Optional[str] = ..., assessment: _Optional[str] = ..., plan: _Optional[str] = ..., gaps: _Optional[_Iterable[_Union[Gap, _Mapping]]] = ...) -> None: ...

class Gap(_message.Message):
    __slots__ = ("field", "start", "end", "text_hash")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    TEXT_HASH_FIELD_NUMBER: _ClassVar[int]
    field: str
    start: int
    end: int
    text_hash: bytes
    def __init__(self, field: _Optional[str] = ..., start: _Optional[int] = ..., end: _Optional[int] = ..., text_hash: _Optional[bytes] = ...) -> None: ...

class Cosignature(_message.Message):
    __slots__ = ("id", "session_id", "version_number", "decision", "signed_by_user_id", "created_at", "role", "comment", "content_hash", "signature", "key_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_NUMBER_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    SIGNED_BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    CONTENT_HASH_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    session_id: str
    version_number: int
    decision: CosignDecision
    signed_by_user_id: str
    created_at: _timestamp_pb2.Timestamp
    role: CosignRole
    comment: str
    content_hash: str
    signature: str
    key_id: str
    def __init__(self, id: _Optional[str] = ..., session_id: _Optional[str] = ..., version_number: _Optional[int] = ..., decision: _Optional[_Union[CosignDecision, str]] = ..., signed_by_user_id: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., role: _Optional[_Union[CosignRole, str]] = ..., comment: _Optional[str] = ..., content_hash: _Optional[str] = ..., signature: _Optional[str] = ..., key_id: _Optional[str] = ...) -> None: ...

class PendingAmendment(_message.Message):
    __slots__ = ("subjective", "objective", "assessment", "plan", "session_date", "duration_minutes", "base_version", "saved_at")
    SUBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    ASSESSMENT_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    SESSION_DATE_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    BASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    SAVED_AT_FIELD_NUMBER: _ClassVar[int]
    subjective: str
    objective: str
    assessment: str
    plan: str
    session_date: _timestamp_pb2.Timestamp
    duration_minutes: int
    base_version: int
    saved_at: _timestamp_pb2.Timestamp
    def __init__(self, subjective: _Optional[str] = ..., objective: _Optional[str] = ..., assessment: _Optional[str] = ..., plan: _Optional[str] = ..., session_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., base_version: _Optional[int] = ..., saved_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SessionPage(_message.Message):
    __slots__ = ("items", "total", "more", "incomplete", "restricted")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    INCOMPLETE_FIELD_NUMBER: _ClassVar[int]
    RESTRICTED_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Session]
    total: int
    more: bool
    incomplete: bool
    restricted: int
    def __init__(self, items: _Optional[_Iterable[_Union[Session, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ..., incomplete: bool = ..., restricted: _Optional[int] = ...) -> None: ...

class CreateSessionRequest(_message.Message):
    __slots__ = ("client_id", "appointment_id", "session_date", "duration_minutes", "subjective", "objective", "assessment", "plan", "template_id")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_DATE_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    SUBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    ASSESSMENT_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    appointment_id: str
    session_date: _timestamp_pb2.Timestamp
    duration_minutes: int
    subjective: str
    objective: str
    assessment: str
    plan: str
    template_id: str
    def __init__(self, client_id: _Optional[str] = ..., appointment_id: _Optional[str] = ..., session_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., subjective: _Optional[str] = ..., objective: _Optional[str] = ..., assessment: _Optional[str] = ..., plan: _Optional[str] = ..., template_id: _Optional[str] = ...) -> None: ...

class GetSessionRequest(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class ListSessionsRequest(_message.Message):
    __slots__ = ("page", "page_size", "client_id", "appointment_id", "status", "is_draft", "include_deleted", "search", "cosign_status", "conflict_of", "skip")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    IS_DRAFT_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_DELETED_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    COSIGN_STATUS_FIELD_NUMBER: _ClassVar[int]
    CONFLICT_OF_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    client_id: str
    appointment_id: str
    status: SessionStatus
    is_draft: bool
    include_deleted: bool
    search: str
    cosign_status: CosignStatus
    conflict_of: str
    skip: int
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., client_id: _Optional[str] = ..., appointment_id: _Optional[str] = ..., status: _Optional[_Union[SessionStatus, str]] = ..., is_draft: bool = ..., include_deleted: bool = ..., search: _Optional[str] = ..., cosign_status: _Optional[_Union[CosignStatus, str]] = ..., conflict_of: _Optional[str] = ..., skip: _Optional[int] = ...) -> None: ...

class SaveSessionRequest(_message.Message):
    __slots__ = ("session_id", "mask", "subjective", "objective", "assessment", "plan", "session_date", "duration_minutes", "expected_version", "reason")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    SUBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    ASSESSMENT_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    SESSION_DATE_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    mask: _field_mask_pb2.FieldMask
    subjective: str
    objective: str
    assessment: str
    plan: str
    session_date: _timestamp_pb2.Timestamp
    duration_minutes: int
    expected_version: int
    reason: str
    def __init__(self, session_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., subjective: _Optional[str] = ..., objective: _Optional[str] = ..., assessment: _Optional[str] = ..., plan: _Optional[str] = ..., session_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., expected_version: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class SaveDraftRequest(_message.Message):
    __slots__ = ("session_id", "mask", "subjective", "objective", "assessment", "plan", "session_date", "duration_minutes", "expected_version")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    SUBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    ASSESSMENT_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    SESSION_DATE_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    mask: _field_mask_pb2.FieldMask
    subjective: str
    objective: str
    assessment: str
    plan: str
    session_date: _timestamp_pb2.Timestamp
    duration_minutes: int
    expected_version: int
    def __init__(self, session_id: _Optional[str] = ..., mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., subjective: _Optional[str] = ..., objective: _Optional[str] = ..., assessment: _Optional[str] = ..., plan: _Optional[str] = ..., session_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., expected_version: _Optional[int] = ...) -> None: ...

class SaveSessionResponse(_message.Message):
    __slots__ = ("session", "conflict_session_id")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    CONFLICT_SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session: Session
    conflict_session_id: str
    def __init__(self, session: _Optional[_Union[Session, _Mapping]] = ..., conflict_session_id: _Optional[str] = ...) -> None: ...

class FinalizeSessionRequest(_message.Message):
    __slots__ = ("session_id", "expected_version", "reason")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    expected_version: int
    reason: str
    def __init__(self, session_id: _Optional[str] = ..., expected_version: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class ListVersionsRequest(_message.Message):
    __slots__ = ("session_id", "after", "include_deleted")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_DELETED_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    after: str
    include_deleted: bool
    def __init__(self, session_id: _Optional[str] = ..., after: _Optional[str] = ..., include_deleted: bool = ...) -> None: ...

class SessionVersion(_message.Message):
    __slots__ = ("id", "session_id", "version_number", "subjective", "objective", "assessment", "plan", "reason", "created_at", "created_by_user_id", "kind", "session_date", "duration_minutes", "content_hash", "previous_hash", "signature", "key_id", "cosignature")
    ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SUBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    ASSESSMENT_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SESSION_DATE_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    CONTENT_HASH_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_HASH_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    COSIGNATURE_FIELD_NUMBER: _ClassVar[int]
    id: str
    session_id: str
    version_number: int
    subjective: str
    objective: str
    assessment: str
    plan: str
    reason: str
    created_at: _timestamp_pb2.Timestamp
    created_by_user_id: str
    kind: VersionKind
    session_date: _timestamp_pb2.Timestamp
    duration_minutes: int
    content_hash: str
    previous_hash: str
    signature: str
    key_id: str
    cosignature: Cosignature
    def __init__(self, id: _Optional[str] = ..., session_id: _Optional[str] = ..., version_number: _Optional[int] = ..., subjective: _Optional[str] = ..., objective: _Optional[str] = ..., assessment: _Optional[str] = ..., plan: _Optional[str] = ..., reason: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by_user_id: _Optional[str] = ..., kind: _Optional[_Union[VersionKind, str]] = ..., session_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration_minutes: _Optional[int] = ..., content_hash: _Optional[str] = ..., previous_hash: _Optional[str] = ..., signature: _Optional[str] = ..., key_id: _Optional[str] = ..., cosignature: _Optional[_Union[Cosignature, _Mapping]] = ...) -> None: ...

class ListSigningKeysRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SigningKey(_message.Message):
    __slots__ = ("key_id", "public_key")
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    key_id: str
    public_key: str
    def __init__(self, key_id: _Optional[str] = ..., public_key: _Optional[str] = ...) -> None: ...

class SigningKeyList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[SigningKey]
    def __init__(self, items: _Optional[_Iterable[_Union[SigningKey, _Mapping]]] = ...) -> None: ...

class UnfinalizeSessionRequest(_message.Message):
    __slots__ = ("session_id", "expected_version", "reason")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    expected_version: int
    reason: str
    def __init__(self, session_id: _Optional[str] = ..., expected_version: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class DeleteSessionRequest(_message.Message):
    __slots__ = ("session_id", "reason")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    reason: str
    def __init__(self, session_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DeleteSessionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RestoreSessionRequest(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class EraseSessionRequest(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class EraseSessionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class VerifySessionRequest(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class Verification(_message.Message):
    __slots__ = ("intact", "versions", "first_break", "unsigned", "cosignatures")
    INTACT_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    FIRST_BREAK_FIELD_NUMBER: _ClassVar[int]
    UNSIGNED_FIELD_NUMBER: _ClassVar[int]
    COSIGNATURES_FIELD_NUMBER: _ClassVar[int]
    intact: bool
    versions: int
    first_break: int
    unsigned: int
    cosignatures: int
    def __init__(self, intact: bool = ..., versions: _Optional[int] = ..., first_break: _Optional[int] = ..., unsigned: _Optional[int] = ..., cosignatures: _Optional[int] = ...) -> None: ...

class VersionList(_message.Message):
    __slots__ = ("versions", "more")
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[SessionVersion]
    more: bool
    def __init__(self, versions: _Optional[_Iterable[_Union[SessionVersion, _Mapping]]] = ..., more: bool = ...) -> None: ...

class CheckNoNoteRequest(_message.Message):
    __slots__ = ("appointment_id",)
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    def __init__(self, appointment_id: _Optional[str] = ...) -> None: ...

class CheckNoNoteResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CheckNoteDeletionRequest(_message.Message):
    __slots__ = ("appointment_id",)
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    def __init__(self, appointment_id: _Optional[str] = ...) -> None: ...

class DetachNoteRequest(_message.Message):
    __slots__ = ("appointment_id",)
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    def __init__(self, appointment_id: _Optional[str] = ...) -> None: ...

class DeleteNoteRequest(_message.Message):
    __slots__ = ("appointment_id", "reason")
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    appointment_id: str
    reason: str
    def __init__(self, appointment_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class NoteOfAppointment(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class GetLatestFinalizedRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class ListHistoryRequest(_message.Message):
    __slots__ = ("client_id", "before", "before_id", "limit")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    BEFORE_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    before: _timestamp_pb2.Timestamp
    before_id: str
    limit: int
    def __init__(self, client_id: _Optional[str] = ..., before: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., before_id: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class HistoryEntry(_message.Message):
    __slots__ = ("id", "kind", "at", "session_id", "appointment_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: HistoryKind
    at: _timestamp_pb2.Timestamp
    session_id: str
    appointment_id: str
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[_Union[HistoryKind, str]] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., session_id: _Optional[str] = ..., appointment_id: _Optional[str] = ...) -> None: ...

class History(_message.Message):
    __slots__ = ("items", "total")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[HistoryEntry]
    total: int
    def __init__(self, items: _Optional[_Iterable[_Union[HistoryEntry, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class CountSessionsRequest(_message.Message):
    __slots__ = ("workspace_ids",)
    WORKSPACE_IDS_FIELD_NUMBER: _ClassVar[int]
    workspace_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, workspace_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class CountDraftsRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class DraftCount(_message.Message):
    __slots__ = ("drafts",)
    DRAFTS_FIELD_NUMBER: _ClassVar[int]
    drafts: int
    def __init__(self, drafts: _Optional[int] = ...) -> None: ...

class SessionCount(_message.Message):
    __slots__ = ("workspace_id", "session_count")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_COUNT_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    session_count: int
    def __init__(self, workspace_id: _Optional[str] = ..., session_count: _Optional[int] = ...) -> None: ...

class SessionCountList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[SessionCount]
    def __init__(self, items: _Optional[_Iterable[_Union[SessionCount, _Mapping]]] = ...) -> None: ...
