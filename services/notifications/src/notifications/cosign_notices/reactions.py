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

        The head of the department is mailed too, unless the alert tells them: the supervisor may be ill.

        Where there is none, an inactive one, or one who may not open the record of a restricted client, the mail goes to everybody who may
        decide in their place, unless there is the alert.
        """
        is_attended = await _is_attended(users, event, delivery)
        deciding, heads = await _deciding(users, event, delivery)
        becomes = await ruled.apply(delivery, "cosign_overdue")
        if is_attended and becomes != "none":
            await _mail(delivery, "cosign_overdue", event.supervisor_id)
            if becomes == "mail":
                await mail_staff(delivery, "cosign_missed", [user_id for user_id in heads if user_id != event.supervisor_id], wake)
        elif becomes == "mail":
            await mail_staff(delivery, "cosign_unattended", deciding, wake)

    @on(events_pb2.SessionReturned, queue="notifications.mail-returned-note")
    async def mail_returned_note(event: events_pb2.SessionReturned, delivery: Delivery) -> None:
        await _mail(delivery, "note_returned", event.user_id)

    async def _mail(delivery: Delivery, kind: str, user_id: str) -> None:
        await delivery.db.run(store.add_mail, id=delivery.event_id, kind=kind, user_id=user_id, appointment_id=None, now=delivery.now)
        delivery.afterwards(wake_poller)

    async def wake_poller(_transaction: Transaction) -> None:
        wake()

    return [mail_overdue_cosignature, mail_returned_note]


async def _is_attended(users: UsersStub, event: events_pb2.CosignatureOverdue, delivery: Delivery) -> bool:
    """Whether the note waits for somebody who works here and may open it."""
    may_open = event.supervisor_id in event.care_team_user_ids or not event.care_team_user_ids
    if not event.HasField("supervisor_id") or not may_open:
        return False
    request = users_pb2.GetPractitionerRequest(user_id=event.supervisor_id)
    try:
        return (await users.GetPractitioner(request, delivery.context)).is_active
    except NotFound:
        return False


async def _deciding(users: UsersStub, event: events_pb2.CosignatureOverdue, delivery: Delivery) -> tuple[Sequence[str], Sequence[str]]:
    """Those who may co-sign the note in a supervisor's place and see it; and which of them are heads of the department alone.

    Where nobody may, all who oversee the workspace: one can name a supervisor, or add to the care team.
    """
    asked = users_pb2.ListOverseersRequest(supervisee_id=event.supervisee_id if event.HasField("supervisee_id") else None)
    found = await users.ListOverseers(asked, delivery.context)

    def may(user_id: str) -> bool:
        return user_id not in event.own_user_ids and (not event.care_team_user_ids or user_id in event.care_team_user_ids)

    heads = list(filter(may, found.head_ids))
    return [*filter(may, found.user_ids), *heads] or found.user_ids, heads
