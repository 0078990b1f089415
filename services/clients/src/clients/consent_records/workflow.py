"""What others than the Consents service do with the records of consents."""

from collections.abc import Sequence
from uuid import UUID

from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from clients.consent_records import store
from clients.consent_records.mapping import CONSENTS


async def are_reminders_withdrawn(client_ids: Sequence[UUID], work: UnitOfWork) -> bool:
    """Whether a person has given consents to reminders under one of these ids, withdrawn them all, and not agreed anew since, under whichever id."""
    found = await work.db.all(store.consents_to_reminders, client_ids=client_ids)
    taken_back = [row["last_withdrawn_at"] for row in found if row["are_withdrawn"]]
    return bool(taken_back) and not any(row["newest_in_force"] and row["newest_in_force"] > max(taken_back) for row in found)


async def erase(client_ids: Sequence[UUID], keys: WorkspaceKeys, work: UnitOfWork) -> None:
    """Deletes the consents of clients that are about to be erased, and whose rows are locked."""
    for row in await work.db.all(store.erase, client_ids=client_ids):
        CONSENTS.gone(row, keys, work)
