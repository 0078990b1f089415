"""What may become of an alert, who sees it, and how one may be raised.

    active ── acknowledge ──────> acknowledged ── acknowledge by somebody else who takes over ──> acknowledged
      │ ╲  <── escalate, forgotten ──  │     │
      │  resolve                       │   cancel, expire
      │     ╲                          │     │
    cancel,  ╲───> resolved <──────────╯     │
    expire ──────> cancelled <───────────────╯

An active alert is escalated and stays active. One that somebody sees to becomes active again when help is called for, and when it was
forgotten: not closed within the time that its policy gives. Resolved and cancelled alerts do not change any more.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Fault, Invalid

# From which states an alert is brought to which one.
TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    "acknowledge": {"active": "acknowledged"},
    "take over": {"active": "acknowledged", "acknowledged": "acknowledged"},
    "resolve": {"active": "resolved", "acknowledged": "resolved"},
    "cancel": {"active": "cancelled", "acknowledged": "cancelled"},
    "expire": {"active": "cancelled", "acknowledged": "cancelled"},
    "escalate": {"active": "active", "acknowledged": "active"},
}
# What the log of changes calls them.
CHANGES: Mapping[str, str] = {
    "acknowledge": "acknowledged",
    "take over": "acknowledged",
    "resolve": "resolved",
    "cancel": "cancelled",
    "expire": "expired",
    "escalate": "escalated",
}
# What an alert that somebody sees to is taken from them by.
_OVER_SOMEBODY = frozenset({"acknowledge", "take over", "escalate"})
PRIORITIES = ("low", "medium", "high", "critical")
OVERSEE = "alerts:oversee"
MAX_TITLE = 200
MAX_DESCRIPTION = 2000
MAX_TYPE = 50
MAX_ROOM = 50
# An alert that is open for longer than this was forgotten.
_LONGEST = timedelta(days=366)
# A word or a few, as on a sign: no sentence, because neither is sealed.
_LABEL = re.compile(r"[^\W_](?:[\w .,/&#+()'-]*[\w.)#])?")


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose alerts somebody sees: all, or those of the whole house, of their departments and their own.

    What a workspace raises itself, by its rules, is for those alone who see all.
    """

    user_id: UUID
    sees_all: bool = False
    departments: frozenset[UUID] = frozenset()

    def sees(self, alert: Mapping[str, Any]) -> bool:
        if self.sees_all or alert["created_by"] == alert["workspace_id"]:
            return self.sees_all
        return alert["department_id"] is None or alert["department_id"] in self.departments or alert["created_by"] == self.user_id


def check_alert(values: Mapping[str, Any], *, now: datetime) -> None:
    """Raises Invalid with a fault for each field that is not valid."""
    faults = []
    title = values["title"] or ""
    if not title.strip() or len(title) > MAX_TITLE:
        faults.append(Fault("/title", f"must have 1 to {MAX_TITLE} characters"))
    if len(values["description"] or "") > MAX_DESCRIPTION:
        faults.append(Fault("/description", f"must have at most {MAX_DESCRIPTION} characters"))
    if not _is_label(values["alert_type"], MAX_TYPE):
        faults.append(Fault("/alert_type", f"must be a word or a few, of at most {MAX_TYPE} characters"))
    if values["room_number"] is not None and not _is_label(values["room_number"], MAX_ROOM):
        faults.append(Fault("/room_number", f"must be a number or name of at most {MAX_ROOM} characters"))
    if values["expires_at"] is not None and not now < values["expires_at"] <= now + _LONGEST:
        faults.append(Fault("/expires_at", "must be in the future, within a year"))
    if faults:
        raise Invalid("alert_invalid", "Some fields of the alert are not valid.", faults=faults)


def next_status(alert: Mapping[str, Any], action: str, *, by: UUID | None, sees_to_it: UUID | None = None) -> str | None:
    """The status after the action; None where the same user has brought the alert there before.

    Conflict where the alert is in no state for it, or where somebody has acknowledged it of whom the caller did not know: `sees_to_it` is who
    had when the caller asked. It names who has answered or closed the alert.
    """
    status = alert["status"]
    if status == "acknowledged" and action in _OVER_SOMEBODY:
        if action != "escalate" and alert["acknowledged_by"] == by:
            return None
        if action == "acknowledge" or alert["acknowledged_by"] != sees_to_it:
            facts = _facts(alert, "acknowledged_by", "acknowledged_at")
            raise Conflict("alert_already_acknowledged", "Somebody else sees to this alert.", facts=facts)
    if status in TRANSITIONS[action]:
        return TRANSITIONS[action][status]
    if action == "resolve" and status == "resolved" and alert["resolved_by"] == by:
        return None
    if action == "cancel" and status == "cancelled":
        return None
    raise Conflict("alert_closed", "This alert is closed.", facts={"status": status, **_facts(alert, "resolved_by", "resolved_at")})


def already_escalated(alert: Mapping[str, Any], last_step: Mapping[str, Any] | None) -> Conflict:
    """For who escalates an alert that has gone on since they asked, or since they saw it. Names who did it; nobody where a timer has."""
    facts = {"escalation_level": alert["escalation_level"]}
    if last_step is not None:
        facts |= _facts(last_step, "escalated_by", "escalated_at")
    return Conflict("alert_already_escalated", "This alert has just gone on.", facts=facts)


def sees_all(scopes: Collection[str]) -> bool:
    return OVERSEE in scopes


def _is_label(text: str, longest: int) -> bool:
    return len(text) <= longest and _LABEL.fullmatch(text) is not None


def _facts(alert: Mapping[str, Any], who: str, when: str) -> dict[str, str]:
    """Who did it, and when, as far as somebody has."""
    facts = {} if alert[who] is None else {who: str(alert[who])}
    return facts if alert[when] is None else {**facts, when: alert[when].isoformat().replace("+00:00", "Z")}
