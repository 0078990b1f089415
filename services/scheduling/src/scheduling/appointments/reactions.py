"""Reacts to events of other services."""

from collections.abc import Sequence
from uuid import UUID

from caseload.clients.v1 import events_pb2 as clients_events
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import events_pb2
from chassis.encryption.key_store import Keys
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.work.audit import record_effect
from chassis.work.moves import Manifest
from scheduling.appointments import rules, store
from scheduling.appointments.announcing import announce
from scheduling.appointments.mapping import APPOINTMENTS, places_of
from scheduling.busy_periods import store as busy_periods
from scheduling.busy_periods.rules import places
from scheduling.tables import moved
from scheduling.waitlist_records import store as waitlist

MOVED = Manifest(moved)


def reactions(keys: Keys) -> Sequence[Reaction]:
    @on(clients_events.ClientErased, queue="scheduling.erase-appointments")
    async def erase_appointments(event: clients_events.ClientErased, delivery: Delivery) -> None:
        """Deletes all appointments of an erased client, and announces the upcoming ones as cancelled."""
        workspace_keys = await keys.of(delivery.workspace_id)
        # In the order of whoever changes a series, or accepts an offer: these before the client.
        await delivery.db.run(store.lock_series, client_id=event.client_id)
        await delivery.db.run(waitlist.lock_of_client, client_id=event.client_id)
        await delivery.db.run(store.lock_client, client_id=event.client_id)
        erased = await delivery.db.all(store.of_client_for_update, client_id=event.client_id)
        await delivery.db.many(busy_periods.release, [{"owner_id": row["id"], **places(places_of(row))} for row in erased])
        await delivery.db.run(store.forget_series, client_id=event.client_id)
        await delivery.db.many(store.erase, [{"id": row["id"]} for row in erased])
        for row in erased:
            APPOINTMENTS.gone(row, workspace_keys, delivery)
        waited = await delivery.db.run(waitlist.erase, client_id=event.client_id)
        await delivery.db.run(store.mark_client_erased, client_id=event.client_id, now=delivery.now)
        upcoming = [row for row in erased if rules.is_upcoming(row["status"], row["scheduled_start"], row["deleted_at"], now=delivery.now)]
        announce(
            delivery, events_pb2.AppointmentClosed, [{**row, "status": "cancelled", "version": row["version"] + 1} for row in upcoming]
        )
        ids = [row["id"] for row in erased]
        record_effect(
            delivery, "erase_appointments", options_pb2.RESOURCE_APPOINTMENT, options_pb2.ACTION_DELETE, ids, client_id=event.client_id
        )
        await delivery.db.run(MOVED.forget, owner=event.client_id)
        await delivery.db.run(store.forget_answers, ids=[UUID(event.client_id), *(row["id"] for row in erased)])
        if event.HasField("job_id"):
            delivery.emit(events_pb2.ClientErasureFinished(client_id=event.client_id, deleted=len(erased) + waited))

    return [erase_appointments]
