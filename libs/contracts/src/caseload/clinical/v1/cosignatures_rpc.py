"""The services of caseload/clinical/v1/cosignatures.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import cosignatures_pb2 as pb
from caseload.clinical.v1 import sessions_pb2

WorkT = TypeVar("WorkT", contravariant=True)


class CosignaturesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Cosignatures"]

    @abstractmethod
    async def ListCosignQueue(self, request: pb.ListCosignQueueRequest, work: WorkT) -> sessions_pb2.SessionPage: ...

    @abstractmethod
    async def CosignSession(self, request: pb.CosignSessionRequest, work: WorkT) -> sessions_pb2.Session: ...

    @abstractmethod
    async def ReturnSession(self, request: pb.ReturnSessionRequest, work: WorkT) -> sessions_pb2.Session: ...


class CosignaturesStub:
    """Calls caseload.clinical.v1.Cosignatures; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Cosignatures'].methods_by_name
        self.ListCosignQueue: CosignaturesListCosignQueue = caller_of(methods['ListCosignQueue'])
        self.CosignSession: CosignaturesCosignSession = caller_of(methods['CosignSession'])
        self.ReturnSession: CosignaturesReturnSession = caller_of(methods['ReturnSession'])


class CosignaturesListCosignQueue(Protocol):
    def __call__(self, request: pb.ListCosignQueueRequest, context: Any) -> Awaitable[sessions_pb2.SessionPage]: ...


class CosignaturesCosignSession(Protocol):
    def __call__(self, request: pb.CosignSessionRequest, context: Any) -> Awaitable[sessions_pb2.Session]: ...


class CosignaturesReturnSession(Protocol):
    def __call__(self, request: pb.ReturnSessionRequest, context: Any) -> Awaitable[sessions_pb2.Session]: ...
