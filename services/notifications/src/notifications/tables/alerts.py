"""Alerts, how they went on from level to level and whom they were told to, policies, who stands in, and the log of the live streams."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.tables import Sealed, moment, tenant
from notifications.tables.base import metadata

alerts = tenant(
    "alerts",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    # Null for the whole house.
    Column("department_id", Uuid),
    Column("priority", Text, nullable=False),
    Column("alert_type", Text, nullable=False),
    Column("room_number", Text),
    Column("drill", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("escalation_level", Integer, nullable=False),
    # The escalation policy in force when it was raised, as JSON: text, so that it can be bound.
    Column("policy", Text, nullable=False),
    Column("created_by", Uuid, nullable=False),
    Column("acknowledged_by", Uuid),
    moment("acknowledged_at", nullable=True),
    # When the first of those acknowledged it who have taken it over from each other; null where nobody has taken it over.
    moment("answered_at", nullable=True),
    Column("resolved_by", Uuid),
    moment("resolved_at", nullable=True),
    moment("expires_at", nullable=True),
    # When the next level is told, or the last one again; of one that is acknowledged, when it is active again. The trigger `keep_due_alerts` keeps in `due_work` what comes first, this or the end.
    moment("escalates_at", nullable=True),
    # Title and description.
    Column("sealed", LargeBinary, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_alerts"),
    CheckConstraint("priority IN ('low', 'medium', 'high', 'critical')", name="alert_priority_known"),
    CheckConstraint("status IN ('active', 'acknowledged', 'resolved', 'cancelled')", name="alert_status_known"),
    CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="alert_acknowledgement_whole"),
    CheckConstraint("status <> 'acknowledged' OR acknowledged_at IS NOT NULL", name="alert_acknowledged_facts"),
    CheckConstraint("(status = 'resolved') = (resolved_at IS NOT NULL AND resolved_by IS NOT NULL)", name="alert_resolved_facts"),
    Index("ix_alerts_created", "workspace_id", "created_at", "id"),
    Index("ix_alerts_status", "workspace_id", "status", "created_at", "id"),
    Index("ix_alerts_priority", "workspace_id", "priority", "created_at", "id"),
    Index("ix_alerts_department", "workspace_id", "department_id", "created_at", "id"),
    grants="SELECT, INSERT, UPDATE",
    fixed=(
        "id", "department_id", "priority", "alert_type", "room_number", "drill", "policy", "created_by", "expires_at", "created_at",
    ),
    sealed=Sealed(
        bound=(
            "department_id", "priority", "alert_type", "room_number", "drill", "status", "escalation_level", "policy", "created_by",
            "acknowledged_by", "acknowledged_at", "resolved_by", "resolved_at", "expires_at", "created_at", "updated_at",
        ),
        unbound={
            "escalates_at": "a timer: every step that it brings about is on record",
            # The release before would not open a row that binds it.
            "answered_at": "a figure of reports: who has acknowledged the alert, and when, is in the trail",
        },
    ),
)  # fmt: skip

# Every step: up to a level, or to the last one again. Rows are never changed.
alert_escalations = tenant(
    "alert_escalations",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("alert_id", Uuid, nullable=False),
    # Of the alert, as the step left it: no step is taken twice.
    Column("alert_version", BigInteger, nullable=False),
    Column("from_level", Integer, nullable=False),
    Column("to_level", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    # How many people the level found.
    Column("found", Integer, nullable=False),
    moment("escalated_at"),
    # By hand; null of a timer's step, and of one that an earlier release has written.
    Column("escalated_by", Uuid),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_alert_escalations"),
    UniqueConstraint("workspace_id", "alert_id", "alert_version", "to_level", name="alert_step_taken_once"),
    ForeignKeyConstraint(
        ["workspace_id", "alert_id"],
        ["notifications.alerts.workspace_id", "notifications.alerts.id"],
        name="fk_alert_escalations_alert",
    ),
    CheckConstraint("reason IN ('timeout', 'manual', 'no_response')", name="escalation_reason_known"),
    grants="SELECT, INSERT",
)

# Of which alert a mail tells, and at which step. A row has the id of its mail.
alert_mails = tenant(
    "alert_mails",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("alert_id", Uuid, nullable=False),
    Column("escalation_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_alert_mails"),
    UniqueConstraint("workspace_id", "escalation_id", "user_id", name="alert_mailed_once_a_step"),
    Index("ix_alert_mails_over", "created_at"),
    relay_grants="SELECT",
)

escalation_policies = tenant(
    "escalation_policies",
    metadata,
    Column("priority", Text, nullable=False),
    Column("repeat_last_every_seconds", Integer),
    Column("acknowledged_again_after_seconds", Integer),
    Column("levels", JSONB, nullable=False),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "priority", name="pk_escalation_policies"),
    CheckConstraint("priority IN ('low', 'medium', 'high', 'critical', 'default')", name="policy_priority_known"),
    fixed=("priority",),
)

# Who is on call instead of others, or besides. Shift schedules stay as they are.
on_call_overrides = tenant(
    "on_call_overrides",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("department_id", Uuid),
    Column("user_id", Uuid, nullable=False),
    Column("replaces_user_id", Uuid),
    moment("starts_at"),
    moment("ends_at"),
    Column("created_by", Uuid, nullable=False),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_on_call_overrides"),
    CheckConstraint("starts_at < ends_at", name="override_has_an_end"),
    Index("ix_on_call_overrides_start", "workspace_id", "starts_at", "id"),
    Index("ix_on_call_overrides_end", "workspace_id", "ends_at"),
    Index("ix_on_call_overrides_over", "ends_at"),
    grants="SELECT, INSERT, DELETE",
    relay_grants="SELECT",
)

# The number of the newest change of a workspace's alerts. Every change takes the next number while it holds this row, so the order of
# numbers is that of commits and none is missing. Gateways ask which workspaces have moved before they know on whose behalf, so the row can
# be read without one; it holds an id and a number only.
alert_feeds = Table(
    "alert_feeds",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    # Another one where a database was put back: its numbers say nothing about what was told before.
    Column("generation", Uuid, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", name="pk_alert_feeds"),
)

# Which alert each number is about. What the alert says is read when it is told.
alert_changes = tenant(
    "alert_changes",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("alert_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    moment("changed_at"),
    PrimaryKeyConstraint("workspace_id", "sequence", name="pk_alert_changes"),
    Index("ix_alert_changes_over", "changed_at"),
    CheckConstraint("kind IN ('raised', 'escalated', 'acknowledged', 'resolved', 'cancelled', 'expired')", name="alert_change_known"),
    grants="SELECT, INSERT, DELETE",
    relay_grants="SELECT",
)
