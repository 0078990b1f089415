from caseload.jobs.v1 import jobs_pb2 as _jobs_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class ExportAllClientsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
