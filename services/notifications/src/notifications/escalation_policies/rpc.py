"""The EscalationPolicies service: each method is one use case and one transaction."""

from dataclasses import asdict
from typing import Final

from caseload.notifications.v1 import escalation_policies_pb2 as pb
from caseload.notifications.v1.escalation_policies_rpc import EscalationPoliciesServicer
from chassis.protobuf.enums import enum_text
from chassis.work.unit_of_work import UnitOfWork
from notifications.escalation_policies import rules, store
from notifications.escalation_policies.rules import Level, Policy

_TIMERS: Final = ("repeat_last_every_seconds", "acknowledged_again_after_seconds")


class EscalationPolicies(EscalationPoliciesServicer[UnitOfWork]):
    async def GetPolicy(self, request: pb.GetPolicyRequest, work: UnitOfWork) -> pb.EscalationPolicy:
        policy = await store.in_force(work.db, enum_text(pb.PolicyPriority, request.priority))
        return _to_proto(policy, request.priority)

    async def SetPolicy(self, request: pb.SetPolicyRequest, work: UnitOfWork) -> pb.EscalationPolicy:
        """Alerts that were raised before keep the policy that was in force then."""
        timers = {name: getattr(request, name) if request.HasField(name) else None for name in _TIMERS}
        policy = Policy(tuple(_level(level) for level in request.levels), **timers)
        rules.check_policy(policy)
        priority = enum_text(pb.PolicyPriority, request.priority)
        levels = [asdict(level) for level in policy.levels]
        await work.db.run(store.put, priority=priority, levels=levels, **timers, now=work.now)
        work.note(escalation_policy=priority)
        return _to_proto(policy, request.priority)


def _level(level: pb.EscalationLevel) -> Level:
    return Level(level.after_seconds, tuple(level.notify_roles), level.notify_on_call, tuple(level.channels))


def _to_proto(policy: Policy, priority: pb.PolicyPriority) -> pb.EscalationPolicy:
    return pb.EscalationPolicy(
        priority=priority,
        **{name: getattr(policy, name) for name in _TIMERS},
        levels=[
            pb.EscalationLevel(
                after_seconds=level.after_seconds,
                notify_roles=level.notify_roles,
                notify_on_call=level.notify_on_call,
                channels=level.channels,
            )
            for level in policy.levels
        ],
    )
