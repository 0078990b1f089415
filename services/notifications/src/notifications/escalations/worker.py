"""Takes alerts further when they are due: to their next level, or to their end when they expire.

What is due is in the database alone, and the database's clock decides. A worker claims a bounded batch for the length of a lease and takes each
alert's step in one transaction that locks the alert and looks again whether it is due. So however many workers there are, and wherever one
dies, a step is taken once: one that was claimed and not taken is claimed by another when the lease is over.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from prometheus_client import Histogram

from caseload.identity.v1 import workspaces_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.options.v1 import options_pb2
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.poller import Poller
from chassis.work.unit_of_work import UnitOfWork
from notifications.alert_records import store as records
from notifications.alert_records import workflow as alert_records
from notifications.escalation_policies.rules import Policy
from notifications.escalations import rules, workflow
from notifications.mail.store import claim, renew
from notifications.on_call import workflow as on_call

_LATENESS = Histogram(
    "caseload_alert_step_lateness_seconds",
    "Seconds between the time at which an alert was to go on and the time at which it did.",
    ["drill"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300),
)
_OPEN = ("active", "acknowledged")
# Until an alert of a workspace that is not active is looked at again.
_HELD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """An alert whose step this process may take until the lease expires."""

    workspace_id: UUID
    alert_id: UUID


class AlertWorker:
    def __init__(self, runtime: Runtime, users: UsersStub, wake: Callable[[], None]) -> None:
        settings = runtime.settings
        self._runtime = runtime
        self._users = users
        self._workspaces = WorkspacesStub(runtime.peers["identity"])
        self._wake = wake
        self._lease = timedelta(seconds=settings.alert_lease_seconds)
        self.poller = Poller(
            "alert",
            self._claim,
            self.take_further,
            log_fields=lambda claimed: {"alert_id": str(claimed.alert_id)},
            concurrency=settings.alerts_at_once,
            interval=settings.alert_poll_seconds,
            grace=settings.alert_lease_seconds,
        )

    async def _claim(self, limit: int) -> Sequence[Claim]:
        async with self._runtime.database.transaction(None, seconds=self._lease.total_seconds()) as tx:
            rows = await tx.all(claim, kind="alert", limit=limit, lease=self._lease, but=[])
        return [Claim(row["workspace_id"], row["item_id"]) for row in rows]

    async def take_further(self, claimed: Claim) -> None:
        """Takes the alert's step if it is still due. What fails is tried again when the lease is over."""
        seconds = self._lease.total_seconds()
        keys = await self._runtime.keys.of(claimed.workspace_id)
        async with self._runtime.background(claimed.workspace_id, seconds=seconds) as look:
            found = await look.db.all(records.by_ids, ids=[claimed.alert_id])
            overrides = await on_call.overrides(look.db, look.now)
        if not found:
            return
        team, workspace = await asyncio.gather(
            workflow.Team.of(Policy.read(found[0]["policy"]), self._users, overrides, look.context),
            self._workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), look.context),
        )
        if workspace.status != workspaces_pb2.WORKSPACE_STATUS_ACTIVE:
            await self._hold(claimed)
            return
        async with self._runtime.background(claimed.workspace_id, seconds=seconds) as work:
            row = await work.db.maybe(records.lock, id=claimed.alert_id)
            if row is not None and rules.is_due(row, "expires_at") and row["status"] in _OPEN:
                await alert_records.change(work, keys, row, "expire", now=row["now"], status="cancelled", escalates_at=None)
                self._record(work, "expire_alert", row)
            elif row is not None and rules.is_due(row, "escalates_at") and row["status"] in _OPEN:
                changed = await workflow.go_on(work, keys, row, team, reason="timeout")
                # Of one that was acknowledged: who has left it open.
                left_by = {} if row["acknowledged_by"] is None else {"acknowledged_by": str(row["acknowledged_by"])}
                self._record(work, "escalate_alert", row, level=changed["escalation_level"], **left_by)
        if row is not None:
            self._wake()

    async def _hold(self, claimed: Claim) -> None:
        """Leaves the alert of a suspended workspace as it is: nobody can sign in there and answer it, and it goes on when they can."""
        async with self._runtime.background(claimed.workspace_id, seconds=self._lease.total_seconds()) as work:
            await work.db.run(renew, kind="alert", item_id=claimed.alert_id, expires_at=work.now + _HELD)

    def _record(self, work: UnitOfWork, event_type: str, row: Mapping[str, Any], **facts: Any) -> None:
        due_at = min(at for at in (row["escalates_at"], row["expires_at"]) if at is not None)
        _LATENESS.labels(str(row["drill"]).lower()).observe(max(0.0, (row["now"] - due_at).total_seconds()))
        record_effect(work, event_type, options_pb2.RESOURCE_ALERT, options_pb2.ACTION_UPDATE, [row["id"]], drill=row["drill"], **facts)
