"""A hospital with two wards and people of several roles, who raise alerts and answer them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.identity.v1 import departments_pb2, users_pb2
from caseload.identity.v1.departments_rpc import DepartmentsStub
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import alerts_pb2 as pb
from caseload.notifications.v1 import escalation_policies_pb2, on_call_pb2
from caseload.notifications.v1.alerts_rpc import AlertsStub
from caseload.notifications.v1.escalation_policies_rpc import EscalationPoliciesStub
from caseload.notifications.v1.on_call_rpc import OnCallStub
from chassis.context import RequestContext
from identity.people.registration import add_user
from identity.roles import SCOPES_BY_ROLE

from .conftest import Practice, open_practice

ALWAYS = {day: [{"start": "00:00", "end": "24:00"}] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
CRITICAL, HIGH, LOW = pb.ALERT_PRIORITY_CRITICAL, pb.ALERT_PRIORITY_HIGH, pb.ALERT_PRIORITY_LOW


@dataclass(frozen=True, eq=False)
class Person:
    """A user of identity, with what their role may do."""

    house: Practice
    id: UUID
    email: str
    call: RequestContext

    @property
    def alerts(self) -> AlertsStub:
        return self.house.environment.stub(AlertsStub)

    @property
    def on_call(self) -> OnCallStub:
        return self.house.environment.stub(OnCallStub)

    async def raise_alert(self, **but: Any) -> pb.Alert:
        request = {"title": "Ada Lovelace fell", "priority": HIGH, "alert_type": "medical", **but}
        return await self.alerts.RaiseAlert(pb.RaiseAlertRequest(**request), self.call)

    async def get(self, alert: pb.Alert) -> pb.Alert:
        return await self.alerts.GetAlert(pb.GetAlertRequest(alert_id=alert.id), self.call)

    async def acknowledge(self, alert: pb.Alert, *, take_over: bool = False) -> pb.Alert:
        return await self.alerts.AcknowledgeAlert(pb.AcknowledgeAlertRequest(alert_id=alert.id, take_over=take_over), self.call)

    async def resolve(self, alert: pb.Alert) -> pb.Alert:
        return await self.alerts.ResolveAlert(pb.ResolveAlertRequest(alert_id=alert.id), self.call)

    async def cancel(self, alert: pb.Alert) -> pb.Alert:
        return await self.alerts.CancelAlert(pb.CancelAlertRequest(alert_id=alert.id), self.call)

    async def escalate(self, alert: pb.Alert, *, seen_level: int | None = None) -> pb.Alert:
        return await self.alerts.EscalateAlert(pb.EscalateAlertRequest(alert_id=alert.id, seen_level=seen_level), self.call)

    async def steps(self, alert: pb.Alert) -> list[tuple[int, int, str]]:
        """From which level to which one the alert went, and why."""
        found = await self.alerts.ListEscalations(pb.ListEscalationsRequest(alert_id=alert.id), self.call)
        return [
            (each.from_level, each.to_level, pb.EscalationReason.Name(each.reason).rpartition("REASON_")[2].lower()) for each in found.items
        ]

    async def active(self) -> list[str]:
        """The ids of the active alerts that the person sees, in their order."""
        return [alert.id for alert in (await self.alerts.ListActiveAlerts(pb.ListActiveAlertsRequest(), self.call)).items]

    async def listed(self, **filters: Any) -> tuple[list[str], int]:
        page = await self.alerts.ListAlerts(pb.ListAlertsRequest(**filters), self.call)
        return [alert.id for alert in page.items], page.total

    async def who_is_on_call(self, **asked: Any) -> dict[str, list[str]]:
        found = await self.on_call.ListOnCall(on_call_pb2.ListOnCallRequest(**asked), self.call)
        return {group.department_id: list(group.user_ids) for group in found.items}

    async def set_policy(
        self, *levels: Mapping[str, Any], priority: str = "high", repeat: int | None = None, again: int | None = None
    ) -> None:
        """A policy whose levels are given by what is special about them."""
        usual = {"after_seconds": 3600, "notify_roles": ["nurse"], "notify_on_call": False, "channels": ["stream", "email"]}
        request = escalation_policies_pb2.SetPolicyRequest(
            priority=f"POLICY_PRIORITY_{priority.upper()}",
            repeat_last_every_seconds=repeat,
            acknowledged_again_after_seconds=again,
            levels=[escalation_policies_pb2.EscalationLevel(**{**usual, **level}) for level in levels],
        )
        await self.house.environment.stub(EscalationPoliciesStub).SetPolicy(request, self.call)


@dataclass(frozen=True)
class Hospital(Practice):
    """A hospital as its first administrator sees it."""

    async def department(self, name: str) -> str:
        request = departments_pb2.CreateDepartmentRequest(name=name, code=uuid7().hex[-12:])
        return (await self.environment.stub(DepartmentsStub).CreateDepartment(request, self.call)).id

    @property
    def admin(self) -> Person:
        """The first administrator."""
        return Person(self, self.owner_id, self.owner_email, self._caller(self.owner_id, "admin"))

    async def hire(self, role: str, department: str | None = None, *, shifts: Mapping[str, Any] | None = None) -> Person:
        identity = self.environment.runtime("identity")
        keys = await identity.keys.of(self.workspace_id)
        user = users_pb2.User(id=str(uuid7()), email=f"{uuid7().hex}@example.com", full_name="Nora Quist")
        async with identity.background(self.workspace_id) as work:
            await add_user(work, identity.keyring, keys, user, role=role)
        if department is not None or shifts is not None:
            await self.move(user.id, department, shifts)
        return Person(self, UUID(user.id), user.email, self._caller(UUID(user.id), role))

    async def move(self, user_id: Any, department: str | None, shifts: Mapping[str, Any] | None = None) -> None:
        """Gives a user another department, and other shifts."""
        request = users_pb2.UpdateUserRequest(
            user_id=str(user_id), mask=FieldMask(paths=["department_id", "shift_schedule"]), department_id=department
        )
        if shifts is not None:
            request.shift_schedule.update(shifts)
        await self.environment.stub(UsersStub).UpdateUser(request, self.call)

    async def make_due(self, alert: pb.Alert) -> None:
        """Has the next step of an alert come that nobody has answered."""
        sql = "UPDATE notifications.alerts SET escalates_at = now() WHERE id = $1 AND status = 'active'"
        async with self.environment.superuser() as connection:
            await connection.execute(sql, UUID(alert.id))

    async def mails_of(self, alert: pb.Alert) -> list[Any]:
        return await self.look(
            "SELECT mail.* FROM notifications.mails AS mail JOIN notifications.alert_mails USING (workspace_id, id) WHERE alert_id = $1",
            UUID(alert.id),
        )

    async def deferred_mail(self, alert: pb.Alert) -> Any:
        """The one mail of an alert, once an attempt at it has failed. The end of one that is under way would set when it is due."""

        async def waits() -> Any:
            (mail,) = await self.mails_of(alert)
            return mail if mail["last_error"] and mail["status"] == "pending" else None

        return await self.until(waits)

    def _caller(self, user_id: UUID, role: str) -> RequestContext:
        return self.environment.caller(workspace_id=self.workspace_id, user_id=user_id, role=role, scopes=SCOPES_BY_ROLE[role])


async def open_hospital(environment: Any, mail_server: Any) -> Hospital:
    opened = await open_practice(environment, mail_server, kind="hospital", role="admin", name="St. Vincent")
    return Hospital(**{name: getattr(opened, name) for name in ("environment", "mail_server", "workspace_id", "owner_id", "owner_email")})
