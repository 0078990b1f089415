"""The services of caseload/scheduling/v1/appointments.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import appointments_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class AppointmentsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Appointments"]

    @abstractmethod
    async def BookAppointment(self, request: pb.BookAppointmentRequest, work: WorkT) -> pb.Appointment: ...

    @abstractmethod
    async def GetAppointment(self, request: pb.GetAppointmentRequest, work: WorkT) -> pb.Appointment: ...

    @abstractmethod
    async def ListAppointments(self, request: pb.ListAppointmentsRequest, work: WorkT) -> pb.AppointmentPage: ...

    @abstractmethod
    async def ChangeAppointment(self, request: pb.ChangeAppointmentRequest, work: WorkT) -> pb.Appointment: ...

    @abstractmethod
    async def DeclineCancellation(self, request: pb.DeclineCancellationRequest, work: WorkT) -> pb.Appointment: ...

    @abstractmethod
    async def DeleteAppointment(self, request: pb.DeleteAppointmentRequest, work: WorkT) -> pb.DeleteAppointmentResponse: ...

    @abstractmethod
    async def GetDeletion(self, request: pb.GetDeletionRequest, work: WorkT) -> pb.Deletion: ...

    @abstractmethod
    async def CheckConflicts(self, request: pb.CheckConflictsRequest, work: WorkT) -> pb.ClashList: ...

    @abstractmethod
    async def GetFigures(self, request: pb.GetFiguresRequest, work: WorkT) -> pb.FiguresList: ...

    @abstractmethod
    async def CloseUnbooked(self, request: pb.CloseUnbookedRequest, work: WorkT) -> pb.CloseUnbookedResponse: ...

    @abstractmethod
    async def ListHistory(self, request: pb.ListHistoryRequest, work: WorkT) -> pb.History: ...

    @abstractmethod
    async def ListStatusChanges(self, request: pb.ListStatusChangesRequest, work: WorkT) -> pb.StatusChangeList: ...

    @abstractmethod
    async def GetSlot(self, request: pb.GetSlotRequest, work: WorkT) -> pb.Slot: ...

    @abstractmethod
    async def ListAgenda(self, request: pb.ListAgendaRequest, work: WorkT) -> pb.Agenda: ...


class AppointmentsStub:
    """Calls caseload.scheduling.v1.Appointments; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Appointments'].methods_by_name
        self.BookAppointment: AppointmentsBookAppointment = caller_of(methods['BookAppointment'])
        self.GetAppointment: AppointmentsGetAppointment = caller_of(methods['GetAppointment'])
        self.ListAppointments: AppointmentsListAppointments = caller_of(methods['ListAppointments'])
        self.ChangeAppointment: AppointmentsChangeAppointment = caller_of(methods['ChangeAppointment'])
        self.DeclineCancellation: AppointmentsDeclineCancellation = caller_of(methods['DeclineCancellation'])
        self.DeleteAppointment: AppointmentsDeleteAppointment = caller_of(methods['DeleteAppointment'])
        self.GetDeletion: AppointmentsGetDeletion = caller_of(methods['GetDeletion'])
        self.CheckConflicts: AppointmentsCheckConflicts = caller_of(methods['CheckConflicts'])
        self.GetFigures: AppointmentsGetFigures = caller_of(methods['GetFigures'])
        self.CloseUnbooked: AppointmentsCloseUnbooked = caller_of(methods['CloseUnbooked'])
        self.ListHistory: AppointmentsListHistory = caller_of(methods['ListHistory'])
        self.ListStatusChanges: AppointmentsListStatusChanges = caller_of(methods['ListStatusChanges'])
        self.GetSlot: AppointmentsGetSlot = caller_of(methods['GetSlot'])
        self.ListAgenda: AppointmentsListAgenda = caller_of(methods['ListAgenda'])


class AppointmentsBookAppointment(Protocol):
    def __call__(self, request: pb.BookAppointmentRequest, context: Any) -> Awaitable[pb.Appointment]: ...


class AppointmentsGetAppointment(Protocol):
    def __call__(self, request: pb.GetAppointmentRequest, context: Any) -> Awaitable[pb.Appointment]: ...


class AppointmentsListAppointments(Protocol):
    def __call__(self, request: pb.ListAppointmentsRequest, context: Any) -> Awaitable[pb.AppointmentPage]: ...


class AppointmentsChangeAppointment(Protocol):
    def __call__(self, request: pb.ChangeAppointmentRequest, context: Any) -> Awaitable[pb.Appointment]: ...


class AppointmentsDeclineCancellation(Protocol):
    def __call__(self, request: pb.DeclineCancellationRequest, context: Any) -> Awaitable[pb.Appointment]: ...


class AppointmentsDeleteAppointment(Protocol):
    def __call__(self, request: pb.DeleteAppointmentRequest, context: Any) -> Awaitable[pb.DeleteAppointmentResponse]: ...


class AppointmentsGetDeletion(Protocol):
    def __call__(self, request: pb.GetDeletionRequest, context: Any) -> Awaitable[pb.Deletion]: ...


class AppointmentsCheckConflicts(Protocol):
    def __call__(self, request: pb.CheckConflictsRequest, context: Any) -> Awaitable[pb.ClashList]: ...


class AppointmentsGetFigures(Protocol):
    def __call__(self, request: pb.GetFiguresRequest, context: Any) -> Awaitable[pb.FiguresList]: ...


class AppointmentsCloseUnbooked(Protocol):
    def __call__(self, request: pb.CloseUnbookedRequest, context: Any) -> Awaitable[pb.CloseUnbookedResponse]: ...


class AppointmentsListHistory(Protocol):
    def __call__(self, request: pb.ListHistoryRequest, context: Any) -> Awaitable[pb.History]: ...


class AppointmentsListStatusChanges(Protocol):
    def __call__(self, request: pb.ListStatusChangesRequest, context: Any) -> Awaitable[pb.StatusChangeList]: ...


class AppointmentsGetSlot(Protocol):
    def __call__(self, request: pb.GetSlotRequest, context: Any) -> Awaitable[pb.Slot]: ...


class AppointmentsListAgenda(Protocol):
    def __call__(self, request: pb.ListAgendaRequest, context: Any) -> Awaitable[pb.Agenda]: ...
