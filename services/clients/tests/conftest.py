"""A clients service for all tests, and a practice of its own, nobody's before, for each."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1.clients_rpc import ClientsStub
from chassis.context import RequestContext
from chassis.testing.environment import House, house
from clients.__main__ import SERVICE
from clients.clients import record, store


@dataclass(frozen=True)
class Practice:
    """The service as a member of one workspace sees it."""

    house: House
    workspace_id: UUID

    @property
    def call(self) -> RequestContext:
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

    async def admit(self, names: Iterable[tuple[str, str]]) -> None:
        """Very many at once, written as the service writes each of them."""
        runtime = self.house.runtime("clients")
        keys = await runtime.keys.of(self.workspace_id)
        async with runtime.background(self.workspace_id) as call:
            rows = []
            for first_name, last_name in names:
                client = pb.Client(id=str(uuid7()), version=1, is_active=True)
                record.write(client, {"first_name": first_name, "last_name": last_name})
                rows.append({**record.columns(client, keys), "created_at": call.now, "updated_at": call.now})
            await call.db.many(store.create, rows)

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


@pytest.fixture(scope="session")
def open_practice(clients_house: House) -> Callable[..., Practice]:
    """Makes a workspace that nobody has used yet, seen through the house given or the usual one."""
    return lambda here=clients_house: Practice(here, here.workspace())


@pytest.fixture
def practice(open_practice: Callable[..., Practice]) -> Practice:
    return open_practice()


@pytest.fixture
def neighbour(open_practice: Callable[..., Practice]) -> Practice:
    """Another workspace on the same service."""
    return open_practice()
