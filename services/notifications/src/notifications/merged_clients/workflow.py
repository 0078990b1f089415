"""Finds out whose the history of a client is."""

from collections.abc import Iterable
from uuid import UUID

from chassis.db.transaction import Transaction
from notifications.merged_clients import store


async def owners(tx: Transaction, client_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Whose the history of each of these clients is by now: of one who was merged, the survivor's."""
    found = {client_id: client_id for client_id in client_ids}
    while merged := {row["id"]: row["merged_into"] for row in await tx.all(store.survivors, ids=list(set(found.values())))}:
        found = {client_id: merged.get(owner, owner) for client_id, owner in found.items()}
    return found
