"""Mails about notes that were not co-signed in time, or were returned."""

from collections.abc import Callable, Sequence

from caseload.clinical.v1 import events_pb2
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.db.transaction import Transaction
from chassis.errors import NotFound
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.alert_rules.workflow import RuledAlerts
from notifications.mail import store
from notifications.mail.to_staff import mail_staff


def reactions(wake: Callable[[], None], users: UsersStub, ruled: RuledAlerts) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(events_pb2.CosignatureOverdue, queue="notifications.mail-overdue-cosignature")
    async def mail_overdue_cosignature(event: events_pb2.CosignatureOverdue, delivery: Delivery) -> None:
        """A mail to the supervisor, beside the alert where the rule asks for one: it is they who can give the co-signature, and they may not see the alert.

        Where there is none, an inactive one, or one who may not open the record of a restricted client, the mail goes to everybody who may
        decide in their place, unless there is the alert.
        """
        is_attended = await _is_attended(event, delivery)
        becomes = await ruled.apply(delivery, "cosign_overdue")
        if is_attended and becomes != "none":
            await _mail(delivery, "cosign_overdue", event.supervisor_id)
        elif becomes == "mail":
            await mail_staff(delivery, "cosign_unattended", await _overseers(event, delivery), wake)

    @on(events_pb2.SessionReturned, queue="notifications.mail-returned-note")
    async def mail_returned_note(event: events_pb2.SessionReturned, delivery: Delivery) -> None:
        await _mail(delivery, "note_returned", event.user_id)

    async def _is_attended(event: events_pb2.CosignatureOverdue, delivery: Delivery) -> bool:
        """Whether the note waits for somebody who works here and may open it."""
        may_open = event.supervisor_id in event.care_team_user_ids or not event.care_team_user_ids
        if not event.HasField("supervisor_id") or not may_open:
            return False
        request = users_pb2.GetPractitionerRequest(user_id=event.supervisor_id)
        try:
            return (await users.GetPractitioner(request, delivery.context)).is_active
        except NotFound:
            return False

    async def _overseers(event: events_pb2.CosignatureOverdue, delivery: Delivery) -> Sequence[str]:
        """Those who may co-sign the note and see it. Where nobody does, all of them: one can name a supervisor, or add to the care team."""
        found = (await users.ListOverseers(users_pb2.ListOverseersRequest(), delivery.context)).user_ids
        seeing = event.care_team_user_ids or found
        return [user_id for user_id in found if user_id not in event.own_user_ids and user_id in seeing] or found

    async def _mail(delivery: Delivery, kind: str, user_id: str) -> None:
        await delivery.db.run(store.add_mail, id=delivery.event_id, kind=kind, user_id=user_id, appointment_id=None, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_overdue_cosignature, mail_returned_note]
