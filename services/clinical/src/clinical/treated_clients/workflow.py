"""Whoever adds something for a client holds the client until the commit."""

from uuid import UUID

from chassis.work.unit_of_work import UnitOfWork
from clinical.treated_clients import rules, store


async def lock_open(work: UnitOfWork, client_id: UUID | str) -> None:
    """Raises NotFound if the client was erased, and Gone, which names who is left of all merges, if they were merged into another."""
    row = await work.db.one(store.lock_client, client_id=client_id)
    survivor = row["merged_into"]
    while survivor is not None and (into := await work.db.maybe(store.merged_into, client_id=survivor)) is not None:
        survivor = into["merged_into"]
    rules.check_open({**row, "merged_into": survivor})
