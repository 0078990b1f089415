"""Mails a supervisor when a note has waited for them for too long."""

from collections.abc import Callable

from caseload.clinical.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.mail import store


def reactions(wake: Callable[[], None]) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.CosignatureOverdue, queue="notifications.mail-overdue-cosignature")
    async def mail_overdue_cosignature(event: events_pb2.CosignatureOverdue, delivery: Delivery) -> None:
        """What waits for nobody by name is in the queue of whoever oversees the workspace, and there is nobody to write to."""
        if not event.HasField("supervisor_id"):
            return
        mail = {"id": delivery.event_id, "kind": "cosign_overdue", "user_id": event.supervisor_id, "appointment_id": None}
        await delivery.db.run(store.add_mail, **mail, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_overdue_cosignature]
