"""One clients service for all tests, and a new workspace for each test."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.options.v1 import options_pb2
from chassis.context import RequestContext
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import Environment, start_environment
from chassis.work.audit import record_effect
from clients.__main__ import SERVICE
from clients.clients import mapping, store


@dataclass(frozen=True)
class Practice:
    """A workspace, and the calls of one of its members."""

    environment: Environment
    workspace_id: UUID

    @property
    def call(self) -> RequestContext:
        return self.environment.caller(workspace_id=self.workspace_id)

    @property
    def stub(self) -> ClientsStub:
        return self.environment.stub(ClientsStub)

    async def create(self, **fields: Any) -> pb.Client:
        return await self.stub.CreateClient(valid_request(**fields), self.call)

    async def get(self, client_id: str) -> pb.Client:
        return await self.stub.GetClient(pb.GetClientRequest(client_id=client_id), self.call)

    async def update(self, client_id: str, **changes: Any) -> pb.Client:
        """Updates the given fields. None clears a field."""
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

    async def create_many(self, names: Iterable[tuple[str, str]]) -> None:
        """Creates many clients in one transaction, with the statement that the service uses."""
        runtime = self.environment.runtime("clients")
        keys = await runtime.keys.of(self.workspace_id)
        async with runtime.background(self.workspace_id) as call:
            rows = []
            for first_name, last_name in names:
                client = pb.Client(
                    id=str(uuid7()), version=1, is_active=True, created_at=to_timestamp(call.now), updated_at=to_timestamp(call.now)
                )
                mapping.set_fields(client, {"first_name": first_name, "last_name": last_name})
                rows.append(mapping.to_columns(client, keys, call))
            await call.db.many(store.create, rows)
            record_effect(call, "create_clients", options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_CREATE, [row["id"] for row in rows])

    def through(self, other: Environment) -> "Practice":
        """The same workspace, called through another replica."""
        return Practice(other, self.workspace_id)


def valid_request(**fields: Any) -> pb.CreateClientRequest:
    """A valid request, except for the given fields."""
    return pb.CreateClientRequest(**{"first_name": "Ada", "last_name": "Lovelace", **fields})


@pytest.fixture(scope="session")
async def clients_environment(postgres: str) -> AsyncIterator[Environment]:
    async with start_environment(postgres, SERVICE) as h:
        yield h


@pytest.fixture(scope="session")
async def replica(postgres: str, clients_environment: Environment) -> AsyncIterator[Environment]:
    """A second instance of the service on the same database."""
    async with start_environment(postgres, SERVICE, beside=clients_environment) as h:
        yield h


@pytest.fixture(scope="session")
def open_practice(clients_environment: Environment) -> Callable[..., Practice]:
    """Makes a new workspace, called through the given environment or the usual one."""
    return lambda here=clients_environment: Practice(here, here.workspace())


@pytest.fixture
def practice(open_practice: Callable[..., Practice]) -> Practice:
    return open_practice()


@pytest.fixture
def other_practice(open_practice: Callable[..., Practice]) -> Practice:
    """Another workspace of the same service."""
    return open_practice()
