"""A service follows what clients announces of care teams, of broken glass and of erased clients."""

from collections.abc import Sequence

from caseload.clients.v1 import events_pb2
from chassis.care_teams.rpc import apply_broken_glass, apply_care_team
from chassis.care_teams.store import AccessStore
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on


def reactions(service: str, store: AccessStore) -> Sequence[Reaction]:
    @on(events_pb2.CareTeamChanged, queue=f"{service}.follow-care-team")
    async def follow_care_team(event: events_pb2.CareTeamChanged, delivery: Delivery) -> None:
        """As a rule the service knows by then, from a call: this is for a call that did not arrive."""
        await apply_care_team(store, event, delivery)

    @on(events_pb2.GlassBroken, queue=f"{service}.follow-broken-glass")
    async def follow_broken_glass(event: events_pb2.GlassBroken, delivery: Delivery) -> None:
        await apply_broken_glass(store, event, delivery)

    @on(events_pb2.ClientErased, queue=f"{service}.forget-client-access")
    async def forget_client_access(event: events_pb2.ClientErased, delivery: Delivery) -> None:
        """Whatever of a restricted client is not erased yet stays closed meanwhile."""
        await delivery.db.run(store.forget_team, client_id=event.client_id)
        await delivery.db.run(store.forget_glass, client_id=event.client_id)

    return [follow_care_team, follow_broken_glass, forget_client_access]
