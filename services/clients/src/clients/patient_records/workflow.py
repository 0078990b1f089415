"""What others do with the clients that are patients."""

from collections.abc import Sequence
from uuid import UUID

from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from clients.patient_records import store
from clients.patient_records.mapping import PATIENTS


async def bury(client_ids: Sequence[UUID], keys: WorkspaceKeys, work: UnitOfWork) -> None:
    """Deletes what is kept of these clients as patients, before the clients themselves are deleted."""
    for row in await work.db.all(store.bury, ids=client_ids):
        PATIENTS.gone(row, keys, work)
