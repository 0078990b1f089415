"""Mails a client whose calendar has an appointment that was moved, cancelled or given to somebody else."""

from collections.abc import Callable
from uuid import UUID, uuid5

from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Record, Transaction
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.protobuf.timestamps import to_datetime
from notifications.calendar_invites import store
from notifications.calendar_updates.mail import KIND
from notifications.mail.store import add_mail


def reactions(wake: Callable[[], None]) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.AppointmentMoved, queue="notifications.move-invite")
    async def move_invite(event: events_pb2.AppointmentMoved, delivery: Delivery) -> None:
        def is_as_told(invite: Record) -> bool:
            now = (event.client_id, to_datetime(event.starts_at), to_datetime(event.ends_at))
            return (str(invite["client_id"]), invite["starts_at"], invite["ends_at"]) == now

        await _update(event.appointment_id, delivery, is_as_told)

    @on(events_pb2.AppointmentClosed, queue="notifications.cancel-invite")
    async def cancel_invite(event: events_pb2.AppointmentClosed, delivery: Delivery) -> None:
        if event.status == "cancelled":
            await _update(event.appointment_id, delivery, lambda _invite: False)

    async def _update(appointment_id: str, delivery: Delivery, is_as_told: Callable[[Record], bool]) -> None:
        for invite in await delivery.db.all(store.of_appointment, appointment_id=appointment_id):
            if is_as_told(invite):
                continue
            mail_id = uuid5(UUID(str(delivery.event_id)), str(invite["id"]))
            await delivery.db.run(store.leave_to, id=invite["id"], told_by=mail_id)
            await delivery.db.run(add_mail, id=mail_id, kind=KIND, user_id=None, appointment_id=appointment_id, now=delivery.now)
            delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [move_invite, cancel_invite]
