"""The services of caseload/identity/v1/departments.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import departments_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class DepartmentsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Departments"]

    @abstractmethod
    async def CreateDepartment(self, request: pb.CreateDepartmentRequest, work: WorkT) -> pb.Department: ...

    @abstractmethod
    async def ListDepartments(self, request: pb.ListDepartmentsRequest, work: WorkT) -> pb.DepartmentPage: ...

    @abstractmethod
    async def GetDepartment(self, request: pb.GetDepartmentRequest, work: WorkT) -> pb.Department: ...

    @abstractmethod
    async def UpdateDepartment(self, request: pb.UpdateDepartmentRequest, work: WorkT) -> pb.Department: ...

    @abstractmethod
    async def DeleteDepartment(self, request: pb.DeleteDepartmentRequest, work: WorkT) -> pb.DeleteDepartmentResponse: ...


class DepartmentsStub:
    """Calls caseload.identity.v1.Departments; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Departments'].methods_by_name
        self.CreateDepartment: DepartmentsCreateDepartment = caller_of(methods['CreateDepartment'])
        self.ListDepartments: DepartmentsListDepartments = caller_of(methods['ListDepartments'])
        self.GetDepartment: DepartmentsGetDepartment = caller_of(methods['GetDepartment'])
        self.UpdateDepartment: DepartmentsUpdateDepartment = caller_of(methods['UpdateDepartment'])
        self.DeleteDepartment: DepartmentsDeleteDepartment = caller_of(methods['DeleteDepartment'])


class DepartmentsCreateDepartment(Protocol):
    def __call__(self, request: pb.CreateDepartmentRequest, context: Any) -> Awaitable[pb.Department]: ...


class DepartmentsListDepartments(Protocol):
    def __call__(self, request: pb.ListDepartmentsRequest, context: Any) -> Awaitable[pb.DepartmentPage]: ...


class DepartmentsGetDepartment(Protocol):
    def __call__(self, request: pb.GetDepartmentRequest, context: Any) -> Awaitable[pb.Department]: ...


class DepartmentsUpdateDepartment(Protocol):
    def __call__(self, request: pb.UpdateDepartmentRequest, context: Any) -> Awaitable[pb.Department]: ...


class DepartmentsDeleteDepartment(Protocol):
    def __call__(self, request: pb.DeleteDepartmentRequest, context: Any) -> Awaitable[pb.DeleteDepartmentResponse]: ...
