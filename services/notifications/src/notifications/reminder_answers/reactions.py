"""Links say that the practice has declined what their client asked for, and the client is mailed so if the practice wants that."""

from collections.abc import Callable
from uuid import UUID

from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.protobuf.timestamps import to_datetime
from notifications.mail.store import add_mail
from notifications.reminder_answers.declined_mail import KIND
from notifications.reminder_links import store as links
from notifications.reminder_policies import workflow as policies


def reactions(wake: Callable[[], None]) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.AppointmentCancellationDeclined, queue="notifications.answer-client")
    async def answer_client(event: events_pb2.AppointmentCancellationDeclined, delivery: Delivery) -> None:
        """What was asked after it was declined stays asked."""
        asked_at, declined_at = to_datetime(event.asked_at), to_datetime(event.declined_at)
        await delivery.db.run(links.mark_declined, appointment_id=event.appointment_id, asked_at=asked_at, now=declined_at)
        tells = event.tell_client if event.HasField("tell_client") else (await policies.current(delivery.db))["tell_declined"]
        if tells:
            mail_id = UUID(str(delivery.event_id))
            await delivery.db.run(add_mail, id=mail_id, kind=KIND, user_id=None, appointment_id=event.appointment_id, now=delivery.now)
            delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [answer_client]
