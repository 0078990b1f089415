"""Whether a legal hold keeps what a workspace has in a month."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from audit.dropping import store
from audit.trail.rules import record_of
from chassis.db.transaction import Transaction


async def is_held(tx: Transaction, start: datetime, end: datetime) -> bool:
    """Whether a hold is on the whole workspace, on somebody who did something in this time, or on somebody whom something in it is about."""
    holds = await tx.all(store.holds)
    clients, users = _ids(row["client_id"] for row in holds), _ids(row["user_id"] for row in holds)
    if any(row["client_id"] is None and row["user_id"] is None for row in holds):
        return True
    if not holds:
        return False
    clients = await _with_merged(tx, clients)
    entities = clients | {UUID(record_of(str(client_id))) for client_id in clients} | users
    return bool((await tx.one(store.concerns, user_ids=list(users), entity_ids=list(entities), start=start, end=end))["any"])


async def _with_merged(tx: Transaction, clients: set[UUID]) -> set[UUID]:
    """The clients, and everybody who was merged into one of them: they are one person."""
    new = clients
    while new:
        rows = await tx.all(store.merged_into, ids=list(new))
        new = _ids(UUID(row["client_id"]) for row in rows if row["client_id"]) - clients
        clients = clients | new
    return clients


def _ids(found: Iterable[UUID | None]) -> set[UUID]:
    # The driver's UUIDs are of a class of its own.
    return {UUID(bytes=each.bytes) for each in found if each is not None}
