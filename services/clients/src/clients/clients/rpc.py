"""The Clients service: each method is one use case and one transaction."""

from typing import Any

from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1 import events_pb2
from caseload.clients.v1.clients_rpc import ClientsServicer
from chassis.db.paging import page
from chassis.encryption.key_store import Keys
from chassis.protobuf.fields import fill, given, masked
from chassis.protobuf.timestamps import stamp
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import record, rules, store
from clients.clients.directory import Directory
from clients.clients.search import look_up


class Clients(ClientsServicer[UnitOfWork]):
    """Keys are asked for before the first statement, so that no call waits for them with a transaction open."""

    def __init__(self, keys: Keys, directory: Directory) -> None:
        self._keys = keys
        self._directory = directory

    async def CreateClient(self, request: pb.CreateClientRequest, work: UnitOfWork) -> pb.Client:
        particulars = rules.check_particulars(given(request), now=work.now)
        keys = await self._keys.of(work.workspace_id)
        client = pb.Client(id=str(uuid7()), workspace_id=str(work.workspace_id), version=1)
        record.write(client, particulars)
        client.created_at.CopyFrom(stamp(work.now))
        client.updated_at.CopyFrom(client.created_at)
        await work.db.run(store.create, **record.columns(client, keys), created_at=work.now, updated_at=work.now)
        return client

    async def ListClients(self, request: pb.ListClientsRequest, work: UnitOfWork) -> pb.ClientPage:
        window = page(request)
        search, tag = rules.check_search(request.search), rules.check_tag(request.tag)
        keys = await self._keys.of(work.workspace_id)
        wanted = await look_up(search, tag, work.db, keys, include_inactive=request.include_inactive)
        page, total = await self._directory.page(wanted, window, work.db, keys)
        return pb.ClientPage(items=[record.opened(row, keys) for row in page], total=total)

    async def GetClient(self, request: pb.GetClientRequest, work: UnitOfWork) -> pb.Client:
        keys = await self._keys.of(work.workspace_id)
        return record.opened(await work.find_one(store.several, request.client_id), keys)

    async def UpdateClient(self, request: pb.UpdateClientRequest, work: UnitOfWork) -> pb.Client:
        particulars = rules.check_particulars(masked(request, rules.PARTICULARS), now=work.now)
        return await self._change(request.client_id, particulars, work)

    async def DeactivateClient(self, request: pb.DeactivateClientRequest, work: UnitOfWork) -> pb.DeactivateClientResponse:
        await self._change(request.client_id, {"is_active": False}, work)
        return pb.DeactivateClientResponse()

    async def EraseClient(self, request: pb.EraseClientRequest, work: UnitOfWork) -> pb.EraseClientResponse:
        erased = await work.db.one(store.erase, id=request.client_id)
        await work.db.run(store.note_erasure, id=erased["id"])
        work.emit(events_pb2.ClientErased(client_id=str(erased["id"])))
        return pb.EraseClientResponse()

    async def GetSummaries(self, request: pb.GetSummariesRequest, work: UnitOfWork) -> pb.SummaryList:
        asked = list(dict.fromkeys(client_id.lower() for client_id in request.client_ids))
        rules.check_number_of_ids(len(asked))
        keys = await self._keys.of(work.workspace_id)
        found = {str(row["id"]): record.summary(row, keys) for row in await work.db.all(store.names, ids=asked)}
        return pb.SummaryList(items=[found[client_id] for client_id in asked if client_id in found])

    async def CheckClient(self, request: pb.CheckClientRequest, work: UnitOfWork) -> pb.CheckClientResponse:
        return fill(pb.CheckClientResponse(), await work.db.one(store.is_active, id=request.client_id))

    async def GetContact(self, request: pb.GetContactRequest, work: UnitOfWork) -> pb.Contact:
        keys = await self._keys.of(work.workspace_id)
        client = record.opened(await work.find_one(store.several, request.client_id), keys)
        return pb.Contact(
            first_name=client.first_name,
            email=client.email if client.HasField("email") else None,
            time_zone=client.time_zone if client.HasField("time_zone") else None,
            is_active=client.is_active,
        )

    async def _change(self, client_id: str, particulars: dict[str, Any], work: UnitOfWork) -> pb.Client:
        """Writes the particulars, if they change anything; the row is ours from the reading to the commit."""
        keys = await self._keys.of(work.workspace_id)
        client = record.opened(await work.db.one(store.lock, id=client_id), keys)
        before = client.SerializeToString(deterministic=True)
        record.write(client, particulars)
        if client.SerializeToString(deterministic=True) != before:
            client.version += 1
            client.updated_at.CopyFrom(stamp(work.now))
            await work.db.run(store.change, **record.columns(client, keys), updated_at=work.now)
        return client
