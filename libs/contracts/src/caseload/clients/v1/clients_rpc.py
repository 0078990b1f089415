"""The services of caseload/clients/v1/clients.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clients.v1 import clients_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class ClientsServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Clients"]

    @abstractmethod
    async def CreateClient(self, request: pb.CreateClientRequest, call: CallT) -> pb.Client: ...

    @abstractmethod
    async def ListClients(self, request: pb.ListClientsRequest, call: CallT) -> pb.ClientPage: ...

    @abstractmethod
    async def GetClient(self, request: pb.GetClientRequest, call: CallT) -> pb.Client: ...

    @abstractmethod
    async def UpdateClient(self, request: pb.UpdateClientRequest, call: CallT) -> pb.Client: ...

    @abstractmethod
    async def DeactivateClient(self, request: pb.DeactivateClientRequest, call: CallT) -> pb.DeactivateClientResponse: ...

    @abstractmethod
    async def EraseClient(self, request: pb.EraseClientRequest, call: CallT) -> pb.EraseClientResponse: ...

    @abstractmethod
    async def GetSummaries(self, request: pb.GetSummariesRequest, call: CallT) -> pb.SummaryList: ...

    @abstractmethod
    async def CheckClient(self, request: pb.CheckClientRequest, call: CallT) -> pb.CheckClientResponse: ...

    @abstractmethod
    async def GetContact(self, request: pb.GetContactRequest, call: CallT) -> pb.Contact: ...


class ClientsStub:
    """Calls caseload.clients.v1.Clients; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Clients'].methods_by_name
        self.CreateClient: ClientsCreateClient = dial(methods['CreateClient'])
        self.ListClients: ClientsListClients = dial(methods['ListClients'])
        self.GetClient: ClientsGetClient = dial(methods['GetClient'])
        self.UpdateClient: ClientsUpdateClient = dial(methods['UpdateClient'])
        self.DeactivateClient: ClientsDeactivateClient = dial(methods['DeactivateClient'])
        self.EraseClient: ClientsEraseClient = dial(methods['EraseClient'])
        self.GetSummaries: ClientsGetSummaries = dial(methods['GetSummaries'])
        self.CheckClient: ClientsCheckClient = dial(methods['CheckClient'])
        self.GetContact: ClientsGetContact = dial(methods['GetContact'])


class ClientsCreateClient(Protocol):
    def __call__(self, request: pb.CreateClientRequest, call: Any) -> Awaitable[pb.Client]: ...


class ClientsListClients(Protocol):
    def __call__(self, request: pb.ListClientsRequest, call: Any) -> Awaitable[pb.ClientPage]: ...


class ClientsGetClient(Protocol):
    def __call__(self, request: pb.GetClientRequest, call: Any) -> Awaitable[pb.Client]: ...


class ClientsUpdateClient(Protocol):
    def __call__(self, request: pb.UpdateClientRequest, call: Any) -> Awaitable[pb.Client]: ...


class ClientsDeactivateClient(Protocol):
    def __call__(self, request: pb.DeactivateClientRequest, call: Any) -> Awaitable[pb.DeactivateClientResponse]: ...


class ClientsEraseClient(Protocol):
    def __call__(self, request: pb.EraseClientRequest, call: Any) -> Awaitable[pb.EraseClientResponse]: ...


class ClientsGetSummaries(Protocol):
    def __call__(self, request: pb.GetSummariesRequest, call: Any) -> Awaitable[pb.SummaryList]: ...


class ClientsCheckClient(Protocol):
    def __call__(self, request: pb.CheckClientRequest, call: Any) -> Awaitable[pb.CheckClientResponse]: ...


class ClientsGetContact(Protocol):
    def __call__(self, request: pb.GetContactRequest, call: Any) -> Awaitable[pb.Contact]: ...
