"""The services of caseload/clinical/v1/milestones.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import milestones_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class MilestonesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Milestones"]

    @abstractmethod
    async def CreateMilestone(self, request: pb.CreateMilestoneRequest, work: WorkT) -> pb.Milestone: ...

    @abstractmethod
    async def ListMilestones(self, request: pb.ListMilestonesRequest, work: WorkT) -> pb.MilestonePage: ...

    @abstractmethod
    async def UpdateMilestone(self, request: pb.UpdateMilestoneRequest, work: WorkT) -> pb.Milestone: ...

    @abstractmethod
    async def OrderMilestones(self, request: pb.OrderMilestonesRequest, work: WorkT) -> pb.MilestoneOrder: ...

    @abstractmethod
    async def DeleteMilestone(self, request: pb.DeleteMilestoneRequest, work: WorkT) -> pb.DeleteMilestoneResponse: ...


class MilestonesStub:
    """Calls caseload.clinical.v1.Milestones; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Milestones'].methods_by_name
        self.CreateMilestone: MilestonesCreateMilestone = caller_of(methods['CreateMilestone'])
        self.ListMilestones: MilestonesListMilestones = caller_of(methods['ListMilestones'])
        self.UpdateMilestone: MilestonesUpdateMilestone = caller_of(methods['UpdateMilestone'])
        self.OrderMilestones: MilestonesOrderMilestones = caller_of(methods['OrderMilestones'])
        self.DeleteMilestone: MilestonesDeleteMilestone = caller_of(methods['DeleteMilestone'])


class MilestonesCreateMilestone(Protocol):
    def __call__(self, request: pb.CreateMilestoneRequest, context: Any) -> Awaitable[pb.Milestone]: ...


class MilestonesListMilestones(Protocol):
    def __call__(self, request: pb.ListMilestonesRequest, context: Any) -> Awaitable[pb.MilestonePage]: ...


class MilestonesUpdateMilestone(Protocol):
    def __call__(self, request: pb.UpdateMilestoneRequest, context: Any) -> Awaitable[pb.Milestone]: ...


class MilestonesOrderMilestones(Protocol):
    def __call__(self, request: pb.OrderMilestonesRequest, context: Any) -> Awaitable[pb.MilestoneOrder]: ...


class MilestonesDeleteMilestone(Protocol):
    def __call__(self, request: pb.DeleteMilestoneRequest, context: Any) -> Awaitable[pb.DeleteMilestoneResponse]: ...
