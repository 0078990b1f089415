"""Releases the note of an appointment that was deleted."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import appointments_pb2, events_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.encryption.key_store import Keys
from chassis.errors import NotFound
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.work.audit import record_effect
from clinical.sessions import release, store


def reactions(keys: Keys, appointments: AppointmentsStub, *, grace: timedelta) -> Sequence[Reaction]:
    @on(events_pb2.AppointmentDeleted, queue="clinical.release-note")
    async def release_note(event: events_pb2.AppointmentDeleted, delivery: Delivery) -> None:
        """Completes the deletion. As a rule the note is released by then; not where its gateway ended, or the note is newer."""
        deletes = event.note_action == appointments_pb2.NOTE_ACTION_DELETE
        reason = await _reason(event, delivery) if deletes else None
        workspace_keys = await keys.of(delivery.workspace_id)
        delivery.enter(delivery.workspace_id, UUID(event.deleted_by))
        await delivery.db.run(store.mark_appointment_deleted, appointment_id=event.appointment_id, now=delivery.now)
        if deletes:
            released = await release.delete(delivery, workspace_keys, event.appointment_id, reason, grace)
        else:
            released = await release.detach(delivery, workspace_keys, event.appointment_id)
        action = options_pb2.ACTION_DELETE if deletes else options_pb2.ACTION_UPDATE
        record_effect(delivery, "release_note", options_pb2.RESOURCE_SESSION, action, [released] if released else [])

    async def _reason(event: events_pb2.AppointmentDeleted, delivery: Delivery) -> str | None:
        request = appointments_pb2.GetDeletionRequest(appointment_id=event.appointment_id)
        try:
            deletion = await appointments.GetDeletion(request, delivery.context)
        except NotFound:
            # The client was erased meanwhile.
            return None
        return deletion.note_reason if deletion.HasField("note_reason") else None

    return [release_note]
