"""Adds deliveries, and disables webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import store as mails
from notifications.webhooks import rules, store
from notifications.webhooks.messages import Happening

# What is urgent is sent before all that waits in other webhooks: senders take what has been due longest.
_AHEAD = timedelta(days=1)


async def tell(work: UnitOfWork, happenings: Sequence[Happening], *, settling: timedelta, is_urgent: bool = False) -> bool:
    """Adds a delivery of each of the happenings, all of one type, for each webhook that wants to be told; returns whether there is any.

    What is urgent is sent to those that rest, too, and before what other webhooks are to be sent.
    """
    listening = await work.db.all(store.listening, event_type=happenings[0].type)
    if not listening:
        return False
    due_at = work.now + settling
    deliveries = [
        {
            "workspace_id": work.workspace_id,
            "id": uuid7(),
            "webhook_id": row["webhook_id"],
            "event_type": happening.type,
            "aggregate_id": UUID(happening.aggregate_id),
            "position": happening.position,
            "body": body,
            "due_at": due_at,
            "give_up_at": work.now + rules.PATIENCE,
            "now": work.now,
        }
        for happening, body in ((each, each.body()) for each in happenings)
        for row in listening
    ]
    await work.db.many(store.add_delivery, deliveries)
    for row in listening:
        if is_urgent:
            await work.db.run(store.make_due_at_once, webhook_id=row["webhook_id"], now=due_at - _AHEAD)
        else:
            await work.db.run(store.make_due, webhook_id=row["webhook_id"], due_at=due_at)
    return True


async def disable(work: UnitOfWork, webhook_id: UUID, reason: str, *, told: Sequence[str]) -> bool:
    """Disables a webhook whose queue is locked, and mails the users `told`. Returns whether that was new. Who has claimed it gives up what waits."""
    if await work.db.maybe(store.disable, id=webhook_id, reason=reason) is None:
        return False
    record_effect(work, "disable_webhook", options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_UPDATE, [webhook_id], reason=reason)
    for user_id in told:
        # It may be enabled again, and be disabled once more.
        await work.db.run(mails.add_mail, id=uuid7(), kind="webhook_disabled", user_id=user_id, appointment_id=None, now=work.now)
    return True


async def give_up_some(work: UnitOfWork, webhook_id: UUID) -> bool:
    """Gives up the next deliveries of a webhook that is disabled. Returns whether there may be more."""
    return await work.db.run(store.fail_some, webhook_id=webhook_id, error="webhook_disabled") == store.AT_ONCE


async def enable(work: UnitOfWork, webhook_id: UUID | str) -> Record:
    """Enables a webhook again and returns it. What was given up when it was disabled stays given up, until somebody has it sent again."""
    await work.db.run(store.lock_queue, webhook_id=webhook_id)
    webhook = await work.db.one(store.get_webhook, id=webhook_id)
    if not webhook["is_active"]:
        webhook = await work.db.one(store.enable, id=webhook_id)
        await work.db.run(store.begin_anew, webhook_id=webhook_id, now=work.now)
    return webhook
