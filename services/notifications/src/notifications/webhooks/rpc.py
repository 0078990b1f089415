"""The Webhooks service: each method is one use case and one transaction."""

import os
from collections.abc import Callable

from uuid_utils.compat import uuid7

from caseload.notifications.v1 import webhooks_pb2 as pb
from caseload.notifications.v1.webhooks_rpc import WebhooksServicer
from chassis.db.transaction import Transaction
from chassis.encryption.key_store import Keys
from chassis.paging import page
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork
from notifications.webhooks import record, rules, store, workflow


class Webhooks(WebhooksServicer[UnitOfWork]):
    """`takes` says which URLs may be asked; `wake` makes the sender look for work at once."""

    def __init__(self, keys: Keys, *, takes: Callable[[str], bool], wake: Callable[[], None]) -> None:
        self._keys = keys
        self._takes = takes
        self._wake = wake

    async def CreateWebhook(self, request: pb.CreateWebhookRequest, work: UnitOfWork) -> pb.WebhookWithSecret:
        event_types = rules.check_webhook(request.url, request.event_types, takes=self._takes)
        keys = await self._keys.of(work.workspace_id)
        webhook_id, secret = uuid7(), _new_secret()
        sealed = record.seal(pb.SealedWebhook(url=request.url, secret=secret), keys, webhook_id, 1)

        await work.db.run(store.lock_webhooks)
        rules.check_number((await work.db.one(store.count_webhooks))["total"])
        row = await work.db.one(
            store.add_webhook, id=webhook_id, sealed=sealed, event_types=event_types, created_by=work.user_id, now=work.now
        )
        await work.db.run(store.add_queue, webhook_id=webhook_id)
        work.note(event_types=" ".join(event_types))
        return pb.WebhookWithSecret(webhook=record.to_proto(row, keys), secret=secret)

    async def ListWebhooks(self, request: pb.ListWebhooksRequest, work: UnitOfWork) -> pb.WebhookPage:
        bounds = page(request)
        keys = await self._keys.of(work.workspace_id)
        found = await work.db.all(store.list_webhooks, limit=bounds.limit, offset=bounds.offset)
        total = (await work.db.one(store.count_webhooks))["total"]
        return pb.WebhookPage(items=[record.to_proto(row, keys) for row in found], total=total)

    async def DeleteWebhook(self, request: pb.DeleteWebhookRequest, work: UnitOfWork) -> pb.DeleteWebhookResponse:
        await work.db.run(store.lock_queue, webhook_id=request.webhook_id)
        await work.db.one(store.delete_webhook, id=request.webhook_id)
        await work.db.run(store.delete_deliveries, webhook_id=request.webhook_id)
        await work.db.run(store.delete_queue, webhook_id=request.webhook_id)
        return pb.DeleteWebhookResponse()

    async def RotateSecret(self, request: pb.RotateSecretRequest, work: UnitOfWork) -> pb.WebhookWithSecret:
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock_webhook, id=request.webhook_id)
        rules.check_active(is_active=row["is_active"])
        rules.check_may_rotate(row["former_until"], now=work.now)
        before = record.open_sealed(row, keys)
        sealed = pb.SealedWebhook(url=before.url, secret=_new_secret(), former_secret=before.secret)
        rotated = await work.db.one(
            store.change_secret,
            id=row["id"],
            sealed=record.seal(sealed, keys, row["id"], row["version"] + 1),
            former_until=work.now + rules.OVERLAP,
        )
        return pb.WebhookWithSecret(webhook=record.to_proto(rotated, keys), secret=sealed.secret)

    async def EnableWebhook(self, request: pb.EnableWebhookRequest, work: UnitOfWork) -> pb.Webhook:
        """One that was not disabled stays as it is."""
        keys = await self._keys.of(work.workspace_id)
        return record.to_proto(await workflow.enable(work, request.webhook_id), keys)

    async def ListDeliveries(self, request: pb.ListDeliveriesRequest, work: UnitOfWork) -> pb.WebhookDeliveryPage:
        bounds = page(request)
        await work.db.one(store.get_webhook, id=request.webhook_id)
        found = await work.db.all(store.list_deliveries, webhook_id=request.webhook_id, limit=bounds.limit, offset=bounds.offset)
        total = (await work.db.one(store.count_deliveries, webhook_id=request.webhook_id))["total"]
        return pb.WebhookDeliveryPage(items=[fill(pb.WebhookDelivery(), row) for row in found], total=total)

    async def RetryDelivery(self, request: pb.RetryDeliveryRequest, work: UnitOfWork) -> pb.WebhookDelivery:
        await work.db.run(store.lock_queue, webhook_id=request.webhook_id)
        rules.check_active(is_active=(await work.db.one(store.get_webhook, id=request.webhook_id))["is_active"])
        # One that is being sent stays as it is.
        if await work.db.run(store.retry, webhook_id=request.webhook_id, id=request.delivery_id, now=work.now):
            await work.db.run(store.make_due_at_once, webhook_id=request.webhook_id, now=work.now)
            work.afterwards(self._wake_sender)
        delivery = await work.db.one(store.get_delivery, webhook_id=request.webhook_id, id=request.delivery_id)
        work.note(delivery_id=str(delivery["id"]))
        return fill(pb.WebhookDelivery(), delivery)

    async def _wake_sender(self, _transaction: Transaction) -> None:
        self._wake()


def _new_secret() -> str:
    return rules.secret_of(os.urandom(rules.SECRET_BYTES))
