from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PatientComparison(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PATIENT_COMPARISON_UNSPECIFIED: _ClassVar[PatientComparison]
    PATIENT_COMPARISON_EQUAL: _ClassVar[PatientComparison]
    PATIENT_COMPARISON_NOT_EQUAL: _ClassVar[PatientComparison]
    PATIENT_COMPARISON_AT_LEAST: _ClassVar[PatientComparison]
    PATIENT_COMPARISON_AT_MOST: _ClassVar[PatientComparison]
    PATIENT_COMPARISON_LIKE: _ClassVar[PatientComparison]
PATIENT_COMPARISON_UNSPECIFIED: PatientComparison
PATIENT_COMPARISON_EQUAL: PatientComparison
PATIENT_COMPARISON_NOT_EQUAL: PatientComparison
PATIENT_COMPARISON_AT_LEAST: PatientComparison
PATIENT_COMPARISON_AT_MOST: PatientComparison
PATIENT_COMPARISON_LIKE: PatientComparison

class Patient(_message.Message):
    __slots__ = ("id", "record")
    ID_FIELD_NUMBER: _ClassVar[int]
    RECORD_FIELD_NUMBER: _ClassVar[int]
    id: str
    record: bytes
    def __init__(self, id: _Optional[str] = ..., record: _Optional[bytes] = ...) -> None: ...

class PatientList(_message.Message):
    __slots__ = ("items", "total", "more")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Patient]
    total: int
    more: bool
    def __init__(self, items: _Optional[_Iterable[_Union[Patient, _Mapping]]] = ..., total: _Optional[int] = ..., more: bool = ...) -> None: ...

class PatientDetails(_message.Message):
    __slots__ = ("number", "text", "name", "first_name", "last_name", "age", "last_visit")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    AGE_FIELD_NUMBER: _ClassVar[int]
    LAST_VISIT_FIELD_NUMBER: _ClassVar[int]
    number: int
    text: str
    name: str
    first_name: str
    last_name: str
    age: int
    last_visit: str
    def __init__(self, number: _Optional[int] = ..., text: _Optional[str] = ..., name: _Optional[str] = ..., first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., age: _Optional[int] = ..., last_visit: _Optional[str] = ...) -> None: ...

class CreatePatientRequest(_message.Message):
    __slots__ = ("record",)
    RECORD_FIELD_NUMBER: _ClassVar[int]
    record: _struct_pb2.Struct
    def __init__(self, record: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class GetPatientRequest(_message.Message):
    __slots__ = ("patient_id",)
    PATIENT_ID_FIELD_NUMBER: _ClassVar[int]
    patient_id: str
    def __init__(self, patient_id: _Optional[str] = ...) -> None: ...

class ExportPatientsRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class ExportedPatients(_message.Message):
    __slots__ = ("records",)
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    records: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, records: _Optional[_Iterable[bytes]] = ...) -> None: ...

class UpdatePatientRequest(_message.Message):
    __slots__ = ("patient_id", "record", "partial")
    PATIENT_ID_FIELD_NUMBER: _ClassVar[int]
    RECORD_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    patient_id: str
    record: _struct_pb2.Struct
    partial: bool
    def __init__(self, patient_id: _Optional[str] = ..., record: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., partial: bool = ...) -> None: ...

class RemovePatientRequest(_message.Message):
    __slots__ = ("patient_id",)
    PATIENT_ID_FIELD_NUMBER: _ClassVar[int]
    patient_id: str
    def __init__(self, patient_id: _Optional[str] = ...) -> None: ...

class RemovePatientResponse(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class ListPatientsRequest(_message.Message):
    __slots__ = ("values", "fields", "comparisons", "search", "order", "descending", "start", "end", "after")
    VALUES_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    COMPARISONS_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    DESCENDING_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[str]
    fields: _containers.RepeatedScalarFieldContainer[str]
    comparisons: _containers.RepeatedScalarFieldContainer[PatientComparison]
    search: str
    order: _containers.RepeatedScalarFieldContainer[str]
    descending: _containers.RepeatedScalarFieldContainer[bool]
    start: int
    end: int
    after: str
    def __init__(self, values: _Optional[_Iterable[str]] = ..., fields: _Optional[_Iterable[str]] = ..., comparisons: _Optional[_Iterable[_Union[PatientComparison, str]]] = ..., search: _Optional[str] = ..., order: _Optional[_Iterable[str]] = ..., descending: _Optional[_Iterable[bool]] = ..., start: _Optional[int] = ..., end: _Optional[int] = ..., after: _Optional[str] = ...) -> None: ...
