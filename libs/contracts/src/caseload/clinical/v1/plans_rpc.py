"""The services of caseload/clinical/v1/plans.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import plans_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class PlansServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Plans"]

    @abstractmethod
    async def CreatePlan(self, request: pb.CreatePlanRequest, work: WorkT) -> pb.Plan: ...

    @abstractmethod
    async def GetPlan(self, request: pb.GetPlanRequest, work: WorkT) -> pb.Plan: ...

    @abstractmethod
    async def ListPlans(self, request: pb.ListPlansRequest, work: WorkT) -> pb.PlanPage: ...

    @abstractmethod
    async def UpdatePlan(self, request: pb.UpdatePlanRequest, work: WorkT) -> pb.Plan: ...

    @abstractmethod
    async def DeletePlan(self, request: pb.DeletePlanRequest, work: WorkT) -> pb.DeletePlanResponse: ...

    @abstractmethod
    async def ListPlanVersions(self, request: pb.ListPlanVersionsRequest, work: WorkT) -> pb.PlanVersionList: ...

    @abstractmethod
    async def ListPlanEvents(self, request: pb.ListPlanEventsRequest, work: WorkT) -> pb.PlanEventList: ...


class PlansStub:
    """Calls caseload.clinical.v1.Plans; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Plans'].methods_by_name
        self.CreatePlan: PlansCreatePlan = caller_of(methods['CreatePlan'])
        self.GetPlan: PlansGetPlan = caller_of(methods['GetPlan'])
        self.ListPlans: PlansListPlans = caller_of(methods['ListPlans'])
        self.UpdatePlan: PlansUpdatePlan = caller_of(methods['UpdatePlan'])
        self.DeletePlan: PlansDeletePlan = caller_of(methods['DeletePlan'])
        self.ListPlanVersions: PlansListPlanVersions = caller_of(methods['ListPlanVersions'])
        self.ListPlanEvents: PlansListPlanEvents = caller_of(methods['ListPlanEvents'])


class PlansCreatePlan(Protocol):
    def __call__(self, request: pb.CreatePlanRequest, context: Any) -> Awaitable[pb.Plan]: ...


class PlansGetPlan(Protocol):
    def __call__(self, request: pb.GetPlanRequest, context: Any) -> Awaitable[pb.Plan]: ...


class PlansListPlans(Protocol):
    def __call__(self, request: pb.ListPlansRequest, context: Any) -> Awaitable[pb.PlanPage]: ...


class PlansUpdatePlan(Protocol):
    def __call__(self, request: pb.UpdatePlanRequest, context: Any) -> Awaitable[pb.Plan]: ...


class PlansDeletePlan(Protocol):
    def __call__(self, request: pb.DeletePlanRequest, context: Any) -> Awaitable[pb.DeletePlanResponse]: ...


class PlansListPlanVersions(Protocol):
    def __call__(self, request: pb.ListPlanVersionsRequest, context: Any) -> Awaitable[pb.PlanVersionList]: ...


class PlansListPlanEvents(Protocol):
    def __call__(self, request: pb.ListPlanEventsRequest, context: Any) -> Awaitable[pb.PlanEventList]: ...
