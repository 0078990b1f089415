"""The services of caseload/audit/v1/tree_heads.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.audit.v1 import tree_heads_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class TreeHeadsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["TreeHeads"]

    @abstractmethod
    async def ListCheckpoints(self, request: pb.ListCheckpointsRequest, work: WorkT) -> pb.CheckpointPage: ...

    @abstractmethod
    async def GetProof(self, request: pb.GetProofRequest, work: WorkT) -> pb.Proof: ...


class TreeHeadsStub:
    """Calls caseload.audit.v1.TreeHeads; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['TreeHeads'].methods_by_name
        self.ListCheckpoints: TreeHeadsListCheckpoints = caller_of(methods['ListCheckpoints'])
        self.GetProof: TreeHeadsGetProof = caller_of(methods['GetProof'])


class TreeHeadsListCheckpoints(Protocol):
    def __call__(self, request: pb.ListCheckpointsRequest, context: Any) -> Awaitable[pb.CheckpointPage]: ...


class TreeHeadsGetProof(Protocol):
    def __call__(self, request: pb.GetProofRequest, context: Any) -> Awaitable[pb.Proof]: ...
