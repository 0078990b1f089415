"""The Alerts service: each method is one use case and one transaction."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from caseload.identity.v1 import departments_pb2
from caseload.identity.v1.departments_rpc import DepartmentsStub
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import alerts_pb2 as pb
from caseload.notifications.v1.alerts_rpc import AlertsServicer
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.errors import Fault, Invalid
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, given
from chassis.work.unit_of_work import UnitOfWork
from notifications.alert_records import rules as record_rules
from notifications.alert_records import store as records
from notifications.alert_records import workflow
from notifications.alert_records.mapping import from_row
from notifications.alerts import rules, store
from notifications.escalation_policies import store as policies
from notifications.escalation_policies.rules import Policy
from notifications.escalations import store as steps
from notifications.escalations.workflow import Team, go_on
from notifications.on_call.workflow import on_behalf_of_service, overrides


class Alerts(AlertsServicer[UnitOfWork]):
    """Keys are fetched, and identity is asked, before the first statement. `wake` has what a step tells be sent at once."""

    def __init__(self, keys: Keys, users: UsersStub, departments: DepartmentsStub, wake: Callable[[], None]) -> None:
        self._keys = keys
        self._users = users
        self._departments = departments
        self._wake = wake

    async def RaiseAlert(self, request: pb.RaiseAlertRequest, work: UnitOfWork) -> pb.Alert:
        values = given(request) | {"priority": enum_text(pb.AlertPriority, request.priority)}
        record_rules.check_alert(values, now=work.now)
        if values["department_id"] is not None:
            await self._check_department(values["department_id"], work)
        keys = await self._keys.of(work.workspace_id)
        now = (await work.db.one(records.clock))["now"]
        policy = await policies.in_force(work.db, values["priority"])
        row = await workflow.add(
            work,
            keys,
            fill(pb.Alert(), {name: values[name] for name in ("title", "description")}),
            now=now,
            policy=policy.written(),
            escalates_at=now + timedelta(seconds=policy.seconds_until_next(0)),
            created_by=work.user_id,
            **{name: values[name] for name in ("priority", "alert_type", "department_id", "room_number", "expires_at", "drill")},
        )
        work.note(priority=values["priority"], drill=str(values["drill"]).lower())
        return from_row(row, keys)

    async def ListAlerts(self, request: pb.ListAlertsRequest, work: UnitOfWork) -> pb.AlertPage:
        bounds = page(request)
        values = given(request)
        keys = await self._keys.of(work.workspace_id)
        filters = {name: values[name] for name in records.FILTERS if values[name] is not None} | await self._confined(work)
        found = await work.db.all(records.page(filters), limit=bounds.limit, offset=bounds.offset, **filters)
        total = await work.db.one(records.count(filters), **filters)
        return pb.AlertPage(items=[from_row(row, keys) for row in found], total=total["total"])

    async def ListActiveAlerts(self, request: pb.ListActiveAlertsRequest, work: UnitOfWork) -> pb.AlertList:
        keys = await self._keys.of(work.workspace_id)
        filters = await self._confined(work)
        return pb.AlertList(items=[from_row(row, keys) for row in await work.db.all(records.active(filters), **filters)])

    async def GetAlert(self, request: pb.GetAlertRequest, work: UnitOfWork) -> pb.Alert:
        keys = await self._keys.of(work.workspace_id)
        return from_row(await self._seen(request.alert_id, work), keys)

    async def AcknowledgeAlert(self, request: pb.AcknowledgeAlertRequest, work: UnitOfWork) -> pb.Alert:
        def columns(row: Record) -> dict[str, Any]:
            again = Policy.read(row["policy"]).acknowledged_again_after_seconds
            escalates_at = None if again is None else row["now"] + timedelta(seconds=again)
            if row["acknowledged_by"] == work.user_id:
                return {"escalates_at": escalates_at}
            answered_at = None
            if row["acknowledged_by"] is not None:
                work.note(taken_over_from=str(row["acknowledged_by"]))
                answered_at = row["answered_at"] or row["acknowledged_at"]
            return {
                "acknowledged_by": work.user_id,
                "acknowledged_at": row["now"],
                "answered_at": answered_at,
                "escalates_at": escalates_at,
            }

        return await self._change(request.alert_id, "take over" if request.take_over else "acknowledge", work, columns)

    async def ResolveAlert(self, request: pb.ResolveAlertRequest, work: UnitOfWork) -> pb.Alert:
        return await self._change(request.alert_id, "resolve", work, lambda row: {"resolved_by": work.user_id, "resolved_at": row["now"]})

    async def CancelAlert(self, request: pb.CancelAlertRequest, work: UnitOfWork) -> pb.Alert:
        return await self._change(request.alert_id, "cancel", work, lambda _row: {})

    async def EscalateAlert(self, request: pb.EscalateAlertRequest, work: UnitOfWork) -> pb.Alert:
        keys = await self._keys.of(work.workspace_id)
        seen = await self._seen(request.alert_id, work)
        async with work.beside(work.workspace_id) as tx:
            stand_ins = await overrides(tx, work.now)
        own = on_behalf_of_service(work.context, work.workspace_id)
        team = await Team.of(Policy.read(seen["policy"]), self._users, stand_ins, own)
        row = await work.db.one(records.lock, id=seen["id"])
        record_rules.next_status(row, "escalate", by=work.user_id, sees_to_it=seen["acknowledged_by"])
        is_as_seen = given(request)["seen_level"] in {None, row["escalation_level"]}
        if row["version"] != seen["version"] or not is_as_seen:
            last = await work.db.maybe(steps.of_alert, alert_id=row["id"], limit=1)
            # It may have been answered meanwhile, and taken over: that is no step.
            if not is_as_seen or (last is not None and last["alert_version"] > seen["version"]):
                raise record_rules.already_escalated(row, last)
        changed = await go_on(work, keys, row, team, reason="manual", by=work.user_id)
        if row["acknowledged_by"] is not None:
            work.note(acknowledged_by=str(row["acknowledged_by"]))
        work.note(from_level=str(row["escalation_level"]), to_level=str(changed["escalation_level"]), drill=str(row["drill"]).lower())
        work.afterwards(self._wake_mails)
        return from_row(changed, keys)

    async def ListEscalations(self, request: pb.ListEscalationsRequest, work: UnitOfWork) -> pb.EscalationList:
        row = await self._seen(request.alert_id, work)
        found = await work.db.all(steps.of_alert, alert_id=row["id"], limit=steps.MOST_LISTED)
        return pb.EscalationList(items=[fill(pb.Escalation(), step) for step in reversed(found)])

    async def GetAlertReport(self, request: pb.GetAlertReportRequest, work: UnitOfWork) -> pb.AlertReport:
        values = given(request)
        if values["department_id"] is not None:
            await self._department(values["department_id"], work)
        since, until = rules.period(values["start_date"], values["end_date"], now=work.now)
        department = {} if values["department_id"] is None else {"department_id": values["department_id"]}
        chosen = {"since": since, "until": until, **department}

        async def figures(by: str | None) -> list[Record]:
            return await work.db.all(store.figures(by, of_department=bool(department)), **chosen)

        (total,) = await figures(None)
        by_priority = {row["priority"]: row for row in await figures("priority")}
        by_department = {row["department_id"]: row for row in await figures("department_id")}
        most_urgent_first = [name for name in reversed(record_rules.PRIORITIES) if name in by_priority]
        departments = sorted(by_department, key=str)
        return pb.AlertReport(
            total=_figures(total),
            by_priority=[fill(pb.PriorityFigures(figures=_figures(by_priority[name])), by_priority[name]) for name in most_urgent_first],
            by_department=[fill(pb.DepartmentFigures(figures=_figures(by_department[id_])), by_department[id_]) for id_ in departments],
        )

    async def _seen(self, alert_id: str, work: UnitOfWork) -> Record:
        """The alert as it is now, not locked. NotFound unless the caller sees it."""
        seen = await workflow.sight(self._users, work)
        row = await work.find_one(records.by_ids, alert_id)
        workflow.check_seen(row, seen)
        return row

    async def _confined(self, work: UnitOfWork) -> dict[str, Any]:
        return workflow.filters(await workflow.sight(self._users, work))

    async def _change(self, alert_id: str, action: str, work: UnitOfWork, columns: Callable[[Record], dict[str, Any]]) -> pb.Alert:
        """Brings the alert into another state, from the state in which it is by now: of two calls at once the later one sees what the other did."""
        keys = await self._keys.of(work.workspace_id)
        seen = await self._seen(alert_id, work)
        row = await work.db.one(records.lock, id=seen["id"])
        status = record_rules.next_status(row, action, by=work.user_id, sees_to_it=seen["acknowledged_by"])
        if status is None:
            if row["escalates_at"] is not None:
                # Acknowledged by the caller, who says so again: still at it.
                return from_row(await workflow.put_off(work, row, "acknowledge", columns(row)["escalates_at"]), keys)
            return from_row(row, keys)
        set_ = {"escalates_at": None, **columns(row), "status": status}
        changed = await workflow.change(work, keys, row, action, now=row["now"], **set_)
        work.note(status=status, drill=str(row["drill"]).lower())
        return from_row(changed, keys)

    async def _check_department(self, department_id: str, work: UnitOfWork) -> None:
        """Raises NotFound unless the workspace has the department, and Invalid where it is offered no longer."""
        if not (await self._department(department_id, work)).is_active:
            raise Invalid("department_inactive", "This department is inactive.", faults=[Fault("/department_id", "is inactive")])

    async def _department(self, department_id: str, work: UnitOfWork) -> departments_pb2.Department:
        """Raises NotFound unless the workspace has the department."""
        return await self._departments.GetDepartment(departments_pb2.GetDepartmentRequest(department_id=department_id), work.context)

    async def _wake_mails(self, _transaction: Any) -> None:
        self._wake()


def _figures(row: Record) -> pb.AlertFigures:
    return fill(pb.AlertFigures(), row)
