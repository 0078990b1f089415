"""Plans, moves and cancels reminders when appointments are booked, moved and closed."""

from collections.abc import Callable, Sequence
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clients.v1 import events_pb2 as clients_events
from caseload.identity.v1 import events_pb2 as identity_events
from caseload.notifications.v1 import events_pb2 as own_events
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on, on_many
from chassis.protobuf.timestamps import to_datetime
from chassis.work.audit import record_effect
from notifications.reminders import rule_store, workflow
from notifications.reminders.rules import KnownAppointment

FIRST_RULE_HOURS = 24


def reactions(wake: Callable[[], None]) -> list[Reaction]:
    """`wake` makes the poller of reminders look for work at once."""

    @on_many(events_pb2.AppointmentBooked, queue="notifications.plan-reminders")
    async def plan_reminders(events: Sequence[events_pb2.AppointmentBooked], delivery: Delivery) -> None:
        await _record(events, delivery)

    @on_many(events_pb2.AppointmentMoved, queue="notifications.move-reminders")
    async def move_reminders(events: Sequence[events_pb2.AppointmentMoved], delivery: Delivery) -> None:
        await _record(events, delivery)

    @on(events_pb2.AppointmentClosed, queue="notifications.cancel-reminders")
    async def cancel_reminders(event: events_pb2.AppointmentClosed, delivery: Delivery) -> None:
        await workflow.close_appointment(delivery, event.appointment_id, event.version)

    @on(clients_events.ClientErased, queue="notifications.forget-client")
    async def forget_client(event: clients_events.ClientErased, delivery: Delivery) -> None:
        deleted = await workflow.erase_client(delivery, event.client_id)
        if event.HasField("job_id"):
            delivery.emit(own_events.ClientErasureFinished(client_id=event.client_id, deleted=deleted))

    @on(identity_events.WorkspaceOpened, queue="notifications.set-first-rule")
    async def set_first_rule(event: identity_events.WorkspaceOpened, delivery: Delivery) -> None:
        """Gives a new workspace one rule: 24 hours before."""
        await delivery.db.run(rule_store.lock_rules)
        rule = await delivery.db.maybe(rule_store.create_first_rule, id=uuid7(), hours_before=FIRST_RULE_HOURS, now=delivery.now)
        if rule is not None:
            workflow.unsettle(delivery, rule)
            record_effect(delivery, "set_first_rule", options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_UPDATE, [rule["id"]])

    async def _record(events: Sequence[events_pb2.AppointmentBooked | events_pb2.AppointmentMoved], delivery: Delivery) -> None:
        known = [KnownAppointment(UUID(e.appointment_id), UUID(e.client_id), to_datetime(e.starts_at), e.version) for e in events]
        if await workflow.record_appointments(delivery, known, now=delivery.now):
            # So that a reminder that is due at once does not wait for the next poll.
            delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [plan_reminders, move_reminders, cancel_reminders, forget_client, set_first_rule, *_batches()]


def _batches() -> list[Reaction]:
    """What a change of a rule or of the policy does to the reminders that are planned already, a batch to an event."""

    @on(own_events.ReminderRuleUnsettled, queue="notifications.settle-rule")
    async def settle_rule(event: own_events.ReminderRuleUnsettled, delivery: Delivery) -> None:
        await workflow.settle_rule(delivery, event)

    @on(own_events.ReminderPolicyChanged, queue="notifications.follow-policy")
    async def follow_policy(event: own_events.ReminderPolicyChanged, delivery: Delivery) -> None:
        await workflow.follow_policy(delivery, event)

    return [settle_rule, follow_policy]
