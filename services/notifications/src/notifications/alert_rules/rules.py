"""What becomes of what happens in a workspace by itself, where it has chosen nothing else. Pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.errors import Fault, Invalid
from notifications.escalation_policies.rules import Level, Policy

AUTOMATIC = "automatic"
# Of the installation, not of one workspace: where there are several, its operator is told.
_OF_INSTALLATION = frozenset({"backup_failed"})
# What alerts of each happening say their type is.
TYPES: Mapping[str, str] = {
    "cosign_overdue": "co-signature",
    "address_held": "mail address",
    "audit_broken": "audit trail",
    "backup_failed": "backup",
}
# What such an alert says, by its type: the names of the texts that a mail about it has.
TEXTS: Mapping[str, str] = {
    "co-signature": "cosign_missed",
    "mail address": "address_held",
    "audit trail": "audit_broken",
    "backup": "backup_failed",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`action`: none, mail, alert or automatic. `priority` is that of the alert."""

    action: str
    priority: str


DEFAULTS: Mapping[str, Rule] = {
    # Its supervisor is asked by mail: nobody else can do it.
    "cosign_overdue": Rule("mail", "medium"),
    # Mailed once a day, however many addresses it is.
    "address_held": Rule("mail", "low"),
    # Somebody has to say that they see to it.
    "audit_broken": Rule("alert", "high"),
    "backup_failed": Rule(AUTOMATIC, "medium"),
}

# Whom an alert of such a happening is told to, until somebody answers: those who can do something about it, at once and every day. A policy
# of the workspace is for what somebody raises, and would wake whoever is on the ward.
POLICY = Policy((Level(5, ("owner", "admin", "head_doctor"), False, ("stream", "email", "webhook")),), repeat_last_every_seconds=86400)


def of(happening: str, row: Mapping[str, Any] | None) -> Rule:
    """The rule in force: the workspace's own, or the one that Caseload comes with."""
    return DEFAULTS[happening] if row is None else Rule(row["action"], row["priority"])


def what_becomes(rule: Rule, *, is_only_workspace: bool) -> str:
    """none, mail or alert."""
    if rule.action == AUTOMATIC:
        return "alert" if is_only_workspace else "none"
    return rule.action


def check_rule(happening: str | None, rule: Mapping[str, Any]) -> None:
    """Raises Invalid for a rule that is not chosen, or that chooses what is not for this happening."""
    faults = [Fault(f"/{name}", "must be chosen") for name, value in {"happening": happening, **rule}.items() if value is None]
    if rule["action"] == AUTOMATIC and happening not in {None, *_OF_INSTALLATION}:
        faults.append(Fault("/action", "automatic is for backup_failed alone"))
    if faults:
        raise Invalid("alert_rule_invalid", "The rule cannot be stored like this.", faults=faults)
