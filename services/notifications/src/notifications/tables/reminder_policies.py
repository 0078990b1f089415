"""When reminders may go out, and what clients may do by a link in one."""

from sqlalchemy import Boolean, CheckConstraint, Column, PrimaryKeyConstraint, Text, text

from chassis.db.tables import moment, tenant
from notifications.tables.base import metadata

# One row, or none: then nobody has set anything.
reminder_policies = tenant(
    "reminder_policies",
    metadata,
    # HH:MM in the workspace's time zone.
    Column("quiet_start", Text),
    Column("quiet_end", Text),
    Column("late_reminders", Text, nullable=False),
    Column("cancel_link", Text, nullable=False),
    # Whether clients are mailed that a cancellation they asked for was declined.
    Column("tell_declined", Boolean, nullable=False, server_default=text("true")),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", name="pk_reminder_policies"),
    CheckConstraint("(quiet_start IS NULL) = (quiet_end IS NULL)", name="reminder_policy_quiet_hours"),
    CheckConstraint("late_reminders IN ('late', 'combined', 'skipped')", name="reminder_policy_late_reminders"),
    CheckConstraint("cancel_link IN ('cancel', 'ask')", name="reminder_policy_cancel_link"),
    grants="SELECT, INSERT, UPDATE",
)
