"""The services of caseload/identity/v1/api_keys.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import api_keys_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ApiKeysServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ApiKeys"]

    @abstractmethod
    async def CreateApiKey(self, request: pb.CreateApiKeyRequest, work: WorkT) -> pb.CreatedApiKey: ...

    @abstractmethod
    async def ListApiKeys(self, request: pb.ListApiKeysRequest, work: WorkT) -> pb.ApiKeyList: ...

    @abstractmethod
    async def DeleteApiKey(self, request: pb.DeleteApiKeyRequest, work: WorkT) -> pb.DeleteApiKeyResponse: ...

    @abstractmethod
    async def ExchangeApiKey(self, request: pb.ExchangeApiKeyRequest, work: WorkT) -> pb.ApiKeyToken: ...


class ApiKeysStub:
    """Calls caseload.identity.v1.ApiKeys; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ApiKeys'].methods_by_name
        self.CreateApiKey: ApiKeysCreateApiKey = caller_of(methods['CreateApiKey'])
        self.ListApiKeys: ApiKeysListApiKeys = caller_of(methods['ListApiKeys'])
        self.DeleteApiKey: ApiKeysDeleteApiKey = caller_of(methods['DeleteApiKey'])
        self.ExchangeApiKey: ApiKeysExchangeApiKey = caller_of(methods['ExchangeApiKey'])


class ApiKeysCreateApiKey(Protocol):
    def __call__(self, request: pb.CreateApiKeyRequest, context: Any) -> Awaitable[pb.CreatedApiKey]: ...


class ApiKeysListApiKeys(Protocol):
    def __call__(self, request: pb.ListApiKeysRequest, context: Any) -> Awaitable[pb.ApiKeyList]: ...


class ApiKeysDeleteApiKey(Protocol):
    def __call__(self, request: pb.DeleteApiKeyRequest, context: Any) -> Awaitable[pb.DeleteApiKeyResponse]: ...


class ApiKeysExchangeApiKey(Protocol):
    def __call__(self, request: pb.ExchangeApiKeyRequest, context: Any) -> Awaitable[pb.ApiKeyToken]: ...
