"""Stops the reminders of clients who take back that they are reminded, and resumes them when they agree again."""

from collections.abc import Sequence

from caseload.clients.v1 import consents_pb2, events_pb2
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.reminder_consents import workflow


def reactions() -> Sequence[Reaction]:
    @on(events_pb2.ConsentGiven, queue="notifications.resume-reminders")
    async def resume_reminders(event: events_pb2.ConsentGiven, delivery: Delivery) -> None:
        if event.purpose == consents_pb2.CONSENT_PURPOSE_REMINDERS:
            await workflow.record_consent(delivery, event.client_id, event.consent_id)

    @on(events_pb2.ConsentWithdrawn, queue="notifications.stop-reminders")
    async def stop_reminders(event: events_pb2.ConsentWithdrawn, delivery: Delivery) -> None:
        if event.purpose == consents_pb2.CONSENT_PURPOSE_REMINDERS:
            await workflow.record_withdrawal(delivery, event.client_id, event.consent_id)

    return [resume_reminders, stop_reminders]
