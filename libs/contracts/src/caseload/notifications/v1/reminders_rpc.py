"""The services of caseload/notifications/v1/reminders.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import reminders_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class RemindersServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Reminders"]

    @abstractmethod
    async def CreateConfiguration(self, request: pb.CreateConfigurationRequest, call: CallT) -> pb.ReminderConfiguration: ...

    @abstractmethod
    async def ListConfigurations(self, request: pb.ListConfigurationsRequest, call: CallT) -> pb.ConfigurationPage: ...

    @abstractmethod
    async def UpdateConfiguration(self, request: pb.UpdateConfigurationRequest, call: CallT) -> pb.ReminderConfiguration: ...

    @abstractmethod
    async def DeleteConfiguration(self, request: pb.DeleteConfigurationRequest, call: CallT) -> pb.DeleteConfigurationResponse: ...

    @abstractmethod
    async def ListLogs(self, request: pb.ListLogsRequest, call: CallT) -> pb.ReminderLogPage: ...

    @abstractmethod
    async def ListForAppointment(self, request: pb.ListForAppointmentRequest, call: CallT) -> pb.ReminderLogPage: ...


class RemindersStub:
    """Calls caseload.notifications.v1.Reminders; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Reminders'].methods_by_name
        self.CreateConfiguration: RemindersCreateConfiguration = dial(methods['CreateConfiguration'])
        self.ListConfigurations: RemindersListConfigurations = dial(methods['ListConfigurations'])
        self.UpdateConfiguration: RemindersUpdateConfiguration = dial(methods['UpdateConfiguration'])
        self.DeleteConfiguration: RemindersDeleteConfiguration = dial(methods['DeleteConfiguration'])
        self.ListLogs: RemindersListLogs = dial(methods['ListLogs'])
        self.ListForAppointment: RemindersListForAppointment = dial(methods['ListForAppointment'])


class RemindersCreateConfiguration(Protocol):
    def __call__(self, request: pb.CreateConfigurationRequest, call: Any) -> Awaitable[pb.ReminderConfiguration]: ...


class RemindersListConfigurations(Protocol):
    def __call__(self, request: pb.ListConfigurationsRequest, call: Any) -> Awaitable[pb.ConfigurationPage]: ...


class RemindersUpdateConfiguration(Protocol):
    def __call__(self, request: pb.UpdateConfigurationRequest, call: Any) -> Awaitable[pb.ReminderConfiguration]: ...


class RemindersDeleteConfiguration(Protocol):
    def __call__(self, request: pb.DeleteConfigurationRequest, call: Any) -> Awaitable[pb.DeleteConfigurationResponse]: ...


class RemindersListLogs(Protocol):
    def __call__(self, request: pb.ListLogsRequest, call: Any) -> Awaitable[pb.ReminderLogPage]: ...


class RemindersListForAppointment(Protocol):
    def __call__(self, request: pb.ListForAppointmentRequest, call: Any) -> Awaitable[pb.ReminderLogPage]: ...
