"""Notes which services have finished with an erased client."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from caseload.clinical.v1 import events_pb2 as clinical_events
from caseload.notifications.v1 import events_pb2 as notifications_events
from caseload.scheduling.v1 import events_pb2 as scheduling_events
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.jobs.store import JobStore
from clients.erasures import store


def reactions(jobs: JobStore, wake: Callable[[], None]) -> Sequence[Reaction]:
    """`wake` makes the worker of jobs look for work at once."""

    async def wake_worker(_transaction: Transaction) -> None:
        wake()

    async def note(service: str, event: Any, delivery: Delivery) -> None:
        """Once for each erasure and service: what comes twice, or of an erasure that is not known, changes nothing."""
        noted = await delivery.db.maybe(store.finish, client_id=event.client_id, service=service, deleted=event.deleted, now=delivery.now)
        if noted is not None:
            await delivery.db.run(jobs.set_due, workspace_id=delivery.workspace_id, id=noted["job_id"], delay=timedelta())
            delivery.afterwards(wake_worker)

    @on(clinical_events.ClientErasureFinished, queue="clients.note-erasure-in-clinical")
    async def note_clinical(event: clinical_events.ClientErasureFinished, delivery: Delivery) -> None:
        await note("clinical", event, delivery)

    @on(notifications_events.ClientErasureFinished, queue="clients.note-erasure-in-notifications")
    async def note_notifications(event: notifications_events.ClientErasureFinished, delivery: Delivery) -> None:
        await note("notifications", event, delivery)

    @on(scheduling_events.ClientErasureFinished, queue="clients.note-erasure-in-scheduling")
    async def note_scheduling(event: scheduling_events.ClientErasureFinished, delivery: Delivery) -> None:
        await note("scheduling", event, delivery)

    return [note_clinical, note_notifications, note_scheduling]
