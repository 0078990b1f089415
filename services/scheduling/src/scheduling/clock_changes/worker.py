"""Keeps what is to come where clocks say it is, when the rules of time zones have changed, and finishes what releases before have left.

A process knows the rules of its `tzdata` package alone, so they change with an upgrade. One instance works at a time; what two do at once is
done once, because each row is locked and looked at again. Whoever dies in the middle has left whole steps, and the rest is done at the next look.
"""

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import tzdata

from caseload.identity.v1 import workspaces_pb2
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.options.v1 import options_pb2
from chassis.db.statement import Statement
from chassis.db.transaction import Record
from chassis.paging import BEGINNING
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.leader import LeaderElection
from scheduling.appointments import agreed_rules
from scheduling.appointments.agreed_rules import Move, is_behind
from scheduling.availability import store as availability
from scheduling.availability import time_off
from scheduling.clock_changes import store, workflow
from scheduling.working_hours.mapping import to_message

_log = logging.getLogger(__name__)
_POLL = 600.0
_AT_ONCE = 200
_FIRST = UUID(int=0)
_AWAY = """
SELECT workspace_id, practitioner_id FROM scheduling.availability
WHERE (workspace_id, practitioner_id) > ($1, $2) AND (time_off_version IS DISTINCT FROM version OR time_off_rules COLLATE "C" < $3)
ORDER BY workspace_id, practitioner_id LIMIT $4
"""
# From workspace to workspace along the index: a workspace has thousands of days.
_BEHIND = """
WITH RECURSIVE known AS (
    (SELECT workspace_id FROM scheduling.day_figures WHERE workspace_id > $1 ORDER BY workspace_id LIMIT 1)
    UNION ALL
    SELECT (SELECT f.workspace_id FROM scheduling.day_figures f WHERE f.workspace_id > known.workspace_id ORDER BY f.workspace_id LIMIT 1)
    FROM known WHERE known.workspace_id IS NOT NULL
)
SELECT known.workspace_id FROM known LEFT JOIN scheduling.clock_rules r USING (workspace_id)
WHERE known.workspace_id IS NOT NULL AND (r.workspace_id IS NULL OR r.tzdata_version COLLATE "C" < $2) LIMIT $3
"""


class ClockChanges:
    """`version` is that of the rules that this process knows, like 2026f."""

    def __init__(self, runtime: Runtime, *, version: str = tzdata.IANA_VERSION) -> None:
        self._runtime = runtime
        self._version = version
        self._workspaces = WorkspacesStub(runtime.peers["identity"])
        self._election = LeaderElection(
            runtime.relay_dsn, "caseload scheduling clocks", application="caseload-scheduling-clocks", poll=_POLL
        )

    async def run(self) -> None:
        """Works until cancelled."""
        await self._election.run(self.settle)

    async def settle(self, session: Any) -> None:
        """Does all that is to be done now. `session` is a connection of the relay's role, which sees of which workspaces that is."""
        workspace_id, practitioner_id = _FIRST, _FIRST
        while found := await session.fetch(_AWAY, workspace_id, practitioner_id, self._version, _AT_ONCE):
            for row in found:
                workspace_id, practitioner_id = row["workspace_id"], row["practitioner_id"]
                await self._attempt(workspace_id, self.settle_time_off(workspace_id, practitioner_id))
        workspace_id = _FIRST
        while found := await session.fetch(_BEHIND, workspace_id, self._version, _AT_ONCE):
            for row in found:
                workspace_id = row["workspace_id"]
                await self._attempt(workspace_id, self.settle_workspace(workspace_id))

    async def settle_time_off(self, workspace_id: UUID, practitioner_id: UUID) -> None:
        """Takes the practitioner's time off as their hours say, by the rules of now."""
        zone, keys = await self._zone(workspace_id), await self._runtime.keys.of(workspace_id)
        async with self._runtime.background(workspace_id) as work:
            row = await work.db.maybe(availability.get_for_update, practitioner_id=practitioner_id)
            if row is None:
                return
            if row["time_off_version"] == row["version"] and not is_behind(row["time_off_rules"], self._version):
                return
            hours = to_message(row, keys, practitioner_id=str(practitioner_id), workspace_zone=zone)
            await time_off.take(hours, work)
            await work.db.run(store.mark_time_off, practitioner_id=practitioner_id, of_version=row["version"], version=self._version)
            record_effect(
                work, "settle_time_off", options_pb2.RESOURCE_USER, options_pb2.ACTION_UPDATE, [practitioner_id], tzdata=self._version
            )

    async def settle_workspace(self, workspace_id: UUID) -> int:
        """Moves the workspace's appointments to come to where their clocks say they are. Returns how many it has moved."""
        async with self._runtime.background(workspace_id) as work:
            known = await work.db.maybe(store.rules_of_workspace)
        before = None if known is None else known["tzdata_version"]
        if not is_behind(before, self._version):
            return 0
        if before is None:
            await self._agree(workspace_id)
        moves = []
        async for rows in self._to_come(workspace_id, store.agreed):
            moves += [Move(row["id"], row["scheduled_start"], start) for row in rows if (start := agreed_rules.new_start(row)) is not None]
        keys = await self._runtime.keys.of(workspace_id) if moves else None
        moved = 0
        for move in agreed_rules.in_order(moves):
            async with self._runtime.background(workspace_id) as work:
                moved += keys is not None and await workflow.move(work, keys, move.appointment_id, self._version)
        async with self._runtime.background(workspace_id) as work:
            await work.db.run(store.settled, version=self._version, now=work.now)
        if moved:
            _log.warning(
                "appointments were moved with the clocks of their zones", extra={"workspace_id": str(workspace_id), "moved": moved}
            )
        return moved

    async def _agree(self, workspace_id: UUID) -> None:
        """What was booked before anybody asked is on the clocks of its series, or of the workspace."""
        zone = None
        async for rows in self._to_come(workspace_id, store.unagreed):
            if zone is None:
                zone = await self._zone(workspace_id)
            found = [agreed_rules.agreed(row["scheduled_start"], row["time_zone"] or zone) for row in rows]
            async with self._runtime.background(workspace_id) as work:
                await work.db.run(
                    store.agree,
                    ids=[row["id"] for row in rows],
                    starts=[row["scheduled_start"] for row in rows],
                    **{f"{name}s": [each[name] for each in found] for name in agreed_rules.AGREED},
                )

    async def _to_come(self, workspace_id: UUID, statement: Statement) -> AsyncIterator[Sequence[Record]]:
        """The appointments to come, some at a time."""
        since, after = datetime.now(UTC), BEGINNING
        while True:
            async with self._runtime.background(workspace_id) as work:
                rows = await work.db.all(statement, since=since, after=after, limit=store.AT_ONCE)
            if not rows:
                return
            yield rows
            since, after = rows[-1]["scheduled_start"], rows[-1]["id"]

    async def _zone(self, workspace_id: UUID) -> str:
        asking = self._runtime.background(workspace_id).context
        return (await self._workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), asking)).time_zone

    async def _attempt(self, workspace_id: UUID, work: Any) -> None:
        """Goes on to the next one where a service does not answer or a row does not open: it is tried again at the next look."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - one workspace that fails keeps no other waiting
            facts = {"workspace_id": str(workspace_id), "error": type(error).__name__}
            _log.warning("what clocks say could not be looked at", extra=facts)
