"""Records that release 0.1.0 sealed open, are sealed again with their columns bound, and then open in no other way."""

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from chassis.encryption.framing import frame
from chassis.rpc.client.attempts import InternalFault
from chassis.testing.environment import start_environment
from standalone.records.resealing import reseal
from standalone.records.sealing import SealedAgain
from standalone.records.verification import verify_records
from standalone.services import SERVICES

KEY, NONCE = b"k" * 32, b"n" * 12


class Practice:
    """A workspace whose key and one client are as 0.1.0 left them."""

    def __init__(self, environment):
        self.environment, self.workspace_id = environment, environment.workspace()
        self.runtime = environment.runtime("clients")
        self.clients = environment.stub(ClientsStub)
        self.client_id = None

    @property
    def caller(self):
        return self.environment.caller(workspace_id=self.workspace_id)

    async def look(self, sql, *arguments):
        async with self.environment.superuser() as connection:
            return await connection.fetch(sql, *arguments)

    async def prepare(self):
        context = frame(b"clients", self.workspace_id.bytes, b"seal") + (1).to_bytes(4, "big")
        wrapped = self.runtime.keyring.wrap(KEY, context)
        insert = "INSERT INTO clients.data_keys (workspace_id, purpose, version, wrapped) VALUES ($1, 'seal', 1, $2)"
        await self.look(f"{insert} ON CONFLICT DO NOTHING", self.workspace_id, wrapped)
        self.client_id = (await self.create()).id
        row_id = UUID(self.client_id)
        client = clients_pb2.Client(first_name="Ada", last_name="Jones", full_name="Ada Jones")
        # As it is made today: the trail has a digest of it, as it has of no record of 0.1.0.
        name = clients_pb2.ListedClient(first_name="Ada", last_name="Jones", full_name="Ada Jones", is_whole=True)
        sealed, sealed_name = self.sealed_before("sealed", client), self.sealed_before("sealed_name", name)
        await self.look("UPDATE clients.clients SET sealed = $2, sealed_name = $3 WHERE id = $1", row_id, sealed, sealed_name)

    def sealed_before(self, column, message):
        place = frame(b"clients", b"clients", column.encode(), self.workspace_id.bytes)
        place += frame(b"\0" + UUID(self.client_id).bytes) + (1).to_bytes(8, "big")
        return b"\1\0\0\0\1" + NONCE + AESGCM(KEY).encrypt(NONCE, message.SerializeToString(), place)

    async def create(self):
        return await self.clients.CreateClient(clients_pb2.CreateClientRequest(first_name="Ada", last_name="Jones"), self.caller)

    async def read(self):
        return await self.clients.GetClient(clients_pb2.GetClientRequest(client_id=self.client_id), self.caller)

    async def change(self, **changes):
        request = clients_pb2.UpdateClientRequest(client_id=self.client_id, mask=FieldMask(paths=list(changes)), **changes)
        return await self.clients.UpdateClient(request, self.caller)

    async def formats(self):
        rows = await self.look(
            "SELECT get_byte(sealed, 0) AS a, get_byte(sealed_name, 0) AS b FROM clients.clients WHERE id = $1", UUID(self.client_id)
        )
        return rows[0]["a"], rows[0]["b"]

    async def forge(self):
        await self.look("UPDATE clients.clients SET consent_status = NOT consent_status WHERE id = $1", UUID(self.client_id))

    async def keys(self):
        found = await self.look("SELECT version FROM clients.data_keys WHERE workspace_id = $1 AND purpose = 'seal'", self.workspace_id)
        return sorted(row["version"] for row in found)


@pytest.fixture(scope="module")
async def environment(postgres):
    quiet = {"notifications": {"smtp_url": "smtp://127.0.0.1:1"}}
    async with start_environment(postgres, *SERVICES, settings=quiet) as environment:
        yield environment


@pytest.fixture
async def practice(environment):
    made = Practice(environment)
    await made.prepare()
    return made


async def test_a_record_from_before_opens_and_its_next_write_binds_it(practice):
    assert await practice.formats() == (1, 1)
    assert (await practice.read()).full_name == "Ada Jones"
    found = await practice.clients.ListClients(clients_pb2.ListClientsRequest(page=1, page_size=10), practice.caller)
    assert [client.full_name for client in found.items] == ["Ada Jones"]

    await practice.change(phone="0301234567")

    assert await practice.formats() == (2, 2)
    assert (await practice.read()).phone == "0301234567"
    await practice.forge()
    with pytest.raises(InternalFault):
        await practice.read()


async def test_sealing_again_binds_everything_and_destroys_the_key_that_opened_without(practice):
    (before,) = await practice.look("SELECT sealed, sealed_name FROM clients.clients WHERE id = $1", UUID(practice.client_id))
    assert await practice.keys() == [1, 2]

    async with practice.environment.superuser() as connection:
        assert await reseal(connection, practice.runtime, practice.workspace_id) == SealedAgain(values=2)
        assert await reseal(connection, practice.runtime, practice.workspace_id) == SealedAgain()
    practice.runtime.keys._kept.clear()

    assert (await practice.formats(), await practice.keys()) == ((2, 2), [2])
    assert (await practice.read()).full_name == "Ada Jones"
    await practice.environment.settle()
    async with practice.environment.superuser() as connection:
        report = await verify_records(connection, practice.environment.runtimes, practice.workspace_id)
    assert (report.trail_is_intact, report.findings, report.untold) == (True, [], 0)

    restored = "UPDATE clients.clients SET sealed = $2, sealed_name = $3 WHERE id = $1"
    await practice.look(restored, UUID(practice.client_id), before["sealed"], before["sealed_name"])
    with pytest.raises(InternalFault):
        await practice.read()


async def test_a_row_that_does_not_open_is_named_and_stops_nothing(practice):
    unreadable = practice.client_id
    await practice.prepare()
    await practice.look(
        "UPDATE clients.clients SET sealed = set_byte(sealed, 30, 255 - get_byte(sealed, 30)) WHERE id = $1", UUID(unreadable)
    )

    async with practice.environment.superuser() as connection:
        done = await reseal(connection, practice.runtime, practice.workspace_id)

    assert done == SealedAgain(values=3, unreadable=[f"clients.clients {unreadable}: sealed does not open"])
    assert await practice.formats() == (2, 2)
    # The key that opened it is still there, should the row come back from a backup.
    assert await practice.keys() == [1, 2]


async def test_a_new_value_cannot_be_passed_off_as_an_old_one(practice):
    other = await practice.create()
    await practice.look("UPDATE clients.clients SET sealed = set_byte(sealed, 0, 1) WHERE id = $1", UUID(other.id))
    with pytest.raises(InternalFault):
        await practice.clients.GetClient(clients_pb2.GetClientRequest(client_id=other.id), practice.caller)
