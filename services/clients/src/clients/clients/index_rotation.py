"""Makes the tokens that clients and patients are found by with another key, a batch to a transaction, while everybody goes on working."""

from collections.abc import Sequence
from uuid import UUID

from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.service.definition import Indexed
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import mapping, store
from clients.patient_records import mapping as patient_mapping
from clients.patient_records import store as patient_store
from clients.tables import clients, patients

# Whoever changes one of these clients waits for the others.
_AT_ONCE = 50
_MATCH_KEYS_AT_ONCE = 2_000


async def _index_clients(work: UnitOfWork, keys: WorkspaceKeys, after: UUID) -> tuple[UUID | None, int, list[UUID]]:
    rows = await work.db.all(store.next_for_index, index_version=keys.index_version, after=after, limit=_AT_ONCE)
    changes, unreadable = [], []
    for row in rows:
        marks = {"merged_into": row["merged_into"], "holds_external_id": row["external_id_index"] is not None}
        try:
            client, known = mapping.to_message(row, keys), mapping.to_listed(row, keys)
        except SealBroken:
            unreadable.append(row["id"])
            continue
        columns = mapping.to_columns(client, keys, work, **marks)
        del columns["created_at"]
        if known == mapping.listed(client):
            # By these bytes the indexes of names know that nothing was changed.
            columns["sealed_name"] = row["sealed_name"]
        changes.append(columns)
    await work.db.many(store.index_again, changes)
    return (rows[-1]["id"] if rows else None), len(changes), unreadable


async def _index_patients(work: UnitOfWork, keys: WorkspaceKeys, after: UUID) -> tuple[UUID | None, int, list[UUID]]:
    rows = await work.db.all(patient_store.next_for_index, index_version=keys.index_version, after=after, limit=_AT_ONCE)
    changes, unreadable = [], []
    for row in rows:
        try:
            details = patient_mapping.open_details(row, keys)
        except SealBroken:
            unreadable.append(row["client_id"])
            continue
        index = patient_mapping.id_index(patient_mapping.id_of(details), keys)
        again = {name: row[name] for name in ("client_id", "version", "position")} | {"id_index": index}
        changes.append(patient_mapping.to_columns(details, again, keys, work) | {"index_version": keys.index_version})
    await work.db.many(patient_store.index_again, changes)
    return (rows[-1]["client_id"] if rows else None), len(changes), unreadable


async def _forget_match_keys(work: UnitOfWork, versions: Sequence[int]) -> tuple[int, bool]:
    forgotten = await work.db.run(store.forget_match_keys, versions=versions, limit=_MATCH_KEYS_AT_ONCE)
    return forgotten, await work.db.maybe(store.unforgotten, versions=versions) is not None


INDEXED = (Indexed(clients, _index_clients, _forget_match_keys), Indexed(patients, _index_patients))
