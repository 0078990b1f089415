"""The services of caseload/notifications/v1/webhooks.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import webhooks_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class WebhooksServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Webhooks"]

    @abstractmethod
    async def CreateWebhook(self, request: pb.CreateWebhookRequest, work: WorkT) -> pb.WebhookWithSecret: ...

    @abstractmethod
    async def ListWebhooks(self, request: pb.ListWebhooksRequest, work: WorkT) -> pb.WebhookPage: ...

    @abstractmethod
    async def DeleteWebhook(self, request: pb.DeleteWebhookRequest, work: WorkT) -> pb.DeleteWebhookResponse: ...

    @abstractmethod
    async def EnableWebhook(self, request: pb.EnableWebhookRequest, work: WorkT) -> pb.Webhook: ...

    @abstractmethod
    async def RotateSecret(self, request: pb.RotateSecretRequest, work: WorkT) -> pb.WebhookWithSecret: ...

    @abstractmethod
    async def ListDeliveries(self, request: pb.ListDeliveriesRequest, work: WorkT) -> pb.WebhookDeliveryPage: ...

    @abstractmethod
    async def RetryDelivery(self, request: pb.RetryDeliveryRequest, work: WorkT) -> pb.WebhookDelivery: ...


class WebhooksStub:
    """Calls caseload.notifications.v1.Webhooks; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Webhooks'].methods_by_name
        self.CreateWebhook: WebhooksCreateWebhook = caller_of(methods['CreateWebhook'])
        self.ListWebhooks: WebhooksListWebhooks = caller_of(methods['ListWebhooks'])
        self.DeleteWebhook: WebhooksDeleteWebhook = caller_of(methods['DeleteWebhook'])
        self.EnableWebhook: WebhooksEnableWebhook = caller_of(methods['EnableWebhook'])
        self.RotateSecret: WebhooksRotateSecret = caller_of(methods['RotateSecret'])
        self.ListDeliveries: WebhooksListDeliveries = caller_of(methods['ListDeliveries'])
        self.RetryDelivery: WebhooksRetryDelivery = caller_of(methods['RetryDelivery'])


class WebhooksCreateWebhook(Protocol):
    def __call__(self, request: pb.CreateWebhookRequest, context: Any) -> Awaitable[pb.WebhookWithSecret]: ...


class WebhooksListWebhooks(Protocol):
    def __call__(self, request: pb.ListWebhooksRequest, context: Any) -> Awaitable[pb.WebhookPage]: ...


class WebhooksDeleteWebhook(Protocol):
    def __call__(self, request: pb.DeleteWebhookRequest, context: Any) -> Awaitable[pb.DeleteWebhookResponse]: ...


class WebhooksEnableWebhook(Protocol):
    def __call__(self, request: pb.EnableWebhookRequest, context: Any) -> Awaitable[pb.Webhook]: ...


class WebhooksRotateSecret(Protocol):
    def __call__(self, request: pb.RotateSecretRequest, context: Any) -> Awaitable[pb.WebhookWithSecret]: ...


class WebhooksListDeliveries(Protocol):
    def __call__(self, request: pb.ListDeliveriesRequest, context: Any) -> Awaitable[pb.WebhookDeliveryPage]: ...


class WebhooksRetryDelivery(Protocol):
    def __call__(self, request: pb.RetryDeliveryRequest, context: Any) -> Awaitable[pb.WebhookDelivery]: ...
