"""The AlertRules service: each method is one use case and one transaction."""

from caseload.notifications.v1 import alert_rules_pb2 as pb
from caseload.notifications.v1 import alerts_pb2
from caseload.notifications.v1.alert_rules_rpc import AlertRulesServicer
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork
from notifications.alert_rules import rules, store


class AlertRules(AlertRulesServicer[UnitOfWork]):
    async def ListAlertRules(self, request: pb.ListAlertRulesRequest, work: UnitOfWork) -> pb.AlertRuleList:
        own = {row["happening"]: row for row in await work.db.all(store.of_all)}
        shipped = {name: {"happening": name, "action": rule.action, "priority": rule.priority} for name, rule in rules.DEFAULTS.items()}
        return pb.AlertRuleList(items=[fill(pb.AlertRule(), own.get(name, shipped[name])) for name in rules.DEFAULTS])

    async def SetAlertRule(self, request: pb.SetAlertRuleRequest, work: UnitOfWork) -> pb.AlertRule:
        """Alerts that were raised before stay as they are."""
        happening = enum_text(pb.RuledHappening, request.happening)
        rule = {
            "action": enum_text(pb.RuleAction, request.action),
            "priority": enum_text(alerts_pb2.AlertPriority, request.priority),
        }
        rules.check_rule(happening, rule)
        row = await work.db.one(store.put, happening=happening, **rule, now=work.now)
        work.note(happening=happening, **rule)
        return fill(pb.AlertRule(), row)
