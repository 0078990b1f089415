"""The Sync service: takes the items of devices that were without a network, each in one transaction with its receipt."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import sync_pb2 as pb
from caseload.clinical.v1.sync_rpc import SyncServicer
from caseload.identity.v1 import workspaces_pb2
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.encryption.key_store import Keys
from chassis.errors import Gone, NotFound
from chassis.protobuf.fields import fill, given
from chassis.work.unit_of_work import UnitOfWork
from clinical.sync import rules, store
from clinical.sync.items import Item
from clinical.sync.taking import Effect, Taking
from clinical.treated_clients.workflow import lock_open


class Sync(SyncServicer[UnitOfWork]):
    """Keys are fetched and other services called before the first statement, so that no transaction is open meanwhile."""

    def __init__(self, keys: Keys, clients: ClientsStub, appointments: AppointmentsStub, workspaces: WorkspacesStub) -> None:
        self._keys = keys
        self._clients = clients
        self._appointments = appointments
        self._workspaces = workspaces

    async def SyncSession(self, request: pb.SyncSessionRequest, work: UnitOfWork) -> pb.SyncedSession:
        item = Item.of(request)
        keys, (client, client_id), slot, is_old = await asyncio.gather(
            self._keys.of(work.workspace_id),
            self._client(item, work),
            self._slot(item, work),
            self._is_old(item, work),
        )
        # The digest is of what the device has sent, so that it knows its item again.
        note_key, digest = item.note_key(keys, work.user_id), item.digest(keys)
        if client_id != item.client_id:
            rules.check_history_is_there(has_notes=await work.db.maybe(store.has_notes, client_id=item.client_id) is not None)
            item = replace(item, client_id=client_id)
        of_client = slot if slot is not None and UUID(slot.client_id) == UUID(item.client_id) else None
        # An API key is a device of its own.
        device = {"user_id": work.user_id, "device_id": work.caller.session_id or work.user_id, "note_key": note_key}
        await work.db.run(store.lock, note=f"{work.workspace_id} {note_key.hex()}")
        await lock_open(work, item.client_id)
        receipt = await work.db.maybe(store.same_item, item_digest=digest, **device)
        if receipt is None:
            effect = await Taking(work, keys, item, of_client, device).take()
            circumstances = {
                rules.CLIENT_INACTIVE: not client.is_active,
                rules.OLDER_THAN_LIMIT: is_old,
                rules.APPOINTMENT_GONE: item.appointment_id is not None and slot is None,
                rules.APPOINTMENT_OF_ANOTHER_CLIENT: slot is not None and of_client is None,
            }
            effect.flags.extend(flag for flag, applies in circumstances.items() if applies)
            return _told(await _add_receipt(effect, item, digest, device, work), work)
        if receipt["device_id"] != device["device_id"]:
            # It was sent before the last sign-in; by this receipt the device's next items of the note find it.
            await _add_receipt(Effect(**{name: receipt[name] for name in Effect.__slots__}), item, digest, device, work)
        return _told({**receipt, "status": rules.repeated(receipt["status"])}, work)

    async def _client(self, item: Item, work: UnitOfWork) -> tuple[clients_pb2.CheckClientResponse, str]:
        """The item's client; of one who was merged meanwhile, which the device cannot know, the survivor."""
        client_id = item.client_id
        while True:
            try:
                return await self._clients.CheckClient(clients_pb2.CheckClientRequest(client_id=client_id), work.context), client_id
            except NotFound:
                # To be read by whoever wrote the note, who has sent no id.
                raise NotFound("client_not_found", "This client does not exist any more.") from None
            except Gone as gone:
                if "merged_into" not in gone.facts:
                    raise
                client_id = gone.facts["merged_into"]

    async def _slot(self, item: Item, work: UnitOfWork) -> appointments_pb2.Slot | None:
        """The item's appointment. None without one, and for one that is deleted or of another workspace."""
        if item.appointment_id is None:
            return None
        try:
            return await self._appointments.GetSlot(appointments_pb2.GetSlotRequest(appointment_id=item.appointment_id), work.context)
        except NotFound:
            return None

    async def _is_old(self, item: Item, work: UnitOfWork) -> bool:
        """Whether the item is older than the workspace's limit. Identity is asked only for what is older than some workspace's."""
        if not rules.may_be_old(item.created_at, work.now):
            return False
        workspace = await self._workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        return rules.is_old(item.created_at, work.now, given(workspace)["settings"] or {})


async def _add_receipt(effect: Effect, item: Item, digest: bytes, device: Mapping[str, Any], work: UnitOfWork) -> dict[str, Any]:
    receipt = {
        "id": uuid7(),
        "workspace_id": work.workspace_id,
        "item_digest": digest,
        "client_id": item.client_id,
        "session_id": effect.session_id,
        "conflict_session_id": effect.conflict_session_id,
        "status": effect.status,
        "version": effect.version,
        "made_version": effect.made_version,
        "part_ids": effect.part_ids,
        "flags": rules.told(effect.flags),
        "written_at": item.created_at,
        "created_at": work.now,
        **device,
    }
    await work.db.run(store.add, **receipt)
    return receipt


def _told(receipt: Mapping[str, Any], work: UnitOfWork) -> pb.SyncedSession:
    """The answer, of which the audit line tells what happened."""
    work.note(status=receipt["status"])
    if receipt["flags"]:
        work.note(flags=" ".join(receipt["flags"]))
    return fill(pb.SyncedSession(), receipt)
