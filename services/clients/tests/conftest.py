"""A clients service for all tests, and a practice of its own, nobody's before, for each."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1.clients_rpc import ClientsStub
from chassis.call import Outgoing
from chassis.testing import House, house
from clients.__main__ import SERVICE


@dataclass(frozen=True)
class Practice:
    """The service as a member of one workspace sees it."""

    house: House
    workspace_id: UUID

    @property
    def call(self) -> Outgoing:
        return self.house.caller(workspace_id=self.workspace_id)

    @property
    def stub(self) -> ClientsStub:
        return self.house.stub(ClientsStub)

    async def create(self, **particulars: Any) -> pb.Client:
        return await self.stub.CreateClient(newcomer(**particulars), self.call)

    async def get(self, client_id: str) -> pb.Client:
        return await self.stub.GetClient(pb.GetClientRequest(client_id=client_id), self.call)

    async def update(self, client_id: str, **changes: Any) -> pb.Client:
        """Changes the fields named; None clears one."""
        given = {name: value for name, value in changes.items() if value is not None}
        request = pb.UpdateClientRequest(client_id=client_id, mask=FieldMask(paths=list(changes)), **given)
        return await self.stub.UpdateClient(request, self.call)

    async def deactivate(self, client_id: str) -> None:
        await self.stub.DeactivateClient(pb.DeactivateClientRequest(client_id=client_id), self.call)

    async def erase(self, client_id: str) -> None:
        await self.stub.EraseClient(pb.EraseClientRequest(client_id=client_id), self.call)

    async def page(self, **filters: Any) -> pb.ClientPage:
        return await self.stub.ListClients(pb.ListClientsRequest(**filters), self.call)

    async def names(self, **filters: Any) -> list[str]:
        return [client.full_name for client in (await self.page(**filters)).items]

    def elsewhere(self, other: House) -> "Practice":
        """The same practice through another replica."""
        return Practice(other, self.workspace_id)


def newcomer(**but: Any) -> pb.CreateClientRequest:
    """Somebody nobody could object to, but for what the test is about."""
    return pb.CreateClientRequest(**{"first_name": "Ada", "last_name": "Lovelace", **but})


@pytest.fixture(scope="session")
async def clients_house(postgres: str) -> AsyncIterator[House]:
    async with house(postgres, SERVICE) as h:
        yield h


@pytest.fixture(scope="session")
async def replica(postgres: str, clients_house: House) -> AsyncIterator[House]:
    """A second process's worth of the service on the same database."""
    async with house(postgres, SERVICE, beside=clients_house) as h:
        yield h


@pytest.fixture
def practice(clients_house: House) -> Practice:
    return Practice(clients_house, clients_house.workspace())


@pytest.fixture
def neighbour(clients_house: House) -> Practice:
    """Another workspace on the same service."""
    return Practice(clients_house, clients_house.workspace())
