"""Changes a client: on request, and where something else that is recorded of them says so."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1 import events_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Conflict
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import mapping, rules, store


async def lock_client(client_id: str, keys: WorkspaceKeys, work: UnitOfWork) -> pb.Client:
    """The client, whose row is locked until the commit. NotFound if there is none, Gone if it was merged."""
    row = await work.db.one(store.get_for_update, id=client_id)
    await check_not_merged(row, work)
    return mapping.to_message(row, keys)


async def check_not_merged(row: Mapping[str, Any], work: UnitOfWork) -> None:
    """Raises Gone for a client who was merged; it names who is left of several merges."""
    into: UUID | None = row["merged_into"]
    while into is not None and (after := (await work.find_one(store.get_names, str(into)))["merged_into"]) is not None:
        into = after
    rules.check_not_merged(into)


async def check_history_is_there(row: Mapping[str, Any], work: UnitOfWork) -> None:
    """For what is decided of all that there is of a client, whose row is locked as a merge locks it. Raises Gone for a client who was merged, and Conflict
    where part of the history is still another client's, on its way here or back.
    """
    await check_not_merged(row, work)
    rules.check_nothing_under_way(await work.db.maybe(store.unfinished_merge, id=row["id"]))


async def same_person_as(client_id: str, work: UnitOfWork) -> list[UUID]:
    """The client and all who were merged into them, directly or not."""
    found = [UUID(client_id)]
    while more := [row["id"] for row in await work.db.all(store.merged_into, ids=found) if row["id"] not in found]:
        found += more
    return found


async def change_client(client: pb.Client, values: Mapping[str, Any], keys: WorkspaceKeys, work: UnitOfWork) -> pb.Client:
    """Sets the values of a client that is locked, and writes a new version if any of them differs. The work's last statement."""
    before = client.SerializeToString(deterministic=True)
    mapping.set_fields(client, values)
    if client.SerializeToString(deterministic=True) != before:
        client.version += 1
        client.updated_at.CopyFrom(to_timestamp(work.now))
        await write_change(client, keys, work)
    return client


async def write_new(client: pb.Client, keys: WorkspaceKeys, work: UnitOfWork) -> None:
    """Writes a client whom there was not. Raises Conflict where another one has the external id. The work's last statements."""
    await work.db.run(store.create, **mapping.to_columns(client, keys, work))
    await check_external_ids([client], keys, work)
    work.emit(events_pb2.ClientCreated(client_id=client.id, version=client.version))


async def write_change(client: pb.Client, keys: WorkspaceKeys, work: UnitOfWork, **marks: Any) -> None:
    """Writes the version of a client that is locked. Raises Conflict where another one has the external id. The work's last statements."""
    columns = mapping.to_columns(client, keys, work, **marks)
    del columns["created_at"]
    await work.db.run(store.change, **columns)
    if columns["external_id_index"] is not None:
        await check_external_ids([client], keys, work)
    work.emit(events_pb2.ClientChanged(client_id=client.id, version=client.version))


async def check_external_ids(clients: Sequence[pb.Client], keys: WorkspaceKeys, work: UnitOfWork) -> None:
    """Raises Conflict where another client has the external id of one of these, who have just been written.

    The database sees that one key gives two clients the same token, but not that two keys give them two. Who writes clients of a workspace
    waits for all who wrote some before, so what is read after a write is what others have written.
    """
    if len(keys.indexes) > 1:
        named = [client.external_id for client in clients if client.HasField("external_id")]
        tokens = [token for external_id in named for token in mapping.external_id_tokens(external_id, keys)]
        ids = [UUID(client.id) for client in clients]
        if tokens and await work.db.maybe(store.holders_of_external_ids, external_ids=tokens, ids=ids) is not None:
            raise Conflict("external_id_taken")


def shown(client: pb.Client, work: UnitOfWork) -> pb.Client:
    """The client as the caller may see it. Changes the message."""
    if not rules.may_see_clinical(work.caller.scopes):
        for name in rules.CLINICAL_FIELDS:
            client.ClearField(name)
    return client
