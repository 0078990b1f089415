"""What is kept of broken glass goes with the client, and a review that nobody gives in time is put on record once."""

from collections.abc import Sequence
from datetime import timedelta

from caseload.clients.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.encryption.key_store import Keys
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.audit import record_effect
from clients.care_teams import store
from clients.care_teams.mapping import GLASS
from clients.tables import REVIEW_DAYS


def reactions(keys: Keys) -> Sequence[Reaction]:
    @on(events_pb2.ClientErased, queue="clients.erase-broken-glass", erases=True)
    async def erase_broken_glass(event: events_pb2.ClientErased, delivery: Delivery) -> None:
        workspace_keys = await keys.of(delivery.workspace_id)
        removed = await delivery.db.all(store.remove, client_id=event.client_id)
        for row in removed:
            GLASS.gone(row, workspace_keys, delivery)
        ids = [event.client_id] if removed else []
        record_effect(delivery, "erase_broken_glass", options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_DELETE, ids)

    @on(events_pb2.BreakGlassReviewDue, queue="clients.announce-overdue-review")
    async def announce_overdue_review(event: events_pb2.BreakGlassReviewDue, delivery: Delivery) -> None:
        granted_until = delivery.now - timedelta(days=REVIEW_DAYS)
        row = await delivery.db.maybe(store.announce, id=event.break_glass_id, granted_until=granted_until, now=delivery.now)
        if row is None:
            return
        delivery.emit(
            events_pb2.BreakGlassReviewOverdue(
                break_glass_id=event.break_glass_id, user_id=str(row["user_id"]), granted_at=to_timestamp(row["granted_at"])
            )
        )
        record_effect(delivery, "miss_break_glass_review", options_pb2.RESOURCE_AUDIT, options_pb2.ACTION_UPDATE, [row["id"]])

    return [erase_broken_glass, announce_overdue_review]
