"""Changes a client: on request, and where something else that is recorded of them says so."""

from collections.abc import Mapping
from typing import Any

from caseload.clients.v1 import clients_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import mapping, store


async def lock_client(client_id: str, keys: WorkspaceKeys, work: UnitOfWork) -> pb.Client:
    """The client, whose row is locked until the commit. NotFound if there is none."""
    return mapping.to_message(await work.db.one(store.get_for_update, id=client_id), keys)


async def change_client(client: pb.Client, values: Mapping[str, Any], keys: WorkspaceKeys, work: UnitOfWork) -> pb.Client:
    """Sets the values of a client that is locked, and writes a new version if any of them differs. The work's last statement."""
    before = client.SerializeToString(deterministic=True)
    mapping.set_fields(client, values)
    if client.SerializeToString(deterministic=True) != before:
        client.version += 1
        client.updated_at.CopyFrom(to_timestamp(work.now))
        columns = mapping.to_columns(client, keys, work)
        del columns["created_at"]
        await work.db.run(store.change, **columns)
    return client
