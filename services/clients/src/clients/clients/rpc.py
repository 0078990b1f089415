"""The Clients service: each method is one use case and one transaction."""

import asyncio
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1.clients_rpc import ClientsServicer
from chassis.auth.vouchers import make_voucher
from chassis.care_teams.access import CareTeams
from chassis.db.errors import client_restricted
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.jobs.store import JobStore
from chassis.paging import page
from chassis.protobuf.fields import fill, given, masked
from chassis.protobuf.timestamps import to_timestamp
from chassis.rpc.client.legal_holds import LegalHolds, check_not_held
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import mapping, rules, store
from clients.clients.erasing import erase
from clients.clients.name_index_cache import NameIndexCache
from clients.clients.search import build_query
from clients.clients.workflow import change_client, check_history_is_there, check_not_merged, lock_client, same_person_as, shown, write_new
from clients.consent_records import workflow as consent_records


class Clients(ClientsServicer[UnitOfWork]):
    """Methods fetch the keys before their first statement, so that no transaction is open while they wait for them."""

    def __init__(self, keys: Keys, name_indexes: NameIndexCache, care_teams: CareTeams, holds: LegalHolds, jobs: JobStore) -> None:
        self._keys = keys
        self._name_indexes = name_indexes
        self._care_teams = care_teams
        self._holds = holds
        self._jobs = jobs

    async def CreateClient(self, request: pb.CreateClientRequest, work: UnitOfWork) -> pb.Client:
        values = rules.check_fields(rules.writable(given(request), work.caller.scopes), now=work.now)
        keys = await self._keys.of(work.workspace_id)
        client = pb.Client(id=str(uuid7()), workspace_id=str(work.workspace_id), version=1)
        mapping.set_fields(client, values)
        client.created_at.CopyFrom(to_timestamp(work.now))
        client.updated_at.CopyFrom(client.created_at)
        await write_new(client, keys, work)
        return client

    async def ListClients(self, request: pb.ListClientsRequest, work: UnitOfWork) -> pb.ClientPage:
        bounds = page(request)
        keys = await self._keys.of(work.workspace_id)
        # By its name alone everybody finds a restricted client.
        hidden = await self._care_teams.hidden(work, work.db) if request.search or request.tag else frozenset()
        query = await build_query(request, work.db, keys, now=work.now, hidden=hidden)
        found, total = await self._name_indexes.read_page(query, bounds, work.db, keys)
        access = await self._care_teams.of(work, [row["id"] for row in found])
        return pb.ClientPage(items=[shown(mapping.to_shown(row, keys, access), work) for row in found], total=total)

    async def GetClient(self, request: pb.GetClientRequest, work: UnitOfWork) -> pb.Client:
        keys = await self._keys.of(work.workspace_id)
        row, access = await asyncio.gather(
            work.find_one(store.get_many, request.client_id), self._care_teams.of(work, [UUID(request.client_id)])
        )
        await check_not_merged(row, work)
        if row["id"] in access.hidden:
            raise client_restricted()
        return shown(mapping.to_shown(row, keys, access), work)

    async def ExportClient(self, request: pb.ExportClientRequest, work: UnitOfWork) -> pb.Client:
        return await self.GetClient(pb.GetClientRequest(client_id=request.client_id), work)

    async def UpdateClient(self, request: pb.UpdateClientRequest, work: UnitOfWork) -> pb.Client:
        values = rules.writable(masked(request, rules.EDITABLE_FIELDS), work.caller.scopes)
        return shown(await self._change(request.client_id, rules.check_fields(values, now=work.now), work), work)

    async def DeactivateClient(self, request: pb.DeactivateClientRequest, work: UnitOfWork) -> pb.DeactivateClientResponse:
        await self._change(request.client_id, {"is_active": False}, work)
        return pb.DeactivateClientResponse()

    async def EraseClient(self, request: pb.EraseClientRequest, work: UnitOfWork) -> pb.EraseClientResponse:
        keys = await self._keys.of(work.workspace_id)
        await check_not_merged(await work.db.one(store.get_for_update, id=request.client_id), work)
        # Everybody who was merged into the client goes with it, but for somebody of whom it was decided that they are not the same person.
        same_person = await same_person_as(request.client_id, work)
        rules.check_nothing_under_way(await work.db.maybe(store.unfinished_parting, ids=same_person))
        job_id = await erase(UUID(request.client_id), keys, work, self._jobs, lambda id_: check_not_held(self._holds, id_, work))
        return pb.EraseClientResponse(job_id=str(job_id))

    async def GetSummaries(self, request: pb.GetSummariesRequest, work: UnitOfWork) -> pb.SummaryList:
        client_ids = list(dict.fromkeys(map(UUID, request.client_ids)))
        rules.check_number_of_ids(len(client_ids))
        keys = await self._keys.of(work.workspace_id)
        found = await work.find(store.get_names, client_ids)
        rows = [found[client_id] for client_id in client_ids if client_id in found]
        summaries = pb.SummaryList(items=[mapping.to_summary(row, keys) for row in rows])
        if request.with_vouchers:
            key = _voucher_key(keys)
            summaries.vouchers.extend(
                make_voucher(key, row["id"], work.context, work.now) if row["is_active"] and row["merged_into"] is None else b""
                for row in rows
            )
        return summaries

    async def CheckClient(self, request: pb.CheckClientRequest, work: UnitOfWork) -> pb.CheckClientResponse:
        # The statement of GetSummaries: calls of both are read together.
        row = await work.find_one(store.get_names, request.client_id)
        await check_not_merged(row, work)
        return fill(pb.CheckClientResponse(), row)

    async def FindActive(self, request: pb.FindActiveRequest, work: UnitOfWork) -> pb.ActiveClients:
        client_ids = list(dict.fromkeys(map(UUID, request.client_ids)))
        rules.check_number_of_ids(len(client_ids))
        found = await work.find(store.get_names, client_ids)
        return pb.ActiveClients(client_ids=[str(row["id"]) for row in found.values() if row["is_active"] and row["merged_into"] is None])

    async def ListMergedClients(self, request: pb.ListMergedClientsRequest, work: UnitOfWork) -> pb.MergedClientList:
        await check_not_merged(await work.find_one(store.get_names, request.client_id), work)
        _, *merged = await same_person_as(request.client_id, work)
        return pb.MergedClientList(client_ids=map(str, merged))

    async def ConfirmClient(self, request: pb.ConfirmClientRequest, work: UnitOfWork) -> pb.ConfirmClientResponse:
        await check_history_is_there(await work.db.one(store.confirm, id=request.client_id), work)
        return pb.ConfirmClientResponse()

    async def GetVoucherKey(self, _request: pb.GetVoucherKeyRequest, work: UnitOfWork) -> pb.VoucherKey:
        return pb.VoucherKey(key=_voucher_key(await self._keys.of(work.workspace_id)))

    async def GetContact(self, request: pb.GetContactRequest, work: UnitOfWork) -> pb.Contact:
        keys = await self._keys.of(work.workspace_id)
        row = await work.find_one(store.get_many, request.client_id)
        while row["merged_into"] is not None:
            # What was planned before the merge goes to the survivor.
            row = await work.find_one(store.get_many, str(row["merged_into"]))
        client = mapping.to_message(row, keys)
        return pb.Contact(
            first_name=client.first_name,
            email=client.email if client.HasField("email") else None,
            phone=client.phone if client.HasField("phone") else None,
            time_zone=client.time_zone if client.HasField("time_zone") else None,
            is_active=client.is_active,
            reminders_withdrawn=await consent_records.are_reminders_withdrawn(await same_person_as(client.id, work), work),
        )

    async def _change(self, client_id: str, values: dict[str, Any], work: UnitOfWork) -> pb.Client:
        keys = await self._keys.of(work.workspace_id)
        access = await self._care_teams.of(work, [UUID(client_id)])
        client = await change_client(await lock_client(client_id, keys, work), values, keys, work)
        client.restricted = bool(access.restricted)
        return client


def _voucher_key(keys: WorkspaceKeys) -> bytes:
    """The key of the vouchers that say to scheduling that a client of the workspace is active."""
    return keys.mac(b"voucher", b"active client", b"scheduling")
