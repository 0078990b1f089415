"""The ReminderPolicies service: each method is one use case and one transaction."""

from typing import Any

from caseload.notifications.v1 import events_pb2
from caseload.notifications.v1 import reminder_policies_pb2 as pb
from caseload.notifications.v1.reminder_policies_rpc import ReminderPoliciesServicer
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork
from notifications.reminder_policies import rules, store, workflow


class ReminderPolicies(ReminderPoliciesServicer[UnitOfWork]):
    async def GetReminderPolicy(self, request: pb.GetReminderPolicyRequest, work: UnitOfWork) -> pb.ReminderPolicy:
        return fill(pb.ReminderPolicy(), await workflow.current(work.db))

    async def SetReminderPolicy(self, request: pb.SetReminderPolicyRequest, work: UnitOfWork) -> pb.ReminderPolicy:
        policy: dict[str, Any] = {
            "quiet_start": request.quiet_start if request.HasField("quiet_start") else None,
            "quiet_end": request.quiet_end if request.HasField("quiet_end") else None,
            "late_reminders": enum_text(pb.LateReminders, request.late_reminders),
            "cancel_link": enum_text(pb.CancelLink, request.cancel_link),
        }
        rules.check_policy(policy)
        before = await workflow.current(work.db)
        # A gateway that does not know it leaves it.
        policy["tell_declined"] = request.tell_declined if request.HasField("tell_declined") else before["tell_declined"]
        await work.db.run(store.put, **policy, now=work.now)
        if any(policy[name] != before[name] for name in ("quiet_start", "quiet_end")):
            work.emit(events_pb2.ReminderPolicyChanged())
        work.note(**{name: _noted(value) for name, value in policy.items()})
        return fill(pb.ReminderPolicy(), {**policy, "updated_at": work.now})


def _noted(value: object) -> str:
    return "none" if value is None else str(value).lower()
