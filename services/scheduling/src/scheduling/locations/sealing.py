"""Seals the addresses that are open, in every workspace, once the release before is not gone back to any more."""

from typing import Any
from uuid import UUID

from chassis.service.runtime import Runtime
from chassis.work.leader import LeaderElection
from scheduling.locations import store
from scheduling.locations.addresses import Addresses

_AT_ONCE = 200
# Between two looks: whether it may, and whether somebody has stored one who did not know yet that it is to be sealed.
_SECONDS = 600.0
_SECONDS_TO_LOOK = 10.0
_OPEN = "SELECT workspace_id, id FROM scheduling.locations WHERE sealed IS NULL ORDER BY workspace_id, id LIMIT $1"


class AddressSealer:
    """One instance works at a time; what two do at once is done once, because each row is locked and looked at again."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._election = LeaderElection(
            runtime.relay_dsn, "caseload scheduling addresses", application="caseload-scheduling-addresses", poll=_SECONDS
        )

    async def run(self) -> None:
        """Works until cancelled."""
        await self._election.run(self.seal)

    async def seal(self, session: Any) -> None:
        """Seals until nothing is open, if it may. `session` is a connection of the relay's role, which sees which rows those are."""
        async with self._runtime.database.transaction(None, seconds=_SECONDS_TO_LOOK) as tx:
            if not (await tx.one(store.may_seal))["may_seal"]:
                return
        while found := await session.fetch(_OPEN, _AT_ONCE):
            for row in found:
                await self._seal(row["workspace_id"], row["id"])

    async def _seal(self, workspace_id: UUID, location_id: UUID) -> None:
        keys = await self._runtime.keys.of(workspace_id)
        async with self._runtime.background(workspace_id) as work:
            row = await work.db.maybe(store.get_open, id=location_id)
            if row is not None:
                addresses = Addresses(keys)
                sealed = addresses.seal(row["id"], row["version"] + 1, addresses.open(row))
                await work.db.run(store.keep_sealed, id=row["id"], sealed=sealed["sealed"], version=sealed["version"])
