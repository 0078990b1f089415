"""Takes an alert one step further, for the worker and for people who escalate by hand: everything of a step is one transaction."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from prometheus_client import Counter
from uuid_utils.compat import uuid7

from caseload.identity.v1.users_rpc import UsersStub
from chassis.context import RequestContext
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from notifications.alert_records import workflow as records
from notifications.escalation_policies.rules import Level, Policy
from notifications.escalations import rules, store
from notifications.escalations.rules import Passage
from notifications.mail.store import add_mail
from notifications.notification_settings import store as settings
from notifications.on_call import rules as shifts
from notifications.on_call import workflow as on_call
from notifications.on_call.rules import Override
from notifications.on_call.workflow import Staff
from notifications.webhooks import workflow as webhooks
from notifications.webhooks.messages import Happening

_log = logging.getLogger(__name__)

_STEPS = Counter("caseload_alert_steps_total", "Steps of alerts to a level, by why they were taken.", ["reason", "drill"])
_EMPTY = Counter("caseload_alert_levels_without_anybody_total", "Levels of alerts at which there was nobody to be told.", ["drill"])
_LOST = Counter("caseload_alerts_without_anybody_total", "Steps of alerts that found nobody at any level.", ["drill"])


@dataclass(frozen=True, slots=True)
class Team:
    """Who could be told of an alert: asked for before the step's transaction begins."""

    staff: Staff
    overrides: Sequence[Override]

    @classmethod
    async def of(cls, policy: Policy, users: UsersStub, overrides: Sequence[Override], context: RequestContext) -> "Team":
        """`context` is this service's own."""
        with_shifts = any(level.notify_on_call for level in policy.levels)
        stand_ins = {each.user_id for each in overrides}
        staff = await on_call.staff(users, context, roles=rules.roles_of(policy.levels), with_shifts=with_shifts, user_ids=stand_ins)
        return cls(staff, overrides)


async def go_on(work: UnitOfWork, keys: WorkspaceKeys, row: Record, team: Team, *, reason: str, by: UUID | None = None) -> Record:
    """Takes a locked, open alert to its next level that finds somebody; `by` is who does it by hand. Returns the alert as it is then: active, and nobody's."""
    policy, now = Policy.read(row["policy"]), row["now"]
    workers = team.staff.workers
    made = rules.passages(
        policy.levels,
        row["escalation_level"],
        reason,
        workers=workers,
        on_call=shifts.on_call(workers, team.overrides, team.staff.zone, now),
        department_id=row["department_id"],
    )
    level = made[-1].to_level
    escalates_at = now + timedelta(seconds=policy.seconds_until_next(level))
    changed = await records.change(
        work, keys, row, "escalate", now=now, escalation_level=level, escalates_at=escalates_at, **records.NOBODYS
    )
    passed = [policy.levels[passage.to_level - 1] for passage in made]
    is_heard = not rules.told_by_webhooks(passed) or await _tell_webhooks(work, changed, now)
    for passage, told in zip(made, passed, strict=True):
        escalation_id = uuid7()
        await _record(work, changed, passage, escalation_id, now, by)
        if passage.found and (is_heard or rules.tells_people(told)):
            await _mail(work, changed, told, passage.found, escalation_id, now)
        elif passage is made[-1]:
            await _tell_administrators(work, changed, rules.administrators(workers), escalation_id, now)
    return changed


async def _tell_webhooks(work: UnitOfWork, alert: Mapping[str, Any], now: datetime) -> bool:
    """Tells the webhooks that listen; one message for a step. Returns whether there is any."""
    data = {name: alert[name] for name in ("priority", "drill", "version")}
    data |= {
        "alert_id": str(alert["id"]),
        "department_id": alert["department_id"] and str(alert["department_id"]),
        "level": alert["escalation_level"],
    }
    happening = Happening("alert.escalated", str(alert["id"]), alert["version"], now, data)
    return await webhooks.tell(work, [happening], settling=timedelta(), is_urgent=True)


async def _record(work: UnitOfWork, alert: Record, passage: Passage, escalation_id: UUID, now: datetime, by: UUID | None) -> None:
    await work.db.run(
        store.add,
        workspace_id=work.workspace_id,
        id=escalation_id,
        alert_id=alert["id"],
        alert_version=alert["version"],
        from_level=passage.from_level,
        to_level=passage.to_level,
        reason=passage.reason,
        found=len(passage.found),
        escalated_at=now,
        escalated_by=by,
    )
    drill = str(alert["drill"]).lower()
    _STEPS.labels(passage.reason, drill).inc()
    if not passage.found:
        _EMPTY.labels(drill).inc()
        facts = {"alert_id": str(alert["id"]), "workspace_id": str(work.workspace_id), "level": passage.to_level}
        _log.error("a level of an alert finds nobody", extra=facts)


async def _tell_administrators(work: UnitOfWork, alert: Record, found: frozenset[UUID], escalation_id: UUID, now: datetime) -> None:
    """No level found anybody, or a way to tell them. The last one is told again in its time, so whoever is there by then is found."""
    _LOST.labels(str(alert["drill"]).lower()).inc()
    facts = {"alert_id": str(alert["id"]), "workspace_id": str(work.workspace_id), "administrators": len(found)}
    _log.critical("an alert finds nobody at any level", extra=facts)
    await _add_mails(work, alert, "alert_unattended", found, escalation_id, now)


async def _mail(work: UnitOfWork, alert: Record, level: Level, found: frozenset[UUID], escalation_id: UUID, now: datetime) -> None:
    if "email" not in level.channels:
        return
    unwanted = {row["user_id"] for row in await work.db.all(settings.without_alerts, user_ids=sorted(found))}
    # An alert is never kept from everybody: where nobody wants mails, all get them.
    await _add_mails(work, alert, "alert", (found - unwanted) or found, escalation_id, now)


async def _add_mails(work: UnitOfWork, alert: Record, kind: str, found: frozenset[UUID], escalation_id: UUID, now: datetime) -> None:
    mails = [(uuid5(escalation_id, str(user_id)), user_id) for user_id in sorted(found)]
    beside = {"workspace_id": work.workspace_id, "alert_id": alert["id"], "escalation_id": escalation_id, "created_at": now}
    await work.db.many(store.add_mails, [{"id": mail_id, "user_id": user_id, **beside} for mail_id, user_id in mails])
    rows = [{"id": mail_id, "kind": kind, "user_id": user_id, "appointment_id": None, "now": now} for mail_id, user_id in mails]
    await work.db.many(add_mail, rows)
