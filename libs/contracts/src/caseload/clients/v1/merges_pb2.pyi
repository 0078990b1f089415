from caseload.clients.v1 import clients_pb2 as _clients_pb2
from caseload.jobs.v1 import jobs_pb2 as _jobs_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MergeClientsRequest(_message.Message):
    __slots__ = ("client_id", "duplicate_id")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    DUPLICATE_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    duplicate_id: str
    def __init__(self, client_id: _Optional[str] = ..., duplicate_id: _Optional[str] = ...) -> None: ...

class MergedClient(_message.Message):
    __slots__ = ("client", "job_id")
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    client: _clients_pb2.Client
    job_id: str
    def __init__(self, client: _Optional[_Union[_clients_pb2.Client, _Mapping]] = ..., job_id: _Optional[str] = ...) -> None: ...

class UndoMergeRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...
