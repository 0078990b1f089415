"""The services of caseload/notifications/v1/reminders.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import reminders_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class RemindersServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Reminders"]

    @abstractmethod
    async def CreateConfiguration(self, request: pb.CreateConfigurationRequest, work: WorkT) -> pb.ReminderConfiguration: ...

    @abstractmethod
    async def ListConfigurations(self, request: pb.ListConfigurationsRequest, work: WorkT) -> pb.ConfigurationPage: ...

    @abstractmethod
    async def UpdateConfiguration(self, request: pb.UpdateConfigurationRequest, work: WorkT) -> pb.ReminderConfiguration: ...

    @abstractmethod
    async def DeleteConfiguration(self, request: pb.DeleteConfigurationRequest, work: WorkT) -> pb.DeleteConfigurationResponse: ...

    @abstractmethod
    async def ListLogs(self, request: pb.ListLogsRequest, work: WorkT) -> pb.ReminderLogPage: ...

    @abstractmethod
    async def ListForAppointment(self, request: pb.ListForAppointmentRequest, work: WorkT) -> pb.ReminderLogPage: ...


class RemindersStub:
    """Calls caseload.notifications.v1.Reminders; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Reminders'].methods_by_name
        self.CreateConfiguration: RemindersCreateConfiguration = caller_of(methods['CreateConfiguration'])
        self.ListConfigurations: RemindersListConfigurations = caller_of(methods['ListConfigurations'])
        self.UpdateConfiguration: RemindersUpdateConfiguration = caller_of(methods['UpdateConfiguration'])
        self.DeleteConfiguration: RemindersDeleteConfiguration = caller_of(methods['DeleteConfiguration'])
        self.ListLogs: RemindersListLogs = caller_of(methods['ListLogs'])
        self.ListForAppointment: RemindersListForAppointment = caller_of(methods['ListForAppointment'])


class RemindersCreateConfiguration(Protocol):
    def __call__(self, request: pb.CreateConfigurationRequest, context: Any) -> Awaitable[pb.ReminderConfiguration]: ...


class RemindersListConfigurations(Protocol):
    def __call__(self, request: pb.ListConfigurationsRequest, context: Any) -> Awaitable[pb.ConfigurationPage]: ...


class RemindersUpdateConfiguration(Protocol):
    def __call__(self, request: pb.UpdateConfigurationRequest, context: Any) -> Awaitable[pb.ReminderConfiguration]: ...


class RemindersDeleteConfiguration(Protocol):
    def __call__(self, request: pb.DeleteConfigurationRequest, context: Any) -> Awaitable[pb.DeleteConfigurationResponse]: ...


class RemindersListLogs(Protocol):
    def __call__(self, request: pb.ListLogsRequest, context: Any) -> Awaitable[pb.ReminderLogPage]: ...


class RemindersListForAppointment(Protocol):
    def __call__(self, request: pb.ListForAppointmentRequest, context: Any) -> Awaitable[pb.ReminderLogPage]: ...
