"""Does what the workspace's rule says of something that happened by itself."""

import logging
from datetime import timedelta

from caseload.identity.v1 import workspaces_pb2
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.notifications.v1 import alerts_pb2
from caseload.options.v1 import options_pb2
from chassis.encryption.key_store import Keys
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.alert_records import store as records
from notifications.alert_records import workflow as alert_records
from notifications.alert_rules import rules, store
from notifications.alert_rules.rules import POLICY, Rule
from notifications.staff_texts import StaffText

_log = logging.getLogger(__name__)


class RuledAlerts:
    """Raises alerts in the workspace's own name: no user has."""

    def __init__(self, keys: Keys, workspaces: WorkspacesStub) -> None:
        self._keys = keys
        self._workspaces = workspaces

    @classmethod
    def of(cls, runtime: Runtime) -> "RuledAlerts":
        return cls(runtime.keys, WorkspacesStub(runtime.peers["identity"]))

    async def apply(self, work: UnitOfWork, happening: str, *, is_only_workspace: bool = False) -> str:
        """Raises the alert where the rule asks for one. Returns what becomes of it: none, mail or alert.

        To be called before the work's first statement.
        While nobody has answered an alert of the happening there is no second one. Where somebody sees to it, a mail says that it goes on:
        nothing reminds anybody of an alert that was acknowledged and forgotten.
        """
        async with work.beside(work.workspace_id) as tx:
            rule = rules.of(happening, await tx.maybe(store.get, happening=happening))
            open_one = await tx.maybe(store.open_alert, alert_type=rules.TYPES[happening])
        becomes = rules.what_becomes(rule, is_only_workspace=is_only_workspace)
        if becomes == "alert" and open_one is not None:
            return "alert" if open_one["status"] == "active" else "mail"
        if becomes == "alert":
            await self._raise(work, happening, rule)
        return becomes

    async def _raise(self, work: UnitOfWork, happening: str, rule: Rule) -> None:
        workspace = await self._workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        keys = await self._keys.of(work.workspace_id)
        title, description = StaffText.of(workspace.locale).notice(rules.TEXTS[rules.TYPES[happening]])
        await work.db.run(store.lock)
        if await work.db.maybe(store.open_alert, alert_type=rules.TYPES[happening]) is not None:
            return
        now = (await work.db.one(records.clock))["now"]
        row = await alert_records.add(
            work,
            keys,
            alerts_pb2.Alert(title=title, description=description),
            now=now,
            policy=POLICY.written(),
            escalates_at=now + timedelta(seconds=POLICY.seconds_until_next(0)),
            created_by=work.workspace_id,
            priority=rule.priority,
            alert_type=rules.TYPES[happening],
            department_id=None,
            room_number=None,
            expires_at=None,
            drill=False,
        )
        facts = {"happening": happening, "priority": rule.priority}
        record_effect(work, "raise_alert", options_pb2.RESOURCE_ALERT, options_pb2.ACTION_CREATE, [row["id"]], **facts)
        _log.warning("an alert was raised by a rule", extra={"workspace_id": str(work.workspace_id), **facts})
