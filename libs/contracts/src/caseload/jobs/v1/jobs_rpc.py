"""The services of caseload/jobs/v1/jobs.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.jobs.v1 import jobs_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class JobsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Jobs"]

    @abstractmethod
    async def ListJobs(self, request: pb.ListJobsRequest, work: WorkT) -> pb.JobPage: ...

    @abstractmethod
    async def GetJob(self, request: pb.GetJobRequest, work: WorkT) -> pb.Job: ...

    @abstractmethod
    async def CancelJob(self, request: pb.CancelJobRequest, work: WorkT) -> pb.Job: ...

    @abstractmethod
    async def OpenJobResult(self, request: pb.OpenJobResultRequest, work: WorkT) -> pb.JobResult: ...

    @abstractmethod
    async def ReadJobResult(self, request: pb.ReadJobResultRequest, work: WorkT) -> pb.JobResultPiece: ...


class JobsStub:
    """Calls caseload.jobs.v1.Jobs; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Jobs'].methods_by_name
        self.ListJobs: JobsListJobs = caller_of(methods['ListJobs'])
        self.GetJob: JobsGetJob = caller_of(methods['GetJob'])
        self.CancelJob: JobsCancelJob = caller_of(methods['CancelJob'])
        self.OpenJobResult: JobsOpenJobResult = caller_of(methods['OpenJobResult'])
        self.ReadJobResult: JobsReadJobResult = caller_of(methods['ReadJobResult'])


class JobsListJobs(Protocol):
    def __call__(self, request: pb.ListJobsRequest, context: Any) -> Awaitable[pb.JobPage]: ...


class JobsGetJob(Protocol):
    def __call__(self, request: pb.GetJobRequest, context: Any) -> Awaitable[pb.Job]: ...


class JobsCancelJob(Protocol):
    def __call__(self, request: pb.CancelJobRequest, context: Any) -> Awaitable[pb.Job]: ...


class JobsOpenJobResult(Protocol):
    def __call__(self, request: pb.OpenJobResultRequest, context: Any) -> Awaitable[pb.JobResult]: ...


class JobsReadJobResult(Protocol):
    def __call__(self, request: pb.ReadJobResultRequest, context: Any) -> Awaitable[pb.JobResultPiece]: ...
