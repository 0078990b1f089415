from caseload.jobs.v1 import jobs_pb2 as _jobs_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ImportFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IMPORT_FORMAT_UNSPECIFIED: _ClassVar[ImportFormat]
    IMPORT_FORMAT_CSV: _ClassVar[ImportFormat]
    IMPORT_FORMAT_JSON: _ClassVar[ImportFormat]
IMPORT_FORMAT_UNSPECIFIED: ImportFormat
IMPORT_FORMAT_CSV: ImportFormat
IMPORT_FORMAT_JSON: ImportFormat

class ImportClientsRequest(_message.Message):
    __slots__ = ("format", "dry_run", "mapping", "content", "last", "encoding")
    class MappingEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    MAPPING_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    format: ImportFormat
    dry_run: bool
    mapping: _containers.ScalarMap[str, str]
    content: bytes
    last: bool
    encoding: str
    def __init__(self, format: _Optional[_Union[ImportFormat, str]] = ..., dry_run: bool = ..., mapping: _Optional[_Mapping[str, str]] = ..., content: _Optional[bytes] = ..., last: bool = ..., encoding: _Optional[str] = ...) -> None: ...

class RowError(_message.Message):
    __slots__ = ("row", "pointer", "detail")
    ROW_FIELD_NUMBER: _ClassVar[int]
    POINTER_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    row: int
    pointer: str
    detail: str
    def __init__(self, row: _Optional[int] = ..., pointer: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...

class ImportClientsReply(_message.Message):
    __slots__ = ("created", "skipped", "failed", "errors", "ignored_columns", "encoding", "job", "client_ids", "job_id")
    CREATED_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    IGNORED_COLUMNS_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    CLIENT_IDS_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    created: int
    skipped: int
    failed: int
    errors: _containers.RepeatedCompositeFieldContainer[RowError]
    ignored_columns: _containers.RepeatedScalarFieldContainer[str]
    encoding: str
    job: _jobs_pb2.Job
    client_ids: _containers.RepeatedScalarFieldContainer[str]
    job_id: str
    def __init__(self, created: _Optional[int] = ..., skipped: _Optional[int] = ..., failed: _Optional[int] = ..., errors: _Optional[_Iterable[_Union[RowError, _Mapping]]] = ..., ignored_columns: _Optional[_Iterable[str]] = ..., encoding: _Optional[str] = ..., job: _Optional[_Union[_jobs_pb2.Job, _Mapping]] = ..., client_ids: _Optional[_Iterable[str]] = ..., job_id: _Optional[str] = ...) -> None: ...

class UndoImportRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...
