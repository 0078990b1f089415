"""Alerts, escalation policies, and the report."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from gateway.api.fields import Page, PageQuery, Schema, Text, Time, TimeOrDay

Priority = Literal["low", "medium", "high", "critical"]
PolicyPriority = Literal["low", "medium", "high", "critical", "default"]
AlertStatus = Literal["active", "acknowledged", "resolved", "cancelled"]
EscalationReason = Literal["timeout", "manual", "no_response"]
RoleName = Literal["owner", "assistant", "therapist", "operator", "doctor", "nurse", "head_doctor", "admin"]
Channel = Literal["stream", "email", "webhook"]
RuledHappening = Literal["cosign_overdue", "address_held", "audit_broken", "backup_failed"]
RuleAction = Literal["none", "mail", "alert", "automatic"]
Title = Annotated[Text, Field(min_length=1, max_length=200)]
Seconds = Annotated[int, Field(strict=True, ge=5, le=86400)]


class AlertCreate(Schema):
    title: Title
    description: Annotated[Text | None, Field(max_length=2000)] = None
    priority: Priority
    alert_type: Annotated[
        Text,
        Field(
            min_length=1, max_length=50, description="medical, security, fire, …: a word or a few. It is not encrypted, and mails name it."
        ),
    ]
    department_id: Annotated[UUID | None, Field(description="null for the whole house.")] = None
    room_number: Annotated[Text | None, Field(min_length=1, max_length=50, description="It is not encrypted, and mails name it.")] = None
    expires_at: Annotated[Time | None, Field(description="When the alert closes by itself.")] = None
    drill: Annotated[StrictBool, Field(description="Goes the same way, and is left out of figures.")] = False


class Alert(Schema):
    id: UUID
    workspace_id: UUID
    department_id: UUID | None
    title: str
    description: str | None
    priority: Priority
    alert_type: str
    room_number: str | None
    status: AlertStatus
    escalation_level: Annotated[int, Field(description="0 until its first level was told.")]
    drill: bool
    created_by: UUID
    acknowledged_by: UUID | None
    acknowledged_at: Time | None
    resolved_by: UUID | None
    resolved_at: Time | None
    expires_at: Time | None
    created_at: Time
    updated_at: Time
    escalates_at: Annotated[
        Time | None,
        Field(
            description="When it goes on by itself: to its next level, or, one that somebody sees to, to being active again "
            "(acknowledged_again_after_seconds). null where it does not."
        ),
    ]


class AlertPage(Page):
    items: list[Alert]


class AlertQuery(PageQuery):
    status: AlertStatus | None = None
    priority: Priority | None = None
    department_id: UUID | None = None


class Acknowledgement(Schema):
    take_over: Annotated[StrictBool, Field(description="From whoever sees to it by now.")] = False


class Escalation(Schema):
    seen_level: Annotated[
        Annotated[int, Field(strict=True, ge=0, le=10)] | None,
        Field(description="The escalation_level that was seen; any, unless given."),
    ] = None


class AlertEscalation(Schema):
    id: UUID
    alert_id: UUID
    from_level: int
    to_level: int
    reason: EscalationReason
    escalated_at: Time
    escalated_by: Annotated[UUID | None, Field(description="Who did it by hand.")]


class EscalationLevel(Schema):
    after_seconds: Annotated[Seconds, Field(description="Without an answer, since the alert was raised or since the level before.")]
    notify_roles: Annotated[list[RoleName], Field(max_length=8)]
    notify_on_call: StrictBool
    channels: Annotated[
        list[Channel],
        Field(
            min_length=1,
            max_length=3,
            description="stream: whoever sees the alert has it, whatever is chosen. email: a mail to everybody whom the level finds. webhook: "
            "`alert.escalated` to the workspace's webhooks that ask for it.",
        ),
    ]


class EscalationPolicyUpdate(Schema):
    repeat_last_every_seconds: Annotated[
        Seconds | None, Field(description="How often the last level is told again; null: after as many seconds as it was waited for.")
    ] = None
    acknowledged_again_after_seconds: Annotated[
        Seconds | None,
        Field(description="After how long an alert that was acknowledged and not closed is active again, and goes on; null: never."),
    ] = None
    levels: Annotated[list[EscalationLevel], Field(min_length=1, max_length=10)]


class EscalationPolicy(Schema):
    priority: PolicyPriority
    repeat_last_every_seconds: int | None
    acknowledged_again_after_seconds: int | None
    levels: list[EscalationLevel]


class PolicyQuery(Schema):
    priority: PolicyPriority = "default"


class AlertRuleUpdate(Schema):
    action: Annotated[
        RuleAction,
        Field(
            description="mail: to whoever can do something about it. alert: for those who see all alerts, and mailed to them until one answers; "
            "of cosign_overdue the supervisor is mailed as well. "
            "automatic, of backup_failed alone: an alert in the only workspace of an installation, nothing in one of several."
        ),
    ]
    priority: Annotated[Priority, Field(description="Of the alert.")]


class AlertRule(Schema):
    happening: RuledHappening
    action: RuleAction
    priority: Priority
    updated_at: Annotated[Time | None, Field(description="null of a rule that Caseload comes with.")]


class RuleQuery(Schema):
    happening: RuledHappening


class ReportQuery(Schema):
    start_date: TimeOrDay | None = None
    end_date: TimeOrDay | None = None
    department_id: UUID | None = None


class AlertFigures(Schema):
    alerts: int
    acknowledged: int
    unanswered: Annotated[
        int,
        Field(
            description="Still active, or expired without anybody having acknowledged it. What somebody has cancelled as a false alarm is none."
        ),
    ]
    escalations: int
    median_seconds: Annotated[float | None, Field(description="From raising to acknowledgement.")]
    p95_seconds: float | None
    longest_seconds: float | None


class PriorityFigures(Schema):
    priority: Priority
    figures: AlertFigures


class DepartmentFigures(Schema):
    department_id: UUID | None
    figures: AlertFigures


class AlertReport(Schema):
    total: AlertFigures
    by_priority: list[PriorityFigures]
    by_department: list[DepartmentFigures]
