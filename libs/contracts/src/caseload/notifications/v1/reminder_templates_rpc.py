"""The services of caseload/notifications/v1/reminder_templates.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import reminder_templates_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ReminderTemplatesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ReminderTemplates"]

    @abstractmethod
    async def CreateReminderTemplate(self, request: pb.CreateReminderTemplateRequest, work: WorkT) -> pb.ReminderTemplate: ...

    @abstractmethod
    async def ListReminderTemplates(self, request: pb.ListReminderTemplatesRequest, work: WorkT) -> pb.ReminderTemplatePage: ...

    @abstractmethod
    async def UpdateReminderTemplate(self, request: pb.UpdateReminderTemplateRequest, work: WorkT) -> pb.ReminderTemplate: ...

    @abstractmethod
    async def DeleteReminderTemplate(self, request: pb.DeleteReminderTemplateRequest, work: WorkT) -> pb.DeleteReminderTemplateResponse: ...

    @abstractmethod
    async def PreviewReminderTemplate(self, request: pb.PreviewReminderTemplateRequest, work: WorkT) -> pb.ReminderPreview: ...


class ReminderTemplatesStub:
    """Calls caseload.notifications.v1.ReminderTemplates; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ReminderTemplates'].methods_by_name
        self.CreateReminderTemplate: ReminderTemplatesCreateReminderTemplate = caller_of(methods['CreateReminderTemplate'])
        self.ListReminderTemplates: ReminderTemplatesListReminderTemplates = caller_of(methods['ListReminderTemplates'])
        self.UpdateReminderTemplate: ReminderTemplatesUpdateReminderTemplate = caller_of(methods['UpdateReminderTemplate'])
        self.DeleteReminderTemplate: ReminderTemplatesDeleteReminderTemplate = caller_of(methods['DeleteReminderTemplate'])
        self.PreviewReminderTemplate: ReminderTemplatesPreviewReminderTemplate = caller_of(methods['PreviewReminderTemplate'])


class ReminderTemplatesCreateReminderTemplate(Protocol):
    def __call__(self, request: pb.CreateReminderTemplateRequest, context: Any) -> Awaitable[pb.ReminderTemplate]: ...


class ReminderTemplatesListReminderTemplates(Protocol):
    def __call__(self, request: pb.ListReminderTemplatesRequest, context: Any) -> Awaitable[pb.ReminderTemplatePage]: ...


class ReminderTemplatesUpdateReminderTemplate(Protocol):
    def __call__(self, request: pb.UpdateReminderTemplateRequest, context: Any) -> Awaitable[pb.ReminderTemplate]: ...


class ReminderTemplatesDeleteReminderTemplate(Protocol):
    def __call__(self, request: pb.DeleteReminderTemplateRequest, context: Any) -> Awaitable[pb.DeleteReminderTemplateResponse]: ...


class ReminderTemplatesPreviewReminderTemplate(Protocol):
    def __call__(self, request: pb.PreviewReminderTemplateRequest, context: Any) -> Awaitable[pb.ReminderPreview]: ...
