"""The Clients service: each method is one use case and one transaction."""

from typing import Any

from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1 import events_pb2
from caseload.clients.v1.clients_rpc import ClientsServicer
from chassis import rows
from chassis.call import Call
from chassis.sealing import Keys
from clients.clients import mapping, rules, store
from clients.clients.name_index_cache import Directory
from clients.clients.search import look_up


class Clients(ClientsServicer[Call]):
    """Keys are asked for before the first statement, so that no call waits for them with a transaction open."""

    def __init__(self, keys: Keys, directory: Directory) -> None:
        self._keys = keys
        self._directory = directory

    async def CreateClient(self, request: pb.CreateClientRequest, call: Call) -> pb.Client:
        particulars = rules.check_particulars(rows.given(request), now=call.now)
        keys = await self._keys.of(call.workspace_id)
        client = pb.Client(id=str(uuid7()), workspace_id=str(call.workspace_id), version=1)
        mapping.write(client, particulars)
        client.created_at.CopyFrom(rows.stamp(call.now))
        client.updated_at.CopyFrom(client.created_at)
        await call.db.run(store.create, **mapping.columns(client, keys), created_at=call.now, updated_at=call.now)
        return client

    async def ListClients(self, request: pb.ListClientsRequest, call: Call) -> pb.ClientPage:
        window = rows.page(request)
        search, tag = rules.check_search(request.search), rules.check_tag(request.tag)
        keys = await self._keys.of(call.workspace_id)
        wanted = await look_up(search, tag, call.db, keys, include_inactive=request.include_inactive)
        page, total = await self._directory.page(wanted, window, call.db, keys)
        return pb.ClientPage(items=[mapping.opened(row, keys) for row in page], total=total)

    async def GetClient(self, request: pb.GetClientRequest, call: Call) -> pb.Client:
        keys = await self._keys.of(call.workspace_id)
        return mapping.opened(await call.find_one(store.several, request.client_id), keys)

    async def UpdateClient(self, request: pb.UpdateClientRequest, call: Call) -> pb.Client:
        particulars = rules.check_particulars(rows.masked(request, rules.PARTICULARS), now=call.now)
        return await self._change(request.client_id, particulars, call)

    async def DeactivateClient(self, request: pb.DeactivateClientRequest, call: Call) -> pb.DeactivateClientResponse:
        await self._change(request.client_id, {"is_active": False}, call)
        return pb.DeactivateClientResponse()

    async def EraseClient(self, request: pb.EraseClientRequest, call: Call) -> pb.EraseClientResponse:
        erased = await call.db.one(store.erase, id=request.client_id)
        await call.db.run(store.note_erasure, id=erased["id"])
        call.emit(events_pb2.ClientErased(client_id=str(erased["id"])))
        return pb.EraseClientResponse()

    async def GetSummaries(self, request: pb.GetSummariesRequest, call: Call) -> pb.SummaryList:
        asked = list(dict.fromkeys(client_id.lower() for client_id in request.client_ids))
        rules.check_number_of_ids(len(asked))
        keys = await self._keys.of(call.workspace_id)
        found = {str(row["id"]): mapping.summary(row, keys) for row in await call.db.all(store.names, ids=asked)}
        return pb.SummaryList(items=[found[client_id] for client_id in asked if client_id in found])

    async def CheckClient(self, request: pb.CheckClientRequest, call: Call) -> pb.CheckClientResponse:
        return rows.fill(pb.CheckClientResponse(), await call.db.one(store.is_active, id=request.client_id))

    async def GetContact(self, request: pb.GetContactRequest, call: Call) -> pb.Contact:
        keys = await self._keys.of(call.workspace_id)
        client = mapping.opened(await call.find_one(store.several, request.client_id), keys)
        return pb.Contact(
            first_name=client.first_name,
            email=client.email if client.HasField("email") else None,
            time_zone=client.time_zone if client.HasField("time_zone") else None,
            is_active=client.is_active,
        )

    async def _change(self, client_id: str, particulars: dict[str, Any], call: Call) -> pb.Client:
        """Writes the particulars, if they change anything; the row is ours from the reading to the commit."""
        keys = await self._keys.of(call.workspace_id)
        client = mapping.opened(await call.db.one(store.lock, id=client_id), keys)
        before = client.SerializeToString(deterministic=True)
        mapping.write(client, particulars)
        if client.SerializeToString(deterministic=True) != before:
            client.version += 1
            client.updated_at.CopyFrom(rows.stamp(call.now))
            await call.db.run(store.change, **mapping.columns(client, keys), updated_at=call.now)
        return client
