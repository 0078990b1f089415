"""The services of caseload/clients/v1/clients.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clients.v1 import clients_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ClientsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Clients"]

    @abstractmethod
    async def CreateClient(self, request: pb.CreateClientRequest, work: WorkT) -> pb.Client: ...

    @abstractmethod
    async def ListClients(self, request: pb.ListClientsRequest, work: WorkT) -> pb.ClientPage: ...

    @abstractmethod
    async def GetClient(self, request: pb.GetClientRequest, work: WorkT) -> pb.Client: ...

    @abstractmethod
    async def ExportClient(self, request: pb.ExportClientRequest, work: WorkT) -> pb.Client: ...

    @abstractmethod
    async def UpdateClient(self, request: pb.UpdateClientRequest, work: WorkT) -> pb.Client: ...

    @abstractmethod
    async def DeactivateClient(self, request: pb.DeactivateClientRequest, work: WorkT) -> pb.DeactivateClientResponse: ...

    @abstractmethod
    async def EraseClient(self, request: pb.EraseClientRequest, work: WorkT) -> pb.EraseClientResponse: ...

    @abstractmethod
    async def GetSummaries(self, request: pb.GetSummariesRequest, work: WorkT) -> pb.SummaryList: ...

    @abstractmethod
    async def CheckClient(self, request: pb.CheckClientRequest, work: WorkT) -> pb.CheckClientResponse: ...

    @abstractmethod
    async def FindActive(self, request: pb.FindActiveRequest, work: WorkT) -> pb.ActiveClients: ...

    @abstractmethod
    async def ConfirmClient(self, request: pb.ConfirmClientRequest, work: WorkT) -> pb.ConfirmClientResponse: ...

    @abstractmethod
    async def GetVoucherKey(self, request: pb.GetVoucherKeyRequest, work: WorkT) -> pb.VoucherKey: ...

    @abstractmethod
    async def GetContact(self, request: pb.GetContactRequest, work: WorkT) -> pb.Contact: ...

    @abstractmethod
    async def ListMergedClients(self, request: pb.ListMergedClientsRequest, work: WorkT) -> pb.MergedClientList: ...


class ClientsStub:
    """Calls caseload.clients.v1.Clients; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Clients'].methods_by_name
        self.CreateClient: ClientsCreateClient = caller_of(methods['CreateClient'])
        self.ListClients: ClientsListClients = caller_of(methods['ListClients'])
        self.GetClient: ClientsGetClient = caller_of(methods['GetClient'])
        self.ExportClient: ClientsExportClient = caller_of(methods['ExportClient'])
        self.UpdateClient: ClientsUpdateClient = caller_of(methods['UpdateClient'])
        self.DeactivateClient: ClientsDeactivateClient = caller_of(methods['DeactivateClient'])
        self.EraseClient: ClientsEraseClient = caller_of(methods['EraseClient'])
        self.GetSummaries: ClientsGetSummaries = caller_of(methods['GetSummaries'])
        self.CheckClient: ClientsCheckClient = caller_of(methods['CheckClient'])
        self.FindActive: ClientsFindActive = caller_of(methods['FindActive'])
        self.ConfirmClient: ClientsConfirmClient = caller_of(methods['ConfirmClient'])
        self.GetVoucherKey: ClientsGetVoucherKey = caller_of(methods['GetVoucherKey'])
        self.GetContact: ClientsGetContact = caller_of(methods['GetContact'])
        self.ListMergedClients: ClientsListMergedClients = caller_of(methods['ListMergedClients'])


class ClientsCreateClient(Protocol):
    def __call__(self, request: pb.CreateClientRequest, context: Any) -> Awaitable[pb.Client]: ...


class ClientsListClients(Protocol):
    def __call__(self, request: pb.ListClientsRequest, context: Any) -> Awaitable[pb.ClientPage]: ...


class ClientsGetClient(Protocol):
    def __call__(self, request: pb.GetClientRequest, context: Any) -> Awaitable[pb.Client]: ...


class ClientsExportClient(Protocol):
    def __call__(self, request: pb.ExportClientRequest, context: Any) -> Awaitable[pb.Client]: ...


class ClientsUpdateClient(Protocol):
    def __call__(self, request: pb.UpdateClientRequest, context: Any) -> Awaitable[pb.Client]: ...


class ClientsDeactivateClient(Protocol):
    def __call__(self, request: pb.DeactivateClientRequest, context: Any) -> Awaitable[pb.DeactivateClientResponse]: ...


class ClientsEraseClient(Protocol):
    def __call__(self, request: pb.EraseClientRequest, context: Any) -> Awaitable[pb.EraseClientResponse]: ...


class ClientsGetSummaries(Protocol):
    def __call__(self, request: pb.GetSummariesRequest, context: Any) -> Awaitable[pb.SummaryList]: ...


class ClientsCheckClient(Protocol):
    def __call__(self, request: pb.CheckClientRequest, context: Any) -> Awaitable[pb.CheckClientResponse]: ...


class ClientsFindActive(Protocol):
    def __call__(self, request: pb.FindActiveRequest, context: Any) -> Awaitable[pb.ActiveClients]: ...


class ClientsConfirmClient(Protocol):
    def __call__(self, request: pb.ConfirmClientRequest, context: Any) -> Awaitable[pb.ConfirmClientResponse]: ...


class ClientsGetVoucherKey(Protocol):
    def __call__(self, request: pb.GetVoucherKeyRequest, context: Any) -> Awaitable[pb.VoucherKey]: ...


class ClientsGetContact(Protocol):
    def __call__(self, request: pb.GetContactRequest, context: Any) -> Awaitable[pb.Contact]: ...


class ClientsListMergedClients(Protocol):
    def __call__(self, request: pb.ListMergedClientsRequest, context: Any) -> Awaitable[pb.MergedClientList]: ...
