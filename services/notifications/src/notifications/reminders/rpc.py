"""The Reminders service: each method is one use case and one transaction."""

from collections.abc import Mapping
from typing import Any

from uuid_utils.compat import uuid7

from caseload.notifications.v1 import reminders_pb2 as pb
from caseload.notifications.v1.reminders_rpc import RemindersServicer
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.errors import Fault, Invalid
from chassis.paging import Page, page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, masked
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from notifications.reminder_templates import store as templates
from notifications.reminder_templates import text_messages
from notifications.reminders import rule_store, rules, store, workflow

# An appointment has one reminder per rule and version, so never this many.
_ALL = Page(limit=1000, offset=0)
_EDITABLE = ("hours_before", "channel", "is_active", "template_id")


class Reminders(RemindersServicer[UnitOfWork]):
    def __init__(self, appointments: AppointmentsStub) -> None:
        self._appointments = appointments

    async def CreateConfiguration(self, request: pb.CreateConfigurationRequest, work: UnitOfWork) -> pb.ReminderConfiguration:
        values = {
            "hours_before": rules.check_hours_before(request.hours_before),
            "channel": enum_text(pb.Channel, request.channel),
            "is_active": request.is_active if request.HasField("is_active") else True,
            "template_id": request.template_id if request.HasField("template_id") else None,
        }
        await work.db.run(rule_store.lock_rules)
        await _check_text(values, work)
        rule = await work.db.one(rule_store.create_rule, id=uuid7(), now=work.now, **values)
        if rule["is_active"]:
            workflow.unsettle(work, rule)
        return fill(pb.ReminderConfiguration(), rule)

    async def ListConfigurations(self, request: pb.ListConfigurationsRequest, work: UnitOfWork) -> pb.ConfigurationPage:
        bounds = page(request)
        found = await work.db.all(rule_store.list_rules, limit=bounds.limit, offset=bounds.offset)
        counted = await work.db.one(rule_store.count_rules)
        return pb.ConfigurationPage(items=[fill(pb.ReminderConfiguration(), row) for row in found], total=counted["total"])

    async def UpdateConfiguration(self, request: pb.UpdateConfigurationRequest, work: UnitOfWork) -> pb.ReminderConfiguration:
        changes = _check_changes(masked(request, _EDITABLE))
        await work.db.run(rule_store.lock_rules)
        before = await work.db.one(rule_store.lock_rule, id=request.configuration_id)
        kept = {name: before[name] for name in _EDITABLE}
        if changes.items() <= kept.items():
            return fill(pb.ReminderConfiguration(), before)
        await _check_text({**kept, **changes}, work)
        rule = await work.db.one(rule_store.change_rule, id=before["id"], now=work.now, **{**kept, **changes})
        # Another template changes neither when a reminder goes out nor whether.
        if any(before[name] != rule[name] for name in ("hours_before", "channel", "is_active")):
            for changed in (before, rule):
                if changed["is_active"]:
                    workflow.unsettle(work, changed)
        return fill(pb.ReminderConfiguration(), rule)

    async def DeleteConfiguration(self, request: pb.DeleteConfigurationRequest, work: UnitOfWork) -> pb.DeleteConfigurationResponse:
        await work.db.run(rule_store.lock_rules)
        rule = await work.db.one(rule_store.lock_rule, id=request.configuration_id)
        await work.db.run(rule_store.delete_rule, id=rule["id"])
        if rule["is_active"]:
            workflow.unsettle(work, rule)
        return pb.DeleteConfigurationResponse()

    async def ListLogs(self, request: pb.ListLogsRequest, work: UnitOfWork) -> pb.ReminderLogPage:
        period = {
            "since": to_datetime(request.start_date) if request.HasField("start_date") else None,
            "until": to_datetime(request.end_date) if request.HasField("end_date") else None,
        }
        found, total = await store.log.read_page(work.db, _filters(request), page(request), **period)
        return pb.ReminderLogPage(items=[to_proto(row) for row in found], total=total)

    async def ListForAppointment(self, request: pb.ListForAppointmentRequest, work: UnitOfWork) -> pb.ReminderLogPage:
        # Raises NotFound for an appointment of another workspace. Our own copy follows events and may be behind.
        await self._appointments.GetSlot(appointments_pb2.GetSlotRequest(appointment_id=request.appointment_id), work.context)
        found, total = await store.log.read_page(work.db, {"appointment_id": request.appointment_id}, _ALL)
        return pb.ReminderLogPage(items=[to_proto(row) for row in found], total=total)


def _filters(request: pb.ListLogsRequest) -> dict[str, Any]:
    filters: dict[str, Any] = {name: getattr(request, name) for name in ("appointment_id", "client_id") if request.HasField(name)}
    if request.HasField("status"):
        filters["told_status"] = enum_text(pb.ReminderStatus, request.status)
    return filters


def _check_changes(changes: dict[str, Any]) -> dict[str, Any]:
    for name, value in changes.items():
        if value is None and name != "template_id":
            raise Invalid("field_required", "This cannot be left empty.", faults=[Fault(f"/{name}", "cannot be empty")])
    if "hours_before" in changes:
        rules.check_hours_before(changes["hours_before"])
    return changes


def to_proto(row: Any) -> pb.ReminderLog:
    return fill(pb.ReminderLog(), {**row, "status": row["told_status"]})


async def _check_text(rule: Mapping[str, Any], work: UnitOfWork) -> None:
    """Raises Invalid where the rule sends a template as a text message that is too long for one."""
    if rule["channel"] != "sms" or rule["template_id"] is None or not rule["is_active"]:
        return
    # One that is not there, the constraint refuses.
    template = await work.db.maybe(templates.get, id=rule["template_id"])
    if template is not None and template["is_active"]:
        text_messages.check_template(template["text"], pointer="/template_id")
