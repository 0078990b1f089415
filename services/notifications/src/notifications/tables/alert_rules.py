"""What becomes of what happens in a workspace by itself."""

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint, Text

from chassis.db.tables import moment, tenant
from notifications.tables.base import metadata

# Without a row of a happening the rule holds that Caseload comes with.
alert_rules = tenant(
    "alert_rules",
    metadata,
    Column("happening", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("priority", Text, nullable=False),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "happening", name="pk_alert_rules"),
    CheckConstraint("happening IN ('cosign_overdue', 'address_held', 'audit_broken', 'backup_failed')", name="alert_rule_happening_known"),
    CheckConstraint("action IN ('none', 'mail', 'alert', 'automatic')", name="alert_rule_action_known"),
    CheckConstraint("priority IN ('low', 'medium', 'high', 'critical')", name="alert_rule_priority_known"),
    fixed=("happening",),
    grants="SELECT, INSERT, UPDATE",
)
