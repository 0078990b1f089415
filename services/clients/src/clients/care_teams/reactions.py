"""What is kept of broken glass goes with the client."""

from collections.abc import Sequence

from caseload.clients.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.encryption.key_store import Keys
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.work.audit import record_effect
from clients.care_teams import store
from clients.care_teams.mapping import GLASS


def reactions(keys: Keys) -> Sequence[Reaction]:
    @on(events_pb2.ClientErased, queue="clients.erase-broken-glass", erases=True)
    async def erase_broken_glass(event: events_pb2.ClientErased, delivery: Delivery) -> None:
        workspace_keys = await keys.of(delivery.workspace_id)
        removed = await delivery.db.all(store.remove, client_id=event.client_id)
        for row in removed:
            GLASS.gone(row, workspace_keys, delivery)
        ids = [event.client_id] if removed else []
        record_effect(delivery, "erase_broken_glass", options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_DELETE, ids)

    return [erase_broken_glass]
