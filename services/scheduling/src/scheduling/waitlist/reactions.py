"""Has a time offered to the next one where the client could not be told of it."""

from collections.abc import Sequence

from caseload.notifications.v1 import events_pb2 as notifications_events
from caseload.options.v1 import options_pb2
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.work.audit import record_effect
from scheduling.waitlist import store, workflow


def reactions() -> Sequence[Reaction]:
    @on(notifications_events.OfferNotMailed, queue="scheduling.pass-on-offer")
    async def pass_on_offer(event: notifications_events.OfferNotMailed, delivery: Delivery) -> None:
        """The entry keeps its place in the line. What was accepted or has ended since stays as it is."""
        made = await delivery.db.maybe(store.get_offer, id=event.offer_id)
        if made is None:
            return
        opening = await delivery.db.one(store.lock_opening, id=made["opening_id"])
        offer = await delivery.db.maybe(store.open_offer, opening_id=opening["id"])
        if offer is None or offer["id"] != made["id"]:
            return
        entry = await workflow.lapse(delivery, offer, opening)
        await workflow.go_on(delivery, opening)
        facts = {"entry_id": entry["id"], "reason": "not_mailed"}
        record_effect(
            delivery, "pass_on_waitlist_offer", options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_UPDATE, [entry["client_id"]], **facts
        )

    return [pass_on_offer]
