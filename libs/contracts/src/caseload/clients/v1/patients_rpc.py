"""The services of caseload/clients/v1/patients.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clients.v1 import patients_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class PatientsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Patients"]

    @abstractmethod
    async def CreatePatient(self, request: pb.CreatePatientRequest, work: WorkT) -> pb.Patient: ...

    @abstractmethod
    async def ListPatients(self, request: pb.ListPatientsRequest, work: WorkT) -> pb.PatientList: ...

    @abstractmethod
    async def GetPatient(self, request: pb.GetPatientRequest, work: WorkT) -> pb.Patient: ...

    @abstractmethod
    async def UpdatePatient(self, request: pb.UpdatePatientRequest, work: WorkT) -> pb.Patient: ...

    @abstractmethod
    async def ExportPatients(self, request: pb.ExportPatientsRequest, work: WorkT) -> pb.ExportedPatients: ...

    @abstractmethod
    async def RemovePatient(self, request: pb.RemovePatientRequest, work: WorkT) -> pb.RemovePatientResponse: ...


class PatientsStub:
    """Calls caseload.clients.v1.Patients; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Patients'].methods_by_name
        self.CreatePatient: PatientsCreatePatient = caller_of(methods['CreatePatient'])
        self.ListPatients: PatientsListPatients = caller_of(methods['ListPatients'])
        self.GetPatient: PatientsGetPatient = caller_of(methods['GetPatient'])
        self.UpdatePatient: PatientsUpdatePatient = caller_of(methods['UpdatePatient'])
        self.ExportPatients: PatientsExportPatients = caller_of(methods['ExportPatients'])
        self.RemovePatient: PatientsRemovePatient = caller_of(methods['RemovePatient'])


class PatientsCreatePatient(Protocol):
    def __call__(self, request: pb.CreatePatientRequest, context: Any) -> Awaitable[pb.Patient]: ...


class PatientsListPatients(Protocol):
    def __call__(self, request: pb.ListPatientsRequest, context: Any) -> Awaitable[pb.PatientList]: ...


class PatientsGetPatient(Protocol):
    def __call__(self, request: pb.GetPatientRequest, context: Any) -> Awaitable[pb.Patient]: ...


class PatientsUpdatePatient(Protocol):
    def __call__(self, request: pb.UpdatePatientRequest, context: Any) -> Awaitable[pb.Patient]: ...


class PatientsExportPatients(Protocol):
    def __call__(self, request: pb.ExportPatientsRequest, context: Any) -> Awaitable[pb.ExportedPatients]: ...


class PatientsRemovePatient(Protocol):
    def __call__(self, request: pb.RemovePatientRequest, context: Any) -> Awaitable[pb.RemovePatientResponse]: ...
