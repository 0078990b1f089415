"""The Reminders service: each method is one use case and one transaction."""

from typing import Any

from uuid_utils.compat import uuid7

from caseload.notifications.v1 import reminders_pb2 as pb
from caseload.notifications.v1.reminders_rpc import RemindersServicer
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.call import Call
from chassis.errors import Fault, Invalid
from chassis.rows import Page, enum_text, fill, masked, page, when
from notifications.reminders import rules, store, workflow

# An appointment has one reminder per rule and version, so never this many.
_ALL = Page(limit=1000, offset=0)


class Reminders(RemindersServicer[Call]):
    def __init__(self, appointments: AppointmentsStub) -> None:
        self._appointments = appointments

    async def CreateConfiguration(self, request: pb.CreateConfigurationRequest, call: Call) -> pb.ReminderConfiguration:
        given = {
            "hours_before": rules.check_hours_before(request.hours_before),
            "channel": enum_text(pb.Channel, request.channel),
            "is_active": request.is_active if request.HasField("is_active") else True,
        }
        await call.db.run(store.lock_rules)
        rule = await call.db.one(store.create_rule, id=uuid7(), now=call.now, **given)
        if rule["is_active"]:
            await workflow.plan_for_rule(call.db, rule, now=call.now)
        return fill(pb.ReminderConfiguration(), rule)

    async def ListConfigurations(self, request: pb.ListConfigurationsRequest, call: Call) -> pb.ConfigurationPage:
        window = page(request)
        found = await call.db.all(store.list_rules, limit=window.limit, offset=window.offset)
        counted = await call.db.one(store.count_rules)
        return pb.ConfigurationPage(items=[fill(pb.ReminderConfiguration(), row) for row in found], total=counted["total"])

    async def UpdateConfiguration(self, request: pb.UpdateConfigurationRequest, call: Call) -> pb.ReminderConfiguration:
        changes = _check_changes(masked(request, ("hours_before", "channel", "is_active")))
        await call.db.run(store.lock_rules)
        before = await call.db.one(store.lock_rule, id=request.configuration_id)
        kept = {name: before[name] for name in ("hours_before", "channel", "is_active")}
        if changes.items() <= kept.items():
            return fill(pb.ReminderConfiguration(), before)
        rule = await call.db.one(store.change_rule, id=before["id"], now=call.now, **{**kept, **changes})
        if before["is_active"]:
            await workflow.cancel_for_rule(call.db, before)
        if rule["is_active"]:
            await workflow.plan_for_rule(call.db, rule, now=call.now)
        return fill(pb.ReminderConfiguration(), rule)

    async def DeleteConfiguration(self, request: pb.DeleteConfigurationRequest, call: Call) -> pb.DeleteConfigurationResponse:
        await call.db.run(store.lock_rules)
        rule = await call.db.one(store.lock_rule, id=request.configuration_id)
        await call.db.run(store.delete_rule, id=rule["id"])
        if rule["is_active"]:
            await workflow.cancel_for_rule(call.db, rule)
        return pb.DeleteConfigurationResponse()

    async def ListLogs(self, request: pb.ListLogsRequest, call: Call) -> pb.ReminderLogPage:
        window = {
            "since": when(request.start_date) if request.HasField("start_date") else None,
            "until": when(request.end_date) if request.HasField("end_date") else None,
        }
        found, total = await store.log.turn_to(call.db, _filters(request), page(request), **window)
        return pb.ReminderLogPage(items=[to_proto(row) for row in found], total=total)

    async def ListForAppointment(self, request: pb.ListForAppointmentRequest, call: Call) -> pb.ReminderLogPage:
        # Raises NotFound for an appointment of another workspace. Our own copy follows events and may be behind.
        await self._appointments.GetSlot(appointments_pb2.GetSlotRequest(appointment_id=request.appointment_id), call)
        found, total = await store.log.turn_to(call.db, {"appointment_id": request.appointment_id}, _ALL)
        return pb.ReminderLogPage(items=[to_proto(row) for row in found], total=total)


def _filters(request: pb.ListLogsRequest) -> dict[str, Any]:
    filters: dict[str, Any] = {name: getattr(request, name) for name in ("appointment_id", "client_id") if request.HasField(name)}
    if request.HasField("status"):
        filters["told_status"] = enum_text(pb.ReminderStatus, request.status)
    return filters


def _check_changes(changes: dict[str, Any]) -> dict[str, Any]:
    for name, value in changes.items():
        if value is None:
            raise Invalid("field_required", "This cannot be left empty.", faults=[Fault(f"/{name}", "cannot be empty")])
    if "hours_before" in changes:
        rules.check_hours_before(changes["hours_before"])
    return changes


def to_proto(row: Any) -> pb.ReminderLog:
    return fill(pb.ReminderLog(), {**row, "status": row["told_status"]})
