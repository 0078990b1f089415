"""Reminders follow the calendar: booked, moved, closed."""

from uuid_utils.compat import uuid7

from caseload.clients.v1 import events_pb2 as clients_events
from caseload.identity.v1 import events_pb2 as identity_events
from caseload.scheduling.v1 import events_pb2
from chassis.events.delivery import Delivery
from chassis.events.handlers import Reaction, on
from chassis.protobuf.timestamps import when
from notifications.desk import Desk
from notifications.reminders import store, workflow

FIRST_RULE_HOURS = 24


def reactions(desk: Desk) -> list[Reaction]:
    @on(events_pb2.AppointmentBooked, queue="notifications.plan-reminders")
    async def plan_reminders(event: events_pb2.AppointmentBooked, delivery: Delivery) -> None:
        await _know(event, delivery)

    @on(events_pb2.AppointmentMoved, queue="notifications.move-reminders")
    async def move_reminders(event: events_pb2.AppointmentMoved, delivery: Delivery) -> None:
        await _know(event, delivery)

    @on(events_pb2.AppointmentClosed, queue="notifications.cancel-reminders")
    async def cancel_reminders(event: events_pb2.AppointmentClosed, delivery: Delivery) -> None:
        await workflow.close(delivery.db, event.appointment_id, event.version)

    @on(clients_events.ClientErased, queue="notifications.forget-client")
    async def forget_client(event: clients_events.ClientErased, delivery: Delivery) -> None:
        await workflow.forget_client(delivery.db, event.client_id)

    @on(identity_events.WorkspaceOpened, queue="notifications.set-first-rule")
    async def set_first_rule(event: identity_events.WorkspaceOpened, delivery: Delivery) -> None:
        """A new workspace reminds a day before, until it decides otherwise."""
        await delivery.db.run(store.hold_rules_alone)
        rule = await delivery.db.maybe(store.create_first_rule, id=uuid7(), hours_before=FIRST_RULE_HOURS, now=delivery.now)
        if rule is not None:
            await workflow.introduce(delivery.db, rule, now=delivery.now)

    async def _know(event: events_pb2.AppointmentBooked | events_pb2.AppointmentMoved, delivery: Delivery) -> None:
        await workflow.know(delivery.db, event.appointment_id, event.client_id, when(event.starts_at), event.version, now=delivery.now)
        # One that is due at once need not wait for the sender's next look.
        delivery.afterwards(desk.reminders.wake)

    return [plan_reminders, move_reminders, cancel_reminders, forget_client, set_first_rule]
