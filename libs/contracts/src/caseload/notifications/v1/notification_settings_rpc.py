"""The services of caseload/notifications/v1/notification_settings.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import notification_settings_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class NotificationSettingsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["NotificationSettings"]

    @abstractmethod
    async def GetNotificationSettings(self, request: pb.GetNotificationSettingsRequest, work: WorkT) -> pb.PersonalSettings: ...

    @abstractmethod
    async def SetNotificationSettings(self, request: pb.SetNotificationSettingsRequest, work: WorkT) -> pb.PersonalSettings: ...


class NotificationSettingsStub:
    """Calls caseload.notifications.v1.NotificationSettings; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['NotificationSettings'].methods_by_name
        self.GetNotificationSettings: NotificationSettingsGetNotificationSettings = caller_of(methods['GetNotificationSettings'])
        self.SetNotificationSettings: NotificationSettingsSetNotificationSettings = caller_of(methods['SetNotificationSettings'])


class NotificationSettingsGetNotificationSettings(Protocol):
    def __call__(self, request: pb.GetNotificationSettingsRequest, context: Any) -> Awaitable[pb.PersonalSettings]: ...


class NotificationSettingsSetNotificationSettings(Protocol):
    def __call__(self, request: pb.SetNotificationSettingsRequest, context: Any) -> Awaitable[pb.PersonalSettings]: ...
