"""What others than the Consents service do with the records of consents."""

from collections.abc import Sequence
from uuid import UUID

from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from clients.consent_records import store
from clients.consent_records.mapping import CONSENTS


async def are_reminders_withdrawn(client_ids: Sequence[UUID], work: UnitOfWork) -> bool:
    """Whether a person has given consents to reminders under one of these ids, and withdrawn them all."""
    found = await work.db.all(store.reminders_withdrawn, client_ids=client_ids)
    return any(row["are_withdrawn"] for row in found)


async def erase(client_ids: Sequence[UUID], keys: WorkspaceKeys, work: UnitOfWork) -> None:
    """Deletes the consents of clients that are about to be erased, and whose rows are locked."""
    for row in await work.db.all(store.erase, client_ids=client_ids):
        CONSENTS.gone(row, keys, work)
