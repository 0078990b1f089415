"""The services of caseload/notifications/v1/sms_channels.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import sms_channels_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class SmsChannelsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["SmsChannels"]

    @abstractmethod
    async def GetSmsChannel(self, request: pb.GetSmsChannelRequest, work: WorkT) -> pb.SmsChannel: ...

    @abstractmethod
    async def SetSmsChannel(self, request: pb.SetSmsChannelRequest, work: WorkT) -> pb.SmsChannelWithSecret: ...

    @abstractmethod
    async def DeleteSmsChannel(self, request: pb.DeleteSmsChannelRequest, work: WorkT) -> pb.DeleteSmsChannelResponse: ...

    @abstractmethod
    async def RotateSmsSecret(self, request: pb.RotateSmsSecretRequest, work: WorkT) -> pb.SmsChannelWithSecret: ...


class SmsChannelsStub:
    """Calls caseload.notifications.v1.SmsChannels; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['SmsChannels'].methods_by_name
        self.GetSmsChannel: SmsChannelsGetSmsChannel = caller_of(methods['GetSmsChannel'])
        self.SetSmsChannel: SmsChannelsSetSmsChannel = caller_of(methods['SetSmsChannel'])
        self.DeleteSmsChannel: SmsChannelsDeleteSmsChannel = caller_of(methods['DeleteSmsChannel'])
        self.RotateSmsSecret: SmsChannelsRotateSmsSecret = caller_of(methods['RotateSmsSecret'])


class SmsChannelsGetSmsChannel(Protocol):
    def __call__(self, request: pb.GetSmsChannelRequest, context: Any) -> Awaitable[pb.SmsChannel]: ...


class SmsChannelsSetSmsChannel(Protocol):
    def __call__(self, request: pb.SetSmsChannelRequest, context: Any) -> Awaitable[pb.SmsChannelWithSecret]: ...


class SmsChannelsDeleteSmsChannel(Protocol):
    def __call__(self, request: pb.DeleteSmsChannelRequest, context: Any) -> Awaitable[pb.DeleteSmsChannelResponse]: ...


class SmsChannelsRotateSmsSecret(Protocol):
    def __call__(self, request: pb.RotateSmsSecretRequest, context: Any) -> Awaitable[pb.SmsChannelWithSecret]: ...
