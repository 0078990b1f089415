"""The Reminders service: each method is one use case and one transaction."""

from typing import Any

from uuid_utils.compat import uuid7

from caseload.notifications.v1 import reminders_pb2 as pb
from caseload.notifications.v1.reminders_rpc import RemindersServicer
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.call import Call
from chassis.errors import Fault, Invalid
from chassis.rows import enum_text, fill, masked, page, when
from notifications.reminders import rules, store, workflow

# A reminder that is being sent is one that has not gone out yet.
_STORED = {"pending": ["pending", "sending"]}
_LONGEST_LOG = 100


class Reminders(RemindersServicer[Call]):
    def __init__(self, appointments: AppointmentsStub) -> None:
        self._appointments = appointments

    async def CreateConfiguration(self, request: pb.CreateConfigurationRequest, call: Call) -> pb.ReminderConfiguration:
        given = {
            "hours_before": rules.check_hours_before(request.hours_before),
            "channel": enum_text(pb.Channel, request.channel),
            "is_active": request.is_active if request.HasField("is_active") else True,
        }
        await call.db.run(store.hold_rules_alone)
        rule = await call.db.one(store.create_rule, id=uuid7(), now=call.now, **given)
        if rule["is_active"]:
            await workflow.introduce(call.db, rule, now=call.now)
        return fill(pb.ReminderConfiguration(), rule)

    async def ListConfigurations(self, request: pb.ListConfigurationsRequest, call: Call) -> pb.ConfigurationPage:
        window = page(request)
        found = await call.db.all(store.list_rules, limit=window.limit, offset=window.offset)
        counted = await call.db.one(store.count_rules)
        return pb.ConfigurationPage(items=[fill(pb.ReminderConfiguration(), row) for row in found], total=counted["total"])

    async def UpdateConfiguration(self, request: pb.UpdateConfigurationRequest, call: Call) -> pb.ReminderConfiguration:
        changes = _check_changes(masked(request, ("hours_before", "channel", "is_active")))
        await call.db.run(store.hold_rules_alone)
        before = await call.db.one(store.lock_rule, id=request.configuration_id)
        kept = {name: before[name] for name in ("hours_before", "channel", "is_active")}
        if changes.items() <= kept.items():
            return fill(pb.ReminderConfiguration(), before)
        rule = await call.db.one(store.change_rule, id=before["id"], now=call.now, **{**kept, **changes})
        if before["is_active"]:
            await workflow.withdraw(call.db, before)
        if rule["is_active"]:
            await workflow.introduce(call.db, rule, now=call.now)
        return fill(pb.ReminderConfiguration(), rule)

    async def DeleteConfiguration(self, request: pb.DeleteConfigurationRequest, call: Call) -> pb.DeleteConfigurationResponse:
        await call.db.run(store.hold_rules_alone)
        rule = await call.db.one(store.lock_rule, id=request.configuration_id)
        await call.db.run(store.delete_rule, id=rule["id"])
        if rule["is_active"]:
            await workflow.withdraw(call.db, rule)
        return pb.DeleteConfigurationResponse()

    async def ListLogs(self, request: pb.ListLogsRequest, call: Call) -> pb.ReminderLogPage:
        window = page(request)
        return await _log(_filters(request), call, limit=window.limit, offset=window.offset)

    async def ListForAppointment(self, request: pb.ListForAppointmentRequest, call: Call) -> pb.ReminderLogPage:
        # NotFound for a stranger; what is known here comes by events and may be behind.
        await self._appointments.GetSlot(appointments_pb2.GetSlotRequest(appointment_id=request.appointment_id), call)
        return await _log({"appointment_id": request.appointment_id}, call, limit=_LONGEST_LOG, offset=0)


async def _log(filters: dict[str, Any], call: Call, *, limit: int, offset: int) -> pb.ReminderLogPage:
    listed, counted = store.log[frozenset(filters)]
    found = await call.db.all(listed, **filters, limit=limit, offset=offset)
    total = await call.db.one(counted, **filters)
    return pb.ReminderLogPage(items=[to_proto(row) for row in found], total=total["total"])


def _filters(request: pb.ListLogsRequest) -> dict[str, Any]:
    filters: dict[str, Any] = {}
    for name in ("appointment_id", "client_id"):
        if request.HasField(name):
            filters[name] = getattr(request, name)
    if request.HasField("status"):
        status = enum_text(pb.ReminderStatus, request.status)
        filters["statuses"] = _STORED.get(status, [status])
    if request.HasField("start_date"):
        filters["start"] = when(request.start_date)
    if request.HasField("end_date"):
        filters["end"] = when(request.end_date)
    return filters


def _check_changes(changes: dict[str, Any]) -> dict[str, Any]:
    for name, value in changes.items():
        if value is None:
            raise Invalid("field_required", "This cannot be left empty.", faults=[Fault(f"/{name}", "cannot be empty")])
    if "hours_before" in changes:
        rules.check_hours_before(changes["hours_before"])
    return changes


def to_proto(row: Any) -> pb.ReminderLog:
    return fill(pb.ReminderLog(), {**row, "status": "pending" if row["status"] == "sending" else row["status"]})
