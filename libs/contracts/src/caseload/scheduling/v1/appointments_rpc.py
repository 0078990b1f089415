"""The services of caseload/scheduling/v1/appointments.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.scheduling.v1 import appointments_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class AppointmentsServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Appointments"]

    @abstractmethod
    async def BookAppointment(self, request: pb.BookAppointmentRequest, call: CallT) -> pb.Appointment: ...

    @abstractmethod
    async def GetAppointment(self, request: pb.GetAppointmentRequest, call: CallT) -> pb.Appointment: ...

    @abstractmethod
    async def ListAppointments(self, request: pb.ListAppointmentsRequest, call: CallT) -> pb.AppointmentPage: ...

    @abstractmethod
    async def ChangeAppointment(self, request: pb.ChangeAppointmentRequest, call: CallT) -> pb.Appointment: ...

    @abstractmethod
    async def DeleteAppointment(self, request: pb.DeleteAppointmentRequest, call: CallT) -> pb.DeleteAppointmentResponse: ...

    @abstractmethod
    async def CheckConflicts(self, request: pb.CheckConflictsRequest, call: CallT) -> pb.ClashList: ...

    @abstractmethod
    async def GetFigures(self, request: pb.GetFiguresRequest, call: CallT) -> pb.FiguresList: ...

    @abstractmethod
    async def ListHistory(self, request: pb.ListHistoryRequest, call: CallT) -> pb.History: ...

    @abstractmethod
    async def GetSlot(self, request: pb.GetSlotRequest, call: CallT) -> pb.Slot: ...


class AppointmentsStub:
    """Calls caseload.scheduling.v1.Appointments; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Appointments'].methods_by_name
        self.BookAppointment: AppointmentsBookAppointment = dial(methods['BookAppointment'])
        self.GetAppointment: AppointmentsGetAppointment = dial(methods['GetAppointment'])
        self.ListAppointments: AppointmentsListAppointments = dial(methods['ListAppointments'])
        self.ChangeAppointment: AppointmentsChangeAppointment = dial(methods['ChangeAppointment'])
        self.DeleteAppointment: AppointmentsDeleteAppointment = dial(methods['DeleteAppointment'])
        self.CheckConflicts: AppointmentsCheckConflicts = dial(methods['CheckConflicts'])
        self.GetFigures: AppointmentsGetFigures = dial(methods['GetFigures'])
        self.ListHistory: AppointmentsListHistory = dial(methods['ListHistory'])
        self.GetSlot: AppointmentsGetSlot = dial(methods['GetSlot'])


class AppointmentsBookAppointment(Protocol):
    def __call__(self, request: pb.BookAppointmentRequest, call: Any) -> Awaitable[pb.Appointment]: ...


class AppointmentsGetAppointment(Protocol):
    def __call__(self, request: pb.GetAppointmentRequest, call: Any) -> Awaitable[pb.Appointment]: ...


class AppointmentsListAppointments(Protocol):
    def __call__(self, request: pb.ListAppointmentsRequest, call: Any) -> Awaitable[pb.AppointmentPage]: ...


class AppointmentsChangeAppointment(Protocol):
    def __call__(self, request: pb.ChangeAppointmentRequest, call: Any) -> Awaitable[pb.Appointment]: ...


class AppointmentsDeleteAppointment(Protocol):
    def __call__(self, request: pb.DeleteAppointmentRequest, call: Any) -> Awaitable[pb.DeleteAppointmentResponse]: ...


class AppointmentsCheckConflicts(Protocol):
    def __call__(self, request: pb.CheckConflictsRequest, call: Any) -> Awaitable[pb.ClashList]: ...


class AppointmentsGetFigures(Protocol):
    def __call__(self, request: pb.GetFiguresRequest, call: Any) -> Awaitable[pb.FiguresList]: ...


class AppointmentsListHistory(Protocol):
    def __call__(self, request: pb.ListHistoryRequest, call: Any) -> Awaitable[pb.History]: ...


class AppointmentsGetSlot(Protocol):
    def __call__(self, request: pb.GetSlotRequest, call: Any) -> Awaitable[pb.Slot]: ...
